"""What is said about us in public, on the screen: the list, one of them, writing one down."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from regulars.cases.queries import case_of, members_who_see_to
from regulars.cases.queries import is_seer as is_seer_of_cases
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customer_for
from regulars.mentions.actions.answering import (
    draft_answer,
    entrust_mention,
    mark_answered,
    set_aside,
    take_back_mention,
)
from regulars.mentions.actions.hearing import note_mention
from regulars.mentions.actions.whose import call_it_a_complaint, match_mention, part_mention
from regulars.mentions.choices import Aside
from regulars.mentions.forms import AnswerForm, AsideForm, MentionForm, PasteForm
from regulars.mentions.models import Mention
from regulars.mentions.pasting import read_pasted
from regulars.mentions.queries import (
    is_answerer,
    is_seer,
    listed,
    mention_for,
    proposed,
    said_since,
    sites,
)
from regulars.mentions.words import all_told, known_words, told
from regulars.promises.proposing import promise_as_ticked
from regulars.promises.queries import year_before
from regulars.team.queries import signed_in_member, the_named_business

SIZE = 50
SHOWN = {
    "mine": _lazy("Mine"), "waiting": _lazy("Wait for an answer"), "answered": _lazy("Answered"),
    "aside": _lazy("Set aside"), "all": _lazy("All"),
}  # fmt: skip
Deed = Callable[..., HttpResponse]


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _answering(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_answerer(actor):
        raise NotAllowed(_("You may look, and answer nobody. An owner can change that."))
    return actor


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, what was answered, what was set aside."""
    actor, at = _seeing(request), clock.now()
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWN else "waiting"
    page = Paginator(listed(actor, show), SIZE).get_page(request.GET.get("page"))
    shown = {
        "rows": all_told(list(page), at), "page": page, "show": show,
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "said": said_since(actor, year_before(at)), "may_answer": is_answerer(actor),
    }  # fmt: skip
    return render(request, "mentions/home.html", shown)


def new(request: HttpRequest) -> HttpResponse:
    """Write one down: typed, or as it was read from what was pasted."""
    actor, at = _answering(request), clock.now()
    if request.method != "POST":
        today = the_named_business().day_of(at)
        return _writing(request, MentionForm(initial={"said_on": today}))
    form = MentionForm(request.POST)
    if not form.is_valid():
        return _writing(request, form, status=422)
    try:
        mention, is_new = note_mention(form.heard(at), by=actor, at=at)
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return _writing(request, form, status=422)
    words = _("Written down.") if is_new else _("This stands here already: here it is.")
    there = reverse("mentions:show", args=[mention.pk])
    return answer_change(request, words, changed="mention-changed", back_to=there)


@require_POST
def paste(request: HttpRequest) -> HttpResponse:
    """Read what was pasted into the form, where a person puts it right; nothing is kept yet."""
    _answering(request)
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _writing(request, MentionForm(), pasting=form, status=422)
    today = the_named_business().day_of(clock.now())
    pasted = read_pasted(form.cleaned_data["text"], today)
    return _writing(request, MentionForm.of(pasted, today), pasting=form, is_guess=True)


def _writing(
    request: HttpRequest, form: MentionForm, *, status: int = 200, **more: Any
) -> HttpResponse:  # fmt: skip
    shown = {"form": form, "pasting": PasteForm(), "sites": sites(), **more}
    return render(request, "mentions/new.html", shown, status=status)


@require_safe
def show(request: HttpRequest, mention_id: int) -> HttpResponse:
    """One of them: what, whose, by when, and what we answered."""
    return _shown(request, mention_for(_seeing(request), mention_id))


def _shown(
    request: HttpRequest, mention: Mention, *, status: int = 200, **forms: Any
) -> HttpResponse:  # fmt: skip
    actor = _seeing(request)
    sought = request.GET.get("q", "")[:200]
    shown = {
        "one": told(mention, clock.now()), "mention": mention, "known": known_words(mention),
        "case": case_of(mention.case_source) if is_seer_of_cases(actor) else None,
        "may_answer": is_answerer(actor), "sought": sought,
        "proposed": proposed(actor, mention, sought),
        "colleagues": members_who_see_to().exclude(pk=mention.owner_id or 0),
        "answer_form": AnswerForm.of(mention), "aside_form": AsideForm(auto_id="aside-%s"),
        "day": the_named_business().day_of(mention.said_at), **forms,
    }  # fmt: skip
    return render(request, "mentions/mention.html", shown, status=status)


