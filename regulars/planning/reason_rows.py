"""Every reason, in the order in which they have the word: switched off or not, how it helped."""

from dataclasses import dataclass

from django.db.models import Count

from regulars.consent.choices import Purpose
from regulars.core.reasons import reason_sources
from regulars.planning.helping import Helped, helped_words
from regulars.planning.kept import ReasonRecord, Silence
from regulars.planning.known import REASONS, purpose_of
from regulars.planning.labels import label_of


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason; `off_for` counts single customers of whom it is told no more."""

    name: str
    label: str
    purpose: Purpose
    is_off: bool
    off_for: int
    record: ReasonRecord | None
    helped: Helped


def reason_rows() -> list[ReasonRow]:
    """Three queries, however many there are."""
    records = {one.reason: one for one in ReasonRecord.objects.all()}
    off = set(Silence.objects.filter(customer=None).values_list("reason", flat=True))
    of_some = Silence.objects.exclude(customer=None).order_by().values_list("reason")
    counts = dict(of_some.annotate(count=Count("pk")))
    names = [*(one.name for one in reason_sources), *(one.name for one in REASONS)]
    return [
        ReasonRow(
            name=name,
            label=label_of(name),
            purpose=purpose_of(name),
            is_off=name in off,
            off_for=counts.get(name, 0),
            record=records.get(name),
            helped=helped_words(records.get(name)),
        )
        for name in names
    ]
