"""Gamma-Gamma: what customers spend at a time, each leaning on the whole list.

Fader and Hardie, *The Gamma-Gamma model of monetary value* (2013). Spends of a customer are gamma
distributed about a mean of their own, and those means vary over the list (`p`, `q`, `v`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from regulars.insight.fitting.cells import Floats
from regulars.insight.fitting.climbing import Hill, Top, climbed

NAMES = ("p", "q", "v")


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
    middle = float(np.median(z))
    return climbed(hill_of(x, z), (5.0, 4.0, middle), customers=len(x))


def hill_of(times: Floats, means: Floats) -> Hill:
    """The log-likelihood (equation 1a) and its gradient at the logs of the parameters."""
    distinct, at, counts = np.unique(times, return_inverse=True, return_counts=True)
    totals, log_means = times * means, np.log(means)
    log_totals = np.log(totals)
    logs_of_totals = float(times @ log_totals)
    sum_of_logs = float(log_means.sum())

    def hill(logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        reach = totals + v
        log_reach = np.log(reach)
        power = p * distinct + q
        per_row = power[at]
        height = (
            float(counts @ (gammaln(power) - gammaln(p * distinct)))
            + len(times) * (q * np.log(v) - gammaln(q))
            + p * logs_of_totals - sum_of_logs
            - float(per_row @ log_reach)
        )  # fmt: skip
        rise = psi(power)
        slope_p = (
            float((counts * distinct) @ (rise - psi(p * distinct)))
            + logs_of_totals - float(times @ log_reach)
        )  # fmt: skip
        slope_q = float(counts @ rise) + len(times) * (np.log(v) - psi(q)) - float(log_reach.sum())
        slope_v = len(times) * q / v - float(per_row @ (1 / reach))
        return height, np.array([slope_p, slope_q, slope_v]) * np.exp(logs)

    return hill
