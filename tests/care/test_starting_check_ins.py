"""Each delivery starts one check-in: whom it asks, when, and what starts none."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.check_ins import Started, start_check_ins
from regulars.care.models import AskingRules, CheckIn, CheckInOrder
from regulars.core.actor import SYSTEM
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)
# The business of the tests is live since 2 November 2026, and today is the 24th.
TODAY = date(2026, 11, 24)


def deliver(customer: Customer | None, on: date, *, hour: int = 12, **over: Any) -> Order:
    """An order placed five days before it arrived."""
    moment = datetime.combine(on, time(hour), tzinfo=UTC)
    return make_order(customer, on - 5 * DAY, **{"delivered_at": moment, **over})


def told() -> list[tuple[str, str, str]]:
    rows = CheckIn.objects.order_by("due_on", "pk")
    return [(one.state, one.way, one.why) for one in rows]


def test_a_delivery_is_asked_after_three_days_later_and_only_once(at: datetime) -> None:
    ruth = make_customer(email="ruth@example.org")
    order = deliver(ruth, TODAY - DAY, promised_on=TODAY - 2 * DAY)
    make_line(order, "Seeded rye", 460)
    make_line(order, "Christmas cake", 2400)

    assert start_check_ins(at=at) == Started(to_ask=1, dropped=0, orders=1)
    assert start_check_ins(at=at) == Started()

    check_in = CheckIn.objects.get()
    assert (check_in.customer, check_in.state, check_in.way) == (ruth, "due", "message")
    assert (check_in.delivered_on, check_in.due_on) == (TODAY - DAY, TODAY + 2 * DAY)
    assert (check_in.is_late, check_in.product) == (True, "Christmas cake")
    assert list(check_in.orders.values_list("order", "is_late")) == [(order.pk, True)]
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckInOrder.objects.create(check_in=check_in, order=order, delivered_on=TODAY)


def test_the_day_of_a_delivery_is_that_of_the_business(at: datetime) -> None:
    """Half past midnight in Auckland is noon of the day before in London: late by a day there."""
    Business.objects.update(time_zone="Pacific/Auckland")
    deliver(make_customer(phone="+441132960114"), TODAY - 2 * DAY, promised_on=TODAY - 2 * DAY)

    start_check_ins(at=at)

    check_in = CheckIn.objects.get()
    assert (check_in.delivered_on, check_in.is_late) == (TODAY - DAY, True)


def test_what_starts_none(at: datetime, owner: Member, business: Business) -> None:
    here = make_customer(email="here@example.org")
    deliver(here, business.live_since - DAY)  # History.
    deliver(here, TODAY + DAY)  # Delivered in the future.
    make_order(here, TODAY - 9 * DAY)  # Never delivered, as far as anybody knows.
    deliver(here, TODAY, kind=OrderKind.CANCELLATION)
    deliver(here, TODAY, status="Refunded")
    deliver(None, TODAY)  # A counter sale.
    till = make_customer("Cash sale")
    CustomerFacts.objects.create(customer=till, crowd_sales=900)
    deliver(till, TODAY)
    deliver(make_customer("Archived", archived_at=at), TODAY)
    erased = make_customer("Erased")
    deliver(erased, TODAY)
    erase_customer(erased, by=owner.actor, at=at)

    assert start_check_ins(at=at) == Started()

    AskingRules.objects.create(pk=1, since_on=TODAY)
    deliver(here, TODAY - DAY)  # Before the business began to ask.
    assert start_check_ins(at=at) == Started()
    AskingRules.objects.update(since_on=None, is_on=False)
    assert start_check_ins(at=at) == Started()


def test_what_a_till_sells_is_handed_over_at_once_and_a_shop_says_when_it_came(
    at: datetime,
) -> None:
    here = make_customer(email="here@example.org")
    make_order(here, TODAY - 4 * DAY, source="till")
    there = make_customer("There", email="there@example.org")
    make_order(there, TODAY - 4 * DAY, source="shop")
    deliver(make_customer("Sam", email="sam@example.org"), TODAY, source="shop")

    assert start_check_ins(at=at) == Started(to_ask=2, dropped=0, orders=2)

    found = CheckIn.objects.get(customer=here)
    assert (found.is_guessed, found.is_late) == (True, False)
    assert (found.delivered_on, found.due_on) == (TODAY - 4 * DAY, TODAY - DAY)
    assert not CheckIn.objects.filter(customer=there).exists()


def test_who_asks_and_why(at: datetime) -> None:
    core = make_customer("Core", email="core@example.org", phone="+441132960115")
    CustomerFacts.objects.create(customer=core, tier=Tier.CORE)
    no_mail = make_customer("No mail", phone="+441132960116")
    unhappy = make_customer("Unhappy", email="unhappy@example.org")
    place_hold(unhappy, HoldKind.CASE, by=SYSTEM, at=at, source="case:7")
    for nth, customer in enumerate(
        (core, make_customer("Mail", email="mail@example.org"), no_mail, unhappy,
         make_customer("Nobody can reach"))
    ):  # fmt: skip
        deliver(customer, TODAY - (9 - nth) * DAY)

    assert start_check_ins(at=at) == Started(to_ask=3, dropped=2, orders=5)

    assert told() == [
        ("due", "call", "core"),
        ("due", "message", "mail"),
        ("due", "call", "no_mail"),
        ("dropped", "nobody", "case_open"),
        ("dropped", "nobody", "no_channel"),
    ]


def test_several_deliveries_are_asked_after_together_and_nobody_twice_within_30_days(
    at: datetime,
) -> None:
    ruth = make_customer(email="ruth@example.org")
    deliver(ruth, TODAY - 20 * DAY)
    deliver(ruth, TODAY - 18 * DAY, promised_on=TODAY - 19 * DAY)
    deliver(ruth, TODAY - 10 * DAY)

    assert start_check_ins(at=at) == Started(to_ask=1, dropped=1, orders=3)
    assert start_check_ins(at=at).orders == 0

    asked, left = CheckIn.objects.order_by("due_on")
    assert (asked.delivered_on, asked.is_late) == (TODAY - 20 * DAY, True)
    assert [one.is_late for one in asked.orders.order_by("delivered_on")] == [False, True]
    assert (left.state, left.why) == ("dropped", "asked_lately")


def test_of_two_made_one_both_deliveries_stay_asked_about(at: datetime) -> None:
    ruth, twin = make_customer(email="ruth@example.org"), make_customer("R. Calloway")
    deliver(twin, TODAY)
    start_check_ins(at=at)

    merge_customers(ruth, twin, by=SYSTEM, at=at)

    assert start_check_ins(at=at).orders == 0
    assert CheckIn.objects.get().customer == ruth


def test_what_should_have_been_asked_three_weeks_ago_is_left_in_peace(at: datetime) -> None:
    Business.objects.update(live_since=TODAY - 365 * DAY)
    deliver(make_customer(email="ruth@example.org"), TODAY - 25 * DAY)
    deliver(make_customer("Sam", email="sam@example.org"), TODAY - 24 * DAY)

    assert start_check_ins(at=at) == Started(to_ask=1, dropped=1, orders=2)
    assert told() == [("dropped", "nobody", "too_late"), ("due", "message", "mail")]


def test_as_many_queries_for_three_as_for_one(at: datetime) -> None:
    counts = []
    # What is read once a day is read.
    deliver(make_customer(phone="+441132960118"), TODAY)
    start_check_ins(at=at)
    for number in (1, 3):
        for nth in range(number):
            name = f"Customer {number} {nth}"
            make_line(deliver(make_customer(name, phone="+441132960117"), TODAY))
        with CaptureQueriesContext(connection) as asked:
            assert start_check_ins(at=at).orders == number
        counts.append(len(asked))

    assert counts[0] == counts[1]
