"""Towns of made-up customers who answer to attention as a world says, many towns at a time.

Everything is arrays of towns by customers. Whoever fills the minutes meets the same customers and
the same dice, so that two ways differ by whom they reached and by nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DAYS, MINUTES_A_DAY, MARGIN = 365, 30, 0.4
# Minutes are paid for, used or not.
PAID = MINUTES_A_DAY * sum(day % 7 < 5 for day in range(DAYS))
# How long a touch is remembered, and the channel beside which the others are measured.
LASTS, WHOLE = 45.0, 0.6


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
CHANNELS = (15, 14, 7, 6, 4, 5)


class Towns:
    """Customers of some seeds: rhythm, spend, how close to leaving; and the dice of every day."""

    def __init__(self, seeds: Sequence[int], count: int) -> None:
        from regulars.planning.knapsack import options_of

        lots = [_Drawn(seed, count) for seed in seeds]
        self.seeds, self.count = tuple(seeds), count
        self.gap, self.spend, self.leaving, self.last_on, self.touched_on = (
            np.stack([getattr(one, name) for one in lots])
            for name in ("gap", "spend", "leaving", "last_on", "touched_on")
        )
        self.channels = np.stack([one.channels for one in lots])
        self.is_core = self.spend / self.gap >= np.quantile(
            self.spend / self.gap, 0.8, axis=1, keepdims=True
        )
        known = [options_of(mask) for mask in CHANNELS]
        self.options = [[known[k] for k in one.channels] for one in lots]
        # The most that a channel of so many minutes matters, or of fewer.
        self.lengths = sorted({one.minutes for options in known for one in options})
        gains = [
            [max((o.matters for o in options if o.minutes <= m), default=0) for m in self.lengths]
            for options in known
        ]
        self.gains = np.array(gains)[self.channels]
        self.patience = np.stack([one.patience for one in lots])
        # By day, so that a day lies together.
        self.buying, self.order = (
            np.stack([getattr(one, name) for one in lots], axis=1) for name in ("buying", "order")
        )


class _Drawn:
    def __init__(self, seed: int, count: int) -> None:
        lot = np.random.default_rng(seed)
        self.gap = np.clip(lot.lognormal(3.1, 0.6, count), 5, 120)
        self.spend = lot.lognormal(3.3, 0.9, count)
        # The yearly chance to leave; a few are nearly gone already.
        self.leaving = lot.beta(1.4, 3.0, count)
        self.last_on = -lot.exponential(self.gap)
        self.touched_on = -lot.uniform(0, 120, count)
        self.channels = lot.integers(0, len(CHANNELS), count)
        self.patience = lot.exponential(1.0, count)
        self.buying = lot.random((DAYS, count), dtype=np.float32)
        self.order = lot.random((DAYS, count), dtype=np.float32)


@dataclass
class Seen:
    """What everybody who fills the minutes can see on a day: nothing of who has left for good."""

    towns: Towns
    day: int
    last_on: Any
    touched_on: Any


# Whom to reach on a day: town, customer, and how much the channel matters.
Touches = list[tuple[int, int, float]]
Choose = Callable[[Seen], Touches]


def year(
    towns: Towns,
    world: World,
    choose: Choose | None,
    *,
    lasts: float = LASTS,
    visit: float | None = None,
) -> Any:
    """What everybody is expected to spend in a year, by town.

    Two devices against noise, neither of which moves a mean. Somebody leaves when the chances to
    leave that they went through have used up their patience (exponential, drawn once): what keeps
    them puts that day off, and throws no new dice. And a day counts by what those who are there
    spend on average; the dice only say who was seen buying.
    """
    seen = Seen(towns, 0, towns.last_on.copy(), towns.touched_on.copy())
    strength, worn = np.zeros(towns.gap.shape), np.zeros(towns.gap.shape)
    lifted = world.lifts * ((towns.leaving < 0.3) if world.loyal else 1.0)
    leaves = 1 - (1 - towns.leaving) ** (1 / DAYS)
    wavers = 4 * towns.leaving * (1 - towns.leaving) if world.by_risk == "middle" else 1.0
    kept, spent = world.keeps * wavers, np.zeros(len(towns.seeds))
    for day in range(DAYS):
        seen.day = day
        if choose is not None and day % 7 < 5:
            _touch(seen, world, choose(seen), strength, worn, WHOLE if visit is None else visit)
        is_there = worn < towns.patience
        effect = strength * np.exp(-(day - seen.touched_on) / lasts)
        spent += (towns.spend / towns.gap * (1 + lifted * effect) * is_there).sum(axis=1)
        seen.last_on[is_there & (towns.buying[day] < 1 / towns.gap)] = day
        worn -= np.log1p(-leaves * (1 - kept * effect))
    return spent


def _touch(
    seen: Seen, world: World, touches: Touches, strength: Any, worn: Any, visit: float
) -> None:
    if not touches:
        return
    town, key, matters = (np.array(column) for column in zip(*touches, strict=True))
    is_soon = seen.day - seen.touched_on[town, key] < 28
    worn[town, key] -= np.log1p(-world.tires * is_soon)
    strength[town, key] = np.where(matters == WHOLE, visit, matters) / WHOLE
    seen.touched_on[town, key] = seen.day
