"""The published sample of CDNOW: its known counts, as of the end of calibration."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.orders.models import Order
from regulars.team.models import Business
from tests.factories.insight import A_MORNING, refreshed

pytestmark = [pytest.mark.realdata, pytest.mark.django_db(transaction=True)]

CALIBRATION_ENDS_ON = date(1997, 9, 30)
CUSTOMERS, REPEATERS, REPEATS = 2357, 946, 2457


def bring_in(folder: Path) -> list[tuple[int, date]]:
    """Every line as an order of its own; returns customer and day of each."""
    lines = [
        line.split() for line in (folder / "CDNOW_sample.txt").read_text().splitlines() if line
    ]
    numbers = sorted({int(line[1]) for line in lines})
    Customer.objects.bulk_create(
        Customer(id=n, name=str(n), sort_name=str(n), created_at=A_MORNING, updated_at=A_MORNING)
        for n in numbers
    )
    orders = []
    for place, (_master, number, day, _count, dollars) in enumerate(lines):
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC, hour=12)
        orders.append(
            Order(
                customer_id=int(number), source="cdnow", external_id=str(place), placed_at=at,
                placed_on=at.date(), total_minor=round(float(dollars) * 100), currency="USD",
            )
        )  # fmt: skip
    Order.objects.bulk_create(orders, batch_size=2000)
    return [(order.customer_id or 0, order.placed_on) for order in orders]


def test_repeat_purchases_equal_the_published_ones(real_data: Path, business: Business) -> None:
    folder = real_data / "purchases" / "cdnow_sample"
    business.currency = "USD"
    business.save()
    lines = bring_in(folder)
    with (folder / "cdnow_customers_summary.csv").open() as published:
        frequency = {int(row["ID"]): int(row["frequency"]) for row in csv.DictReader(published)}

    done = refreshed(CALIBRATION_ENDS_ON)

    counted = dict(CustomerFacts.objects.values_list("customer_id", "purchase_count"))
    repeats = {customer: count - 1 for customer, count in counted.items()}
    assert len(lines) == 6919
    assert sum(count - 1 for count in Counter(lines).values()) == 223  # same-day lines
    assert done.customer_count == CUSTOMERS
    assert repeats == frequency
    assert sum(repeats.values()) == REPEATS
    assert sum(1 for count in repeats.values() if count) == REPEATERS


def test_money_equals_the_file_to_the_cent(real_data: Path, business: Business) -> None:
    business.currency = "USD"
    business.save()
    bring_in(real_data / "purchases" / "cdnow_sample")
    total = sum(Order.objects.values_list("total_minor", flat=True))

    refreshed(date(1998, 6, 30))

    assert sum(CustomerFacts.objects.values_list("spend_minor", flat=True)) == total
