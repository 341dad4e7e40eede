"""A year of attention, made up: does our choice keep more margin a minute than simpler ones do?

    ./dev bench year [--judge] [--seeds N] [--customers N] [--lasts DAYS] [--visit MATTERS] [--json]

In each world customers buy by a rhythm of their own and leave by and by. What a touch changes is
taken from published effects, each world another of them; in two worlds it changes nothing. Five
ways to fill the same minutes meet the same customers with the same dice: ours (the product's worth,
priors and exact choice), the longest silent first, the biggest first, the most at risk first, and
by lot. Kept margin: what customers spent, times the margin, more than in the same world without
any touch, for every minute that is paid. All five choose among the same customers whose cadence has
run out. Where attention changes nothing all must be equal, to the penny. Elsewhere ours must be
ahead of all four: the interval of the difference (95 %, a bootstrap over seeds, each a pair of
years) lies above nought, in each world and in all of them together.

The method is tuned on the first seeds; `--judge` takes others. `--lasts` and `--visit` ask how it
fares where touches are remembered shorter or longer than usual, and a visit does less than the
product believes.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from _towns import (
    LASTS,
    MARGIN,
    MINUTES_A_DAY,
    PAID,
    WITHOUT_EFFECT,
    WORLDS,
    Choose,
    Seen,
    Touches,
    Towns,
    year,
)

WAYS = ("ours", "longest silent", "biggest", "most at risk", "by lot")
TOGETHER = "all where attention works"
JUDGED_FROM, AT_ONCE, REDRAWS = 1_000, 20, 4_000


@dataclass(frozen=True)
class Someone:
    key: int
    worth: float
    options: Any


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--judge", action="store_true", help="seeds the method was not tuned on")
    parser.add_argument("--lasts", type=float, default=LASTS, help="days a touch is remembered")
    parser.add_argument("--visit", type=float, help="how much a visit matters, whatever we believe")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    first = JUDGED_FROM if asked.judge else 0
    kept = _kept(range(first, first + asked.seeds), asked)
    found = {world: _compared(world, ways) for world, ways in kept.items()}
    print(json.dumps(found) if asked.json else "\n".join(_in_words(found, asked.seeds)))
    return 0 if all(one["holds"] for one in found.values()) else 1


def _kept(seeds: Sequence[int], asked: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Kept margin a minute by world, way and seed; and the mean of the worlds with an effect."""
    parts: dict[str, dict[str, list[Any]]] = {w: {way: [] for way in WAYS} for w in WORLDS}
    for start in range(0, len(seeds), AT_ONCE):
        towns = Towns(seeds[start : start + AT_ONCE], asked.customers)
        for name, world in WORLDS.items():
            lived = partial(year, towns, world, lasts=asked.lasts, visit=asked.visit)
            alone = lived(None)
            for way in WAYS:
                parts[name][way].append((lived(CHOICES[way]) - alone) * MARGIN / PAID)
            print(f"{name}, {min(start + AT_ONCE, len(seeds))} seeds", file=sys.stderr)
    kept = {w: {way: np.concatenate(one) for way, one in ways.items()} for w, ways in parts.items()}
    works = [ways for world, ways in kept.items() if world not in WITHOUT_EFFECT]
    return {**kept, TOGETHER: {way: np.mean([one[way] for one in works], axis=0) for way in WAYS}}


def _compared(world: str, kept: dict[str, Any]) -> dict[str, Any]:
    """What each way kept, by how much ours kept more on the same seeds, and whether it holds."""
    ties = all(not values.any() for values in kept.values())
    more = {way: _more(kept["ours"], kept[way]) for way in WAYS[1:]}
    return {
        "kept_a_minute": {way: round(float(values.mean()), 4) for way, values in kept.items()},
        "spread": {way: round(float(values.std(ddof=1)), 4) for way, values in kept.items()},
        "ours_more": more,
        "wins": {way: int((kept["ours"] > kept[way]).sum()) for way in WAYS[1:]},
        "holds": ties
        if world in WITHOUT_EFFECT
        else all(low > 0 for _mean, low, _high in more.values()),
    }


def _more(ours: Any, other: Any) -> list[float]:
    """By how much ours keeps more than another way on the same seeds, with bounds of 95 %."""
    drawn = np.random.default_rng(7).integers(0, len(ours), (REDRAWS, len(ours)))
    means = (ours - other)[drawn].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return [round(float(one), 4) for one in ((ours - other).mean(), low, high)]


