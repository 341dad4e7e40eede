"""Of how many it is said that they buy less: steady customers, and those whose baskets shrank.

`./dev bench buying_less` makes customers up, each with a rhythm and a basket of their own, and
asks the metric of the product. False alarms: of steady customers, at one look and at any of the 52
weekly looks of a year. Power: one in ten changes, so many purchases ago; of how many it is said.

The thresholds were chosen on `KINDS` with seed 7. `--otherwise` makes customers of another make, on
which nothing was chosen: baskets of whole items at prices that rise, moods that last for several
purchases, weeks away, and what is bought at the till besides.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

END = date(2026, 10, 31)
DAYS = 730
LOOKS = 52
Rows = list[tuple[int, int, int]]
ONE_IN = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """How baskets vary: the standard deviation of their logs, and how many are a mere bite."""

    name: str
    spread: float
    gap: float
    regularity: float
    bites: float = 0.0
    season: float = 0.0


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Baskets of items, so many on average; moods that last: `memory` of one in the next."""

    name: str
    items: float
    gap: float
    memory: float
    mood: float
    away: float = 0.0
    dearer: float = 0.04


OTHERS = (
    Otherwise("kiosk, small baskets, every 5 days", 2, 5, 0.2, 0.2),
    Otherwise("grocer, moods that last, weekly", 12, 7, 0.5, 0.35, away=0.5),
    Otherwise("florist, every 20 days, with holidays", 4, 20, 0.3, 0.3, away=1.0),
    Otherwise("trade, moods that last long, every 10 days", 30, 10, 0.7, 0.5, dearer=0.08),
)
KINDS = (
    Kind("bakery, weekly", 0.4, 7, 2.0),
    Kind("bakery, one in five a mere bite", 0.35, 7, 2.0, bites=0.2),
    Kind("wholesaler, every 14 days, uneven", 0.7, 14, 1.3),
    Kind("garden, a season of two to one", 0.4, 14, 1.5, season=0.35),
    Kind("by pure chance, every 10 days", 0.5, 10, 1.0),
)
CHANGES = (("baskets halved", 0.5, 1.0), ("baskets a quarter less", 0.75, 1.0),
           ("half as often", 1.0, 2.0))  # fmt: skip


def purchases(
    kind: Kind, customers: int, seed: int, *, basket: float = 1.0, gap: float = 1.0, since: int = 0
) -> Iterator[tuple[int, int, int]]:
    """Customer, day, spend; one in ten with another basket or gap in their last purchases."""
    chance = np.random.default_rng([seed, customers])
    for who in range(customers):
        after = since if who % ONE_IN == 0 else 0
        usual = 30 * chance.lognormal(0, 0.6)
        pace = kind.gap * chance.lognormal(0, 0.3)
        late = pace * gap * chance.gamma(kind.regularity, 1 / kind.regularity, after)
        early = pace * chance.gamma(kind.regularity, 1 / kind.regularity, 4 * int(DAYS / pace) + 9)
        back = np.cumsum(np.concatenate([late, early]))
        back = back[back < DAYS]
        days = np.unique(np.round(DAYS - back).astype(int))[::-1]
        spend = usual * chance.lognormal(0, kind.spread, len(days))
        spend[chance.random(len(days)) < kind.bites] *= 0.15
        spend *= np.exp(kind.season * np.sin(2 * np.pi * days / 365))
        spend[:after] *= basket
        for day, money in zip(days, spend, strict=True):
            yield who, int(day), max(1, round(100 * money))


def of_another_make(
    kind: Otherwise, customers: int, seed: int, *, basket: float = 1.0, gap: float = 1.0,
    since: int = 0,
) -> Iterator[tuple[int, int, int]]:  # fmt: skip
    """The same for customers of another make."""
    chance = np.random.default_rng([seed, customers, 2])
    for who in range(customers):
        after = since if who % ONE_IN == 0 else 0
        days = _days(kind, chance, after, gap)
        usual, price = kind.items * chance.gamma(3, 1 / 3), 4 * chance.lognormal(0, 0.3)
        mood = 0.0
        for place, day in enumerate(days):
            mood = kind.memory * mood + chance.normal(0, kind.mood * (1 - kind.memory**2) ** 0.5)
            share = basket if place >= len(days) - after else 1.0
            items = 1 + chance.poisson(share * usual * np.exp(mood))
            dearer = (1 + kind.dearer) ** (day / 365)
            yield who, int(day), max(1, round(100 * items * price * dearer))


