from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.intake.models import Import, RowProblem
from regulars.orders.models import Order, OrderLine, StagedBuyer, StagedLine, StagedOrder
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

TILL = """Receipt,Date,Customer ID,Name,Item,Qty,Price
1,2026-11-02 08:30,7,Ruth Calloway,Rye loaf,2,3.40
1,2026-11-02 08:30,7,Ruth Calloway,Bun,3,0.333
2,2026-11-03 09:00,,,Bun,1,1.10
C3,2026-11-04 10:00,7,Ruth Calloway,Rye loaf,-1,3.40
4,2026-11-05 10:00,,,Bun,-2,0
"""


def rules(item: Import) -> dict[str, int]:
    return {note["rule"]: note["count"] for note in item.report["notes"]}


def orders() -> list[tuple[Any, ...]]:
    found = Order.objects.order_by("external_id")
    return list(
        found.values_list("external_id", "kind", "total_minor", "line_count", "customer__name")
    )


def test_a_tills_export_brings_orders_lines_and_customers(business: object) -> None:
    item = bring("orders", TILL)

    assert counts(item) == (5, 0, 0, 0, 0)
    assert (item.report["orders"], item.report["customers"], item.report["lines"]) == (4, 1, 5)
    assert item.report["total"] == {"GBP": 680 + 100 + 110 - 340}
    assert orders() == [
        ("1", "sale", 780, 2, "Ruth Calloway"),
        ("2", "sale", 110, 1, None),
        ("4", "adjustment", 0, 1, None),
        ("C3", "cancellation", -340, 1, "Ruth Calloway"),
    ]
    assert rules(item) == {
        "cancellations": 1, "without_customer": 2, "negative_quantities": 1, "zero_prices": 1,
    }  # fmt: skip
    first = OrderLine.objects.filter(order__external_id="1")
    assert list(first.order_by("line_no").values_list("line_no", "description", "total_minor")) == [
        (1, "Rye loaf", 680),
        (2, "Bun", 100),
    ]
    assert str(Order.objects.get(external_id="1").placed_on) == "2026-11-02"


def test_the_same_till_twice_changes_nothing(business: object) -> None:
    bring("orders", TILL)
    before = [list(model.objects.values()) for model in (Order, OrderLine, Customer)]

    again = bring("orders", TILL)

    assert counts(again) == (0, 0, 5, 0, 0)
    assert [list(model.objects.values()) for model in (Order, OrderLine, Customer)] == before
    assert not any(model.objects.exists() for model in (StagedOrder, StagedLine, StagedBuyer))


def test_a_row_that_differs_is_updated_and_a_new_one_created(business: object) -> None:
    bring("orders", TILL)

    item = bring("orders", TILL.replace("Bun,1,1.10", "Bun,1,1.20") + "5,2026-11-06,7,,Bun,1,1\n")

    assert counts(item) == (1, 1, 4, 0, 0)
    assert Order.objects.get(external_id="2").total_minor == 120
    assert OrderLine.objects.get(order__external_id="2").total_minor == 120


def test_a_dry_run_counts_and_touches_nothing(business: object) -> None:
    item = bring("orders", TILL, dry=True)

    assert counts(item) == (5, 0, 0, 0, 0)
    assert not any(model.objects.exists() for model in (Order, OrderLine, Customer))


def test_a_blank_cell_leaves_what_there_is(business: object) -> None:
    bring("orders", "Order,Date,Customer ID,Status,Total\n1,2026-11-02,7,delivered,5\n")

    same = bring("orders", "Order,Date,Customer ID,Status,Total\n1,2026-11-02,,,5\n")
    dearer = bring("orders", "Order,Date,Customer ID,Status,Total\n1,2026-11-02,,,6\n")

    assert counts(same) == (0, 0, 1, 0, 0)
    assert counts(dearer) == (0, 1, 0, 0, 0)
    order = Order.objects.get()
    assert (order.status, order.customer_id) == ("delivered", Customer.objects.get().pk)
    assert order.total_minor == 600


def test_rows_that_cannot_be_read_are_reported_and_the_rest_taken(business: object) -> None:
    content = (
        "Receipt,Date,Total\n1,2026-11-02,5.00\n2,31.02.2026,5.00\n3,2026-11-02,five\n"
        "4,2027-01-01,5.00\n,2026-11-02,5.00\n6,,5.00\n"
    )

    item = bring("orders", content)

    assert counts(item) == (1, 0, 0, 5, 0)
    problems = RowProblem.objects.order_by("row_no").values_list("row_no", "column", "message")
    assert list(problems) == [
        (3, "Date", "The calendar has no 31.2.2026."),
        (4, "Total", "“five” is not a number."),
        (5, "Date", "“2027-01-01” lies in the future."),
        (6, "Receipt", "There is no number of the order."),
        (7, "Date", "There is no date."),
    ]
    assert [external_id for external_id, *_rest in orders()] == ["1"]


