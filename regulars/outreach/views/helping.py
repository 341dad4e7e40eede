"""Ways to help us, for the team: which there are, asking, and who is to be thanked."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.outreach.actions.helping import (
    ask_for_help,
    note_way,
    put_way_back,
    remove_way,
    take_thanks_back,
    thank_for_help,
)
from regulars.outreach.choices import WayKind
from regulars.outreach.errors import OnlyPlanners, OnlyWhoServes
from regulars.outreach.forms import WayForm
from regulars.outreach.queries.helping import (
    is_after_an_interruption,
    is_asker,
    is_reader_of_campaigns,
    is_reader_of_help,
    is_thanker,
    offer_of_help_for,
    offers_of_help,
    today_of,
    way_numbered,
    ways_offered,
    who_would_help,
)
from regulars.team.queries import signed_in_member

SIZE, CHANGED = 25, "ways-changed"


@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """Which ways there are, who offered to help, and whom one may ask."""
    return _shown(request, _seeing(request), WayForm())


def _shown(
    request: HttpRequest, actor: Actor, form: WayForm, *, refusal: Refusal | None = None
) -> HttpResponse:
    at = clock.now()
    page = Paginator(offers_of_help(actor), SIZE).get_page(request.GET.get("page"))
    shown = {
        "ways": ways_offered(), "page": page, "form": form, "may_plan": is_asker(actor),
        "is_after": is_after_an_interruption(today_of(at)), "refusal": refusal,
        "willing": who_would_help(at).count() if is_asker(actor) else 0,
        "may_thank": is_thanker(actor), "sees_campaigns": is_reader_of_campaigns(actor),
    }  # fmt: skip
    bad = form.is_bound or refusal is not None
    return render(request, "outreach/ways.html", shown, status=422 if bad else 200)


@require_POST
def new_way(request: HttpRequest) -> HttpResponse:
    """Write down one way."""
    actor, form = _planning(request), WayForm(request.POST)
    if form.is_valid():
        try:
            made = note_way(
                WayKind(form.cleaned_data["kind"]), words=form.cleaned_data["words"],
                how=form.cleaned_data["how"], by=actor, at=clock.now(),
            )  # fmt: skip
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            undo = reverse("outreach:way_gone", args=[made.pk])
            return _answered(request, _("Written down."), undo)
    return _shown(request, actor, form)


@require_POST
def way_gone(request: HttpRequest, way_id: int) -> HttpResponse:
    """Show it no more."""
    actor, way = _planning(request), way_numbered(way_id)
    remove_way(way, by=actor, at=clock.now())
    return _answered(request, _("Taken away."), reverse("outreach:way_back", args=[way.pk]))


@require_POST
def way_back(request: HttpRequest, way_id: int) -> HttpResponse:
    """Undo that."""
    actor = _planning(request)
    put_way_back(way_numbered(way_id), by=actor, at=clock.now())
    return _answered(request, _("Put back."))


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Write to those who would want to help; it waits for approval on its own page."""
    actor = _planning(request)
    try:
        return redirect("messaging:mailing", ask_for_help(by=actor, at=clock.now()).pk)
    except NotAllowed:
        raise
    except Refusal as no:
        return _shown(request, actor, WayForm(), refusal=no)


@require_POST
def thanked(request: HttpRequest, offered_id: int) -> HttpResponse:
    """Somebody has thanked them."""
    actor = _thanking(request)
    offered = offer_of_help_for(actor, offered_id)
    thank_for_help(offered, by=actor, at=clock.now())
    undo = reverse("outreach:not_thanked", args=[offered.pk])
    return _answered(request, _("Thanked."), undo)


@require_POST
def not_thanked(request: HttpRequest, offered_id: int) -> HttpResponse:
    """Undo that."""
    actor = _thanking(request)
    take_thanks_back(offer_of_help_for(actor, offered_id), by=actor, at=clock.now())
    return _answered(request, _("Taken back: they are still to be thanked."))


def _answered(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    return answer_change(
        request, said, changed=CHANGED, back_to=reverse("outreach:ways"), undo=undo
    )


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_reader_of_help(actor):
        raise HiddenFromRole
    return actor


def _thanking(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_thanker(actor):
        raise OnlyWhoServes
    return actor


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_asker(actor):
        raise OnlyPlanners
    return actor
