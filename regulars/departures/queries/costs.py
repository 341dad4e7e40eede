"""What it costs to win one back, beside what it costs to find a new one: with bounds."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, OuterRef, QuerySet, Value

from regulars.core.actor import Actor
from regulars.departures.choices import Aim, DepartureState
from regulars.departures.errors import SpentNotFound
from regulars.departures.models import Departure, Letter, Spent
from regulars.departures.queries.winning import mailings_of
from regulars.departures.rules import may_see_costs, may_win_back
from regulars.insight.models import CustomerFacts
from regulars.messaging.choices import REACHED
from regulars.messaging.models import Message
from regulars.team.queries import the_named_business
from regulars.verdicts.models import Verdict

YEAR, CAME_FOR_IT = timedelta(days=365), timedelta(days=60)
# Of fewer the bounds are too far apart to say anything.
LEAST_TO_TELL = 10
# Nobody writes more of them in a year.
MOST_LETTERS = 100
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class OneCosts:
    """What one customer costs, in minor units, 19 times in 20 within the bounds.

    `is_entered`: somebody knows it; else it is what was spent, over how many came. Nothing is told
    of too few.
    """

    count: int
    spent_low: int
    spent_high: int
    low: int
    high: int
    each: int
    is_entered: bool
    is_told: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """How many more came back than would have anyway, by the lots of our letters."""

    count: float
    low: float
    high: float
    letters: int


def spent_rows(aim: str = "") -> "QuerySet[Spent]":
    rows = Spent.objects.filter(removed_at=None).order_by("aim", "-until_on", "-pk")
    return rows.filter(aim=aim) if aim else rows


def spent_numbered(spent_id: int) -> Spent:
    found = Spent.objects.filter(pk=spent_id).first()
    if found is None:
        raise SpentNotFound
    return found


def cost_of_new(today: date) -> OneCosts:
    """A new customer: what was spent on finding them, over those who first bought in a year."""
    since = today - YEAR
    came = CustomerFacts.objects.filter(first_on__gt=since, first_on__lte=today, crowd_sales=0)
    return _one_costs(Aim.NEW, came.count(), 0, today)


def cost_of_back(today: date) -> OneCosts:
    """Somebody who came back: what was spent on them and given to them, over those who did."""
    back = Departure.objects.filter(
        state=DepartureState.BACK, back_on__gt=today - YEAR, back_on__lte=today
    )
    return _one_costs(Aim.BACK, back.count(), _given(today), today)


def _one_costs(aim: Aim, count: int, given: int, today: date) -> OneCosts:
    rows = list(spent_rows(aim))
    known = [one for one in rows if one.is_each]
    totals = [one for one in rows if not one.is_each]
    low = given + round(sum(_within(one, one.low_minor, today) for one in totals))
    high = given + round(sum(_within(one, one.high_minor, today) for one in totals))
    if known:
        least, most = min(one.low_minor for one in known), max(one.high_minor for one in known)
        middle = (least + most) // 2
        return OneCosts(count, low, high, least, most, middle, is_entered=True, is_told=True)
    if count < LEAST_TO_TELL or not high:
        return OneCosts(count, low, high, 0, 0, 0, is_entered=False, is_told=False)
    fewest, most_of_them = count_between(count)
    return OneCosts(
        count, low, high, round(low / most_of_them), round(high / fewest),
        round((low + high) / 2 / count), is_entered=False, is_told=True,
    )  # fmt: skip


def count_between(count: int) -> tuple[float, float]:
    """The bounds of chance for such a count, 19 times in 20 (Byar, as in Breslow and Day 1987)."""
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z_95 / (3 * sqrt(count))) ** 3
    return low, more * (1 - 1 / (9 * more) + Z_95 / (3 * sqrt(more))) ** 3


def _within(one: Spent, minor: int, today: date) -> float:
    """The part of it that falls into the year up to today, by days."""
    assert one.from_on is not None
    assert one.until_on is not None
    begins = max(one.from_on, today - YEAR + timedelta(days=1))
    days = (min(one.until_on, today) - begins).days + 1
    return minor * max(0, days) / ((one.until_on - one.from_on).days + 1)


def _given(today: date) -> int:
    """What letters gave to those who came back within two months of them."""
    letters = Letter.objects.filter(cost_minor__gt=0)
    recent = letters.filter(written_at__date__gt=today - YEAR - CAME_FOR_IT).order_by("-pk")
    rows = [_takers(one, today) for one in recent[:MOST_LETTERS]]
    if not rows:
        return 0
    # One question for all of them.
    taken = rows[0].union(*rows[1:], all=True)
    return sum(int(row["cost"]) * int(row["count"]) for row in taken)


def _takers(letter: Letter, today: date) -> Any:
    """How many came back for one letter, beside what it gave each of them."""
    begins = the_named_business().day_of(letter.written_at)
    had = Message.objects.filter(
        mailing__in=mailings_of([letter.pk]), customer=OuterRef("customer"), state__in=REACHED
    )
    back = Departure.objects.filter(
        Exists(had), state=DepartureState.BACK, reason=letter.reason,
        back_on__gt=max(begins, today - YEAR), back_on__lte=min(begins + CAME_FOR_IT, today),
    )  # fmt: skip
    cost = Value(letter.cost_minor, output_field=BigIntegerField())
    return back.order_by().values(cost=cost).annotate(count=Count("pk"))


def extra_of_letters(today: date) -> Extra | None:
    """What the lots of our letters of a year say: how many came back because of them."""
    letters = Letter.objects.filter(written_at__date__gt=today - YEAR)
    mailings = mailings_of(list(letters.values_list("pk", flat=True)))
    occasions = [f"mailing:{pk}" for pk in mailings.values_list("pk", flat=True)]
    looks = Verdict.objects.filter(trial__occasion__in=occasions, is_last=True)
    rates = [one.rate for one in looks if one.rate]
    if not rates:
        return None
    count = sum(one["difference"] * one["got_count"] for one in rates)
    reach = Z_95 * sqrt(sum(one["variance"] * one["got_count"] ** 2 for one in rates))
    return Extra(count, count - reach, count + reach, len(rates))


def sees_costs(actor: Actor) -> bool:
    return may_see_costs(actor)


def sets_costs(actor: Actor) -> bool:
    return may_win_back(actor)
