"""What the weeks would have brought had nothing happened, and how sure that is.

Told from the weeks before: not from those of earlier disruptions, nor from those on which we were
closed. docs/baseline.md says how, and how often it is right.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from regulars.core.registry import Registry
from regulars.insight.calendar import OpenDays

Row = dict[str, Any]
DAYS = 7
# As far back as weeks say something of today.
MOST_WEEKS = 208
LEAST_WEEKS = 10
LEAST_CUSTOMERS = 3
# A week open for less is left out.
LEAST_SHARE = 0.5
# What is laid beside the baseline at once: the last four weeks.
LOOKED_AT = 4
# As long as it is told what might have been.
MOST_AHEAD = 104
# A disruption longer ago is not asked about by itself any more.
LONG_AGO_DAYS = 365
LOW, HIGH = 0.1, 0.9
# Below so rare a chance of both customers and money, a stretch is out of the ordinary.
RARE = 0.02
VERY_RARE = 0.002
# Longer than this, and than ever before, nothing is bought on open days: the books end there.
LEAST_SILENCE = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that were not like others, the last included; without a last they still are not."""

    from_on: date
    to_on: date | None


# Rooms above say which days were not like others; the one that began last is asked about.
disturbances: Registry[Callable[[], Iterable[Stretch]]] = Registry("disturbances")


@dataclass(frozen=True, slots=True)
class Books:
    """What the baseline is told from; `by_day` holds the money and the purchases of days."""

    weeks: Mapping[int, tuple[int, int]]  # customers and money, by weeks back
    by_day: Mapping[date, int]
    begin_on: date
    until: date
    open_days: OpenDays
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class Week:
    """A whole week: what it brought, and how much of one it was for us."""

    from_on: date
    to_on: date
    customers: int
    spend_minor: int
    share: float
    closed_days: int
    state: str  # before, left_out, since


def known_until(
    days: Iterable[date], last: date, open_days: OpenDays, stretches: Sequence[Stretch]
) -> date:
    """The last day of which we know what it brought: the last of all, or where the books end.

    Books of a till are brought in now and then; what is not in them yet is not a silence of
    customers. In the midst of a disruption it is.
    """
    bought = sorted(days)
    if not bought or bought[-1] >= last:
        return last
    silent = open_days.open_between(bought[-1], last)
    after = bought[-1] + timedelta(days=1)
    if any(one.from_on <= after and (one.to_on is None or one.to_on >= last) for one in stretches):
        return last
    recent = [day for day in bought if (bought[-1] - day).days <= 365]
    gaps = pairwise(recent)
    longest = max((open_days.open_between(*gap) - 1 for gap in gaps), default=0)
    return bought[-1] if silent > max(LEAST_SILENCE, longest) else last


def begun(stretches: Sequence[Stretch], until: date) -> date:
    """The first day that is asked about: of a year's last disruption, else of four weeks."""
    earliest = until - timedelta(days=LONG_AGO_DAYS)
    starts = [one.from_on for one in stretches if earliest <= one.from_on <= until]
    return max(starts, default=until - timedelta(days=DAYS * LOOKED_AT - 1))


def weeks_of(books: Books, since: date) -> list[Week]:
    """Every whole week of the books, the earliest first."""
    count = min((books.until - books.begin_on).days + 1, DAYS * (MOST_WEEKS + MOST_AHEAD)) // DAYS
    weights = _weekdays(books)
    return [_week(books, since, back, weights) for back in range(count - 1, -1, -1)]


def _week(books: Books, since: date, back: int, weights: Sequence[float]) -> Week:
    to_on = books.until - timedelta(days=DAYS * back)
    days = [to_on - timedelta(days=place) for place in range(DAYS)]
    closed = [day for day in days if not books.open_days.open_between(day - timedelta(days=1), day)]
    customers, spend = books.weeks.get(back, (0, 0))
    is_since = to_on >= since
    # What the disruption itself closed lowers nothing: that is what is asked about.
    missed = [day for day in closed if not is_since or not _is_disturbed(books, day)]
    share = 1 - sum(weights[day.weekday()] for day in missed)
    left_out = share < LEAST_SHARE or any(_is_disturbed(books, day) for day in days)
    state = "since" if is_since else "left_out" if left_out else "before"
    return Week(days[-1], to_on, customers, spend, max(0.0, round(share, 4)), len(closed), state)


def _is_disturbed(books: Books, day: date) -> bool:
    return any(
        one.from_on <= day and (one.to_on is None or day <= one.to_on) for one in books.stretches
    )


def _weekdays(books: Books) -> list[float]:
    """How much of a week's money each weekday brings, where the days can tell; else alike."""
    sums = [0.0] * DAYS
    for day, spend in books.by_day.items():
        if not _is_disturbed(books, day):
            sums[day.weekday()] += max(0, spend)
    total = sum(sums)
    return [one / total for one in sums] if total else [1 / DAYS] * DAYS


