"""What is done in a case: answered, put right, told, given, promised; and the way back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.cases.actions import (
    answer_case,
    close_as_right,
    confirm_case,
    describe_case,
    note_in_case,
    reopen_case,
    resolve_case,
    take_back,
    take_over_case,
)
from regulars.cases.choices import CaseKind, MakeGoodKind, MakeGoodState
from regulars.cases.forms import DescribeForm, MakeGoodForm, PromiseForm, ResolveForm, WordsForm
from regulars.cases.making_good import decide_make_good, give_make_good, take_back_make_good
from regulars.cases.models import Case, CaseEntry
from regulars.cases.queries import (
    case_for,
    is_approver,
    is_opener,
    make_good_for,
    members_who_see_to,
    sees_to,
)
from regulars.cases.telling import VOICES, tell_by_mail, tell_by_voice
from regulars.cases.views.pages import case_page, seeing
from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.promises.actions import make_promise
from regulars.promises.proposing import promise_as_ticked
from regulars.promises.queries import is_promiser
from regulars.team.queries import signed_in_member

Deed = Callable[..., HttpResponse]


def _in_case(deed: Deed) -> Callable[..., HttpResponse]:
    """With the case, for somebody who may see to it."""

    @require_POST
    @wraps(deed)
    def answer(request: HttpRequest, case_id: int, **more: Any) -> HttpResponse:
        actor = seeing(request)
        _refuse_lookers(actor)
        case = case_for(actor, case_id)
        if not sees_to(actor, case):
            raise NotAllowed(_("Whoever sees to this case, a manager or the owner does that."))
        return deed(request, case, actor, **more)

    return answer


def _refuse_lookers(actor: Actor) -> None:
    if not is_opener(actor):
        raise NotAllowed(_("You may look, and see to no cases. An owner can change that."))


def _filed(
    request: HttpRequest, case: Case, form: forms.Form, name: str, deed: Callable[[], Any]
) -> CaseEntry | HttpResponse:
    """What was written down; or the page again, which says at the form what is missing."""
    if form.is_valid():
        try:
            # First, so that words of betterment have their day.
            with transaction.atomic():
                promise_as_ticked(
                    request.POST, customer=case.customer, keeper=case.manager,
                    by=signed_in_member(request).actor, at=clock.now(),
                )  # fmt: skip
                done = deed()
            return done if isinstance(done, CaseEntry) else CaseEntry()
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    return case_page(request, case, status=422, **{name: form})


def _answered(
    request: HttpRequest, case: Case, said: str, done: CaseEntry | HttpResponse
) -> HttpResponse:
    if isinstance(done, HttpResponse):
        return done
    undo = reverse("cases:back", args=[case.pk, done.pk]) if done.pk else ""
    there = reverse("cases:show", args=[case.pk])
    return answer_change(request, said, changed="case-changed", back_to=there, undo=undo)


@_in_case
def note(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = WordsForm(request.POST)
    done = _filed(request, case, form, "words_form", lambda: note_in_case(
        case, words=form.cleaned_data["words"], by=actor, at=clock.now()
    ))  # fmt: skip
    return _answered(request, case, _("Noted."), done)


@_in_case
def answer(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = WordsForm(request.POST)
    done = _filed(request, case, form, "words_form", lambda: answer_case(
        case, words=form.cleaned_data["words"], by=actor, at=clock.now()
    ))  # fmt: skip
    return _answered(request, case, _("Answered: now put it right."), done)


@_in_case
def resolve(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = ResolveForm(request.POST)
    done = _filed(request, case, form, "resolve_form", lambda: resolve_case(
        case, words=form.cleaned_data["words"], is_enough=form.cleaned_data["is_enough"],
        by=actor, at=clock.now(),
    ))  # fmt: skip
    return _answered(request, case, _("Put right. Now tell them."), done)


@_in_case
def close(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """What they say themselves is taken at their word."""
    done = close_as_right(case, by=actor, at=clock.now())
    return _answered(request, case, _("Closed: they say that it is right."), done)


@_in_case
def tell(request: HttpRequest, case: Case, actor: Actor, how: str) -> HttpResponse:
    at = clock.now()
    if how in {one.value for one in VOICES}:
        tell_by_voice(case, channel=Channel(how), by=actor, at=at)
        return _answered(request, case, _("Written down: they were told."), CaseEntry())
    tell_by_mail(case, by=actor, at=at)
    said = _("A mail tells them, and asks whether it is right.")
    return _answered(request, case, said, CaseEntry())


@_in_case
def confirm(request: HttpRequest, case: Case, actor: Actor, verdict: str) -> HttpResponse:
    words = request.POST.get("words", "")
    is_right = verdict == "yes"
    done = confirm_case(case, is_right=is_right, words=words, by=actor, at=clock.now())
    said = _("Good: they say that it is right.") if is_right else _("Open again.")
    return _answered(request, case, said, done)


@_in_case
def reopen(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = WordsForm(request.POST)
    done = _filed(request, case, form, "words_form", lambda: reopen_case(
        case, words=form.cleaned_data["words"], by=actor, at=clock.now()
    ))  # fmt: skip
    return _answered(request, case, _("Open again."), done)


@_in_case
def take_over(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    given = request.POST.get("manager", "")
    able = members_who_see_to().filter(pk=int(given) if given.isdecimal() else 0).first()
    if able is None:
        raise Refusal(_("Choose who sees to it."))
    done = take_over_case(case, manager=able, by=actor, at=clock.now())
    return _answered(request, case, _("%(name)s sees to it now.") % {"name": able.name}, done)


@_in_case
def describe(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = DescribeForm(request.POST)
    done = _filed(request, case, form, "describe_form", lambda: describe_case(
        case, kind=CaseKind(form.cleaned_data["kind"]), product=form.cleaned_data["product"],
        cause=form.cleaned_data["cause"], by=actor, at=clock.now(),
    ))  # fmt: skip
    return _answered(request, case, _("Kept."), done)


@_in_case
def make_good(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = MakeGoodForm(request.POST)
    done = _filed(request, case, form, "make_good_form", lambda: give_make_good(
        case, kind=MakeGoodKind(form.cleaned_data["kind"]), cost=form.money(),
        words=form.cleaned_data["words"], by=actor, at=clock.now(),
    ))  # fmt: skip
    if isinstance(done, HttpResponse):
        return done
    made = case.make_goods.latest("pk")
    said = _("Given.")
    if made.state == MakeGoodState.ASKED:
        said = _("That is more than is left of your budget: an owner was asked.")
    undo = reverse("cases:decide", args=[made.pk, "back"])
    there = reverse("cases:show", args=[case.pk])
    return answer_change(request, said, changed="case-changed", back_to=there, undo=undo)


@require_POST
def decide(request: HttpRequest, make_good_id: int, verdict: str) -> HttpResponse:
    """Yes or no to more than a budget; or what was given is taken back."""
    actor, at = seeing(request), clock.now()
    _refuse_lookers(actor)
    made = make_good_for(actor, make_good_id)
    if verdict == "back":
        if not (is_approver(actor) or made.member_id == actor.member_id):
            raise NotAllowed(_("Only whoever gave it, or an owner, takes it back."))
        take_back_make_good(made, by=actor, at=at)
        return _answered(request, made.case, _("Taken back."), CaseEntry())
    decide_make_good(made, is_yes=verdict == "yes", by=actor, at=at)
    said = _("Given.") if verdict == "yes" else _("Not given.")
    return _answered(request, made.case, said, CaseEntry())


@_in_case
def promise(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    if not is_promiser(actor):
        raise NotAllowed(_("You may promise nothing. An owner can change that."))
    form = PromiseForm(request.POST)
    done = _filed(request, case, form, "promise_form", lambda: make_promise(
        what=form.cleaned_data["what"], due_at=form.due_at(), customer=case.customer, by=actor,
        keeper=case.manager, at=clock.now(),
    ))  # fmt: skip
    return _answered(request, case, _("Promised."), done)


@_in_case
def back(request: HttpRequest, case: Case, actor: Actor, entry_id: int) -> HttpResponse:
    """Undo what was written down last."""
    entry = get_object_or_404(CaseEntry.objects.filter(case=case), pk=entry_id)
    take_back(entry, by=actor, at=clock.now())
    return _answered(request, case, _("Taken back."), CaseEntry())
