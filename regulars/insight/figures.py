"""Figures by name, counted as of any day, for the command line and other machines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.core.registry import Registry
from regulars.insight.actions import count_for
from regulars.insight.counting import Counted, Row, counted
from regulars.insight.errors import NoSuchFigure


@dataclass(frozen=True, slots=True)
class Figure:
    """A table of numbers: rows hold values in the order of the columns."""

    name: str
    as_of: date
    columns: list[str]
    rows: list[list[Any]]


Rows = Callable[[Counted], list[Row]]
FIGURES: Registry[Rows] = Registry("figures")


def _tiers(result: Counted) -> list[Row]:
    from regulars.insight.metrics.standing import by_tier

    return result.counter.rows(by_tier(result.facts, result.overrides))


def _concentration(result: Counted) -> list[Row]:
    rows: list[Row] = result.figures["concentration"]
    return rows


def _slipping(result: Counted) -> list[Row]:
    from regulars.insight.metrics.standing import slipping

    return result.counter.rows(slipping(result.facts, result.overrides))


def _rhythm(result: Counted) -> list[Row]:
    return [{"kind": kind, **group} for kind, group in result.rhythm["groups"].items()]


def _facts(result: Counted) -> list[Row]:
    return result.counter.rows(result.facts.order_by("customer_id"))


FIGURES.register("tiers", _tiers)
FIGURES.register("concentration", _concentration)
FIGURES.register("slipping", _slipping)
FIGURES.register("rhythm", _rhythm)
FIGURES.register("facts", _facts)


def figure(name: str, *, as_of: date | None, at: datetime, engine: str | None = None) -> Figure:
    """A figure as of a day, counted now; nothing is written."""
    if name not in FIGURES:
        raise NoSuchFigure(name, FIGURES.names())
    count = count_for(as_of, at=at)
    with counted(count, engine=engine) as result:
        rows = FIGURES[name](result)
    columns = list(rows[0]) if rows else []
    return Figure(name, count.as_of, columns, [list(row.values()) for row in rows])