def baseline(books: Books, since: date) -> list[Row]:
    """A row for each week: what it brought, and from `since` on what it would have brought.

    `low` and `high` hold it 8 times in 10. `four_…` are the same of the last weeks since, four at
    most (`four_weeks`), added up; `four_…_chance` is how likely it is to be as low as that or lower
    with nothing amiss. Customers added up count once a week. Without a baseline these are empty.
    """
    weeks = weeks_of(books, since)
    rows = [_seen(week) for week in weeks]
    past = [week for week in weeks if week.state == "before"][-MOST_WEEKS:]
    ahead = [week for week in weeks if week.state == "since"][:MOST_AHEAD]
    if not ahead or not is_enough(past):
        return rows
    begin = next(place for place, week in enumerate(weeks) if week.state == "since")
    for what, counted, unit in (("customers", _heads, ""), ("spend", _money, "_minor")):
        told = _expected(past, ahead, counted, _floor(past, what))
        for place, found in enumerate(told, begin):
            rows[place] |= {"four_weeks": min(LOOKED_AT, place - begin + 1)} | {
                name.format(what, unit): value if "chance" in name else round(value)
                for name, value in found.items()
            }
    return rows


def is_enough(past: Sequence[Week]) -> bool:
    """Whether so many weeks, and customers in them, tell anything of the weeks to come."""
    return len(past) >= LEAST_WEEKS and median(w.customers for w in past) >= LEAST_CUSTOMERS


def is_out_of_the_ordinary(row: Row) -> bool:
    """Whether what was brought is so low that it is hardly chance; at most 5 in 100 are by chance.

    Customers and money both have to say so, or one of them very clearly.
    """
    if row["four_spend_chance"] is None:
        return False
    chances: list[float] = [row["four_customers_chance"], row["four_spend_chance"]]
    return max(chances) < RARE or min(chances) < VERY_RARE


def _money(week: Week) -> float:
    return float(week.spend_minor)


def _heads(week: Week) -> float:
    return float(week.customers)


def _floor(past: Sequence[Week], what: str) -> float:
    """Half a customer, or half of what one usually brings."""
    if what == "customers":
        return 0.5
    return max(1.0, median(map(_money, past)) / median(map(_heads, past)) / 2)


# What is told of a week, and of up to four of them; customers by the week, money in all.
TOLD = (
    "{}_expected{}", "{}_low{}", "{}_high{}", "four_{}{}", "four_{}_expected{}", "four_{}_low{}",
    "four_{}_high{}", "four_{}_chance",
)  # fmt: skip


def _seen(week: Week) -> Row:
    row: Row = {
        "from_on": week.from_on, "to_on": week.to_on, "state": week.state,
        "closed_days": week.closed_days, "customers": week.customers,
        "spend_minor": week.spend_minor, "four_weeks": None,
    }  # fmt: skip
    for what, unit in (("customers", ""), ("spend", "_minor")):
        row |= dict.fromkeys(name.format(what, unit) for name in TOLD)
    return row


def _expected(
    past: Sequence[Week], ahead: Sequence[Week], counted: Callable[[Week], float], floor: float
) -> list[dict[str, float]]:
    import numpy as np

    from regulars.insight.fitting.expectation import paths

    ways = paths(_columns(past, counted), _columns(ahead, counted), floor=floor)
    came = np.array([counted(week) for week in ahead])
    middle = np.median(ways, axis=0)
    low, high = np.quantile(ways, (LOW, HIGH), axis=0)
    rows = []
    for place in range(len(ahead)):
        first = max(0, place + 1 - LOOKED_AT)
        together = ways[:, first : place + 1].sum(axis=1), came[first : place + 1].sum()
        values = (middle[place], low[place], high[place], *_together(*together))
        rows.append(dict(zip(TOLD, map(float, values), strict=True)))
    return rows


def _together(ways: Any, total: float) -> tuple[float, ...]:
    import numpy as np

    low, middle, high = np.quantile(ways, (LOW, 0.5, HIGH))
    # Half of what is exactly alike counts: a few customers are often exactly as many.
    chance = ((ways < total - 0.5).mean() + (ways < total + 0.5).mean()) / 2
    return total, middle, low, high, round(float(chance), 4)


def _columns(weeks: Sequence[Week], counted: Callable[[Week], float]) -> Any:
    import numpy as np

    from regulars.insight.fitting.expectation import Weeks

    return Weeks(
        np.array([week.to_on.toordinal() - DAYS // 2 for week in weeks], dtype=np.float64),
        np.array([counted(week) for week in weeks]),
        np.array([week.share for week in weeks]),
    )
