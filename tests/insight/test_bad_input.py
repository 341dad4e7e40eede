"""Books as businesses really have them: every figure is counted, and every page says something."""

import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.insight.actions import count_for
from regulars.insight.behind import packed, unpacked
from regulars.insight.counting import Counted, counted
from regulars.insight.figures import FIGURES
from regulars.insight.models import KeptFigure
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.plates.pages import PAINTERS
from regulars.insight.plates.plate import Scope
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from tests.factories.insight import TODAY, add_orders, days_ago, make_buyer, make_stranger
from tests.factories.orders import make_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]
COUNTED = (*PAGE_FIGURES, "facts", "tiers", "slipping")
Rows = dict[str, list[dict[str, Any]]]


def one_order() -> None:
    make_buyer(last=days_ago(3), spend=1000)


def all_on_one_day() -> None:
    for spend in range(100, 3100, 100):
        make_buyer(last=days_ago(10), spend=spend)
    for order in Order.objects.all():
        make_line(order, "Rye", order.total_minor)


def refunds_above_sales() -> None:
    """More was given back than was ever taken: of each, and of all."""
    for gap in range(5, 30):
        buyer = make_buyer(gap, gap, last=days_ago(gap), spend=1000)
        add_orders(buyer, days_ago(1), spend=-9000, kind=OrderKind.CANCELLATION)
    add_orders(make_stranger(), days_ago(2), spend=-400, kind=OrderKind.ADJUSTMENT)


def a_mix_of_currencies() -> None:
    for gap in range(5, 30):
        buyer = make_buyer(gap, last=days_ago(gap), spend=1000)
        add_orders(buyer, days_ago(1), spend=50_000, currency="USD")
        add_orders(buyer, days_ago(2), spend=70_000, currency="JPY")


def cash_sales_alone() -> None:
    till = make_stranger(name="Cash sale")
    add_orders(till, *[days_ago(n % 100) for n in range(1200)], spend=350)


def gaps_of_years_and_orders_ahead() -> None:
    make_buyer(4000, 3900, last=days_ago(2), spend=10**12)
    add_orders(make_buyer(30, last=days_ago(1)), TODAY + timedelta(days=40), spend=10**12)


BOOKS: tuple[tuple[Callable[[], None], dict[str, int]], ...] = (
    (one_order, {"buyers": 1, "customers": 1, "spend_minor": 1000}),
    (all_on_one_day, {"buyers": 30, "customers": 30, "spend_minor": 46_500}),
    (refunds_above_sales, {"buyers": 0, "customers": 25, "spend_minor": -150_400}),
    (a_mix_of_currencies, {"buyers": 25, "customers": 25, "spend_minor": 50_000}),
    (cash_sales_alone, {"buyers": 0, "customers": 1, "spend_minor": 420_000}),
    (
        gaps_of_years_and_orders_ahead,
        {"buyers": 2, "customers": 2, "spend_minor": 3 * 10**12 + 2000},
    ),
)


@pytest.mark.parametrize(("write", "wanted"), BOOKS, ids=[write.__name__ for write, _ in BOOKS])
def test_every_figure_is_counted_and_every_page_says_something(
    write: Callable[[], None], wanted: dict[str, int], at: datetime
) -> None:
    write()

    with counted(count_for(None, at=at)) as result:
        found = {name: FIGURES[name](result) for name in COUNTED}
        facts = found["facts"]

    assert summary(found) == wanted
    assert [number for number in numbers(found) if not math.isfinite(number)] == []
    assert all(row["stake_minor"] >= 0 for row in facts)
    assert sum(row["year_spend_minor"] for row in facts) == sum(
        row["spend_minor"] for row in found["weekdays"]
    )
    said = {name: painted(name, found[name]) for name in PAGE_FIGURES}
    assert all(words.endswith(".") for words in said.values())
    assert everyone_is_there(result)


def summary(found: Rows) -> dict[str, int]:
    months = found["months"]
    most = found["concentration"][-1]["buyers"] if found["concentration"] else 0
    return {
        "buyers": most,
        "customers": len({row["customer_id"] for row in found["facts"] if bought(row)}),
        "spend_minor": sum(row["spend_minor"] for row in months),
    }


def bought(row: dict[str, Any]) -> bool:
    return bool(row["purchase_count"] or row["crowd_sales"])


def numbers(found: Rows) -> list[float]:
    values = [value for rows in found.values() for row in rows for value in row.values()]
    return [float(value) for value in values if isinstance(value, int | float)]


def painted(name: str, rows: list[dict[str, Any]]) -> str:
    """What the page would say, from rows as they are kept."""
    kept = KeptFigure(name=name, as_of=TODAY, rows=as_kept(rows))
    plate = PAINTERS[name](kept, Scope("GBP", TODAY))
    if plate.chart is not None:
        assert "nan" not in plate.chart.wide.on_a_page()
    return plate.says


def as_kept(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = json.loads(json.dumps(rows, default=str))
    return kept


def everyone_is_there(result: Counted) -> bool:
    return all(list(unpacked(packed(ids))) == ids.tolist() for ids in result.behind.values())
