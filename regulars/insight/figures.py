"""Figures by name, counted as of any day, for the command line and other machines."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from regulars.core.registry import Registry
from regulars.insight import modelling
from regulars.insight.actions import count_for
from regulars.insight.choices import AHEAD_DAYS
from regulars.insight.counting import Counted, Row, counted
from regulars.insight.errors import NoSuchFigure
from regulars.insight.hindsight import hindsight_of, looking_back
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.queries import first_day_of_the_books
from regulars.team.queries import the_named_business


@dataclass(frozen=True, slots=True)
class Figure:
    """A table of numbers: rows hold values in the order of the columns."""

    name: str
    as_of: date
    columns: list[str]
    rows: list[list[Any]]


# These are counted as of an earlier day, of which it is known what followed.
LOOKING_BACK = ("calibration", "hindsight")
FORECAST_WEEKS = (4, 13, 26, 52)
Rows = Callable[[Counted], list[Row]]
FIGURES: Registry[Rows] = Registry("figures")


def _tiers(result: Counted) -> list[Row]:
    from regulars.insight.metrics.standing import by_tier

    return result.counter.rows(by_tier(result.facts, result.overrides))


def _slipping(result: Counted) -> list[Row]:
    from regulars.insight.metrics.standing import slipping

    return result.counter.rows(slipping(result.facts, result.overrides))


def _rhythm(result: Counted) -> list[Row]:
    """The rhythm, the yearly purchases and the pattern of each kind."""
    rows = []
    for kind, group in result.rhythm["groups"].items():
        plain = {name: value for name, value in group.items() if name != "pattern"}
        pattern = {name: value for name, value in group["pattern"].items() if name != "customers"}
        rows.append(
            {"kind": kind, **plain, **pattern, "customers_seen": group["pattern"]["customers"]}
        )
    return rows


def _chances(result: Counted) -> list[Row]:
    """What to expect of each customer in the days that come."""
    return result.counter.rows(modelling.chances_of(result).order_by("customer_id"))


def _facts(result: Counted) -> list[Row]:
    return result.counter.rows(result.facts.order_by("customer_id"))


def _models(result: Counted) -> list[Row]:
    """The parameters of every model with their standard errors, and how likely they make it."""
    histories = modelling.histories_of(result)
    cells = modelling.cells_of(result.counter, histories)
    fits = [
        modelling.bg_nbd_of(cells),
        modelling.pareto_nbd_of(cells),
        modelling.gamma_gamma_of(result.counter, histories),
    ]
    return modelling.parameters_of(fits, the_named_business().currency)


def _expected(result: Counted) -> list[Row]:
    """What the models expect of each customer in the next 91 days."""
    return result.counter.rows(modelling.expected_of(result).order_by("customer_id"))


def _calibration(result: Counted) -> list[Row]:
    """Foretold on an earlier day against what came since, by tenths of customers."""
    return hindsight_of(result).tenths


def _hindsight(result: Counted) -> list[Row]:
    """The same of all together."""
    return hindsight_of(result).whole


def _forecast(result: Counted) -> list[Row]:
    """Purchases to expect of those who have bought before, with a band that holds 19 in 20."""
    cells = modelling.cells_of(result.counter, modelling.histories_of(result))
    fit = modelling.bg_nbd_of(cells)
    return [
        {"days": weeks * 7, **_band(modelling.total_of(cells, fit, weeks=weeks))}
        for weeks in FORECAST_WEEKS
    ]


def _band(found: tuple[float, float] | None) -> Row:
    if found is None:
        return {"purchases": None, "low": None, "high": None}
    middle, spread = found
    reach = modelling.Z_95 * spread
    return {"purchases": middle, "low": max(0.0, middle - reach), "high": middle + reach}


FIGURES.register("tiers", _tiers)
FIGURES.register("slipping", _slipping)
FIGURES.register("rhythm", _rhythm)
FIGURES.register("chances", _chances)
FIGURES.register("facts", _facts)
FIGURES.register("models", _models)
FIGURES.register("expected", _expected)
FIGURES.register("calibration", _calibration)
FIGURES.register("hindsight", _hindsight)
FIGURES.register("forecast", _forecast)
for name, counted_rows in PAGE_FIGURES.items():
    FIGURES.register(name, counted_rows)


def figure(
    name: str, *, as_of: date | None, at: datetime, engine: str | None = None,
    ahead_days: int = AHEAD_DAYS, since: date | None = None,
) -> Figure:  # fmt: skip
    """A figure as of a day, counted now; nothing is written.

    Chances look so many days ahead; the baseline is told since a day.
    """
    if name not in FIGURES:
        raise NoSuchFigure(name, FIGURES.names())
    count = replace(count_for(as_of, at=at), ahead_days=ahead_days, since=since)
    if name in LOOKING_BACK:
        count = looking_back(count, first_day_of_the_books())
    with counted(count, engine=engine) as result:
        rows = FIGURES[name](result)
    columns = list(rows[0]) if rows else []
    return Figure(name, count.as_of, columns, [list(row.values()) for row in rows])
