"""One model fitted now, its parameters per day or per week, for the command line and programs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from math import log
from typing import Any

from regulars.core.money import exponent_of
from regulars.engines.opening import Counter
from regulars.insight import modelling
from regulars.insight.actions import count_for
from regulars.insight.choices import TimeUnit
from regulars.insight.counting import counted
from regulars.insight.errors import NoSuchModel, TooFewCameBack
from regulars.team.queries import the_named_business

# Models are fitted per week. These parameters are lengths of time.
_LENGTHS_OF_TIME = ("alpha", "beta")
_UNITS_OF_A_WEEK = {TimeUnit.WEEK: 1.0, TimeUnit.DAY: 7.0}
# A fit, and how many repeats its likelihood has a density of time for.
_Found = tuple[modelling.Fit, int]


def _of_times(fitted: Callable[[Any], modelling.Fit]) -> Callable[[Counter, Any], _Found]:
    def found(counter: Counter, histories: Any) -> _Found:
        cells = modelling.cells_of(counter, histories)
        return fitted(cells), cells.repeat_count

    return found


def _of_spends(counter: Counter, histories: Any) -> _Found:
    return modelling.gamma_gamma_of(counter, histories), 0


MODELS = {
    "bg-nbd": _of_times(modelling.bg_nbd_of),
    "pareto-nbd": _of_times(modelling.pareto_nbd_of),
    "gamma-gamma": _of_spends,
}


@dataclass(frozen=True, slots=True)
class FittedModel:
    """Parameters by their published names; amounts are in whole units of the currency.

    `is_determined` is false where the likelihood has a ridge instead of a top.
    """

    model: str
    as_of: date
    time_unit: TimeUnit
    customers: int
    parameters: dict[str, float]
    log_likelihood: float
    is_determined: bool
    seconds: float


def fit_model(
    name: str, *, as_of: date | None, at: datetime, time_unit: TimeUnit = TimeUnit.WEEK,
    engine: str | None = None,
) -> FittedModel:  # fmt: skip
    """Fit a model to everyone who has bought by a day; nothing is written.

    Refused where fewer customers came back than a likelihood needs to have a top.
    """
    model = _named(name)
    began = time.monotonic()
    with counted(count_for(as_of, at=at), engine=engine) as result:
        fit, repeats = MODELS[model](result.counter, modelling.histories_of(result))
    if fit.top is None:
        raise TooFewCameBack(modelling.LEAST_REPEATERS)
    parameters, log_likelihood = _told(fit, time_unit, repeats)
    return FittedModel(
        model, result.as_of, time_unit, fit.customers, parameters, log_likelihood,
        fit.is_determined, time.monotonic() - began,
    )  # fmt: skip


def _named(name: str) -> str:
    letters = "".join(one for one in name.casefold() if one.isalnum())
    found = next((one for one in MODELS if one.replace("-", "") == letters), None)
    if found is None:
        raise NoSuchModel(name, list(MODELS))
    return found


def _told(fit: modelling.Fit, time_unit: TimeUnit, repeats: int) -> tuple[dict[str, float], float]:
    """Rates are per unit of time: a shorter one makes each repeat as much less dense."""
    told, log_likelihood = fit.told_in(10 ** exponent_of(the_named_business().currency))
    units = _UNITS_OF_A_WEEK[time_unit]
    for name in _LENGTHS_OF_TIME:
        if name in told:
            told[name] *= units
    return told, log_likelihood - repeats * log(units)
