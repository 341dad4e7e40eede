"""How we can help, on the screen: the list, one request, and the panel on a customer's page."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customer_for
from regulars.helping.actions import (
    come_back,
    entrust_request,
    note_nothing,
    note_request,
    take_back,
    withdraw_request,
)
from regulars.helping.forms import AskedForm, HandOverForm, OutcomeForm
from regulars.helping.models import HelpRequest
from regulars.helping.panel import panel_of
from regulars.helping.queries import answered_since, is_noter, is_seer, listed, request_for
from regulars.helping.words import said
from regulars.messaging.queries import is_writer
from regulars.promises.proposing import promise_as_ticked
from regulars.team.queries import signed_in_member, the_named_business

SIZE = 50
# What is noted of customers' needs, as lists know it.
NEEDS = "customer.needs"
YEAR = timedelta(days=365)
SHOWN = {
    "open": _lazy("Wait for us"), "late": _lazy("Too long"), "over": _lazy("We came back"),
    "nothing": _lazy("Nothing now"), "all": _lazy("All"),
}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who waits for our help, and what people need most."""
    actor, at = _seeing(request), clock.now()
    show = request.GET.get("show", "open")
    show = show if show in SHOWN else "open"
    is_own = request.GET.get("whose") == "mine"
    page = Paginator(listed(actor, show, at, is_own=is_own), SIZE).get_page(request.GET.get("page"))
    answered = answered_since(actor, at - YEAR)
    shown = {
        "rows": [said(one, at) for one in page], "page": page, "show": show, "is_own": is_own,
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "answered": answered, "may_write": is_writer(actor), "may_note": is_noter(actor),
        "topics": [(*one, _those_who_need(one[0])) for one in answered.topics],
        "may_see_needs": not is_hidden(actor, NEEDS),
    }  # fmt: skip
    return render(request, "helping/home.html", shown)


def _those_who_need(topic: str) -> str:
    """The list of those who need this now, from which they are kept, written to or called."""
    tree = {"field": NEEDS, "is": "is", "value": topic}
    return f"{reverse('customers:list')}?{urlencode({'f': json.dumps(tree)})}"


@require_safe
def show(request: HttpRequest, request_id: int) -> HttpResponse:
    """One help request: what, whose, by when, and what came of it."""
    actor = _seeing(request)
    return _shown(request, actor, request_for(actor, request_id), OutcomeForm())


def _shown(
    request: HttpRequest, actor: Actor, asked: HelpRequest, form: OutcomeForm, *, status: int = 200
) -> HttpResponse:
    at = clock.now()
    day = the_named_business().day_of(asked.due_at or at)
    shown = {
        "one": said(asked, at), "form": form, "may_note": is_noter(actor),
        "other": HandOverForm(initial={"owner": asked.owner_id, "due_on": day}),
    }  # fmt: skip
    return render(request, "helping/request.html", shown, status=status)


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """How we can help one customer again, after something changed."""
    actor = _seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "helping/_panel.html", panel_of(customer, actor))


@require_POST
def ask(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down what a customer told one of us they need."""
    actor, at = _noting(request), clock.now()
    customer = customer_for(actor, customer_id)
    form = AskedForm(request.POST, auto_id="help-%s")
    if form.is_valid():
        try:
            asked = note_request(
                customer, topic=form.cleaned_data["topic"], words=form.cleaned_data["words"],
                due_at=form.due_at(), by=actor, at=at,
            )  # fmt: skip
            return _answer(request, asked, _("Written down."))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return render(request, "helping/_panel.html", panel_of(customer, actor, form), status=422)


@require_POST
def nothing(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down that they need nothing now."""
    actor = _noting(request)
    asked = note_nothing(customer_for(actor, customer_id), by=actor, at=clock.now())
    return _answer(request, asked, _("Written down: they need nothing now."))


@require_POST
def come_back_to(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say what we told them."""
    actor = _noting(request)
    asked, form = request_for(actor, request_id), OutcomeForm(request.POST)
    if not form.is_valid():
        return _shown(request, actor, asked, form, status=422)
    channel = Channel(form.cleaned_data["channel"])
    outcome = form.cleaned_data["outcome"]
    asked = come_back(asked, outcome=outcome, channel=channel, by=actor, at=clock.now())
    promise_as_ticked(request.POST, customer=asked.customer, by=actor, at=clock.now())
    return _answer(request, asked, _("Written down: we came back to them."))


@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say that it is not needed any more."""
    actor = _noting(request)
    words = request.POST.get("words", "")
    asked = request_for(actor, request_id)
    asked = withdraw_request(asked, words=words, by=actor, at=clock.now())
    return _answer(request, asked, _("Written down: not needed any more."))


@require_POST
def give_to(request: HttpRequest, request_id: int) -> HttpResponse:
    """Let somebody else see to it, or by another day."""
    actor = _noting(request)
    asked, form = request_for(actor, request_id), HandOverForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Say who sees to it, and by which day."))
    owner, due_at = form.cleaned_data["owner"], form.due_at()
    asked = entrust_request(asked, owner=owner, due_at=due_at, by=actor, at=clock.now())
    return answer_change(
        request, _("Written down."), changed="help-changed",
        back_to=reverse("helping:show", args=[asked.pk]),
    )  # fmt: skip


@require_POST
def back(request: HttpRequest, request_id: int, state: str) -> HttpResponse:
    """Undo what was written down last."""
    actor = _noting(request)
    asked = request_for(actor, request_id)
    there = reverse("customers:detail", args=[asked.customer_id])
    take_back(asked, state=state, by=actor, at=clock.now())
    return answer_change(request, _("Taken back."), changed="help-changed", back_to=there)


def _answer(request: HttpRequest, asked: HelpRequest, words: str) -> HttpResponse:
    undo = reverse("helping:back", args=[asked.pk, asked.state])
    back_to = reverse("helping:show", args=[asked.pk])
    return answer_change(request, words, changed="help-changed", back_to=back_to, undo=undo)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _noting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    return actor
