"""Made-up shops: customers who come by habit, with baskets of very different size."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.verdicts.drawing import Known, left_out_by_lot, seed_of, strata_of
from regulars.verdicts.effects import Sides, effect_of
from regulars.verdicts.looks import ALPHAS

NAMES = ["core", "active", "new", "slipping", "lapsed", "lost"]
DAYS = 30


def known_of(count: int, seed: int = 3) -> Known:
    chance = np.random.default_rng(seed)
    return Known(
        np.arange(1, count + 1) * 7, chance.integers(0, 6, count),
        chance.lognormal(8, 1, count).round(), chance.integers(700_000, 700_900, count),
    )  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """One that began today: when each first buys, what they spend in all, who was left out."""

    first: Any
    spend: Any
    left: Any
    stratum: Any
    before: Any
    number: int

    def said(self, *, redraws: int) -> list[str]:
        """What each look says of buying: helped, hurt or nothing."""
        words = []
        for look, alpha in enumerate(ALPHAS, start=1):
            bought = (self.first <= DAYS * look / len(ALPHAS)).astype(float)
            found = effect_of(
                Sides(bought, self.left, self.stratum, self.before), alpha=alpha,
                seed=self.number * 8 + look, is_rate=True, redraws=redraws,
            )  # fmt: skip
            is_more, is_less = found is not None and found.is_more, found and found.is_less
            words.append("helped" if is_more else "hurt" if is_less else "")
        return words

    def of_money(self, *, redraws: int, alpha: float = ALPHAS[-1]) -> Any:
        sides = Sides(self.spend, self.left, self.stratum, self.before)
        return effect_of(sides, alpha=alpha, seed=self.number, is_rate=False, redraws=redraws)

    def of_rate(self, *, redraws: int, alpha: float = ALPHAS[-1]) -> Any:
        bought = (self.first <= DAYS).astype(float)
        sides = Sides(bought, self.left, self.stratum, self.before)
        return effect_of(sides, alpha=alpha, seed=self.number, is_rate=True, redraws=redraws)


def campaign(count: int, number: int, *, share: float, moved: float = 0.0) -> Campaign:
    """A mailing to so many; it moves this share of those who would not come to come once."""
    chance = np.random.default_rng([count, number, round(share * 1000)])
    rate = chance.gamma(1.2, 1 / 1.2, count) * 0.02
    past = chance.poisson(rate * 182)
    basket = chance.lognormal(7.5, 0.9, count)
    known = Known(np.arange(1, count + 1), np.minimum(past, 5), past * basket, past)
    stratum, _words = strata_of(known, NAMES, share)
    left = left_out_by_lot(known.ids, stratum, seed=seed_of(f"{number}"), share=share)
    first = chance.exponential(1 / rate)
    came = (chance.random(count) < moved) & ~left & (first > DAYS)
    first = np.where(came, chance.uniform(0, DAYS, count), first)
    visits = chance.poisson(rate * DAYS) + (first <= DAYS)
    spend = visits * basket * chance.lognormal(0, 0.5, count)
    before = np.column_stack([np.log1p(past), np.log1p(past * basket)])
    return Campaign(first, spend, left, stratum, before, number)
