"""The segments that a customer is in, since when, and why."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.desk.list_look import as_text
from regulars.lists.models import Segment
from regulars.lists.queries.segments import Stay, segment_for, stays_of, why_in
from regulars.team.queries import signed_in_member


@dataclass(frozen=True, slots=True)
class StayShown:
    """A segment with the address of all who are in it, and of why this customer is."""

    stay: Stay
    everybody: str
    why: str


def stays_shown(actor: Actor, customer: Customer, at: datetime) -> list[StayShown]:
    return [_shown(stay, customer) for stay in stays_of(customer, actor, at)]


def everybody_in(segment: Segment) -> str:
    """The address of the list of all who are in a segment."""
    asked = urlencode({"f": as_text({"segment": segment.pk})})
    return f"{reverse('customers:list')}?{asked}"


def _shown(stay: Stay, customer: Customer) -> StayShown:
    return StayShown(
        stay,
        everybody_in(stay.segment),
        reverse("customers:why_in", args=[customer.pk, stay.segment.pk]),
    )


@require_safe
def why(request: HttpRequest, customer_id: int, segment_id: int) -> HttpResponse:
    """Why a customer is in a segment or not, a sentence each."""
    actor, at = signed_in_member(request).actor, clock.now()
    customer = customer_for(actor, customer_id)
    segment = segment_for(actor, segment_id, at)
    shown = {
        "customer": customer,
        "segment": segment,
        "reasons": why_in(segment, customer, actor, at),
    }
    is_part = request.headers.get("HX-Request")
    name = "desk/customers/_why_in.html" if is_part else "desk/customers/why_in.html"
    return render(request, name, shown)
