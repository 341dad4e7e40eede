"""Writing down what was spent to find new customers, and to win back those who left."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.departures.choices import Aim
from regulars.departures.errors import SpendUnclear
from regulars.departures.models import Spent
from regulars.departures.rules import require_win_back
from regulars.team.queries import the_named_business

MOST_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent, for which aim: in all between two days, or as what one customer costs."""

    aim: Aim
    name: str
    low_minor: int
    high_minor: int
    is_each: bool = False
    from_on: date | None = None
    until_on: date | None = None


@transaction.atomic
def note_spent(told: Spend, *, by: Actor, at: datetime) -> Spent:
    """Write down what was spent; a range where it is only known as one."""
    require_win_back(by)
    name = " ".join(told.name.split())[:120]
    if not name or not 0 <= told.low_minor <= told.high_minor <= MOST_MINOR:
        raise SpendUnclear(
            _("Say on what it was spent, and how much."), _("The most is not below the least.")
        )
    days = (told.from_on, told.until_on)
    if not told.is_each and (None in days or str(days[0]) > str(days[1])):
        raise SpendUnclear(
            _("Say from which day until which it was spent."), _("The first is not after the last.")
        )
    row = Spent.objects.create(
        aim=told.aim, name=name, low_minor=told.low_minor, high_minor=told.high_minor,
        currency=the_named_business().currency, is_each=told.is_each,
        from_on=None if told.is_each else told.from_on,
        until_on=None if told.is_each else told.until_on,
        recorded_at=at, recorded_by_id=by.member_id,
    )  # fmt: skip
    audit.record("noted what was spent", row, by=by, at=at, aim=told.aim)
    return row


@transaction.atomic
def remove_spent(row: Spent, *, by: Actor, at: datetime) -> None:
    require_win_back(by)
    Spent.objects.filter(pk=row.pk, removed_at=None).update(removed_at=at)
    audit.record("took away", row, by=by, at=at)


@transaction.atomic
def put_spent_back(row: Spent, *, by: Actor, at: datetime) -> None:
    """Undo that."""
    require_win_back(by)
    Spent.objects.filter(pk=row.pk).update(removed_at=None)
    audit.record("put back", row, by=by, at=at)
