"""Made-up win-backs, judged in margin at each of the four looks."""

from collections import Counter
from typing import Any

import numpy as np
from scipy.stats import beta

from regulars.outreach.margins import margin_effect
from regulars.verdicts.effects import Sides
from regulars.verdicts.looks import ALPHAS
from tests.verdicts.shops import DAYS, Campaign, campaign

MARGIN, OR_MORE = 0.4, 0.45
LEFT_OUT = 0.3


def word_of(shop: Campaign, *, look: int = len(ALPHAS), given: float = 0.0, redraws: int = 999
) -> str:  # fmt: skip
    """What one look at a win-back says; `given` to each who came back because of it."""
    through = look / len(ALPHAS)
    came = shop.first <= DAYS * through
    got = ~np.asarray(shop.left, dtype=bool)
    spent, gifts = shop.spend * came * through, given * got * came
    least, most = (
        Sides(spent * margin - gifts, shop.left, shop.stratum, shop.before)
        for margin in (MARGIN, OR_MORE)
    )
    found = margin_effect(
        least, most, alpha=ALPHAS[look - 1], seed=shop.number * 8 + look, redraws=redraws
    )
    return found.word if found else "cannot"


def words_of(count: int, shops: int, *, moved: float = 0.0, redraws: int = 999) -> Counter[str]:
    """Of so many win-backs what was said of each, by the first look that said anything."""
    said: Counter[str] = Counter()
    for number in range(shops):
        shop = campaign(count, number, share=LEFT_OUT, moved=moved)
        looks = (word_of(shop, look=look, redraws=redraws) for look in range(1, len(ALPHAS) + 1))
        said[next((word for word in looks if word != "cannot"), "cannot")] += 1
    return said


def interval(found: int, of: int) -> tuple[Any, Any]:
    """Where a share lies 19 times in 20 (Clopper and Pearson 1934)."""
    low = beta.ppf(0.025, found, of - found + 1) if found else 0.0
    high = beta.ppf(0.975, found + 1, of - found) if found < of else 1.0
    return float(low), float(high)
