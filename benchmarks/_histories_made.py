"""Customers who buy and stop as BG/NBD has it, and what they spend as Gamma-Gamma has it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# CDNOW's, as published; times are weeks.
PACE, STOP, SPEND = (0.243, 4.414), (0.793, 2.426), (6.25, 3.74, 15.44)
# Two years of books, a year of which brought new customers.
DAYS, COMING = 728, 364

Columns = dict[str, NDArray[Any]]


def histories_made(count: int, *, seed: int) -> Columns:
    """Whole days from the first purchase (recency, age), repeats, and their mean spend."""
    lot = np.random.default_rng(seed)
    pace, stop = lot.gamma(PACE[0], 7 / PACE[1], count) / 49, lot.beta(*STOP, count)
    age = DAYS - lot.integers(0, COMING, count)
    repeats, recency, day = np.zeros(count, int), np.zeros(count, int), np.zeros(count)
    who = np.arange(count)
    while len(who):
        # Some hardly ever come: their next day is beyond any number.
        with np.errstate(divide="ignore", over="ignore"):
            day[who] += lot.exponential(1, len(who)) / pace[who]
        who = who[day[who] <= age[who]]
        repeats[who] += 1
        recency[who] = np.minimum(np.ceil(day[who]), age[who])
        who = who[lot.random(len(who)) >= stop[who]]
    return {
        "repeats": repeats, "recency": recency, "age": age, "repeat_spend": _means(lot, repeats),
    }  # fmt: skip


def _means(lot: np.random.Generator, repeats: NDArray[Any]) -> NDArray[Any]:
    p, q, v = SPEND
    times = np.maximum(repeats, 1)
    means = lot.gamma(p * times, 1 / (lot.gamma(q, 1 / v, len(times)) * times))
    return np.where(repeats > 0, np.maximum(means, 0.01), 0.0)
