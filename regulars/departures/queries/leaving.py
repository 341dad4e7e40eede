"""Departures, for reading: always as far as the one who asks may see."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.departures.choices import OURS, DepartureState, Reason
from regulars.departures.errors import DepartureNotFound
from regulars.departures.models import Departure, DepartureQuerySet
from regulars.departures.rules import counted_for, may_note, may_see, visible_to
from regulars.insight.queries import share_between
from regulars.messaging.choices import Holds
from regulars.messaging.models import Hold

COUNTED = (DepartureState.STANDING, DepartureState.BACK)


def departures_for(actor: Actor) -> DepartureQuerySet:
    """Every departure that this person may see, those written anew since too."""
    return visible_to(actor)


def departure_for(actor: Actor, departure_id: int) -> Departure:
    """One departure, or the same answer for one that is not there and one that is not theirs."""
    rows = visible_to(actor).select_related("customer", "recorded_by")
    found = rows.filter(pk=departure_id).first()
    if found is None:
        raise DepartureNotFound
    return found


def departures_of(customer: Customer) -> DepartureQuerySet:
    """All that was written down of one customer's leaving: the newest first."""
    rows = Departure.objects.filter(customer=customer).select_related("recorded_by")
    return rows.order_by("-recorded_at", "-pk")


def is_closed(customer: Customer) -> bool:
    """Whether the last word was said to somebody who left for good."""
    ours = Hold.objects.filter(customer=customer, source__startswith=OURS, lifted_at=None)
    return ours.filter(stops=Holds.ALL).exists()


def listed(actor: Actor, show: str, reason: str) -> DepartureQuerySet:
    """The page of departures: who is gone, or who came back; of one reason, where one is named."""
    state = DepartureState.BACK if show == "back" else DepartureState.STANDING
    rows = visible_to(actor).filter(state=state).select_related("customer")
    if reason:
        rows = rows.filter(reason=reason)
    return rows.order_by("-left_on", "-pk")


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many left for one reason, and how many of them came back since.

    `share` is of all reasons that somebody knows, `low` and `high` its bounds; there are none where
    they are too few to tell, or where nobody knows.
    """

    reason: str
    label: str
    gone: int
    back: int
    share: float
    low: float | None
    high: float | None
    customers: str

    @property
    def total(self) -> int:
        return self.gone + self.back

    @property
    def is_told(self) -> bool:
        return self.low is not None


def reasons_counted(actor: Actor) -> list[ReasonCount]:
    """Why customers left, most often named first; what nobody knows comes last."""
    rows = counted_for(actor).filter(state__in=COUNTED).order_by().values("reason")
    found = list(
        rows.annotate(
            gone=Count("pk", Q(state=DepartureState.STANDING)),
            back=Count("pk", Q(state=DepartureState.BACK)),
        )
    )
    known = sum(
        row["gone"] + row["back"] for row in found if row["reason"] != Reason.UNKNOWN
    )  # fmt: skip
    counted = [_counted(row["reason"], row["gone"], row["back"], known) for row in found]
    return sorted(counted, key=lambda one: (one.reason == Reason.UNKNOWN, -one.total, one.reason))


def _counted(reason: str, gone: int, back: int, known: int) -> ReasonCount:
    total = gone + back
    is_known = reason != Reason.UNKNOWN and known > 0
    bounds = share_between(total, known) if is_known else None
    low, high = bounds or (None, None)
    return ReasonCount(
        reason, str(Reason(reason).label), gone, back, total / known if is_known else 0.0,
        low, high, customers_address(reason),
    )  # fmt: skip


def customers_address(reason: str) -> str:
    """The list of customers who are gone for one reason: to call, to save, to write to."""
    tree = {"field": "departures.reason", "is": "any_of", "value": [reason]}
    cols = "insight.tier,departures.left_on,departures.words,insight.year_spend"
    query = urlencode({"f": json.dumps(tree, separators=(",", ":")), "cols": cols})
    return f"{reverse('customers:list')}?{query}"


def is_seer(actor: Actor) -> bool:
    return may_see(actor)


def is_noter(actor: Actor) -> bool:
    return may_note(actor)
