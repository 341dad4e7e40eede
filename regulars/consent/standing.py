"""Where a customer stands, worked out from what was decided: the strictest reading wins.

In the order in which decisions were written down (`id`):

- a no lowers at once, whatever came before; a no to all of a channel is a no to each purpose;
- a yes raises when it was given at or after the last no was told, never when it is older;
- a claim stands only where nothing was decided.

A yes to everything leaves a no to one purpose as it is, until there is a yes to that purpose.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState


@dataclass(frozen=True, slots=True)
class Told:
    """One decision, as far as it matters to where somebody stands."""

    purpose: str
    decision: str
    recorded_at: datetime
    happened_at: datetime | None = None

    @property
    def given_at(self) -> datetime:
        """When it was decided; nothing is decided after it was written down."""
        return min(self.happened_at or self.recorded_at, self.recorded_at)


def standing_after(told: Iterable[Told]) -> dict[str, tuple[str, datetime]]:
    """For each purpose ("" for everything by the channel) the decision that stands, and when it
    was given, after all that one customer told us about one channel, in order.
    """
    stands: dict[str, tuple[str, datetime]] = {}
    refused_at: dict[str, datetime] = {}
    decided: set[str] = set()
    for one in told:
        decided.add(one.purpose)
        for purpose in _spoken_of(one, decided):
            _hear(one, purpose, stands, refused_at)
    return stands


def _spoken_of(one: Told, decided: set[str]) -> Iterable[str]:
    if one.decision == Decision.WITHDRAWN and not one.purpose:
        return sorted(decided)
    return (one.purpose,)


def _hear(
    one: Told, purpose: str, stands: dict[str, tuple[str, datetime]], refused: dict[str, datetime]
) -> None:
    # Whoever said no to everything has said no to this purpose too.
    before = max((refused[p] for p in (purpose, "") if p in refused), default=None)
    if one.decision == Decision.WITHDRAWN:
        refused[purpose] = max(one.recorded_at, refused.get(purpose, one.recorded_at))
        stands[purpose] = (one.decision, one.given_at)
    elif one.decision == Decision.CLAIMED:
        if purpose not in stands and before is None:
            stands[purpose] = (one.decision, one.given_at)
    elif before is None or one.given_at >= before:
        stands[purpose] = (one.decision, one.given_at)


def rebuilt_standing() -> Iterator[ConsentState]:
    """Where everybody stands, from the events alone; unsaved rows, in order of customer."""
    rows = (
        ConsentEvent.objects.order_by("customer_id", "channel", "id")
        .values_list("customer_id", "channel", "purpose", "decision", "recorded_at", "happened_at")
        .iterator()
    )
    for (customer_id, channel), told in groupby(rows, key=lambda row: (row[0], row[1])):
        stands = standing_after(Told(*row[2:]) for row in told)
        for purpose, (decision, at) in sorted(stands.items()):
            yield ConsentState(
                customer_id=customer_id, channel=channel, purpose=purpose, decision=decision,
                changed_at=at,
            )  # fmt: skip


def refusals_of(ids: Iterable[int], channel: str, purpose: str) -> dict[int, datetime]:
    """When each of these customers last told us no, to this purpose or to everything."""
    told: dict[int, datetime] = {}
    noes = ConsentEvent.objects.filter(
        customer_id__in=list(ids), channel=channel, purpose__in={purpose, ""},
        decision=Decision.WITHDRAWN,
    )  # fmt: skip
    for customer_id, at in noes.values_list("customer_id", "recorded_at"):
        told[customer_id] = max(at, told.get(customer_id, at))
    return told
