"""A plate: one figure on a page, with its drawing, its table and what it means."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, to_locale

from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.insight.charts.sheet import Chart
from regulars.insight.models import KeptFigure


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table; `href` opens the customers behind it."""

    words: str
    href: str = ""
    look: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first of a row names it. `heads` say whether a column holds numbers."""

    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    is_heat: bool = False
    is_open: bool = False

    @property
    def classed(self) -> list[list[tuple[Cell, str]]]:
        """The rows with the class of each cell."""
        numbers = [is_number and not self.is_heat for _head, is_number in self.heads]
        return [
            [(cell, "num" if is_number else cell.look)
             for cell, is_number in zip(row, numbers, strict=True)]
            for row in self.rows
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plate:
    """One figure as a page shows it; without chart and table it is too early to say."""

    title: str
    says: str
    means: str
    chart: Chart | None = None
    table: Table | None = None
    sure: str = ""
    # Where the table alone is shown, the file is still drawn.
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plate needs to know besides its rows."""

    currency: str
    as_of: date
    # Choices that the page offers, as they were made: a month.
    asked: str = ""
    cache: dict[str, Any] = field(default_factory=dict)

    def money(self, minor: float) -> str:
        return money(Money(round(minor), self.currency), "round")


Painter = Callable[[KeptFigure, Scope], Plate]


def customers_where(*conditions: dict[str, Any], by: str = "") -> str:
    """The list of the customers for whom all of these hold."""
    tree = json.dumps({"all": list(conditions)}, separators=(",", ":"))
    told = {"f": tree, "by": by} if by else {"f": tree}
    return f"{reverse('customers:list')}?{urlencode(told)}"


def behind(figure: str, cell: str) -> str:
    """The page of the customers behind a number that no filter says."""
    return reverse("insight:behind", args=[figure, cell])


def between(field: str, first: date, last: date) -> dict[str, Any]:
    return {"field": field, "is": "between", "value": [first.isoformat(), last.isoformat()]}


def bought_between(first: date, last: date, **where: Any) -> dict[str, Any]:
    return _happened("order", first, last, where)


def booked_between(first: date, last: date, **where: Any) -> dict[str, Any]:
    """Anything in the books: sales, and what was taken back or adjusted."""
    return _happened("entry", first, last, where)


def _happened(event: str, first: date, last: date, where: dict[str, Any]) -> dict[str, Any]:
    asked = [{"field": part, "is": "is", "value": value} for part, value in where.items()]
    window = {"from": first.isoformat(), "to": last.isoformat()}
    return {"event": event, **({"where": asked} if asked else {}), "in": window}


def days_of(month: date) -> tuple[date, date]:
    """The first and the last day of the month that begins on a day."""
    return month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def month_after(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_words(month: date, *, is_short: bool = False) -> str:
    """“October 2026”, or “Oct 26”."""
    return format_date(month, "LLL yy" if is_short else "LLLL y", locale=_locale())


def weekday_words(weekday: int, *, is_short: bool = False) -> str:
    # The first of January 2024 was a Monday.
    return format_date(date(2024, 1, 1 + weekday), "ccc" if is_short else "cccc", locale=_locale())


def month_name(number: int) -> str:
    return format_date(date(2024, number, 1), "LLL", locale=_locale())


def _locale() -> str:
    return to_locale(get_language() or "en-gb")


def day_of(text: str) -> date:
    """A day as it is kept."""
    return date.fromisoformat(text)
