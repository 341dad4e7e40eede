"""How often one customer should hear from us, on their page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.slips import read_slip, write_slip
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.planning.agreeing import (
    Whose,
    agree_on,
    end_cadence,
    leave_alone,
    put_cadence_back,
    put_pause_back,
)
from regulars.planning.forms import DaysForm, PauseForm
from regulars.planning.panel import panel_of
from regulars.planning.queries import tier_of
from regulars.planning.rules import may_set_cadence_of_one
from regulars.team.queries import signed_in_member, the_named_business

BACK = "cadence of one"


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """How often they should hear from us, again after something changed."""
    actor, customer = _theirs(request, customer_id)
    return _panel(request, customer, actor)


@require_POST
def agree(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A cadence of their own."""
    actor, customer = _changing(request, customer_id)
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _panel(request, customer, actor, days=form)
    whose = Whose(customer_id=customer.pk, worth=form.cleaned_data["worth"])
    try:
        before = agree_on(whose, **form.days(), by=actor, at=clock.now())
    except NotAllowed:
        raise
    except Refusal as no:
        return _panel(request, customer, actor, days=form, problem=_words(no))
    return _changed(request, customer, _("Kept for this customer."), {"cadence": before})


@require_POST
def end(request: HttpRequest, customer_id: int, worth: str) -> HttpResponse:
    """No cadence of their own any more."""
    actor, customer = _changing(request, customer_id)
    before = end_cadence(
        Whose(customer_id=customer.pk, worth=worth), by=actor, at=clock.now()
    )  # fmt: skip
    return _changed(request, customer, _("Taken away."), {"cadence": before})


@require_POST
def pause(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Leave them alone until a day."""
    actor, customer = _changing(request, customer_id)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _panel(request, customer, actor, pause=form)
    now = clock.now()
    today = the_named_business().day_of(now)
    try:
        before = leave_alone(customer, **form.cleaned_data, today=today, by=actor, at=now)
    except NotAllowed:
        raise
    except Refusal as no:
        return _panel(request, customer, actor, pause=form, problem=_words(no))
    return _changed(request, customer, _("Nobody reaches out until then."), {"pause": before})


@require_POST
def end_pause(request: HttpRequest, customer_id: int) -> HttpResponse:
    """They may hear from us again."""
    actor, customer = _changing(request, customer_id)
    now = clock.now()
    today = the_named_business().day_of(now)
    before = leave_alone(customer, until=None, today=today, by=actor, at=now)
    return _changed(request, customer, _("They may hear from us again."), {"pause": before})


@require_POST
def put_back(request: HttpRequest, customer_id: int, slip: str) -> HttpResponse:
    """Undo what was changed last."""
    actor, customer = _changing(request, customer_id)
    now = clock.now()
    before = read_slip(slip, f"{BACK} {customer.pk}", at=now)
    if "cadence" in before:
        put_cadence_back(before["cadence"], by=actor, at=now)
    else:
        put_pause_back(customer, before["pause"], by=actor, at=now)
    return _answer(request, customer, _("As before."))


def _changing(request: HttpRequest, customer_id: int) -> tuple[Actor, Customer]:
    if not may_set_cadence_of_one(signed_in_member(request).actor):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    return _theirs(request, customer_id)


def _theirs(request: HttpRequest, customer_id: int) -> tuple[Actor, Customer]:
    actor = signed_in_member(request).actor
    return actor, customer_for(actor, customer_id)


def _panel(request: HttpRequest, customer: Customer, actor: Actor, **forms: Any) -> HttpResponse:
    shown = panel_of(customer, tier_of(customer), actor, **forms)
    return render(request, "planning/_often.html", shown, status=422 if forms else 200)


def _words(no: Refusal) -> str:
    return f"{no.sentence} {no.remedy}".strip()


def _changed(
    request: HttpRequest, customer: Customer, said: str, before: dict[str, Any]
) -> HttpResponse:
    slip = write_slip(f"{BACK} {customer.pk}", before, at=clock.now())
    undo = reverse("planning:put_one_back", args=[customer.pk, slip])
    return _answer(request, customer, said, undo)


def _answer(request: HttpRequest, customer: Customer, said: str, undo: str = "") -> HttpResponse:
    page = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, said, changed="often-changed", back_to=page, undo=undo)
