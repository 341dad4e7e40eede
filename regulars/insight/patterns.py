"""How customers come and go, told from a count: the season, and a pattern for each kind."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.customers.choices import Kind
from regulars.engines.opening import Counter
from regulars.insight.calendar import OpenDays
from regulars.insight.chances import Pattern
from regulars.insight.rhythm import LEAST_CUSTOMERS_OF_A_GROUP
from regulars.insight.seasons import PLAIN, Season, TradingDays, season_of

# A pattern has five numbers: so many customers tell them, and more would only take longer.
MOST_DRAWN = 2_000


@dataclass(frozen=True, slots=True)
class Patterns:
    """The season, the pattern of each kind, and the engine's table of days of business."""

    season: Season
    of_kinds: Mapping[str, Pattern]
    trading: Any
    begin_on: date
    passed: list[float]

    def kinds_of(self) -> dict[Pattern, list[str]]:
        """Each pattern with the kinds it holds for."""
        found: dict[Pattern, list[str]] = {}
        for kind, pattern in self.of_kinds.items():
            found.setdefault(pattern, []).append(kind)
        return found

    def passed_by(self, day: date) -> float:
        place = (day - self.begin_on).days
        return self.passed[min(max(place, 0), len(self.passed) - 1)]

    def first_days(self) -> dict[str, list[Any]]:
        """The first day by which so many days of business have passed, for each number of them."""
        places = list(range(int(self.passed[-1]) + 1))
        days = [
            date.fromordinal(self.begin_on.toordinal() + bisect_left(self.passed, place))
            for place in places
        ]
        return {"place": places, "doubtful_on": days}


def patterns_of(
    counter: Counter, purchases: Any, customers: Any, *,
    books: tuple[date, date] | None, open_days: OpenDays, until: date,
) -> Patterns:  # fmt: skip
    """The patterns of a count; `books` are the first and the last day in them.

    Silence is taken up to the last day in the books, so that a new day without orders changes
    nothing.
    """
    from regulars.insight.metrics.chances import by_month, drawn

    begin_on, end_on = books or (until, until)
    months = {
        (row["year"], row["month"]): row["purchases"] for row in counter.rows(by_month(purchases))
    }
    season = season_of(months, begin_on, end_on, open_days) if books else PLAIN
    trading, passed = _trading(counter, season, open_days, begin_on, until)
    counted = counter.rows(customers.agg(customers=customers.count()))[0]["customers"]
    one_in = max(1, -(-counted // MOST_DRAWN))
    found = counter.columns(drawn(purchases, customers, trading, one_in=one_in))
    end = passed[(end_on - begin_on).days]
    return Patterns(season, _of_kinds(found, end), trading, begin_on, passed)


def patterns_again(
    counter: Counter, season: Season, of_kinds: Mapping[str, Pattern], *,
    begin_on: date, open_days: OpenDays, until: date,
) -> Patterns:  # fmt: skip
    """Patterns that were told before, for a count of some customers."""
    trading, passed = _trading(counter, season, open_days, begin_on, until)
    return Patterns(season, of_kinds, trading, begin_on, passed)


def _trading(
    counter: Counter, season: Season, open_days: OpenDays, begin_on: date, until: date
) -> tuple[Any, list[float]]:
    table = TradingDays(open_days, season).table(begin_on, until)
    trading = counter.put("trading", table, {"day": "date", "passed": "float64"})
    return trading, table["passed"]


def _of_kinds(found: Mapping[str, Any], end: float) -> dict[str, Pattern]:
    """The pattern of each kind: its own when enough of it came twice, else everyone's."""
    from regulars.insight.fitting.renewing import pattern_of, repeater_count

    who, kinds, marks = found["customer_id"], found["kind"], found["passed"]
    own = {}
    for kind in Kind.values:
        theirs = kinds == kind
        if theirs.any() and repeater_count(who[theirs]) >= LEAST_CUSTOMERS_OF_A_GROUP:
            own[str(kind)] = pattern_of(who[theirs], marks[theirs], end)
    if len(own) == len(Kind.values):
        return own
    everyone = next(iter(own.values())) if _is_one_kind(kinds, own) else pattern_of(who, marks, end)
    return {str(kind): own.get(kind, everyone) for kind in Kind.values}


def _is_one_kind(kinds: Any, own: Mapping[str, Pattern]) -> bool:
    """Whether everyone drawn is of the one kind that has a pattern already."""
    return len(own) == 1 and bool((kinds == next(iter(own))).all())


def reaches_of(patterns: Patterns, repeats: Any) -> dict[str, list[Any]]:
    """For each kind and number of repeats, which silence leaves it even whether they are gone."""
    from regulars.insight.fitting.renewing import doubtful_reaches

    table: dict[str, list[Any]] = {"kind": [], "repeats": [], "alpha": [], "reach": []}
    for pattern, kinds in patterns.kinds_of().items():
        reaches = doubtful_reaches(pattern, repeats).tolist()
        for kind in kinds:
            table["kind"] += [kind] * len(reaches)
            table["repeats"] += repeats.tolist()
            table["alpha"] += [pattern.alpha] * len(reaches)
            table["reach"] += reaches
    return table
