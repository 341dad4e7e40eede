"""Whom a price undercuts: those who paid more, by how much, and nobody else."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection

from regulars.core.actor import SYSTEM
from regulars.core.bulk import write_rows
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.prices.actions.checking import check_all, check_prices
from regulars.prices.actions.planning import compared, plan_price, set_look_back
from regulars.prices.actions.publishing import publish_price
from regulars.prices.choices import PriceKind, Tax
from regulars.prices.comparing import statement
from regulars.prices.models import Concern, Price
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import a_price, bought, found, make_price

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _business(owner: Member) -> None:
    """A business whose days are counted in UTC."""


def test_who_paid_more_is_found_with_the_difference_of_all_that_they_kept(at: datetime) -> None:
    ruth, samuel = make_customer("Ruth"), make_customer("Samuel")
    bought(ruth, at.date() - 3 * DAY, 900, quantity="2")
    bought(ruth, at.date() - 9 * DAY, 430)
    bought(samuel, at.date() - 9 * DAY, 400)

    price = make_price(at, 400)

    assert found(price) == {"Ruth": 130}
    one = Concern.objects.get()
    assert (one.most_milli, one.quantity, one.last_on) == (450_000, Decimal(3), at.date() - 3 * DAY)
    assert (price.open_count, price.open_minor) == (1, 130)


@pytest.mark.parametrize(
    ("case", "due"),
    [
        ({"total_minor": 500}, 100),
        ({"total_minor": 401}, 1),
        ({"total_minor": 400}, None),
        # A third of a penny is no difference: a till rounds.
        ({"total_minor": 1201, "quantity": "3"}, 1),
        ({"total_minor": 220, "quantity": "0.55"}, None),
        ({"total_minor": 225, "quantity": "0.55"}, 5),
        # More than they bought did not come back, and what came back counts no more.
        ({"total_minor": 1500, "quantity": "3", "returned": "1"}, 200),
        ({"total_minor": 500, "returned": "1"}, None),
        ({"total_minor": 0}, None),
        ({"total_minor": -500, "quantity": "-1"}, None),
        ({"total_minor": 500, "kind": OrderKind.CANCELLATION}, None),
        ({"total_minor": 500, "currency": "EUR"}, None),
        ({"total_minor": 500, "sku": "R2"}, None),
        ({"total_minor": 500, "sku": "r1"}, None),
        ({"total_minor": 500, "sku": "", "words": "R1"}, 100),
        ({"total_minor": 500, "sku": "", "words": "R1 and more"}, None),
    ],
)
def test_one_order_is_compared_by_rule(at: datetime, case: dict[str, Any], due: int | None) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, **case)

    price = make_price(at, 400)

    assert found(price) == ({} if due is None else {"Ruth": due})


def test_what_came_free_in_the_same_order_makes_the_others_cheaper(at: datetime) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    of_ruth = bought(ruth, at.date() - DAY, 1000, quantity="2")
    bought(ruth, at.date() - DAY, 0, order=of_ruth)
    bought(ada, at.date() - DAY, 500)
    bought(ada, at.date() - DAY, 0)

    # Three for ten are 3.33 each; what Ada got another day is another matter.
    assert found(make_price(at, 400)) == {"Ada": 100}


def test_what_was_taken_back_by_another_order_is_taken_off_in_proportion(at: datetime) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    for one, many in ((ruth, 4), (ada, 1)):
        bought(one, at.date() - 5 * DAY, 500 * many, quantity=str(many))
        bought(one, at.date() - DAY, -500, quantity="-1", kind=OrderKind.CANCELLATION)

    assert found(make_price(at, 400)) == {"Ruth": 300}


def test_a_price_for_many_is_compared_with_orders_of_as_many(at: datetime) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    bought(ruth, at.date() - DAY, 4500, quantity="10")
    bought(ada, at.date() - DAY, 4050, quantity="9")

    price = make_price(at, 400, from_quantity=Decimal(10))

    assert found(price) == {"Ruth": 500}


def test_only_days_that_count_and_customers_on_the_list_are_compared(
    at: datetime, owner: Member
) -> None:
    today = at.date()
    for name, ago in (("Today", 0), ("Last day", 90), ("Too long ago", 91), ("To come", -1)):
        bought(make_customer(name), today - ago * DAY, 500)
    bought(make_customer("Archived", archived_at=at), today, 500)
    bought(make_customer("Trash", deleted_at=at), today, 500)
    bought(make_customer("Erased", erased_at=at), today, 500)
    bought(make_customer("Ours", kind=Kind.DEPARTMENT), today, 500)
    bought(None, today, 500)

    price = make_price(at, 400)
    assert found(price) == {"Today": 100, "Last day": 100}

    set_look_back(10, why="Bread is forgotten soon.", by=owner.actor, at=at)
    check_all(at=at + timedelta(minutes=1))
    assert found(price) == {"Today": 100}


def test_taxes_are_brought_to_how_orders_are_noted(at: datetime) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 400)

    # 4.80 with a fifth of tax is 4.00 without; 3.40 without is 4.08 with it.
    assert found(make_price(at, 480, tax=Tax.WITH, tax_bp=2000)) == {}
    assert found(make_price(at, 340, tax=Tax.WITHOUT, tax_bp=2000, opens_on=at.date())) == {}
    assert found(make_price(at, 420, tax=Tax.WITH, tax_bp=2000, opens_on=at.date() + 2 * DAY)) == {
        "Ruth": 50
    }
    assert (compared(100, Tax.WITH, 700), compared(100, Tax.WITHOUT, 550)) == (93_458, 105_500)


def test_whoever_was_told_a_higher_price_is_concerned_and_not_who_is_told_this_one(
    at: datetime, owner: Member
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    told = make_price(at, 450, kind=PriceKind.QUOTE, customer=ruth, opens_on=at.date() - DAY)
    many = make_price(at, 450, kind=PriceKind.QUOTE, customer=ada, opens_on=at.date(),
                      from_quantity=Decimal(50))  # fmt: skip
    publish_price(told, by=owner.actor, at=at)
    publish_price(many, by=owner.actor, at=at)
    bought(ada, at.date() - DAY, 500)

    price = make_price(at, 400, kind=PriceKind.COUPON, code="RYE4")
    assert found(price) == {"Ruth": 0, "Ada": 100}
    assert Concern.objects.get(price=price, customer=ruth).quoted_milli == 450_000

    # A price for many is none for Ruth, who was told hers for one.
    from_ten = make_price(at, 400, from_quantity=Decimal(10), opens_on=at.date())
    assert found(from_ten) == {"Ada": 0}
    to_ada = make_price(at, 390, kind=PriceKind.QUOTE, customer=ada)
    assert found(to_ada) == {"Ruth": 0}


def test_orders_in_other_currencies_are_said_and_not_compared(at: datetime) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 900, currency="EUR")
    bought(ruth, at.date() - DAY, 900, currency="EUR")
    bought(ruth, at.date() - DAY, 90_000, currency="JPY")

    price = make_price(at, 400)

    assert (found(price), price.other_currencies) == ({}, {"EUR": 2, "JPY": 1})


def test_who_is_concerned_no_more_goes_and_a_second_look_changes_nothing(at: datetime) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    order = bought(ruth, at.date() - DAY, 500)
    bought(ada, at.date() - DAY, 500)
    price = make_price(at, 400)
    first = list(Concern.objects.order_by("pk").values_list("pk", "due_minor"))

    check_prices([price.pk], at=at)
    assert list(Concern.objects.order_by("pk").values_list("pk", "due_minor")) == first

    order.lines.update(total_minor=300)
    check_prices([price.pk], at=at + timedelta(minutes=1))
    price.refresh_from_db()
    assert (found(price), price.open_count, price.open_minor) == ({"Ada": 100}, 1, 100)


def test_what_is_over_is_compared_no_more(at: datetime) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)

    over = make_price(at, 400, opens_on=at.date() - 9 * DAY, closes_on=at.date() - DAY)

    assert (found(over), over.checked_at) == ({}, None)


def test_500_planted_among_100_000_orders_are_all_found_and_none_is_invented(at: datetime) -> None:
    """All that an order can be stands among them: free, returned, cancelled, in another currency,
    by the dozen, too old, without a customer."""
    expected = _plant(at)
    prices = {
        plan_price(a_price(at, 100 * n, product=f"P{n}"), by=SYSTEM, at=at).pk: n
        for n in range(1, 41)
    }

    check_prices(list(prices), at=at)

    rows = Concern.objects.values_list("price_id", "customer_id", "due_minor")
    assert {(prices[price], customer): due for price, customer, due in rows} == expected
    assert (Order.objects.count(), len(expected)) == (100_000, 500)
    told = Price.objects.values_list("open_count", "open_minor")
    assert (sum(n for n, _m in told), sum(m for _n, m in told)) == (500, sum(expected.values()))


def _plant(at: datetime) -> dict[tuple[int, int], int]:
    """100,000 orders of 5,000 customers; one in two hundred is above the price to come."""
    lot = Random(9)
    expected: dict[tuple[int, int], int] = {}
    of: dict[str, Any] = {"created_at": at, "updated_at": at, "source": "till"}
    people = [Customer(pk=pk, name=f"C{pk}", sort_name=f"c{pk}", **of) for pk in range(1, 5_001)]
    Customer.objects.bulk_create(people, batch_size=500)
    orders, lines = [], []
    for pk in range(1, 100_001):
        # Twenty orders after one another are one customer's, of several products.
        customer, product = 1 + (pk - 1) // 20, 1 + (pk // 3) % 40
        many, unit = lot.choice((1, 1, 2, 3, 12)), 100 * product
        rule: dict[str, Any] = {"total": many * unit - lot.choice((0, 0, 0, 5, unit // 2))}
        if pk % 200 == 0:
            over = lot.randint(1, 300)
            rule, expected[product, customer] = {"total": many * unit + over}, over
        elif pk % 7 == 0:
            # Dear, and none of it counts.
            rule = {"total": many * unit + 500} | lot.choice(DEAR)
        day = at.date() - rule.get("ago", lot.randint(0, 90)) * DAY
        moment = connection.ops.adapt_datetimefield_value(datetime.combine(day, NOON))
        orders.append((
            pk, rule.get("customer", customer), "till", f"T{pk}", rule.get("kind", "sale"), "",
            moment, day, rule["total"], 0, rule.get("currency", "GBP"), 1,
        ))  # fmt: skip
        back = many if "returned" in rule else None
        lines.append((pk, 1, f"P{product}", "", many, rule["total"], back))
    write_rows(Order, ORDER_COLUMNS, orders)
    write_rows(OrderLine, LINE_COLUMNS, lines)
    return expected


NOON = time(12, tzinfo=UTC)
DEAR: tuple[dict[str, Any], ...] = (
    {"ago": 91}, {"currency": "EUR"}, {"kind": "cancellation"}, {"returned": True}, {"total": 0},
    {"customer": None},
)  # fmt: skip
ORDER_COLUMNS = (
    "id", "customer_id", "source", "external_id", "kind", "status", "placed_at", "placed_on",
    "total_minor", "shipping_minor", "currency", "line_count",
)  # fmt: skip
LINE_COLUMNS = (
    "order_id", "line_no", "sku", "description", "quantity", "total_minor", "returned_quantity",
)  # fmt: skip


def test_a_product_is_found_by_an_index_and_not_by_reading_all_goods(at: datetime) -> None:
    price = make_price(at, 400)
    values = {"since": at.date() - 90 * DAY, "today": at.date()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement(str(price.pk))}", values)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement(str(price.pk))}", values)
        plan = " ".join(str(part) for row in cursor.fetchall() for part in row)

    assert ("orders_line_by_number" in plan, "orders_line_by_words" in plan) == (True, True)
    assert "SCAN l" not in plan