def test_an_amount_is_rounded_once_on_the_row(business: object) -> None:
    """Half up on quantity times price, away from nought for what is taken back."""
    item = bring("orders", "Receipt,Date,Qty,Price\n1,2026-11-02,3,0.335\n2,2026-11-02,-3,0.335\n")

    assert item.report["total"] == {"GBP": 0}
    assert [row[2] for row in orders()] == [101, -101]


def test_files_by_role_are_put_together(business: object) -> None:
    item = bring("orders", {
        "orders": "order_id,customer_id,order_status,date\na,k1,delivered,2026-11-02\n"
                  "b,k2,canceled,2026-11-03\nc,k3,shipped,2026-11-04\n",
        "lines": "order_id,product_id,price,freight_value\na,p,10.00,1.50\na,q,5.00,2.00\n"
                 "b,p,7.00,1\nz,p,9.00,0\n",
        "customers": "customer_id,customer_unique_id,city\nk1,u1,Elko\nk2,u1,Elko\n",
    })  # fmt: skip

    assert counts(item) == (7, 0, 1, 1, 0)
    assert orders() == [
        ("a", "sale", 1500, 2, "Customer u1"),
        ("b", "cancellation", 0, 1, "Customer u1"),
        ("c", "sale", 0, 0, None),
    ]
    assert Order.objects.get(external_id="a").shipping_minor == 350
    assert item.report["total"] == {"GBP": 1500}
    problem = RowProblem.objects.select_related("file").get()
    assert (problem.file.role, problem.row_no, problem.message) == (
        "lines", 5, "The order “z” is not in the file of orders.",
    )  # fmt: skip


def test_rows_of_one_day_stay_apart_where_there_are_no_numbers_of_orders(business: object) -> None:
    content = "".join(f"0000{n % 2}  19970101  {n + 1}   29.33\n" for n in range(4))

    item = bring("orders", content, mapping={
        "orders": {"buyer": "1", "placed_at": "2", "quantity": "3", "line_total": "4"}
    })  # fmt: skip

    assert counts(item) == (4, 0, 0, 0, 0)
    assert [external_id for external_id, *_rest in orders()] == [
        "00000:1997-01-01:1", "00000:1997-01-01:2", "00001:1997-01-01:1", "00001:1997-01-01:2",
    ]  # fmt: skip
    assert counts(bring("orders", content)) == (0, 0, 4, 0, 0)


def test_rows_in_another_currency_are_rejected_with_the_rest_of_their_order(
    business: object,
) -> None:
    item = bring(
        "orders",
        "Order,Date,Total,Currency\n1,2026-11-02,5,GBP\n2,2026-11-02,7,EUR\n2,2026-11-02,8,\n"
        "3,2026-11-02,9,£\n",
    )

    assert counts(item) == (2, 0, 0, 2, 0)
    assert item.report["total"] == {"GBP": 1400}
    problems = RowProblem.objects.order_by("row_no").values_list("row_no", "column", "message")
    message = (
        "The amount is in EUR, but this import counts in GBP: bring in the rows in EUR as a file "
        "of their own."
    )
    assert list(problems) == [(3, "Currency", message), (4, "Currency", message)]


def test_a_currency_on_which_all_rows_agree_is_used(business: object) -> None:
    item = bring("orders", "Order,Date,Total,Currency\n1,2026-11-02,5,EUR\n2,2026-11-02,7,eur\n")

    assert (counts(item), item.report["total"]) == ((2, 0, 0, 0, 0), {"EUR": 1200})


@pytest.mark.parametrize(
    ("freights", "shipping", "once"),
    [
        (("4", "4", "3", "3"), [400, 300], {"freight_once": 2}),
        (("4", "", "3", ""), [400, 300], {}),
        (("4", "2", "3", "3"), [600, 600], {}),
    ],
)
def test_freight_that_each_row_of_an_order_repeats_counts_once(
    business: object, freights: tuple[str, ...], shipping: list[int], once: dict[str, int]
) -> None:
    rows = [f"{1 + nth // 2},2026-11-02,1.00,{freight}\n" for nth, freight in enumerate(freights)]

    item = bring("orders", "Order,Date,Price,Shipping\n" + "".join(rows))

    found = Order.objects.order_by("external_id").values_list("shipping_minor", flat=True)
    assert list(found) == shipping
    assert rules(item) == once | {"without_customer": 4}


