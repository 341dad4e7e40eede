"""Promises on the screen: the list, one of them, and the panel on a customer's page."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customer_for
from regulars.promises.actions import (
    break_promise,
    keep_promise,
    make_promise,
    postpone_promise,
    show_to_customers,
    take_back,
    withdraw_promise,
)
from regulars.promises.forms import Due, KeepForm, PostponeForm, PromiseForm, here_at
from regulars.promises.models import Promise
from regulars.promises.panel import panel_of
from regulars.promises.proposing import proposal_in
from regulars.promises.queries import (
    is_pledge_publisher,
    is_promiser,
    is_seer,
    is_settler,
    kept_by_each,
    kept_rate,
    listed,
    promise_for,
    promises_for,
    shows_customers,
    year_before,
)
from regulars.promises.words import bulletin_page, rate_words, to_whom_words, told
from regulars.team.queries import signed_in_member

SIZE = 50
SHOWN = {
    "open": _lazy("Open"), "late": _lazy("Late"), "done": _lazy("Kept or broken"),
    "all": _lazy("All"),
}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is promised: open, late, done."""
    return _home(request, PromiseForm(here=here_at(clock.now())))


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Promise something to many, in words."""
    actor, at = _promising(request), clock.now()
    form = PromiseForm(request.POST, here=here_at(at))
    if form.is_valid():
        try:
            made = make_promise(
                what=form.cleaned_data["what"], to_whom=form.cleaned_data["to_whom"],
                due_at=form.due_at(), by=actor, at=at,
            )  # fmt: skip
            messages.success(request, _("Promised."))
            return redirect("promises:show", made.pk)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return _home(request, form, status=422)


def _home(request: HttpRequest, form: PromiseForm, *, status: int = 200) -> HttpResponse:
    actor, at = _seeing(request), clock.now()
    show = request.GET.get("show", "open")
    show = show if show in SHOWN else "open"
    is_own = request.GET.get("whose") == "mine"
    page = Paginator(listed(actor, show, at, is_own=is_own), SIZE).get_page(request.GET.get("page"))
    rate = kept_rate(year_before(at), at, promises_for(actor))
    shown = {
        "rows": [(told(one, at, may_settle=False), to_whom_words(one)) for one in page],
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "page": page, "show": show, "is_own": is_own, "rate": rate_words(rate), "form": form,
        "may_promise": is_promiser(actor), "quick": Due.choices,
        "keeping": [
            (one.name, rate_words(one.rate))
            for one in kept_by_each(year_before(at), at, promises_for(actor))
        ],
        "shows_customers": shows_customers(), "may_publish": is_pledge_publisher(actor),
    }  # fmt: skip
    return render(request, "promises/home.html", shown, status=status)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """What somebody is writing seems to promise something: offered, and made by one tick."""
    _promising(request)
    words = request.POST.get(request.GET.get("in", "words"), "")
    found = proposal_in(words, here_at(clock.now()).today)
    shown = {
        "found": found,
        "is_ticked": found is not None and request.POST.get("promised") == found.what,
    }
    if not request.POST.get("promised_on"):
        shown["is_ticked"] = False
    return render(request, "promises/_proposal.html", shown)


@require_POST
def show_them(request: HttpRequest) -> HttpResponse:
    """Whether customers see on their own page what we promised them."""
    actor = _promising(request)
    is_shown = request.POST.get("to_customers") == "1"
    show_to_customers(to_customers=is_shown, by=actor, at=clock.now())
    said = _("Customers see on their page what we promised them.")
    messages.success(request, said if is_shown else _("Customers do not see it any more."))
    return redirect("promises:home")


@require_safe
def show(request: HttpRequest, promise_id: int) -> HttpResponse:
    """One promise: what, to whom, by when, the dates it had, and what can be said of it."""
    actor = _seeing(request)
    return _shown(request, promise_for(actor, promise_id))


def _shown(request: HttpRequest, promise: Promise, *, status: int = 200) -> HttpResponse:
    actor, at = _seeing(request), clock.now()
    here, may_settle = here_at(at), promise.is_by_hand and is_settler(actor, promise)
    shown = {
        "one": told(promise, at, may_settle=may_settle, with_dates=True),
        "whom": to_whom_words(promise), "bulletin": bulletin_page(promise),
        "moved": promise.postponements.select_related("moved_by"),
        "keep_form": KeepForm(here=here), "postpone_form": PostponeForm(here=here),
        "may_withdraw": promise.is_open and promise.first_due_at > at,
    }  # fmt: skip
    return render(request, "promises/promise.html", shown, status=status)


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The promises to one customer again, after something changed."""
    actor = _seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "promises/_panel.html", panel_of(customer, actor))


