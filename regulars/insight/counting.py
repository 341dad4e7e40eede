"""Counts everything as of a day on an engine; writes nothing itself."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from regulars.engines.opening import Counter, Wanted, open_engine
from regulars.insight.basis import Basis
from regulars.insight.calendar import OpenDays
from regulars.insight.choices import AHEAD_DAYS, Tier
from regulars.insight.estimating import (
    core_bars,
    group_rhythms,
    group_stakes,
    middles,
    sums_of_tiers,
)
from regulars.insight.facts import (
    CUSTOMERS,
    FACT_TABLES,
    FACTS,
    LINES,
    ORDERS,
    OVERRIDES,
    SERVICES,
    STAKES,
    Scope,
    orders_in_parts,
)
from regulars.insight.patterns import Patterns, patterns_again, patterns_of, reaches_of
from regulars.insight.rhythm import MOST_GAP_DAYS, GroupRhythm, GroupStake

Step = Callable[[str], None]
Row = dict[str, Any]


def in_silence(_words: str) -> None:
    """For those who need not be told how far it is."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted: up to which day, in which currency, over which days closed.

    `is_onward` says that the facts in the table are of an earlier day, so that whoever was core
    may stay so; counting the past starts afresh. With a `basis` what goes for everybody is taken
    from an earlier count; `only_noted` counts those alone who are to be counted again.
    """

    as_of: date
    currency: str
    open_days: OpenDays
    is_onward: bool = True
    # After something was undone: tiers are held to what they were before it was done.
    undone_since: datetime | None = None
    # How far ahead figures look.
    ahead_days: int = AHEAD_DAYS
    # Since when the baseline is asked for, where that is another day than it takes by itself.
    since: date | None = None
    basis: Basis | None = None
    only_noted: bool = False
    # The rhythm that a count of this very day kept: then its facts are read, not worked out again.
    as_counted: Row | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count, still on its engine: `facts` has the columns of CustomerFacts, `before` too."""

    counter: Counter
    as_of: date
    begin_on: date | None
    days: Any
    purchases: Any
    calendar: Any
    facts: Any
    before: Any
    overrides: Any
    customers: Any
    # The lines of the orders: many, so they are fetched when a figure asks, and once.
    lines: Callable[[], Any]
    patterns: Patterns
    ahead_days: int
    since: date | None
    customer_count: int
    order_count: int
    before_count: int
    basis: Basis
    rhythm: Row
    figures: Row
    # What figures find out on the way: who stands behind a number, those worth most first.
    behind: dict[tuple[str, str], Any] = field(default_factory=dict)


@contextmanager
def counted(
    count: Count, *, engine: str | None = None, step: Step = in_silence
) -> Iterator[Counted]:
    """Fetch the books, count them, and hand over the result while the engine is open."""
    with open_engine(engine) as counter:
        step(_("Fetching the books"))
        books = _fetched(counter, count)
        step(_("Counting"))
        yield _worked_out(counter, books, count)


@dataclass(frozen=True, slots=True)
class _Books:
    orders: Any
    customers: Any
    services: Any
    overrides: Any
    stakes: Any
    before: Any


def _fetched(counter: Counter, count: Count) -> _Books:
    scope = Scope(count.as_of, count.currency, count.undone_since, count.only_noted)
    wanted = [
        Wanted(ORDERS.name, ORDERS.from_the_books(scope), ORDERS.types, orders_in_parts(scope)),
        *(
            Wanted(table.name, table.from_the_books(scope), table.types)
            for table in (CUSTOMERS, SERVICES, OVERRIDES, STAKES)
        ),
    ]
    before = Wanted("facts_before", FACTS.from_the_books(scope), FACTS.types)
    books = _Books(*counter.load_all([*wanted, before]))
    counter.end_loading()
    return books