def _days(kind: Otherwise, chance: Any, after: int, gap: float) -> Any:
    pace = kind.gap * chance.gamma(8, 1 / 8)
    late = chance.weibull(1.6, after) * pace * gap
    early = chance.weibull(1.6, 5 * int(DAYS / pace) + 9) * pace
    back = np.cumsum(np.concatenate([late, early]))
    for begin in chance.uniform(0, DAYS, chance.poisson(2 * kind.away)):
        back[back > begin] += chance.uniform(7, 28)
    return np.unique(np.round(DAYS - back[back < DAYS]).astype(int))


def made(kind: "Kind | Otherwise", customers: int, seed: int, **changed: Any) -> Rows:
    if isinstance(kind, Kind):
        return list(purchases(kind, customers, seed, **changed))
    return list(of_another_make(kind, customers, seed, **changed))


def said(rows: Rows, customers: int, *, looks: int = 1) -> list[set[int]]:
    """Of whom it is said at each of so many looks a week apart, the last at the end."""
    import ibis

    from regulars.engines.duck import open_duckdb
    from regulars.insight.buying_less import fallen_of
    from regulars.insight.metrics import buying_less as metric

    backend = open_duckdb()
    counter = _Counter(backend)
    begin = END - timedelta(days=DAYS)
    who, day, spend = (list(column) for column in zip(*rows, strict=True))
    days = [begin + timedelta(days=one) for one in day]
    whole = _table(backend, "purchases", customer_id=who, day=days, spend_minor=spend)
    every = [begin + timedelta(days=one) for one in range(DAYS + 1)]
    trading = _table(backend, "trading", day=every, passed=[float(one) for one in range(DAYS + 1)])
    facts = _table(
        backend, "facts", customer_id=list(range(customers)), tier=["active"] * customers,
        crowd_sales=[0] * customers,
    )  # fmt: skip
    found = []
    for back in range(looks - 1, -1, -1):
        until = END - timedelta(weeks=back)
        seen = whole.filter(whole.day <= ibis.date(until))
        visits = metric.visits(seen, facts, trading, as_of=until)
        fell = fallen_of(counter, counter.keep("visits", visits))
        sure = counter.rows(fell.filter(fell.is_sure).select("customer_id"))
        found.append({row["customer_id"] for row in sure})
    backend.disconnect()
    return found


class _Counter:
    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def keep(self, name: str, expression: Any) -> Any:
        return self._backend.create_table(name, expression, temp=True, overwrite=True)

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._backend.to_pyarrow(expression).to_pylist()
        return found


def _table(backend: Any, name: str, **columns: list[Any]) -> Any:
    import pyarrow as pa

    return backend.create_table(name, pa.table(columns), temp=True)


def main() -> None:
    options = _options()
    import django

    django.setup()
    print("| customers | said at one look | at any of 52 weekly looks |", "|---|---|---|", sep="\n")
    kinds: tuple[Kind | Otherwise, ...] = OTHERS if options.otherwise else KINDS
    for kind in kinds:
        rows = made(kind, options.customers, options.seed)
        looks = said(rows, options.customers, looks=LOOKS)
        ever = set().union(*looks)
        once = np.mean([len(one) for one in looks]) / options.customers
        print(f"| {kind.name} | {once:.1%} | {len(ever) / options.customers:.1%} |", flush=True)
    print("\n| changed | after | said |", "|---|---|---|", sep="\n")
    for kind in kinds if options.otherwise else kinds[:3]:
        for change, basket, gap in CHANGES:
            for after in (5, 10):
                rows = made(
                    kind, options.customers, options.seed, basket=basket, gap=gap, since=after
                )
                found = said(rows, options.customers)[-1]
                power = ONE_IN * sum(who % ONE_IN == 0 for who in found) / options.customers
                print(f"| {kind.name}: {change} | {after} purchases | {power:.0%} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--otherwise", action="store_true", help="customers of another make")
    return parser.parse_args()


if __name__ == "__main__":
    main()
