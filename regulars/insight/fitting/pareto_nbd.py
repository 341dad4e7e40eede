"""Pareto/NBD: customers buy at their own pace until, at any moment, they are gone.

Schmittlein, Morrison and Colombo, *Counting your customers*, Management Science 33 (1987). Paces
are gamma distributed (`r`, `alpha`, per week), lifetimes exponential with gamma rates (`s`,
`beta`). Here to be compared with: BG/NBD says nearly the same and costs less.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import gammaln, logsumexp, psi

from regulars.insight.fitting.cells import DAYS_OF_A_WEEK, Cells, Floats
from regulars.insight.fitting.climbing import Hill, Top, climbed

NAMES = ("r", "alpha", "s", "beta")
_START = (1.0, 10.0, 1.0, 10.0)
_NODES, _WEIGHTS = leggauss(48)
# Beyond e^-45 of its height the integrand adds nothing that a float could hold.
_NEGLIGIBLE = 45.0


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """The four parameters; times are weeks."""

    r: float
    alpha: float
    s: float
    beta: float

    def still_there(self, repeats: Floats, recency: Floats, age: Floats) -> Floats:
        """The chance that a customer is not gone; times in weeks."""
        alive, gone = _logs(repeats, recency, age, (self.r, self.alpha, self.s, self.beta))
        return np.asarray(1 / (1 + np.exp(logsumexp(gone, axis=0) - alive)), dtype=np.float64)

    def expected(self, repeats: Floats, recency: Floats, age: Floats, weeks: float) -> Floats:
        """Purchases to expect in the next `weeks`, given each history; times in weeks."""
        s = self.s if abs(self.s - 1) > 1e-6 else 1 + 1e-6
        pace = (self.r + repeats) / (self.alpha + age)
        lasting = (self.beta + age) / (s - 1)
        lasting = lasting * (1 - ((self.beta + age) / (self.beta + age + weeks)) ** (s - 1))
        return np.asarray(
            pace * lasting * self.still_there(repeats, recency, age), dtype=np.float64
        )


def fitted(cells: Cells) -> Top:
    """The parameters under which what was seen is likeliest; times of `cells` are days."""
    return climbed(hill_of(cells), _START, customers=cells.customer_count)


def hill_of(cells: Cells) -> Hill:
    """The log-likelihood and its gradient at the logs of the parameters.

    The moment of going is integrated over numerically, on the log of time, which keeps large
    numbers of purchases in bounds where the hypergeometric form of the paper overflows.
    """
    x = cells.repeats.astype(np.float64)
    recency, age = cells.recency / DAYS_OF_A_WEEK, cells.age / DAYS_OF_A_WEEK
    customers = cells.customers.astype(np.float64)

    def hill(logs: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = parameters = tuple(np.exp(logs))
        alive, gone = _logs(x, recency, age, parameters)
        both = np.vstack([alive[None], gone])
        whole = logsumexp(both, axis=0)
        share = np.exp(both - whole)
        when = np.vstack([age[None], _moments(x, recency, age, parameters)[0]])
        seen = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + whole
        inverse_alpha, inverse_beta = 1 / (alpha + when), 1 / (beta + when)
        # Those who are gone have one more power of beta, and the factor s.
        powers_beta = np.full(len(both), s + 1.0)
        powers_beta[0] = s
        slopes = np.array(
            [
                psi(r + x) - psi(r) + np.log(alpha) - (share * np.log(alpha + when)).sum(0),
                r / alpha - (r + x) * (share * inverse_alpha).sum(0),
                np.log(beta) - (share * np.log(beta + when)).sum(0) + share[1:].sum(0) / s,
                s / beta - (share * inverse_beta * powers_beta[:, None]).sum(0),
            ]
        )
        return float(customers @ seen), slopes @ customers * np.exp(logs)

    return hill


def _moments(
    x: Floats, recency: Floats, age: Floats, parameters: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Moments between the last purchase and the end of the books, and the log of their weights.

    Shapes (48, n). They are set closer the faster the integrand falls.
    """
    r, alpha, s, _beta = parameters
    width = np.log((alpha + age) / (alpha + recency))
    width = np.minimum(width, _NEGLIGIBLE / (r + x + s))
    steps = (_NODES[:, None] + 1) / 2 * width
    moments = (alpha + recency) * np.exp(steps) - alpha
    with np.errstate(divide="ignore"):
        weights = np.log(_WEIGHTS)[:, None] + np.log(width / 2) + np.log(alpha + moments)
    return moments, weights


def _logs(
    x: Floats, recency: Floats, age: Floats, parameters: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Logs of how likely it is that they are still there (n,), or went at each moment (48, n)."""
    r, alpha, s, beta = parameters
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    moments, weights = _moments(x, recency, age, parameters)
    gone = (
        np.log(s) + weights
        - (r + x) * np.log(alpha + moments) - (s + 1) * np.log(beta + moments)
    )  # fmt: skip
    return alive, gone
