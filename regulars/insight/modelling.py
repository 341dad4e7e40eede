"""Fits the models to what was counted, and has the engine predict with them; writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING, Any

from regulars.core.money import exponent_of
from regulars.engines.opening import Counter
from regulars.insight.counting import Counted, Row

if TYPE_CHECKING:
    from regulars.insight.fitting.cells import Cells, Floats
    from regulars.insight.fitting.climbing import Top

# Fewer who came back, and a likelihood has a top by chance only.
LEAST_REPEATERS = 50
HORIZON_DAYS = 91
# The one parameter that is an amount.
MONEY = "v"
Z_95 = 1.959964
EXPECTED = (
    "customer_id", "repeats", "recency", "age", "still_there", "purchases", "spend_minor", "by",
)  # fmt: skip
CHANCES = (
    "customer_id", "last_on", "usual_gap_days", "doubtful_on", "still_there", "back_within",
    "purchases", "spend_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fit:
    """A model and how well the data determine it; `top` is None where too few came back."""

    name: str
    parameters: tuple[str, ...]
    top: "Top | None"
    customers: int

    @property
    def is_determined(self) -> bool:
        return self.top is not None and self.top.is_determined

    def told_in(self, unit: float) -> tuple[dict[str, float], float]:
        """Parameters by name and the log-likelihood, amounts in units of so many minor ones.

        A density per unit of money grows with the unit: once for each mean that was seen.
        """
        if self.top is None:
            raise ValueError("a model that was not fitted has no parameters")
        told = dict(zip(self.parameters, self.top.parameters, strict=True))
        if MONEY not in told:
            return told, self.top.log_likelihood
        told[MONEY] /= unit
        return told, self.top.log_likelihood + self.customers * log(unit)


def histories_of(count: Counted, *, as_of: date | None = None) -> Any:
    """What the models see of everyone who bought by a day; a table kept on the engine."""
    from regulars.insight.metrics.histories import histories

    day = as_of or count.as_of
    return count.counter.keep_once(
        f"histories_{day:%Y%m%d}",
        lambda: histories(count.purchases, count.calendar, as_of=day),
    )


def cells_of(counter: Counter, histories: Any) -> "Cells":
    from regulars.insight.fitting.cells import Cells
    from regulars.insight.metrics.histories import cells

    found = counter.columns(cells(histories))
    return Cells.of_counts(found["repeats"], found["recency"], found["age"], found["customers"])


def bg_nbd_of(cells: "Cells") -> Fit:
    from regulars.insight.fitting import bg_nbd

    enough = cells.repeater_count >= LEAST_REPEATERS
    return Fit(
        "BG/NBD", bg_nbd.NAMES, bg_nbd.fitted(cells) if enough else None, cells.customer_count
    )


def pareto_nbd_of(cells: "Cells") -> Fit:
    from regulars.insight.fitting import pareto_nbd

    enough = cells.repeater_count >= LEAST_REPEATERS
    top = pareto_nbd.fitted(cells) if enough else None
    return Fit("Pareto/NBD", pareto_nbd.NAMES, top, cells.customer_count)


def gamma_gamma_of(counter: Counter, histories: Any) -> Fit:
    from regulars.insight.fitting import gamma_gamma
    from regulars.insight.metrics.histories import spends

    found = counter.columns(spends(histories))
    times, means = found["repeats"], found["repeat_spend_minor"]
    enough = len(times) >= LEAST_REPEATERS
    top = gamma_gamma.fitted(times, means) if enough else None
    return Fit("Gamma-Gamma", gamma_gamma.NAMES, top, len(times))


def parameters_of(fits: Sequence[Fit], currency: str) -> list[Row]:
    """Each parameter with its standard error; empty where the data do not determine it."""
    return [row for fit in fits for row in _parameters(fit, 10 ** exponent_of(currency))]


def _parameters(fit: Fit, unit: float) -> Iterator[Row]:
    # Fitted to minor units; published and read in whole ones.
    values, log_likelihood = fit.told_in(unit) if fit.top else ({}, None)
    errors = fit.top.errors() if fit.top else None
    for place, parameter in enumerate(fit.parameters):
        scale = unit if parameter == MONEY else 1.0
        yield {
            "model": fit.name,
            "parameter": parameter,
            "value": values.get(parameter),
            "standard_error": errors[place] / scale if errors else None,
            "log_likelihood": log_likelihood,
            "customers": fit.customers,
        }


def predicted_by(count: Counted, fit: Fit, histories: Any, *, weeks: float) -> Any:
    """Everyone with still_there and purchases to expect; a table kept on the engine."""
    from regulars.insight.fitting.bg_nbd import BgNbd
    from regulars.insight.metrics.predictions import predicted

    if fit.top is None:
        raise ValueError("a model that was not fitted foretells nothing")
    model, counter = BgNbd(*fit.top.parameters), count.counter
    whole = counter.keep("foretold", predicted(histories, model, weeks=weeks))
    by_series = whole.filter(whole.is_by_series).drop("is_by_series")
    young = whole.filter(~whole.is_by_series)
    looked_up = _looked_up(counter, young, model, weeks)
    if looked_up is None:
        return by_series
    theirs = young.drop("purchases", "is_by_series").join(looked_up, ["repeats", "recency", "age"])
    return by_series.union(theirs.select(*by_series.columns))


def _looked_up(counter: Counter, young: Any, model: Any, weeks: float) -> Any:
    """The same for histories where the series is slow: few are so young, so scipy does them."""
    from regulars.insight.metrics.predictions import WEEK

    names = ["repeats", "recency", "age"]
    distinct = counter.columns(young.select(*names).distinct())
    if not len(distinct["age"]):
        return None
    expected = model.expected(
        distinct["repeats"].astype(float), distinct["recency"] / WEEK, distinct["age"] / WEEK, weeks
    )
    types = {**dict.fromkeys(names, "int64"), "purchases": "float64"}
    return counter.put("young", {**distinct, "purchases": expected}, types)


def total_of(cells: "Cells", fit: Fit, *, weeks: float) -> tuple[float, float] | None:
    """Purchases to expect of everyone in `weeks`, and the standard deviation about that number.

    Our doubt about the parameters (delta method) and the chance in what each will do together;
    None where the data do not determine the model.
    """
    if fit.top is None or not fit.top.is_determined:
        return None
    from regulars.insight.fitting.bg_nbd import BgNbd

    histories = _in_weeks(cells)

    def total(parameters: Sequence[float]) -> float:
        return float(cells.customers @ BgNbd(*parameters).expected(*histories, weeks))

    model = BgNbd(*fit.top.parameters)
    chance = float(cells.customers @ model.variance(*histories, weeks))
    doubt = fit.top.error_of(total) or 0.0
    return total(fit.top.parameters), float((doubt * doubt + chance) ** 0.5)


def _in_weeks(cells: "Cells") -> "tuple[Floats, Floats, Floats]":
    from regulars.insight.fitting.cells import DAYS_OF_A_WEEK

    return cells.repeats.astype(float), cells.recency / DAYS_OF_A_WEEK, cells.age / DAYS_OF_A_WEEK


def expected_of(count: Counted) -> Any:
    """What the models expect of everyone who bought: columns in `EXPECTED`.

    Purchases and spend are those of the next `HORIZON_DAYS` open days. Where too few came back for
    the models, the rhythm says it, of as many days of the calendar, and `by` says so.
    """
    from regulars.insight.fitting.gamma_gamma import GammaGamma
    from regulars.insight.metrics.predictions import WEEK, with_spend

    histories = histories_of(count)
    fit = bg_nbd_of(cells_of(count.counter, histories))
    if not fit.is_determined:
        return _by_rhythm(count, histories)
    foretold = predicted_by(count, fit, histories, weeks=HORIZON_DAYS / WEEK)
    money = gamma_gamma_of(count.counter, histories)
    # Below 1 the mean of the model has no end.
    if not money.is_determined or money.top is None or money.top.parameters[1] <= 1:
        return _without_spend(foretold)
    return _by_models(with_spend(foretold, GammaGamma(*money.top.parameters)))


def _by_models(foretold: Any) -> Any:
    import ibis

    return foretold.mutate(by=ibis.literal("models")).select(*EXPECTED)


def _by_rhythm(count: Counted, histories: Any) -> Any:
    """The same columns from the rhythm."""
    import ibis

    told = _chances(count, HORIZON_DAYS)
    theirs = told.select("customer_id", "still_there", "purchases", spend_minor=told.expected_minor)
    both = histories.join(theirs, "customer_id")
    return both.mutate(by=ibis.literal("rhythm")).select(*EXPECTED)


def chances_of(count: Counted) -> Any:
    """What the rhythm expects of everyone who bought, in the days that come: `CHANCES`."""
    from regulars.insight.metrics.rounding import whole

    told = _chances(count, count.ahead_days)
    return told.mutate(spend_minor=whole(told.expected_minor)).select(*CHANCES)


def _chances(count: Counted, ahead_days: int) -> Any:
    from regulars.insight.metrics.chances import expected, seen

    groups, patterns = count.rhythm["groups"], count.patterns
    spends = count.counter.put(
        "group_spends",
        {
            "kind": list(groups),
            "group_spend_minor": [group["spend_minor"] for group in groups.values()],
        },
        {"kind": "string", "group_spend_minor": "int64"},
    )
    kinds = count.customers.select("customer_id", "kind")
    bought = count.facts.filter(count.facts.purchase_count > 0).join(kinds, "customer_id")
    known = seen(bought.join(spends, "kind"), patterns.trading)
    passed = patterns.passed_by(count.as_of)
    ahead = patterns.passed_by(count.as_of + timedelta(days=ahead_days)) - passed
    return expected(known, patterns.kinds_of(), passed=passed, ahead=ahead)


def _without_spend(foretold: Any) -> Any:
    import ibis

    return _by_models(foretold.mutate(spend_minor=ibis.null("float64")))
