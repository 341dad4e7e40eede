"""Gamma-Gamma: what customers spend at a time, each leaning on the whole list.

Fader and Hardie, *The Gamma-Gamma model of monetary value* (2013). Spends of a customer are gamma
distributed about a mean of their own, and those means vary over the list (`p`, `q`, `v`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from regulars.insight.fitting.cells import Floats, stretches, sum_of
from regulars.insight.fitting.climbing import Hill, Top, approached, climbed

NAMES = ("p", "q", "v")
# From so many customers on, the climb begins on a part of them.
_MANY, _AT_FIRST = 20_000, 10_000


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The three parameters; `v` is in the unit of the spend."""

    p: float
    q: float
    v: float

    def expected_spend(self, times: ArrayLike, mean: ArrayLike) -> Floats:
        """What a customer spends at a time in the long run (equation 5); needs q > 1.

        `times`: how many spends were seen; `mean`: their mean.
        """
        x, z = np.asarray(times, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        return np.asarray(self.p * (self.v + x * z) / (self.p * x + self.q - 1), dtype=np.float64)


def fitted(times: ArrayLike, means: ArrayLike) -> Top:
    """The parameters under which the spends are likeliest.

    `times` (n,): how many spends each customer showed, at least one; `means` (n,): their mean,
    above zero. Customers without such spends are left out by the caller.
    """
    x, z = np.asarray(times, dtype=np.float64), np.asarray(means, dtype=np.float64)
    if np.any(x < 1) or np.any(z <= 0):
        raise ValueError("every customer needs a spend above zero")
    start, hill = (5.0, 4.0, float(np.median(z))), hill_of(x, z)
    if len(x) <= _MANY:
        return climbed(hill, start, customers=len(x))
    step = len(x) // _AT_FIRST
    few = hill_of(x[::step], z[::step])
    # Each of the few stands for as many as were passed over.
    weight = len(x) / len(x[::step])

    def rough(logs: Floats) -> tuple[float, Floats]:
        height, gradient = few(logs)
        return height * weight, gradient * weight

    return approached(hill, rough, start, customers=len(x))


def hill_of(times: Floats, means: Floats) -> Hill:
    """The log-likelihood (equation 1a) and its gradient at the logs of the parameters."""
    distinct, at, counts = np.unique(times, return_inverse=True, return_counts=True)
    totals = times * means
    logs_of_totals = sum_of(times, np.log(totals))
    sum_of_logs = float(np.log(means).sum())
    parts = stretches(len(times))

    def hill(logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        by_times, inverses = np.zeros(len(distinct)), np.zeros(len(distinct))
        for part in parts:
            reach, place = totals[part] + v, at[part]
            by_times += np.bincount(place, weights=np.log(reach), minlength=len(distinct))
            inverses += np.bincount(place, weights=1 / reach, minlength=len(distinct))
        power = p * distinct + q
        height = (
            float(counts @ (gammaln(power) - gammaln(p * distinct)))
            + len(times) * (q * np.log(v) - gammaln(q))
            + p * logs_of_totals - sum_of_logs
            - float(power @ by_times)
        )  # fmt: skip
        rise = psi(power)
        slope_p = (
            float((counts * distinct) @ (rise - psi(p * distinct)))
            + logs_of_totals - float(distinct @ by_times)
        )  # fmt: skip
        slope_q = float(counts @ rise) + len(times) * (np.log(v) - psi(q)) - float(by_times.sum())
        slope_v = len(times) * q / v - float(power @ inverses)
        return height, np.array([slope_p, slope_q, slope_v]) * np.exp(logs)

    return hill
