"""How to reach one customer: each way is one line, changed on their page and taken back there."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.slips import read_slip, write_slip
from regulars.customers.actions.points import (
    PointWritten,
    add_contact_point,
    edit_point,
    remove_contact_point,
)
from regulars.customers.actions.points_back import points_kept, put_points_back
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import point_of
from regulars.desk.customer_changes import Incomplete, answer_of, changing, filled
from regulars.desk.customer_forms import PointForm, kind_of
from regulars.desk.seeing import POINTS_LISTED, refuse_hidden_point, sight_of

PURPOSE = "points"
VERIFIED = "verified"


@changing
def add(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    value = filled(PointForm(request.POST))["value"]
    kind = kind_of(value)
    before = points_kept(customer, kind)
    add_contact_point(customer, kind, value, by=actor, at=clock.now())
    # The way back holds the others of its kind, which are not for everybody's eyes.
    hidden = not sight_of(actor).hidden.isdisjoint(POINTS_LISTED.get(PointKind(kind), ()))
    undo = "" if hidden else _undo(customer, kind, before)
    return answer_of(request, customer, _("Done: kept how to reach them."), undo)


@changing
def change(
    request: HttpRequest, customer: Customer, actor: Actor, *, point_id: int
) -> HttpResponse:
    """Write one line anew: the value, what it is, whether it works, whether it comes first."""
    point = point_of(customer, point_id)
    refuse_hidden_point(actor, point)
    before = points_kept(customer, point.kind)
    if request.POST.get("remove"):
        remove_contact_point(point, by=actor, at=clock.now())
        undo = _undo(customer, point.kind, before)
        return answer_of(request, customer, _("Done: removed."), undo)
    if request.POST.get("seen", point.seen) != point.seen:
        raise Incomplete(
            _("Somebody else changed this meanwhile: it says “%(value)s” now.")
            % {"value": point.value},
            _("Load the page again to see what they wrote."),
        )
    edit_point(point, _written(request, point), by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: kept."), _undo(customer, point.kind, before))


def _written(request: HttpRequest, point: ContactPoint) -> PointWritten:
    state = request.POST.get("state", "")
    return PointWritten(
        filled(PointForm(request.POST))["value"],
        request.POST.get("label", point.label)[:40],
        PointState(state) if state in PointState.values else None,
        is_verified=state == VERIFIED,
        is_primary=bool(request.POST.get("is_primary")),
    )


def _undo(customer: Customer, kind: str, before: Sequence[dict[str, Any]]) -> str:
    told = [customer.pk, kind, before, points_kept(customer, kind)]
    slip = write_slip(PURPOSE, told, at=clock.now())
    return reverse("customers:points_back", args=[customer.pk, slip])


@changing
def back(request: HttpRequest, customer: Customer, actor: Actor, *, slip: str) -> HttpResponse:
    """Put the ways of one kind back as they stood, unless somebody changed one since."""
    at = clock.now()
    pk, kind, before, after = read_slip(slip, PURPOSE, at=at)
    if pk != customer.pk:
        raise NotAllowed(_("This cannot be taken back from here."))
    done = put_points_back(customer, kind, before=before, after=after, by=actor, at=at)
    said = _("Taken back.") if done else _("Somebody changed it since, so it stays as it is now.")
    return answer_of(request, customer, said)
