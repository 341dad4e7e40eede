"""Real deliveries of a marketplace, replayed under a moved clock."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from regulars.care.actions.asking import ask_due, follow_asked
from regulars.care.actions.check_ins import start_check_ins
from regulars.care.models import CheckIn, CheckInOrder
from regulars.customers.models import ContactPoint, Customer
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business
from tests.factories.customers import make_customer, make_point

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
DAY = timedelta(days=1)
FOLDER = "purchases/olist_3000_orders"
BEFORE, AFTER = date(2016, 9, 1), date(2018, 11, 1)


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"olist_{name}_dataset.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def bring_in(folder: Path) -> None:
    """As the files say it: who bought, what was promised, when it came, what was cancelled."""
    person = {one["customer_id"]: one["customer_unique_id"] for one in rows(folder, "customers")}
    first = make_customer("First")
    people = {key: Customer(
        name=key, sort_name=key, created_at=first.created_at, updated_at=first.updated_at
    ) for key in sorted(set(person.values()))}  # fmt: skip
    Customer.objects.bulk_create(people.values())
    point = make_point(first, "email", "first@example.org")
    ContactPoint.objects.bulk_create(
        ContactPoint(
            customer=one, kind="email", value=f"{key}@example.org", normal=f"{key}@example.org",
            seal=key, state=point.state, is_primary=True, created_at=point.created_at,
        )
        for key, one in people.items()
    )  # fmt: skip
    orders = []
    for one in rows(folder, "orders"):
        placed = moment(one["order_purchase_timestamp"])
        promised = moment(one["order_estimated_delivery_date"])
        assert placed is not None
        is_over = one["order_status"] == "canceled"
        orders.append(Order(
            customer=people[person[one["customer_id"]]], source="olist",
            external_id=one["order_id"], total_minor=1000, currency="BRL", placed_at=placed,
            kind=OrderKind.CANCELLATION if is_over else OrderKind.SALE, placed_on=placed.date(),
            promised_on=promised.date() if promised else None,
            delivered_at=moment(one["order_delivered_customer_date"]),
        ))  # fmt: skip
    Order.objects.bulk_create(orders)


def test_each_of_2904_deliveries_is_asked_about_once_on_the_right_day_and_191_with_an_apology(
    real_data: Path, business: Business
) -> None:
    bring_in(real_data / FOLDER)
    assert start_check_ins(at=datetime(2018, 11, 1, 9, tzinfo=UTC)).orders == 0
    Business.objects.update(live_since=BEFORE, time_zone="UTC", country="US")

    started = messages = 0
    day = BEFORE
    # The benchmark moves the clock day by day; what a day starts is the same a fortnight later.
    while day <= AFTER:
        at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)
        follow_asked(at=at)
        started += start_check_ins(at=at).orders
        messages += ask_due(at=at).messages
        day += 14 * DAY

    links = list(CheckInOrder.objects.select_related("order", "check_in"))
    expected = {
        one.pk: (one.delivered_at.date(), one.delivered_at.date() > one.promised_on)
        for one in Order.objects.exclude(delivered_at=None)
        if one.delivered_at and one.promised_on
    }
    assert started == len(links) == 2904
    assert {one.order_id: (one.delivered_on, one.is_late) for one in links} == expected
    assert all(one.check_in.due_on == one.delivered_on + 3 * DAY for one in links)
    # Three bought again within the month, and are not asked a second time.
    assert (CheckIn.objects.count(), messages) == (2904, 2901)
    assert CheckIn.objects.filter(is_late=True).count() == 191
