"""A year of attention, made up: does our choice keep more margin a minute than simpler ones do?

    ./dev bench year [--seeds N] [--customers N] [--json]

In each world customers buy by a rhythm of their own and leave by and by. What a touch changes is
taken from published effects, each world another of them; in two worlds it changes nothing. Five
ways to fill the same minutes meet the same customers with the same dice: ours (the product's worth,
priors and exact choice), the longest silent first, the biggest first, the most at risk first, and
by lot. Kept margin: what customers spent, times the margin, more than in the same world without
any touch, for every minute that is paid. All five choose among the same customers whose cadence has
run out. Where attention changes nothing all must be equal, to the penny;
elsewhere ours must be ahead of all four on average over the seeds, and the spread is shown.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
DAYS, MINUTES_A_DAY, MARGIN = 365, 30, 0.4
# Minutes are paid for, used or not.
PAID = MINUTES_A_DAY * sum(day % 7 < 5 for day in range(DAYS))
WAYS = ("ours", "longest silent", "biggest", "most at risk", "by lot")


@dataclass(frozen=True)
class World:
    """What a touch changes: the chance to leave in the weeks after it, and what is spent.

    `keeps` takes a share off the chance to leave, `by_risk` makes that share depend on the risk:
    "all" alike, "middle" most in between (those who are lost do not come back for a call: Ascarza,
    J. Marketing Research 2018). `lifts` adds to what is spent, of the loyal alone where `loyal` (a
    note doubled later spending, of loyal customers only: J. Interactive Marketing 2022; taken at a
    tenth of it). `tires` is the chance to leave that each touch within four weeks of another adds.
    """

    keeps: float = 0.0
    by_risk: str = "all"
    lifts: float = 0.0
    loyal: bool = False
    tires: float = 0.0


WORLDS = {
    # Calls by strangers months later: nothing (Samek and Longfield, AEJ Applied 2023).
    "nothing helps": World(),
    "nothing helps, and nobody is loyal": World(loyal=True),
    # Asked how it was, customers defected less for a year (Dholakia and Morwitz, 2002).
    "attention keeps": World(keeps=0.35),
    "attention keeps those who waver": World(keeps=0.5, by_risk="middle"),
    "attention lifts the loyal": World(lifts=0.2, loyal=True),
    "keeps, lifts the loyal, and too much tires": World(
        keeps=0.35, by_risk="middle", lifts=0.1, loyal=True, tires=0.02
    ),
}
WITHOUT_EFFECT = ("nothing helps", "nothing helps, and nobody is loyal")
LASTS = 45.0


@dataclass(frozen=True)
class Someone:
    key: int
    worth: float
    options: Any


class Town:
    """Customers of one seed: rhythm, spend, how close to leaving; and the dice of every day."""

    def __init__(self, seed: int, count: int) -> None:
        from regulars.planning.knapsack import options_of

        lot = np.random.default_rng(seed)
        self.count = count
        self.gap = np.clip(lot.lognormal(3.1, 0.6, count), 5, 120)
        self.spend = lot.lognormal(3.3, 0.9, count)
        # The yearly chance to leave; a few are nearly gone already.
        self.leaving = lot.beta(1.4, 3.0, count)
        self.last_on = -lot.exponential(self.gap)
        self.touched_on = -lot.uniform(0, 120, count)
        channels = [15, 14, 7, 6, 4, 5]
        self.options = [options_of(channels[one]) for one in lot.integers(0, 6, count)]
        self.dice = lot.random((2, DAYS, count))
        self.order = lot.random((DAYS, count))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    found = {name: _world(name, asked.seeds, asked.customers) for name in WORLDS}
    print(json.dumps(found) if asked.json else "\n".join(_in_words(found)))
    return 0 if all(one["holds"] for one in found.values()) else 1


def _world(name: str, seeds: int, customers: int) -> dict[str, Any]:
    """Kept margin a minute of each way, by seed, and whether what must hold holds."""
    kept: dict[str, list[float]] = {way: [] for way in WAYS}
    for seed in range(seeds):
        town = Town(seed, customers)
        alone, _none = _year(town, WORLDS[name], None)
        for way in WAYS:
            spent, _minutes = _year(town, WORLDS[name], CHOICES[way])
            kept[way].append((spent - alone) * MARGIN / PAID)
        print(f"{name}, seed {seed}", file=sys.stderr)
    means = {way: statistics.fmean(values) for way, values in kept.items()}
    ahead = {way: _margin(kept["ours"], kept[way]) for way in WAYS[1:]}
    ties = all(value == 0 for values in kept.values() for value in values)
    leads = all(mean > 2 * error for mean, error in ahead.values())
    return {
        "kept_a_minute": {way: round(mean, 4) for way, mean in means.items()},
        "spread": {way: round(statistics.stdev(values), 4) for way, values in kept.items()},
        "ours_more": {way: [round(one, 4) for one in pair] for way, pair in ahead.items()},
        "wins": {
            way: sum(a > b for a, b in zip(kept["ours"], kept[way], strict=True))
            for way in WAYS[1:]
        },
        "seeds": seeds,
        "holds": ties if name in WITHOUT_EFFECT else leads,
    }


def _margin(ours: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """By how much ours keeps more on the same seed, and the standard error of that."""
    more = [a - b for a, b in zip(ours, other, strict=True)]
    return statistics.fmean(more), statistics.stdev(more) / len(more) ** 0.5


def _year(town: Town, world: World, choose: "Choose | None") -> tuple[float, int]:
    """What everybody spent in a year, and the minutes that were used."""
    is_there = np.ones(town.count, dtype=bool)
    last_on, touched_on = town.last_on.copy(), town.touched_on.copy()
    strength = np.zeros(town.count)
    spent, minutes = 0.0, 0
    for day in range(DAYS):
        if choose is not None and day % 7 < 5:
            for key, option in choose(town, day, last_on, touched_on):
                is_soon = day - touched_on[key] < 28
                tired = world.tires if is_soon else 0.0
                is_there[key] &= bool(town.dice[0, day, key] >= tired)
                strength[key], touched_on[key] = option.matters / 0.6, day
                minutes += option.minutes
        effect = strength * np.exp(-(day - touched_on) / LASTS) * (touched_on >= 0)
        buys = is_there & (town.dice[0, day] < 1 / town.gap)
        is_loyal = town.leaving < 0.3
        lift = world.lifts * effect * (is_loyal if world.loyal else 1)
        spent += float((town.spend * (1 + lift) * buys).sum())
        last_on[buys] = day
        share = world.keeps * effect
        if world.by_risk == "middle":
            share = share * 4 * town.leaving * (1 - town.leaving)
        leaves = 1 - (1 - town.leaving) ** (1 / DAYS)
        is_there &= ~(town.dice[1, day] < leaves * (1 - share))
    return spent, minutes


# Whom to reach on a day, and by which channel, within the minutes.
Choose = Callable[[Town, int, Any, Any], list[tuple[int, Any]]]


def _ours(town: Town, day: int, last_on: Any, touched_on: Any) -> list[tuple[int, Any]]:
    """As the product weighs: stake, tier, the most pressing reason, rest; chosen exactly."""
    from regulars.insight.choices import Tier
    from regulars.planning.knapsack import best_day
    from regulars.planning.priors import (
        BURDEN_DAYS,
        MOST_OVERDUE,
        TIER_WEIGHT,
    )

    late = (day - last_on) / town.gap
    stake = town.spend * 365 / town.gap
    candidates = []
    for key, (tier, overdue) in _due(town, day, last_on, touched_on).items():
        silent = day - touched_on[key]
        pressing = min(overdue, MOST_OVERDUE)
        if tier == Tier.SLIPPING:
            pressing = max(pressing, 1.2 * min(1 + (late[key] - 1.6), MOST_OVERDUE))
        worth = stake[key] * TIER_WEIGHT[tier] * pressing * min(1.0, silent / BURDEN_DAYS)
        candidates.append(Someone(key, float(worth), town.options[key]))
    return [(one.key, one.option) for one in best_day(candidates, MINUTES_A_DAY)]


def _due(town: Town, day: int, last_on: Any, touched_on: Any) -> dict[int, tuple[Any, float]]:
    """Whose cadence has run out, as the product counts it: tier, and how often over."""
    from regulars.planning.priors import CADENCE_DAYS

    late, stake = (day - last_on) / town.gap, town.spend / town.gap
    core = np.quantile(stake, 0.8)
    tiers = [_tier(late[key], bool(stake[key] >= core)) for key in range(town.count)]
    overdue = [(day - touched_on[key]) / CADENCE_DAYS[tier] for key, tier in enumerate(tiers)]
    return {key: (tiers[key], over) for key, over in enumerate(overdue) if over >= 1}


def _tier(late: float, is_core: bool) -> Any:
    from regulars.insight.choices import Tier

    bounds = ((8.0, Tier.LOST), (3.0, Tier.LAPSED), (1.6, Tier.SLIPPING))
    for bound, tier in bounds:
        if late >= bound:
            return tier
    return Tier.CORE if is_core else Tier.ACTIVE


def _first(score: Callable[[Town, int, Any, Any], Any]) -> Choose:
    """The highest score first, each by the channel that matters most, until the day is full."""

    def choose(town: Town, day: int, last_on: Any, touched_on: Any) -> list[tuple[int, Any]]:
        left, chosen = MINUTES_A_DAY, []
        scores = score(town, day, last_on, touched_on)
        # Of the same customers who are due, whichever the way.
        due = sorted(_due(town, day, last_on, touched_on), key=lambda key: -scores[key])
        for key in due:
            fits = [one for one in town.options[key] if one.minutes <= left]
            if not fits:
                continue
            option = max(fits, key=lambda one: one.matters)
            chosen.append((key, option))
            left -= option.minutes
        return chosen

    return choose


CHOICES: dict[str, Choose] = {
    "ours": _ours,
    "longest silent": _first(lambda town, day, last_on, touched_on: day - touched_on),
    "biggest": _first(lambda town, day, last_on, touched_on: town.spend / town.gap),
    "most at risk": _first(lambda town, day, last_on, touched_on: (day - last_on) / town.gap),
    "by lot": _first(lambda town, day, last_on, touched_on: town.order[day]),
}


def _in_words(found: dict[str, Any]) -> list[str]:
    lines = []
    for name, one in found.items():
        lines += [f"{name}: {'holds' if one['holds'] else 'DOES NOT HOLD'} ({one['seeds']} seeds)"]
        for way in WAYS:
            more = one["ours_more"].get(way)
            beside = (
                f"; ours more by {more[0]:.3f} ± {more[1]:.3f}, on {one['wins'][way]} seeds"
                if more
                else ""
            )
            kept, spread = one["kept_a_minute"][way], one["spread"][way]
            lines += [f"  {way:<15} {kept:8.3f} a minute, spread {spread:.3f}{beside}"]
    return lines


if __name__ == "__main__":
    sys.exit(main())
