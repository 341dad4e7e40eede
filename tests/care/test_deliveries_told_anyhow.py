"""Deliveries told twice, late, corrected or in any order: one check-in an order, asked once."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.care.actions.asking import ask_due, follow_asked
from regulars.care.actions.check_ins import start_check_ins
from regulars.care.models import CheckIn, CheckInOrder
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.orders.models import Order
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)
FIRST = date(2026, 11, 2)
# An order told (which, of whom, delivered on), silence of some days, or the job of the day.
DEEDS = st.one_of(
    st.tuples(st.just("tell"), st.integers(0, 4), st.integers(0, 60)),
    st.tuples(st.just("wait"), st.integers(1, 20), st.just(0)),
    st.tuples(st.just("work"), st.integers(1, 2), st.just(0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, min_size=3, max_size=14))
def test_however_deliveries_are_told_each_order_has_one_check_in(
    deeds: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        people = [make_customer(f"{n}", email=f"n{n}@example.org") for n in range(2)]
        now = datetime.combine(FIRST, time(9), UTC)
        for deed, number, day in deeds:
            if deed == "tell":
                _tell(people[number % 2], f"o{number}", FIRST + day * DAY)
            elif deed == "wait":
                now += number * DAY
            else:
                for _again in range(number):
                    _work(now)
        now += 70 * DAY
        _work(now)
        _work(now)

        told = set(Order.objects.values_list("pk", flat=True))
        links = Counter(CheckInOrder.objects.values_list("order", flat=True))
        assert links == Counter(told)
        for person in people:
            _is_asked_seldom(person)
        asked = CheckIn.objects.exclude(message_id=None).values_list("message_id", flat=True)
        assert set(Message.objects.values_list("pk", flat=True)) == set(asked)
        transaction.set_rollback(True)


def _tell(customer: Customer, number: str, on: date) -> None:
    """A file says when an order arrived; the same number again is the same order."""
    delivered = datetime.combine(on, time(12), UTC)
    if Order.objects.filter(external_id=number).update(delivered_at=delivered) == 0:
        make_order(customer, FIRST, external_id=number, delivered_at=delivered)


def _work(now: datetime) -> None:
    follow_asked(at=now)
    start_check_ins(at=now)
    ask_due(at=now)


def _is_asked_seldom(customer: Customer) -> None:
    asked = CheckIn.objects.filter(customer=customer).exclude(asked_at=None)
    moments = sorted(one.asked_at for one in asked if one.asked_at)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(gap >= 30 * DAY for gap in gaps)
