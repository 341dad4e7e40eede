"""Holding messages to one customer, from their page, or to everybody, and letting them go."""

from datetime import UTC

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.messaging.actions.holds import lift_hold, place_hold
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.forms.holds import EverybodyForm, HoldForm
from regulars.messaging.lists import holds_below
from regulars.messaging.models import Hold
from regulars.messaging.queries import (
    hold_for,
    hold_of,
    holds_of,
    is_holder,
    is_holder_of_everybody,
    sending_state,
)
from regulars.messaging.rules import is_of_a_room, may_word
from regulars.messaging.screens import overview
from regulars.team.queries import signed_in_member, the_business


@require_POST
def place(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Hold messages to a customer for a reason, until a day or until they are let go."""
    actor = signed_in_member(request).actor
    customer, at = customer_for(actor, customer_id), clock.now()
    if not is_holder(actor, customer):
        raise NotAllowed(_("You may look, and hold nothing. An owner can change that."))
    form, zone = HoldForm(request.POST), _zone()
    if form.is_valid():
        try:
            place_hold(
                customer, HoldKind(form.cleaned_data["kind"]), by=actor, at=at,
                until=form.until(zone),
                why=form.cleaned_data["why"],
            )  # fmt: skip
            return _answer(request, customer, _("Held: nothing they did not ask for leaves."))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return _shown(request, customer, form, status=422)


@require_POST
def lift(request: HttpRequest, customer_id: int, hold_id: int) -> HttpResponse:
    """Let messages to a customer leave again."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    if not is_holder(actor, customer):
        raise NotAllowed(_("You may look, and let nothing go. An owner can change that."))
    hold = hold_of(customer, hold_id)
    if hold is None:
        raise NotFound(_("There is no such hold on messages to this customer."))
    lift_hold(hold, by=actor, at=clock.now())
    return _answer(request, customer, _("Messages to them may leave again."))


def _answer(request: HttpRequest, customer: Customer, said: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _shown(request, customer, HoldForm())
    messages.success(request, said)
    return redirect("customers:detail", customer.pk)


def _shown(
    request: HttpRequest, customer: Customer, form: HoldForm, *, status: int = 200
) -> HttpResponse:
    actor = signed_in_member(request).actor
    shown = {
        "customer": customer, "form": form, "holds": holds_of(customer, clock.now()),
        "may_hold": is_holder(actor, customer),
    }  # fmt: skip
    return render(request, "messaging/holds/_panel.html", shown, status=status)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What holds messages back: for everybody, and for whom."""
    return _listed(request, EverybodyForm())


@require_POST
def place_for_everybody(request: HttpRequest) -> HttpResponse:
    """Hold messages to everybody for a reason, until a day or until they are let go."""
    actor, form = signed_in_member(request).actor, EverybodyForm(request.POST)
    if not is_holder_of_everybody(actor):
        raise NotAllowed(_("Only an owner or a manager holds messages to everybody."))
    if form.is_valid():
        said = form.cleaned_data
        try:
            place_hold(
                None, HoldKind(said["kind"]), by=actor, at=clock.now(), stops=Holds(said["stops"]),
                until=form.until(_zone()), why=said["why"],
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
        else:
            messages.success(request, _("Held for everybody, from now on."))
            return redirect("messaging:holds")
    return _listed(request, form, status=422)


@require_POST
def lift_any(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Let messages leave again, asked for on the list of all holds."""
    actor = signed_in_member(request).actor
    if not may_word(actor):
        raise NotAllowed(_("You may look, and let nothing go. An owner can change that."))
    hold = hold_for(actor, hold_id)
    if hold is None:
        raise NotFound(_("There is no such hold."))
    lift_hold(hold, by=actor, at=clock.now())
    messages.success(request, _("What it held back may leave again."))
    return redirect("messaging:holds")


def _listed(request: HttpRequest, form: EverybodyForm, *, status: int = 200) -> HttpResponse:
    actor, below = signed_in_member(request).actor, request.GET.get("below", "")
    state = sending_state(actor)
    rows, after = holds_below(actor, int(below) if is_whole(below) else None, clock.now())
    shown = {
        "tab": "holds", "state": state, "sentence": overview(state),
        "form": form if is_holder_of_everybody(actor) else None,
        "everybody": [(hold, _may_lift(actor, hold)) for hold in state.holds],
        "holds": [(hold, _may_lift(actor, hold)) for hold in rows],
        "next": f"?below={after}" if after else "",
    }  # fmt: skip
    return render(request, "messaging/holds/holds.html", shown, status=status)


def _may_lift(actor: Actor, hold: Hold) -> bool:
    if is_of_a_room(hold):
        return False
    if hold.customer is None:
        return is_holder_of_everybody(actor)
    return is_holder(actor, hold.customer)


def _zone() -> str:
    business = the_business()
    return business.time_zone if business else str(UTC)
