"""Winning back by reason, on the screen: one page a reason, and letters from there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.departures.actions.letting_go import say_goodbye, say_more
from regulars.departures.actions.winning import (
    note_change,
    put_change_back,
    remove_change,
    write_farewell,
    write_letter,
)
from regulars.departures.choices import Give, Reason
from regulars.departures.errors import OnlyWinners
from regulars.departures.forms import ChangeForm, LetterForm
from regulars.departures.models import Letter
from regulars.departures.queries.leaving import departure_for, is_noter, is_seer
from regulars.departures.queries.winning import change_numbered, is_winner, reason_named
from regulars.departures.showing import page_of
from regulars.team.queries import signed_in_member, the_named_business

CHANGED = "departure-changed"


@require_safe
def reason(request: HttpRequest, name: str) -> HttpResponse:
    """Who left for one reason, and what to do about it."""
    actor = _seeing(request)
    return _shown(request, actor, reason_named(name))


def _shown(
    request: HttpRequest, actor: Actor, why: Reason, *, status: int = 200,
    change: ChangeForm | None = None, letter: LetterForm | None = None,
) -> HttpResponse:  # fmt: skip
    page = request.GET.get("page", "")
    shown = page_of(why, actor, clock.now(), page=page, change=change, letter=letter)
    return render(request, "departures/reason.html", shown, status=status)


@require_POST
def changed(request: HttpRequest, name: str) -> HttpResponse:
    """Write down what has changed because they left."""
    actor, why = _winning(request), reason_named(name)
    form = ChangeForm(request.POST)
    if form.is_valid():
        try:
            made = note_change(why, **form.cleaned_data, by=actor, at=clock.now())
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            undo = reverse("departures:change_gone", args=[made.pk])
            return answer_change(
                request, _("Written down."), changed=CHANGED, back_to=_page(why), undo=undo
            )
    return _shown(request, actor, why, status=422, change=form)


@require_POST
def change_gone(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take away what does not hold any more."""
    actor, found = _winning(request), change_numbered(change_id)
    remove_change(found, by=actor, at=clock.now())
    undo = reverse("departures:change_back", args=[found.pk])
    return answer_change(
        request, _("Taken away."), changed=CHANGED, back_to=_page(Reason(found.reason)), undo=undo
    )


@require_POST
def change_back(request: HttpRequest, change_id: int) -> HttpResponse:
    """Undo that."""
    actor, found = _winning(request), change_numbered(change_id)
    put_change_back(found, by=actor, at=clock.now())
    return answer_change(
        request, _("Put back."), changed=CHANGED, back_to=_page(Reason(found.reason))
    )


@require_POST
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """Write to those who left for one reason; nothing leaves before somebody approves it."""
    actor, why = _winning(request), reason_named(name)
    form = LetterForm(request.POST, currency=the_named_business().currency)
    if form.is_valid():
        try:
            made = write_letter(
                why, give=Give(form.cleaned_data["give"]), gift=form.cleaned_data["gift"],
                cost_minor=form.cost_minor(), by=actor, at=clock.now(),
            )  # fmt: skip
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            return _to_its_mailing(made)
    return _shown(request, actor, why, status=422, letter=form)


@require_POST
def farewell(request: HttpRequest, name: str) -> HttpResponse:
    """A kind last word to those who left for good."""
    actor = _winning(request)
    return _to_its_mailing(write_farewell(reason_named(name), by=actor, at=clock.now()))


@require_POST
def goodbye(request: HttpRequest, departure_id: int) -> HttpResponse:
    """The last word was said: nothing more is written to them, and nobody calls."""
    actor = _noting(request)
    gone = say_goodbye(departure_for(actor, departure_id), by=actor, at=clock.now())
    undo = reverse("departures:more", args=[gone.pk])
    words = _("Written down: they hear nothing more from us.")
    there = reverse("customers:detail", args=[gone.customer_id])
    return answer_change(request, words, changed=CHANGED, back_to=there, undo=undo)


@require_POST
def more(request: HttpRequest, departure_id: int) -> HttpResponse:
    """Undo that."""
    actor = _noting(request)
    gone = departure_for(actor, departure_id)
    say_more(gone, by=actor, at=clock.now())
    there = reverse("customers:detail", args=[gone.customer_id])
    return answer_change(request, _("Taken back."), changed=CHANGED, back_to=there)


def _to_its_mailing(made: Letter) -> HttpResponse:
    return redirect("messaging:mailing", made.mailing_id)


def _page(why: Reason) -> str:
    return reverse("departures:reason", args=[why.value])


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _winning(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_winner(actor):
        raise OnlyWinners
    return actor


def _noting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    return actor
