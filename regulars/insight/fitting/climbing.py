"""Maximum likelihood: climbing to the top by gradients, and how sharp the top is."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from regulars.insight.fitting.cells import Floats

# Log-likelihood and its gradient at the logs of the parameters.
Hill = Callable[[Floats], tuple[float, Floats]]

# Parameters outside e^-12 to e^12 say that there is no top, only a ridge that never ends.
FARTHEST = 12.0
_STEP = 1e-4
# From a top of nearly the same likelihood four or five steps do; where so many do not, climb.
_MOST_STEPS = 12
_NEAR_ENOUGH = 1e-8


@dataclass(frozen=True, slots=True)
class Top:
    """Where a likelihood is highest.

    `parameters`: in their own units; `covariance`: of their LOGS, shape (k, k), from the observed
    information, or None where the data do not determine them; `customers`: how many were seen.
    """

    parameters: tuple[float, ...]
    log_likelihood: float
    covariance: Floats | None
    customers: int

    @property
    def is_determined(self) -> bool:
        return self.covariance is not None

    def errors(self) -> tuple[float, ...] | None:
        """Standard errors of the parameters, by the delta method."""
        if self.covariance is None:
            return None
        spread = np.sqrt(np.diag(self.covariance))
        return tuple(float(p * s) for p, s in zip(self.parameters, spread, strict=True))

    def error_of(self, total: Callable[[Sequence[float]], float]) -> float | None:
        """The standard error of a number that is worked out from the parameters."""
        if self.covariance is None:
            return None
        slope = _slope(total, np.log(self.parameters))
        square = float(slope @ self.covariance @ slope)
        return math.sqrt(max(0.0, square))


def climbed(hill: Hill, start: Sequence[float], *, customers: int) -> Top:
    """The top of a likelihood over positive parameters, from a start in their own units.

    L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) on the logs, with the gradient that `hill` gives.
    """

    def downhill(logs: Floats) -> tuple[float, Floats]:
        height, gradient = hill(logs)
        return -height / customers, -gradient / customers

    found: Any = minimize(
        downhill,
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-FARTHEST, FARTHEST)] * len(start),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    logs: Floats = np.asarray(found.x, dtype=np.float64)
    return Top(
        parameters=tuple(float(value) for value in np.exp(logs)),
        log_likelihood=-float(found.fun) * customers,
        covariance=_covariance(hill, logs),
        customers=customers,
    )


def approached(hill: Hill, rough: Hill, start: Sequence[float], *, customers: int) -> Top:
    """The top of `hill` by way of `rough`, which is nearly the same and costs far less to look at.

    From the top of `rough` Newton's steps, with the curvature found there (the chord method): each
    costs one look at the whole, and what is left shrinks by how much the two curvatures differ.
    """
    near = climbed(rough, start, customers=customers)
    found = _stepped(hill, near)
    if found is None:
        return climbed(hill, near.parameters, customers=customers)
    height, logs = found
    return Top(
        parameters=tuple(float(value) for value in np.exp(logs)),
        log_likelihood=height,
        covariance=_covariance(hill, logs),
        customers=customers,
    )


def _stepped(hill: Hill, near: Top) -> tuple[float, Floats] | None:
    """Height and place of the top near another one; None where the steps do not get there."""
    if near.covariance is None:
        return None
    logs: Floats = np.log(near.parameters)
    for _ in range(_MOST_STEPS):
        height, gradient = hill(logs)
        step = near.covariance @ gradient
        if not np.all(np.isfinite(step)) or np.any(np.abs(logs + step) >= FARTHEST):
            return None
        logs = logs + step
        if np.abs(step).max() < _NEAR_ENOUGH:
            return height, logs
    return None


def _covariance(hill: Hill, logs: Floats) -> Floats | None:
    """The inverse of the observed information; None on a ridge, or at the edge."""
    if np.any(np.abs(logs) >= FARTHEST - _STEP):
        return None
    columns = []
    for place in range(len(logs)):
        step = np.zeros_like(logs)
        step[place] = _STEP
        columns.append((hill(logs + step)[1] - hill(logs - step)[1]) / (2 * _STEP))
    information = -(np.array(columns) + np.array(columns).T) / 2
    if not np.all(np.isfinite(information)) or np.linalg.eigvalsh(information)[0] <= 0:
        return None
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _slope(total: Callable[[Sequence[float]], float], logs: Floats) -> Floats:
    slopes = []
    for place in range(len(logs)):
        step = np.zeros_like(logs)
        step[place] = _STEP
        above, below = total(np.exp(logs + step).tolist()), total(np.exp(logs - step).tolist())
        slopes.append((above - below) / (2 * _STEP))
    return np.array(slopes)
