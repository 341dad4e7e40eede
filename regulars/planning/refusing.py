"""Asking the gate before a day is chosen: who may not be written to, or reached at all, and why."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time

from django.db.models import Q

from regulars.consent.choices import Channel
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.gate import verdicts_for_customers
from regulars.messaging.models import Hold
from regulars.planning.candidates import Candidate, DayAhead, Due
from regulars.planning.details import among, in_batches
from regulars.planning.knapsack import BITS, beside_waiting, worth_their_minutes
from regulars.planning.known import purpose_of
from regulars.planning.means import AT_ONCE

# The house itself, or the hour at which the lists are made; by the time somebody writes it is over.
PASSES = frozenset({"", "instance", "stopped", "quiet", "no_public_url", "mailing_waits", "turn"})
# What leaves by the telephone or the mailbox and is asked about; a call is only ever held.
WRITTEN = (Channel.EMAIL, Channel.TEXT)


def leave_out_refused(dues: Mapping[int, Due], ahead: DayAhead) -> None:
    """Take away from candidates what the gate would refuse to send them, and count why.

    Who could be reached by nothing else is no candidate today. Those who are held altogether never
    became candidates (`candidates.py`); they are counted here.
    """
    refused = {channel: _refused(dues.values(), channel, ahead) for channel in WRITTEN}
    for due in dues.values():
        kept = []
        for one in due.candidates:
            codes = {
                channel: codes[one.key] for channel, codes in refused.items() if one.key in codes
            }
            due.refused.update(set(codes.values()))
            left = _without(one, codes) if codes else one
            if left.opened:
                kept.append(left)
            else:
                due.count -= 1
        due.candidates = kept
    for member_id, count in _held(ahead).items():
        if member_id is not None and member_id in dues:
            dues[member_id].refused["held"] += count


def _without(one: Candidate, refused: Collection[Channel]) -> Candidate:
    opened = tuple(option for option in one.opened if option.channel not in refused)
    return one._replace(
        channels=sum(BITS[option.channel] for option in opened),
        opened=opened,
        options=worth_their_minutes(beside_waiting(opened, one.overdue)),
    )


def _refused(dues: Iterable[Due], channel: Channel, ahead: DayAhead) -> dict[int, str]:
    """The gate's code for each whom it would refuse the message that their reason asks for."""
    by_purpose: dict[str, list[int]] = defaultdict(list)
    for due in dues:
        for one in due.candidates:
            if one.channels & BITS[channel]:
                by_purpose[str(purpose_of(one.reason))].append(one.key)
    # In the middle of the day, when somebody writes.
    at = datetime.combine(ahead.day, time(12), ahead.zone)
    refused: dict[int, str] = {}
    for purpose, ids in by_purpose.items():
        for some in in_batches(sorted(ids), AT_ONCE):
            asked = among(some).values("pk")
            for pk, verdict in verdicts_for_customers(channel, purpose, at, asked):
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
    return Counter(ahead.homes.of(manager_id) for _pk, manager_id in rows)