def _lines(counter: Counter, count: Count) -> Any:
    lines = counter.load(
        LINES.name, LINES.from_the_books(Scope(count.as_of, count.currency)), LINES.types
    )
    counter.end_loading()
    return lines


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the orders tell before anything is estimated."""

    totals: Row
    begin_on: date | None
    calendar: Any
    last_day: date
    days: Any
    crowds: Any
    purchases: Any

    @property
    def book_days(self) -> tuple[date | None, date | None]:
        return self.begin_on, self.totals["end_on"]


def _worked_out(counter: Counter, books: _Books, count: Count) -> Counted:
    seen = _seen(counter, books, count)
    if count.basis is not None and count.as_counted is not None:
        patterns = _patterns(counter, books, seen, count)
        facts, basis, rhythm = books.before, count.basis, count.as_counted
    else:
        facts, basis, patterns = _estimated(counter, books, seen, count)
        rhythm = {"groups": basis.groups(), "season": list(patterns.season.weights)}
    return Counted(
        counter,
        count.as_of,
        seen.begin_on,
        seen.days,
        seen.purchases,
        seen.calendar,
        facts,
        books.before,
        books.overrides,
        books.customers,
        cache(lambda: _lines(counter, count)),
        patterns,
        count.ahead_days,
        count.since,
        _rows_of(counter, facts),
        seen.totals["orders"],
        _rows_of(counter, books.before),
        basis,
        rhythm,
        _figures(counter, facts, books.before, seen, count),
    )


def _seen(counter: Counter, books: _Books, count: Count) -> _Seen:
    from regulars.insight.metrics import purchases as bought

    totals = counter.rows(
        books.orders.agg(
            orders=books.orders.count(),
            other_currency=books.orders.spend_minor.isnull().sum(),
            begin_on=books.orders.day.min(),
            end_on=books.orders.day.max(),
        )
    )[0]
    begin_on = count.basis.begin_on if count.basis else totals["begin_on"]
    calendar, last_day = _calendar(counter, count, begin_on)
    days = counter.keep("days", bought.days(books.orders))
    crowds = counter.keep("crowds", bought.crowds(days))
    of_people = days.anti_join(crowds, "customer_id")
    purchases = counter.keep("purchases", bought.purchases(of_people, calendar))
    return _Seen(totals, begin_on, calendar, last_day, days, crowds, purchases)


def _estimated(
    counter: Counter, books: _Books, seen: _Seen, count: Count
) -> tuple[Any, Basis, Patterns]:
    """The facts of everyone who is counted, and what goes for everybody."""
    from regulars.insight.metrics import rhythm, tiers

    rhythms, standing, money = _standing(counter, books, seen.days, seen.purchases, count)
    yearly, stakes = _stakes(counter, standing, seen.totals["end_on"] or count.as_of, count)
    patterns = _patterns(counter, books, seen, count)
    stakes = _doubted(counter, counter.keep("stakes_of_buyers", stakes), patterns)
    held = counter.keep("held", tiers.held(rhythm.dated(stakes, seen.calendar), as_of=count.as_of))
    known = count.basis
    middle_stakes = known.middles if known else middles(counter, held)
    bars = known.core_bars if known else core_bars(counter, held, count.as_of)
    basis = Basis(
        seen.begin_on, rhythms, yearly, middle_stakes, patterns.of_kinds, patterns.season, bars
    )
    facts = _facts(counter, books, money, held, seen.crowds, count, basis)
    return counter.keep("facts", facts), basis, patterns


def _figures(counter: Counter, facts: Any, before: Any, seen: _Seen, count: Count) -> Row:
    """What a refresh keeps; of a count of some, by how much they moved the sums of tiers."""
    from regulars.insight.metrics.concentration import concentration

    return {
        "orders_in_other_currencies": int(seen.totals["other_currency"] or 0),
        "concentration": [] if count.only_noted else counter.rows(concentration(facts)),
        "tiers": sums_of_tiers(counter, facts, before if count.only_noted else None),
    }


def _rows_of(counter: Counter, table: Any) -> int:
    return int(counter.rows(table.agg(rows=table.count()))[0]["rows"])


def _patterns(counter: Counter, books: _Books, seen: _Seen, count: Count) -> Patterns:
    """The season and the patterns."""
    (begin_on, end_on), last_day = seen.book_days, seen.last_day
    if count.basis is not None:
        return patterns_again(
            counter, count.basis.season, count.basis.patterns,
            begin_on=begin_on or last_day, open_days=count.open_days, until=last_day,
        )  # fmt: skip
    return patterns_of(
        counter, seen.purchases, books.customers,
        books=(begin_on, end_on) if begin_on and end_on else None,
        open_days=count.open_days, until=last_day,
    )  # fmt: skip


def _calendar(counter: Counter, count: Count, begin_on: date | None) -> tuple[Any, date]:
    """Every day from the first in the books to the last that is foretold; and that one."""
    table = count.open_days.table(begin_on or count.as_of, MOST_GAP_DAYS, after=count.as_of)
    return counter.put("calendar", table, FACT_TABLES["calendar"].types), table["day"][-1]


def _doubted(counter: Counter, stakes: Any, patterns: Patterns) -> Any:
    """Adds the day from which each is more likely gone than still a customer."""
    from regulars.insight.metrics import chances

    seen = chances.seen(stakes, patterns.trading)
    repeats = counter.columns(seen.select("repeats").distinct())["repeats"]
    types = {"kind": "string", "repeats": "float64", "alpha": "float64", "reach": "float64"}
    reaches = counter.put("reaches", reaches_of(patterns, repeats), types)
    first_days = {"place": "int64", "doubtful_on": "date"}
    places = counter.put("places", patterns.first_days(), first_days)
    doubtful = chances.doubtful(seen, reaches, places)
    return stakes.join(doubtful, "customer_id")


def _standing(
    counter: Counter, books: _Books, days: Any, purchases: Any, count: Count
) -> tuple[Mapping[str, GroupRhythm], Any, Any]:
    """Everyone who bought, with purchases, money and gaps beside their group's; and the money."""
    from regulars.insight.metrics import purchases as bought
    from regulars.insight.metrics import rhythm

    gaps = counter.keep("gaps", rhythm.gaps(purchases))
    money = counter.keep("money", bought.money_of_buyers(days, gaps, as_of=count.as_of))
    rhythms = (
        count.basis.rhythms
        if count.basis
        else group_rhythms(counter.rows(rhythm.cells(gaps, books.customers)))
    )
    groups = counter.put(
        "group_rhythms",
        {
            "kind": list(rhythms),
            "log_gap": [group.log_gap for group in rhythms.values()],
            "within": [group.within for group in rhythms.values()],
            "between": [group.between for group in rhythms.values()],
        },
        {"kind": "string", "log_gap": "float64", "within": "float64", "between": "float64"},
    )
    joined = (
        gaps.join(books.customers, "customer_id")
        .left_join(money, "customer_id").drop("customer_id_right")
        .join(groups, "kind")
    )  # fmt: skip
    if not count.is_onward:
        joined = joined.mutate(tier_before=joined.tier_before.nullif(joined.tier_before))
    without_gaps = {"mean_log_gap": 0.0, "squares": 0.0}
    standing = rhythm.waits(rhythm.shrunk(joined.fill_null(without_gaps)))
    return rhythms, counter.keep("standing", standing), money