def _of_one(deed: Deed) -> Deed:
    """With the mention, for somebody who may answer it."""

    @require_POST
    @wraps(deed)
    def answer(request: HttpRequest, mention_id: int, **more: Any) -> HttpResponse:
        actor = _answering(request)
        return deed(request, mention_for(actor, mention_id), actor, **more)

    return answer


def _done(request: HttpRequest, mention: Mention, said: str, undo: str = "") -> HttpResponse:
    there = reverse("mentions:show", args=[mention.pk])
    back = reverse("mentions:back", args=[mention.pk, undo]) if undo else ""
    return answer_change(request, said, changed="mention-changed", back_to=there, undo=back)


def _filed(
    request: HttpRequest, mention: Mention, form: forms.Form, name: str,
    deed: Callable[[], Mention],
) -> Mention | HttpResponse:  # fmt: skip
    """What was written down; or the page again, which says at the form what is missing."""
    if form.is_valid():
        try:
            return deed()
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    return _shown(request, mention, status=422, **{name: form})


@_of_one
def draft(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    form = AnswerForm(request.POST)
    done = _filed(request, mention, form, "answer_form", lambda: draft_answer(
        mention, words=form.cleaned_data["words"], by=actor, at=clock.now()
    ))  # fmt: skip
    if isinstance(done, HttpResponse):
        return done
    return _done(request, done, _("Kept as a draft. It stands nowhere until you put it there."))


@_of_one
def answered(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.is_valid() and mention.customer is not None:
        # First, so that words of betterment have their day.
        promise_as_ticked(request.POST, customer=mention.customer, by=actor, at=clock.now())
    done = _filed(request, mention, form, "answer_form", lambda: mark_answered(
        mention, words=form.cleaned_data["words"], link=form.cleaned_data["link"], by=actor,
        at=clock.now(),
    ))  # fmt: skip
    if isinstance(done, HttpResponse):
        return done
    return _done(request, done, _("Written down: it is answered."), "answered")


@_of_one
def aside(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    form = AsideForm(request.POST, auto_id="aside-%s")
    done = _filed(request, mention, form, "aside_form", lambda: set_aside(
        mention, why=Aside(form.cleaned_data["why"]), words=form.cleaned_data["words"], by=actor,
        at=clock.now(),
    ))  # fmt: skip
    if isinstance(done, HttpResponse):
        return done
    return _done(request, done, _("Set aside."), "aside")


@_of_one
def whose(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    """Somebody knows whose words these are."""
    given = request.POST.get("customer", "")
    if not given.isdecimal() or len(given) > 18:
        raise Refusal(_("Choose whose words these are."))
    customer = customer_for(actor, int(given))
    done = match_mention(
        mention, customer, by=actor, at=clock.now(),
        is_their_handle=bool(request.POST.get("is_their_handle")),
    )  # fmt: skip
    return _done(request, done, _("These are words of %(name)s.") % {"name": customer.name})


@_of_one
def nobody(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    done = part_mention(mention, by=actor, at=clock.now())
    return _done(request, done, _("Nobody is named as the author now."))


@_of_one
def complaint(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    case = call_it_a_complaint(mention, by=actor, at=clock.now())
    return redirect("cases:show", case.pk)


@_of_one
def give(request: HttpRequest, mention: Mention, actor: Actor) -> HttpResponse:
    given = request.POST.get("owner", "")
    able = members_who_see_to().filter(pk=int(given) if given.isdecimal() else 0).first()
    if able is None:
        raise Refusal(_("Choose who answers it."))
    done = entrust_mention(mention, owner=able, by=actor, at=clock.now())
    return _done(request, done, _("%(name)s answers it.") % {"name": able.name})


@_of_one
def back(request: HttpRequest, mention: Mention, actor: Actor, state: str) -> HttpResponse:
    """Undo what was said of it last."""
    done = take_back_mention(mention, state=state, by=actor, at=clock.now())
    return _done(request, done, _("Taken back: it waits again."))