def test_a_shops_export_tells_the_order_by_its_name(business: object) -> None:
    item = bring(
        "orders",
        "Name,Email,Financial Status,Currency,Subtotal,Shipping,Total,Created at,Lineitem quantity,"
        "Lineitem name,Lineitem price,Billing Name\n"
        "#1001,ruth@example.com,paid,GBP,7.00,4.00,11.00,2026-11-02 08:30:00 +0000,2,Loaf,3.00,"
        "Ruth Calloway\n"
        "#1001,ruth@example.com,,,,,,2026-11-02 08:30:00 +0000,1,Bun,1.00,\n",
    )

    assert orders() == [("#1001", "sale", 700, 2, "Ruth Calloway")]
    assert Order.objects.get().shipping_minor == 400
    assert counts(item) == (2, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Receipt,Total\n1,5\n", "No column says when something was bought."),
        ("Date,Total\n2026-11-02,5\n", "No column holds the number of the order"),
    ],
)
def test_a_missing_key_column_refuses_the_whole(
    business: object, content: str, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        bring("orders", content)

    assert not Order.objects.exists()


def test_files_that_cannot_be_put_together_are_refused(business: object) -> None:
    with pytest.raises(Refusal, match="The files cannot be put together"):
        bring("orders", {"orders": "Customer ID,Date\n7,2026-11-02\n", "lines": "SKU,Price\np,1\n"})


def test_an_order_whose_rows_lie_far_apart_keeps_its_places(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.intake import staging, survey
    from regulars.orders import columns

    monkeypatch.setattr(columns, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(staging, "CHUNK", 3)
    monkeypatch.setattr(survey, "CHUNK", 3)
    refs = ["a", "b", "c", "d", "e", "a", "b", "a"]
    rows = "".join(f"{ref},2026-11-02,{nth}\n" for nth, ref in enumerate(refs))

    bring("orders", f"Receipt,Date,Total\n{rows}")

    lines = OrderLine.objects.filter(order__external_id="a").order_by("line_no")
    assert list(lines.values_list("line_no", "total_minor")) == [(1, 0), (2, 500), (3, 700)]


@pytest.mark.realdata
def test_online_retail_is_taken_to_the_last_row(business: object, real_data: Path) -> None:
    content = (real_data / "purchases" / "online_retail" / RETAIL).read_bytes()

    item = bring("orders", content)

    assert counts(item) == (209_029, 0, 0, 0, 0)
    assert (item.report["orders"], item.report["customers"]) == (10_783, 2_767)
    assert Customer.objects.count() == 2_767
    assert OrderLine.objects.count() == 209_029
    assert rules(item) == {
        "cancellations": 3_783, "without_customer": 59_976, "negative_quantities": 651,
        "zero_prices": 1_292, "postage": 884, "fees": 344,
    }  # fmt: skip
    total = Order.objects.aggregate(Sum("total_minor"))["total_minor__sum"]
    assert item.report["total"] == {"GBP": total} == {"GBP": 370_682_764}
    assert not any(
        "." in value for value in Customer.objects.values_list("references__value", flat=True)
    )


RETAIL = "online_retail_2010-12_2011-05.csv.gz"


@pytest.mark.realdata
def test_cdnow_keeps_every_row(business: object, real_data: Path) -> None:
    content = (real_data / "purchases" / "cdnow_sample" / "CDNOW_sample.txt").read_bytes()

    item, again = bring("orders", content), bring("orders", content)

    assert counts(item) == (6_919, 0, 0, 0, 0)
    assert (item.report["orders"], item.report["customers"]) == (6_919, 2_357)
    assert counts(again) == (0, 0, 6_919, 0, 0)
    assert Order.objects.filter(placed_on__gte="1998-07-01").count() == 0
    assert str(Order.objects.order_by("placed_on")[0].placed_on) == "1997-01-01"


@pytest.mark.realdata
def test_olist_is_put_together_from_its_files(business: object, real_data: Path) -> None:
    folder = real_data / "purchases" / "olist_3000_orders"
    files: dict[str, str | bytes] = {
        role: (folder / f"olist_{name}_dataset.csv").read_bytes()
        for role, name in
        (("orders", "orders"), ("lines", "order_items"), ("customers", "customers"))
    }  # fmt: skip

    item, again = bring("orders", files), bring("orders", files)

    assert (item.report["orders"], item.report["lines"], item.report["customers"]) == (
        3_000, 3_397, 2_995,
    )  # fmt: skip
    assert Order.objects.filter(delivered_at__isnull=False).count() == 2_904
    late = [
        order
        for order in Order.objects.exclude(delivered_at=None)
        if order.delivered_at
        and order.promised_on
        and order.delivered_at.date() > order.promised_on
    ]
    assert len(late) == 191
    assert counts(again) == (0, 0, item.report["rows"], 0, 0)