def _stakes(
    counter: Counter, standing: Any, end_on: date, count: Count
) -> tuple[Mapping[str, GroupStake], Any]:
    """Everyone who bought with their stake; and what their groups buy in a year."""
    from regulars.insight.metrics import stake

    yearly = count.basis.stakes if count.basis else group_stakes(counter, standing, end_on)
    groups = counter.put(
        "group_stakes",
        {
            "kind": list(yearly),
            "shape": [group.shape for group in yearly.values()],
            "repeats_a_year": [group.repeats_a_year for group in yearly.values()],
            "group_spend_minor": [group.spend_minor for group in yearly.values()],
        },
        {
            "kind": "string", "shape": "float64", "repeats_a_year": "float64",
            "group_spend_minor": "int64",
        },
    )  # fmt: skip
    return yearly, stake.stakes(standing.join(groups, "kind"))


def _facts(
    counter: Counter, books: _Books, money: Any, held: Any, crowds: Any, count: Count,
    basis: Basis,
) -> Any:  # fmt: skip
    """One row for everyone on the list, those who never bought included."""
    import ibis

    from regulars.insight.metrics import stake, tiers

    core = tiers.core(held, as_of=count.as_of, bars=basis.core_bars.as_tuples())
    held = held.left_join(core, "customer_id").drop("customer_id_right")
    tiered = tiers.tiers(held, as_of=count.as_of)
    middle_stakes = counter.put(
        "middle_stakes",
        {"kind": list(basis.middles), "middle_minor": list(basis.middles.values())},
        {"kind": "string", "middle_minor": "int64"},
    )
    # The rest is of everyone, those who never bought included.
    theirs = money.drop("window_spend_minor", "window_purchases")
    own = tiered.drop(
        "kind", "tier_before", "purchases_before", "last_on_before", "spend_minor",
        "year_spend_minor", "year_squares", "leaves_on",
    )  # fmt: skip
    everyone = (
        books.customers.join(middle_stakes, "kind")
        .left_join(theirs, "customer_id").drop("customer_id_right")
        .left_join(own, "customer_id").drop("customer_id_right")
        .left_join(crowds, "customer_id").drop("customer_id_right")
    )  # fmt: skip
    everyone = everyone.mutate(
        purchase_count=ibis.coalesce(everyone.purchase_count, 0),
        again_days=everyone.second_on.delta(everyone.first_on, unit="day").cast("int64"),
        spend_minor=ibis.coalesce(everyone.spend_minor, 0),
        year_spend_minor=ibis.coalesce(everyone.year_spend_minor, 0),
        crowd_sales=ibis.coalesce(everyone.crowd_sales, 0),
        stake_minor=ibis.ifelse(
            everyone.crowd_sales.notnull(),
            0,
            ibis.coalesce(everyone.stake_minor, everyone.middle_minor),
        ),
        tier=ibis.coalesce(everyone.tier, Tier.NEW.value),
        next_change_on=ibis.coalesce(everyone.next_change_on, everyone.leaves_on),
    )
    # Of whom a department serves, some may stand as they are.
    worth = everyone.select("customer_id", "stake_minor").union(books.stakes)
    served = stake.served(books.services, worth)
    whole = everyone.left_join(served, everyone.customer_id == served.department_id)
    return whole.mutate(stake_minor=ibis.coalesce(whole.served_minor, whole.stake_minor)).select(
        *FACTS.types
    )
