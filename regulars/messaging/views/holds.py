"""Holding messages to one customer, from their page, and letting them go."""

from datetime import UTC

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.core import clock
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries import customer_for
from regulars.messaging.actions.holds import lift_hold, place_hold
from regulars.messaging.choices import HoldKind
from regulars.messaging.forms.holds import HoldForm
from regulars.messaging.queries import hold_of, holds_of, is_holder
from regulars.team.queries import signed_in_member, the_business


@require_POST
def place(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Hold messages to a customer for a reason, until a day or until they are let go."""
    actor = signed_in_member(request).actor
    customer, at = customer_for(actor, customer_id), clock.now()
    if not is_holder(actor, customer):
        raise NotAllowed(_("You may look, and hold nothing. An owner can change that."))
    form, business = HoldForm(request.POST), the_business()
    if form.is_valid():
        try:
            place_hold(
                customer, HoldKind(form.cleaned_data["kind"]), by=actor, at=at,
                until=form.until(business.time_zone if business else str(UTC)),
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
