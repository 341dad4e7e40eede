"""Whether the totals of a file that prices no goods are those of orders or of rows."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.intake.models import Import
from regulars.orders.models import Order, OrderLine
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

Told = dict[str, Sequence[str]]
ALIKE: Told = {"1": ("12", "12", "12"), "2": ("7.50", "7.50"), "3": ("9", "9"), "4": ("3",)}
AMOUNT = {"orders": {"order": "Invoice", "placed_at": "Date", "order_total": "Amount"}}


def invoices(told: Told, *, heading: str = "Total") -> str:
    """An invoice export without prices: each order with what its rows say."""
    rows = [f"{ref},2026-11-02,Bun,2,{total}\n" for ref, row in told.items() for total in row]
    return f"Invoice,Date,Product,Quantity,{heading}\n" + "".join(rows)


def totals() -> dict[str, int]:
    return dict(Order.objects.values_list("external_id", "total_minor"))


def rules(item: Import) -> dict[str, int]:
    told = {note["rule"]: note["count"] for note in item.report["notes"]}
    return {rule: count for rule, count in told.items() if rule.startswith("total")}


def test_a_total_that_each_row_of_an_order_repeats_counts_once(business: object) -> None:
    looked_at, item = bring("orders", invoices(ALIKE), dry=True), bring("orders", invoices(ALIKE))

    assert totals() == {"1": 1200, "2": 750, "3": 900, "4": 300}
    assert item.report["total"] == looked_at.report["total"] == {"GBP": 3150}
    sentence = "The totals of 3 orders stand on every one of their rows; each is counted once."
    for report in (looked_at.report, item.report):
        assert {"rule": "total_once", "count": 3, "sentence": sentence} in report["notes"]


def test_the_rows_of_an_order_add_up_to_the_total_that_counted_once(business: object) -> None:
    bring("orders", invoices(ALIKE))

    lines = OrderLine.objects.filter(order__external_id="1").order_by("line_no")
    assert list(lines.values_list("total_minor", flat=True)) == [1200, 0, 0]


@pytest.mark.parametrize(
    ("told", "expected", "notes"),
    [
        # Nothing is repeated.
        ({"1": ("5",), "2": ("5",), "3": ("7",)}, {"1": 500, "2": 500, "3": 700}, {}),
        ({"1": ("5", ""), "2": ("", "7")}, {"1": 500, "2": 700}, {}),
        # Repeated on all rows, or told on one of them.
        (ALIKE | {"4": ("3", "")}, {"1": 1200, "2": 750, "3": 900, "4": 300}, {"total_once": 3}),
        # Two buns at 5.00: some orders do so by chance.
        ({"1": ("5", "5"), "2": ("5", "3")}, {"1": 1000, "2": 800}, {"totals_differ": 1}),
        ({"1": ("5", "5"), "2": ("4", "4", "")}, {"1": 1000, "2": 800}, {"totals_differ": 1}),
        # One order alone proves little, but the column is called the total.
        ({"1": ("5", "5"), "2": ("3",)}, {"1": 500, "2": 300}, {"total_once": 1}),
        # What is taken back under the same number is a total of its own.
        (ALIKE | {"4": ("3", "3", "-2", "-2")},
         {"1": 1200, "2": 750, "3": 900, "4": 100}, {"total_once": 4}),
        (ALIKE | {"4": ("3", "-3")}, {"1": 1200, "2": 750, "3": 900, "4": 0}, {"total_once": 3}),
        (ALIKE | {"C4": ("-9", "-9")},
         {"1": 1200, "2": 750, "3": 900, "4": 300, "C4": -900}, {"total_once": 4}),
        (ALIKE | {"C4": ("-9", "-8")},
         {"1": 3600, "2": 1500, "3": 1800, "4": 300, "C4": -1700}, {"totals_differ": 1}),
    ],
)  # fmt: skip
def test_totals_are_of_orders_when_all_orders_of_several_rows_repeat_them(
    business: object, told: Told, expected: dict[str, int], notes: dict[str, int]
) -> None:
    item = bring("orders", invoices(told))

    assert totals() == expected
    assert rules(item) == notes


def test_a_cancelled_order_that_repeats_its_total_counts_nought(business: object) -> None:
    states = (("1", "paid"), ("1", "paid"), ("2", "cancelled"), ("2", "cancelled"))
    rows = "".join(f"{ref},2026-11-02,{state},8\n" for ref, state in states)

    bring("orders", "Invoice,Date,Status,Order total\n" + rows)

    assert totals() == {"1": 800, "2": 0}


@pytest.mark.parametrize(
    ("told", "expected", "notes"),
    [
        ({"1": ("5", "5"), "2": ("3", "3")}, 1600, {"totals_of_rows": 2}),
        ({"1": ("5", "5"), "2": ("3", "3"), "3": ("4", "4")}, 1200, {"total_once": 3}),
    ],
)
def test_where_few_orders_repeat_a_sum_the_name_of_the_column_decides(
    business: object, told: Told, expected: int, notes: dict[str, int]
) -> None:
    item = bring("orders", invoices(told, heading="Amount"), mapping=AMOUNT)

    assert (item.report["total"], rules(item)) == ({"GBP": expected}, notes)


@pytest.mark.parametrize("heading", ["Order total", "Invoice Total", "GRAND TOTAL", "Gesamtbetrag"])
def test_a_column_named_as_the_orders_total_is_that(business: object, heading: str) -> None:
    bring("orders", invoices({"1": ("5", "5")}, heading=heading))

    assert totals() == {"1": 500}


@pytest.mark.parametrize(("price", "expected"), [("Price", 400), ("Line total", 200)])
def test_prices_of_the_goods_count_before_the_orders_total(
    business: object, price: str, expected: int
) -> None:
    row = "1,2026-11-02,2,1.00,9.00\n"

    item = bring("orders", f"Invoice,Date,Quantity,{price},Total\n{row}{row}")

    assert (totals(), rules(item)) == ({"1": expected}, {})


@pytest.mark.parametrize(
    ("last", "expected"),
    [("12", {"1": 1200, "2": 700, "3": 400}), ("11", {"1": 3500, "2": 1400, "3": 800})],
)
def test_the_whole_file_decides_however_it_is_read(
    business: object, monkeypatch: pytest.MonkeyPatch, last: str, expected: dict[str, int]
) -> None:
    from regulars.intake import staging, survey
    from regulars.orders import taking_in

    for place, name in ((staging, "CHUNK"), (survey, "CHUNK"), (taking_in, "LINES")):
        monkeypatch.setattr(place, name, 2)
    told = [("1", "12"), ("2", "7"), ("3", "4"), ("2", "7"), ("3", "4"), ("1", "12"), ("1", last)]
    rows = "".join(f"{ref},2026-11-02,{total}\n" for ref, total in told)

    bring("orders", f"Invoice,Date,Total\n{rows}")

    assert totals() == expected


def test_repeated_totals_brought_in_twice_change_nothing(business: object) -> None:
    def held() -> list[Any]:
        return [*Order.objects.order_by("pk").values(), *OrderLine.objects.order_by("pk").values()]

    bring("orders", invoices(ALIKE))
    before = held()

    again = bring("orders", invoices(ALIKE))

    assert counts(again) == (0, 0, 8, 0, 0)
    assert held() == before


ORDERS = st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 4)), min_size=1, max_size=12)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=ORDERS, draw=st.randoms(use_true_random=False))
def test_however_its_rows_lie_an_order_counts_its_total_once(
    business: object, orders: list[tuple[int, int]], draw: Any
) -> None:
    rows = [
        f"{ref},2026-11-02,{minor // 100}.{minor % 100:02}\n"
        for ref, (minor, repeats) in enumerate(orders, start=1)
        for _nth in range(repeats)
    ]
    draw.shuffle(rows)

    item = bring("orders", "Invoice,Date,Order total\n" + "".join(rows), dry=True)

    assert item.report["total"] == {"GBP": sum(minor for minor, _repeats in orders)}
