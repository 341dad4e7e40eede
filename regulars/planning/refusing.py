"""Asking the gate before a day is chosen: who may not be written to, or reached at all, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time

from django.db.models import Q

from regulars.consent.choices import Channel
from regulars.customers.models import Customer
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.gate import verdicts_for_customers
from regulars.messaging.models import Hold
from regulars.planning.candidates import DayAhead, Due
from regulars.planning.knapsack import BITS
from regulars.planning.known import purpose_of

# The house itself, or the hour at which the lists are made; by the time somebody writes it is over.
PASSES = frozenset({"", "instance", "stopped", "quiet", "no_public_url", "mailing_waits", "turn"})
EMAIL = BITS[Channel.EMAIL]


def leave_out_refused(dues: Mapping[int, Due], ahead: DayAhead) -> None:
    """Take the e-mail away from candidates whom the gate would refuse it, and count why.

    Who could be reached by nothing else is no candidate today. Those who are held altogether never
    became candidates (`candidates.py`); they are counted here.
    """
    refused = _refused_emails(dues.values(), ahead)
    for due in dues.values():
        kept = []
        for one in due.candidates:
            if one.key in refused:
                due.refused[refused[one.key]] += 1
                one = one._replace(channels=one.channels & ~EMAIL)  # noqa: PLW2901
            if one.channels:
                kept.append(one)
            else:
                due.count -= 1
        due.candidates = kept
    for member_id, count in _held(ahead).items():
        if member_id is not None and member_id in dues:
            dues[member_id].refused["held"] += count


def _refused_emails(dues: Iterable[Due], ahead: DayAhead) -> dict[int, str]:
    """The gate's code for each whom it would refuse the e-mail that their reason asks for."""
    by_purpose: dict[str, list[int]] = defaultdict(list)
    for due in dues:
        for one in due.candidates:
            if one.channels & EMAIL:
                by_purpose[str(purpose_of(one.reason))].append(one.key)
    # In the middle of the day, when somebody writes.
    at = datetime.combine(ahead.day, time(12), ahead.zone)
    refused: dict[int, str] = {}
    for purpose, ids in by_purpose.items():
        asked = Customer.objects.filter(pk__in=ids).values("pk")
        for pk, verdict in verdicts_for_customers(Channel.EMAIL, purpose, at, asked):
            if verdict.code not in PASSES:
                refused[pk] = verdict.code
    return refused


def _held(ahead: DayAhead) -> Counter[int | None]:
    """How many of each member's customers wait altogether, whatever the channel."""
    held = Hold.objects.standing_at(ahead.midnight(ahead.day)).filter(
        Q(stops=Holds.ALL) | Q(kind=HoldKind.BEREAVEMENT),
        customer__isnull=False,
        customer__archived_at=None,
    )
    rows = held.values_list("customer_id", "customer__manager_id").distinct()
    # Customers whom nobody looks after are the owners'; the first of them is told.
    nobodys = ahead.owner_ids[0] if ahead.owner_ids else None
    return Counter(
        member_id if member_id in ahead.staff_ids else nobodys for _pk, member_id in rows
    )