@require_POST
def make_to(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Promise something to one customer."""
    actor, at = _promising(request), clock.now()
    customer = customer_for(actor, customer_id)
    form = PromiseForm(request.POST, here=here_at(at))
    if form.is_valid():
        try:
            made = make_promise(
                what=form.cleaned_data["what"], due_at=form.due_at(), customer=customer, by=actor,
                at=at,
            )  # fmt: skip
            return _answer(request, made, _("Promised."))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return render(request, "promises/_panel.html", panel_of(customer, actor, form), status=422)


@require_POST
def keep(request: HttpRequest, promise_id: int) -> HttpResponse:
    actor, promise, at = *_settling(request, promise_id), clock.now()
    form = KeepForm(request.POST, here=here_at(at))
    kept_at = form.kept_at() if form.is_valid() else None
    words = form.cleaned_data.get("words", "")
    promise = keep_promise(promise, by=actor, at=at, words=words, kept_at=kept_at)
    return _answer(request, promise, _("Kept."), undo=promise.state)


@require_POST
def give_up(request: HttpRequest, promise_id: int) -> HttpResponse:
    actor, promise = _settling(request, promise_id)
    words = request.POST.get("words", "")
    promise = break_promise(promise, by=actor, at=clock.now(), words=words)
    return _answer(request, promise, _("Written down: it was not kept."), undo=promise.state)


@require_POST
def withdraw(request: HttpRequest, promise_id: int) -> HttpResponse:
    actor, promise = _settling(request, promise_id)
    words = request.POST.get("words", "")
    promise = withdraw_promise(promise, by=actor, at=clock.now(), words=words)
    return _answer(request, promise, _("Withdrawn."), undo=promise.state)


@require_POST
def postpone(request: HttpRequest, promise_id: int) -> HttpResponse:
    actor, promise, at = *_settling(request, promise_id), clock.now()
    form = PostponeForm(request.POST, here=here_at(at))
    if not form.is_valid():
        raise Refusal(_("Say to which day."))
    promise = postpone_promise(
        promise, due_at=form.due_at(), by=actor, at=at, words=form.cleaned_data["words"],
        is_their_wish=form.cleaned_data["is_their_wish"],
    )  # fmt: skip
    return _answer(request, promise, _("Its date was moved."), undo=promise.state)


@require_POST
def back(request: HttpRequest, promise_id: int, state: str) -> HttpResponse:
    """Undo what was said last."""
    actor, promise = _settling(request, promise_id)
    promise = take_back(promise, state=state, by=actor, at=clock.now())
    return _answer(request, promise, _("Taken back."))


def _answer(request: HttpRequest, promise: Promise, said: str, *, undo: str = "") -> HttpResponse:
    there = reverse("promises:back", args=[promise.pk, undo]) if undo else ""
    back_to = reverse("promises:show", args=[promise.pk])
    return answer_change(request, said, changed="promise-changed", back_to=back_to, undo=there)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _promising(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_promiser(actor):
        raise NotAllowed(_("You may look, and promise nothing. An owner can change that."))
    return actor


def _settling(request: HttpRequest, promise_id: int) -> tuple[Actor, Promise]:
    actor = _promising(request)
    promise = promise_for(actor, promise_id)
    if not is_settler(actor, promise):
        raise NotAllowed(
            _("Only whoever made or keeps this, a manager or the owner says what came of it.")
        )
    return actor, promise