def _ours(seen: Seen) -> Touches:
    """As the product weighs: stake, tier, the most pressing reason, rest, and by each channel what
    it matters beside waiting for a better one; chosen exactly."""
    from regulars.insight.choices import Tier
    from regulars.planning.knapsack import beside_waiting, best_day
    from regulars.planning.priors import BURDEN_DAYS, MATTERS, MOST_OVERDUE, TIER_WEIGHT

    towns, (tiers, overdue) = seen.towns, _due(seen)
    late = (seen.day - seen.last_on) / towns.gap
    slipping = np.where(tiers == _TIERS.index(Tier.SLIPPING), 1.2 * (late - 0.6), 0)
    pressing = np.maximum(np.minimum(overdue, MOST_OVERDUE), np.minimum(slipping, 3.6))
    weight = np.array([TIER_WEIGHT[Tier(tier)] for tier in _TIERS])[tiers]
    rest = np.minimum(1.0, (seen.day - seen.touched_on) / BURDEN_DAYS)
    worth = towns.spend * 365 / towns.gap * weight * pressing * rest * (overdue >= 1)
    chosen: Touches = []
    for town, keys in enumerate(_who_may_fit(worth, overdue, towns)):
        opened, over = towns.options[town], overdue[town]
        offered = [
            Someone(k, float(worth[town, k]), beside_waiting(opened[k], float(over[k])))
            for k in keys
        ]
        day = best_day(offered, MINUTES_A_DAY)
        chosen += [(town, one.key, MATTERS[one.option.channel]) for one in day]
    return chosen


def _who_may_fit(worth: Any, overdue: Any, towns: Towns) -> list[list[int]]:
    """By town those who can be in a best day, as `can_ever_fit` finds them, for all towns at once.

    It is asked again, of these few; it would take most of the time if it were asked of everybody.
    """
    from regulars.planning.priors import LEAST_MATTERS, WAITED_FOR

    kept = [set[int]() for _town in towns.seeds]
    shortest, best = towns.lengths[0], towns.gains[:, :, -1]
    for nth, minutes in enumerate(towns.lengths):
        own = towns.gains[:, :, nth]
        beside = own - WAITED_FOR * (best - own) / np.maximum(overdue, 1)
        gain = worth * np.where(own > 0, np.maximum(beside, LEAST_MATTERS), 0)
        most = min((MINUTES_A_DAY - minutes) // shortest + 1, towns.count - 1)
        for town, keys in enumerate(np.argpartition(-gain, most, axis=1)[:, :most]):
            kept[town] |= {int(key) for key in keys if gain[town, key] > 0}
    return [sorted(keys) for keys in kept]


# In the order of `_due`.
_TIERS = ("core", "active", "slipping", "lapsed", "lost")
_BOUNDS = ((1.6, 2), (3.0, 3), (8.0, 4))


def _due(seen: Seen) -> tuple[Any, Any]:
    """The tier of everybody, and how often over their cadence has run: due from 1 on."""
    from regulars.insight.choices import Tier
    from regulars.planning.priors import CADENCE_DAYS

    late = (seen.day - seen.last_on) / seen.towns.gap
    tiers = np.where(seen.towns.is_core, 0, 1)
    for bound, tier in _BOUNDS:
        tiers = np.where(late >= bound, tier, tiers)
    cadence = np.array([CADENCE_DAYS[Tier(tier)] for tier in _TIERS])
    return tiers, (seen.day - seen.touched_on) / cadence[tiers]


def _first(score: Callable[[Seen], Any]) -> Choose:
    """The highest score first, each by the channel that matters most, until the day is full."""

    def choose(seen: Seen) -> Touches:
        towns, (_tiers, overdue) = seen.towns, _due(seen)
        # Of the same customers who are due, whichever the way.
        scores = np.where(overdue >= 1, score(seen), -np.inf)
        chosen: Touches = []
        for town, order in enumerate(np.argsort(-scores, axis=1, kind="stable")):
            left = MINUTES_A_DAY
            for key in order:
                if left < towns.lengths[0] or scores[town, key] == -np.inf:
                    break
                fits = [one for one in towns.options[town][key] if one.minutes <= left]
                if fits:
                    option = max(fits, key=lambda one: one.matters)
                    chosen.append((town, int(key), option.matters))
                    left -= option.minutes
        return chosen

    return choose


CHOICES: dict[str, Choose] = {
    "ours": _ours,
    "longest silent": _first(lambda seen: seen.day - seen.touched_on),
    "biggest": _first(lambda seen: seen.towns.spend / seen.towns.gap),
    "most at risk": _first(lambda seen: (seen.day - seen.last_on) / seen.towns.gap),
    "by lot": _first(lambda seen: seen.towns.order[seen.day]),
}


def _in_words(found: dict[str, Any], seeds: int) -> list[str]:
    lines = []
    for name, one in found.items():
        lines += [f"{name}: {'holds' if one['holds'] else 'DOES NOT HOLD'} ({seeds} seeds)"]
        for way in WAYS:
            kept, spread = one["kept_a_minute"][way], one["spread"][way]
            line = f"  {way:<15} {kept:8.4f} a minute, spread {spread:.4f}"
            if way in one["ours_more"] and kept:
                mean, low, high = (100 * more / kept for more in one["ours_more"][way])
                wins = one["wins"][way]
                line += f"; ours {mean:+.1f} % ({low:+.1f} to {high:+.1f}), ahead on {wins}"
            lines += [line]
    return lines


if __name__ == "__main__":
    sys.exit(main())
