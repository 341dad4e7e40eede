"""Pareto/NBD: customers buy at their own pace until, at any moment, they are gone.

Schmittlein, Morrison and Colombo, *Counting your customers*, Management Science 33 (1987). Paces
are gamma distributed (`r`, `alpha`, per week), lifetimes exponential with gamma rates (`s`,
`beta`). Here to be compared with: BG/NBD says nearly the same and costs less.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import gammaln, psi

from regulars.insight.fitting.cells import DAYS_OF_A_WEEK, Cells, Floats, stretches, sum_of
from regulars.insight.fitting.climbing import Hill, Top, approached, climbed

NAMES = ("r", "alpha", "s", "beta")
_START = (1.0, 10.0, 1.0, 10.0)
_NODES, _WEIGHTS = leggauss(48)
_PLACES, _LOG_WEIGHTS = (_NODES + 1) / 2, np.log(_WEIGHTS)
# Beyond e^-45 of its height the integrand adds nothing that a float could hold.
_NEGLIGIBLE = 45.0
# From so many cells on, the climb begins on a part of them.
_MANY_CELLS, _CELLS_AT_FIRST = 20_000, 10_000
# Cells looked at in one go: their 48 moments each then stay in the processor's cache.
_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """The four parameters; times are weeks."""

    r: float
    alpha: float
    s: float
    beta: float

    def still_there(self, repeats: Floats, recency: Floats, age: Floats) -> Floats:
        """The chance that a customer is not gone; times in weeks."""
        integral = _Integral.of(repeats, recency, age, (self.r, self.alpha, self.s, self.beta))
        return np.asarray(integral.alive / integral.whole, dtype=np.float64)

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
    customers = cells.customer_count
    if len(cells) <= _MANY_CELLS:
        return climbed(hill_of(cells), _START, customers=customers)
    few = cells.one_in(len(cells) // _CELLS_AT_FIRST)
    return approached(hill_of(cells), hill_of(few), _START, customers=customers)


def hill_of(cells: Cells) -> Hill:
    """The log-likelihood and its gradient at the logs of the parameters.

    The moment of going is integrated over numerically, on the log of time, which keeps large
    numbers of purchases in bounds where the hypergeometric form of the paper overflows.
    """
    x = cells.repeats.astype(np.float64)
    recency, age = cells.recency / DAYS_OF_A_WEEK, cells.age / DAYS_OF_A_WEEK
    customers = cells.customers.astype(np.float64)
    parts = stretches(len(x), _AT_ONCE)

    def hill(logs: Floats) -> tuple[float, Floats]:
        parameters = tuple(np.exp(logs))
        height, slopes = 0.0, np.zeros(4)
        for part in parts:
            integral = _Integral.of(x[part], recency[part], age[part], parameters)
            height += sum_of(customers[part], integral.height())
            slopes += np.einsum("pi,i->p", integral.slopes(), customers[part])
        return height, slopes * np.exp(logs)

    return hill


@dataclass(frozen=True, slots=True)
class _Integral:
    """How likely each history is, over the moments at which its customer may have gone.

    Shapes (n,), and (48, n) for `gone`, `log_pace` (log of alpha + moment) and `lasting` (beta +
    moment). `alive`, `gone` and their sum `whole` are relative to the exponential of `top`.
    """

    x: Floats
    age: Floats
    parameters: tuple[float, ...]
    alive: Floats
    gone: Floats
    whole: Floats
    top: Floats
    log_pace: Floats
    lasting: Floats

    @classmethod
    def of(
        cls, x: Floats, recency: Floats, age: Floats, parameters: tuple[float, ...]
    ) -> "_Integral":
        r, alpha, s, beta = parameters
        log_recency = np.log(alpha + recency)
        # Set closer the faster the integrand falls.
        width = np.minimum(np.log(alpha + age) - log_recency, _NEGLIGIBLE / (r + x + s))
        log_pace = log_recency + _PLACES[:, None] * width
        lasting = np.exp(log_pace) + (beta - alpha)
        alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
        with np.errstate(divide="ignore"):
            gone = _LOG_WEIGHTS[:, None] + np.log(s * width / 2)
        gone = gone + (1 - r - x) * log_pace - (s + 1) * np.log(lasting)
        top = np.maximum(alive, gone.max(axis=0))
        gone, alive = np.exp(gone - top), np.exp(alive - top)
        whole = alive + gone.sum(axis=0)
        return cls(x, age, parameters, alive, gone, whole, top, log_pace, lasting)

    def height(self) -> Floats:
        """The log-likelihood of each history."""
        r, alpha, s, beta = self.parameters
        known = gammaln(r + self.x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return np.asarray(known + self.top + np.log(self.whole), dtype=np.float64)

    def slopes(self) -> Floats:
        """Its derivatives by the parameters (4, n)."""
        r, alpha, s, beta = self.parameters
        alive, gone = self.alive / self.whole, self.gone / self.whole
        # Those who are gone have one more power of beta, and the factor s.
        late, last = alpha + self.age, beta + self.age
        paces = alive * np.log(late) + _over(gone, self.log_pace)
        inverse_pace = alive / late + _over(gone, np.exp(-self.log_pace))
        lasts = alive * np.log(last) + _over(gone, np.log(self.lasting))
        inverse_last = s * alive / last + (s + 1) * _over(gone, 1 / self.lasting)
        return np.array(
            [
                psi(r + self.x) - psi(r) + np.log(alpha) - paces,
                r / alpha - (r + self.x) * inverse_pace,
                np.log(beta) - lasts + (1 - alive) / s,
                s / beta - inverse_last,
            ]
        )


def _over(shares: Floats, values: Floats) -> Floats:
    """The sum over the moments."""
    return np.asarray(np.einsum("ki,ki->i", shares, values), dtype=np.float64)
