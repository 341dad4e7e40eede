"""How long deliveries take where no file says when they arrived: learned, used, overruled."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.check_ins import Started, start_check_ins
from regulars.care.actions.delays import learn_delays, set_delay
from regulars.care.arrivals import span_of
from regulars.care.choices import DelayWhy
from regulars.care.errors import DelayOutside
from regulars.care.models import CheckIn, Delay
from regulars.care.queries.check_ins import the_rules
from regulars.care.queries.delays import Expected, expected_of
from regulars.cli.show import show
from regulars.config.schedule import DAILY
from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.intake import bring
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)
# The business of the tests is live since 2 November 2026, and today is the 24th.
TODAY = date(2026, 11, 24)
PAGE = "/care/check-ins/delays/"


def deliver(what: str, days: int, way: str = "parcel", placed: date = TODAY - 20 * DAY) -> Order:
    """Bought on a day, and with somebody so many days later."""
    arrived = datetime.combine(placed + days * DAY, time(12), UTC)
    order = make_order(None, placed, source="shop", delivered_at=arrived, delivery_way=way)
    make_line(order, what)
    return order


def learn(at: datetime, *taken: tuple[str, int, str]) -> None:
    for what, days, way in taken:
        deliver(what, days, way)
    learn_delays(at=at)


def sold(what: str, on: date = TODAY - 10 * DAY, **over: Any) -> tuple[Customer, Order]:
    """Somebody bought it in a system that never says when anything arrives."""
    customer = make_customer(what, email=f"n{Order.objects.count()}@example.org")
    order = make_order(customer, on, **{"source": "market", "delivery_way": "Parcel", **over})
    make_line(order, what)
    return customer, order


def known() -> dict[tuple[str, str], tuple[int | None, int]]:
    return {(one.key, one.way): (one.learned_days, one.count) for one in Delay.objects.all()}


def test_three_of_four_had_theirs_by_then_per_product_way_both_and_all(at: datetime) -> None:
    learn(
        at, *[("Rye", days, "Parcel") for days in (2, 2, 3, 9)],
        *[("Cake", 12, "parcel ")] * 5, ("Rye", 1, "Express"),
    )  # fmt: skip

    assert known() == {
        ("", ""): (12, 10), ("", "parcel"): (12, 9),
        ("cake", ""): (12, 5), ("cake", "parcel"): (12, 5), ("rye", ""): (3, 5),
    }  # fmt: skip
    # Counted anew, what is too long ago is forgotten, and what one of us said stays.
    set_delay(product="Cake", way="", days=20, by=SYSTEM, at=at)
    learn_delays(at=at + 400 * DAY)
    assert known() == {("cake", ""): (None, 0)}
    assert Delay.objects.get().days == 20


def test_the_narrowest_that_is_known_holds_and_our_word_before_it(at: datetime) -> None:
    learn(at, *[("Rye", 3, "parcel")] * 5, *[("Cake", 9, "parcel")] * 5, *[("Rye", 6, "van")] * 5)
    orders = [
        sold(what, delivery_way=way)[1]
        for what, way in [("Cake", "Parcel"), ("Rye", "bicycle"), ("Bun", "van"), ("Bun", "post"),
                          ("Bun", ""), ("E-book", "Download")]
    ]  # fmt: skip
    ways = {one.pk: one.delivery_way for one in orders}

    assert [expected_of(ways)[one.pk] for one in orders] == [
        Expected(9, DelayWhy.PRODUCT_WAY, 5), Expected(6, DelayWhy.PRODUCT, 10),
        Expected(6, DelayWhy.WAY, 5), Expected(9, DelayWhy.ALL, 15),
        Expected(0, DelayWhy.AT_ONCE), Expected(0, DelayWhy.AT_ONCE),
    ]  # fmt: skip

    set_delay(product="CAKE", way="", days=30, by=SYSTEM, at=at)
    set_delay(product="", way="", days=4, by=SYSTEM, at=at)
    set_delay(product="bun", way="counter", days=2, by=SYSTEM, at=at)
    told = [(one.days, one.why) for one in (expected_of(ways)[order.pk] for order in orders)]
    assert told == [
        # What was learned of both is narrower than what was said of one.
        (9, DelayWhy.PRODUCT_WAY), (6, DelayWhy.PRODUCT), (6, DelayWhy.WAY),
        (4, DelayWhy.BY_HAND), (2, DelayWhy.BY_HAND), (0, DelayWhy.AT_ONCE),
    ]  # fmt: skip
    make_line(orders[2], "Cake")
    # An order takes as long as the slowest of its goods.
    assert expected_of(ways)[orders[2].pk] == Expected(30, DelayWhy.BY_HAND)


def test_where_no_file_says_it_the_check_in_comes_as_many_days_later(at: datetime) -> None:
    learn(at, *[("Rye", 4, "parcel")] * 5)
    asked, _order = sold("Rye")
    waiting, _order = sold("Rye", TODAY - 2 * DAY)
    made, _order = sold("Vase", delivery_way="Digital")

    assert start_check_ins(at=at).orders == 2
    assert start_check_ins(at=at + 2 * DAY).orders == 1

    found = {one.customer: one for one in CheckIn.objects.all()}
    assert {who: (one.delivered_on, one.guess, one.is_late) for who, one in found.items()} == {
        asked: (TODAY - 6 * DAY, "both", False), waiting: (TODAY + 2 * DAY, "both", False),
        made: (TODAY - 10 * DAY, "at_once", False),
    }  # fmt: skip


def test_what_is_only_on_its_way_starts_nothing(at: datetime) -> None:
    sold("Rye", TODAY - DAY)

    assert start_check_ins(at=at) == Started()


def test_nothing_known_a_parcel_takes_five_days_or_as_long_as_was_promised(at: datetime) -> None:
    sold("Rye")
    sold("Cake", promised_on=TODAY - DAY)
    sold("Not sent", status="Processing")

    start_check_ins(at=at)

    assert list(CheckIn.objects.order_by("due_on").values_list("delivered_on", "guess")) == [
        (TODAY - 5 * DAY, "assumed"), (TODAY - DAY, "promised"),
    ]  # fmt: skip


def test_a_system_that_says_when_things_arrive_is_waited_for_but_not_by_ways_it_is_silent_of(
    at: datetime, business: Business
) -> None:
    Business.objects.update(live_since=TODAY - 90 * DAY)
    business.refresh_from_db()
    learn(at, *[("Rye", 4, "parcel")] * 5)
    lost, _order = sold("Lost", TODAY - 40 * DAY, source="shop", delivery_way="parcel")
    first, _order = sold("First", TODAY - 40 * DAY, source="shop", delivery_way="letter")
    # Of a way that is new, days may still be told.
    sold("New", TODAY - 9 * DAY, source="shop", delivery_way="drone")

    start_check_ins(at=at)

    assert span_of(business, the_rules(), at).silent == {("shop", "letter")}
    assert list(CheckIn.objects.values_list("customer", "delivered_on")) == [
        (first.pk, TODAY - 36 * DAY)
    ]
    assert not CheckIn.objects.filter(customer=lost).exists()


def test_delivered_in_the_future_twice_or_never(at: datetime) -> None:
    later = datetime.combine(TODAY + 2 * DAY, time(12), UTC)
    ahead, order = sold("Ahead", source="shop", delivered_at=later)
    sold("Never", source="shop", delivery_way="Parcel")
    assert start_check_ins(at=at).orders == 0

    # It came earlier than was said, and is told again with another day.
    order.delivered_at = datetime.combine(TODAY, time(12), UTC)
    order.save()
    assert start_check_ins(at=at).orders == 1
    order.delivered_at = later
    order.save()
    assert start_check_ins(at=at + 9 * DAY).orders == 0
    assert CheckIn.objects.get().customer == ahead


def test_no_delay_is_below_nought_or_longer_than_a_year(at: datetime) -> None:
    for days in (-1, 366):
        with pytest.raises(DelayOutside):
            set_delay(product="Rye", way="", days=days, by=SYSTEM, at=at)
    set_delay(product="Rye", way="", days=1, by=SYSTEM, at=at)
    set_delay(product="rye", way="", days=None, by=SYSTEM, at=at)
    assert not Delay.objects.exists()


def test_the_page_shows_which_delay_from_how_many_and_overrules_it(
    client_of: ClientOf, manager: Member, viewer: Member, at: datetime
) -> None:
    here = client_of(manager)
    assert "Nothing is learned yet" in here.get(PAGE).content.decode()
    learn(at, *[("Rye <b>", 4, "parcel")] * 5)
    row = Delay.objects.get(key="rye <b>", way="")

    page = here.get(PAGE).content.decode()
    assert here.post(f"{PAGE}{row.pk}/say", {"days": "7"}).status_code == 302
    refused = [
        here.post(f"{PAGE}{row.pk}/say", {"days": "many"}).status_code,
        here.post(f"{PAGE}add", {"product": "x", "days": "900"}).status_code,
        here.post(f"{PAGE}9999/say", {"days": "1"}).status_code,
        client_of(viewer).post(f"{PAGE}add", {"days": "1"}).status_code,
    ]
    added = here.post(f"{PAGE}add", {"product": "Vase", "way": "Van", "days": "9"})

    assert "Rye &lt;b&gt;" in page
    assert refused == [422, 422, 404, 403]
    assert added.status_code == 302
    assert client_of(viewer).get(PAGE).status_code == 200
    kept = Delay.objects.exclude(days=None).order_by("days").values_list("key", "way", "days")
    assert list(kept) == [("rye <b>", "", 7), ("vase", "van", 9)]
    assert "Vase" in here.get(f"{PAGE}?q=vase").content.decode()
    assert "Vase" not in here.get(f"{PAGE}?after=0.999999").content.decode()
    here.post(f"{PAGE}{row.pk}/say", {"days": ""})
    row.refresh_from_db()
    assert (row.days, row.learned_days) == (None, 4)


def test_learning_asks_as_often_for_three_as_for_one_and_the_command_line_lists_it(
    at: datetime,
) -> None:
    counts = []
    for number in (1, 3):
        for nth in range(number):
            for _again in range(5):
                deliver(f"Product {number} {nth}", 3)
        with CaptureQueriesContext(connection) as asked:
            learn_delays(at=at)
        counts.append(len(asked))
    assert counts[0] == counts[1]

    said = CliRunner().invoke(show, ["delays", "--json"], standalone_mode=False)
    first = json.loads(said.output)["items"][0]
    assert (first["product"], first["days"], first["deliveries"], first["is_by_hand"]) == (
        "", 3, 20, False,
    )  # fmt: skip
    assert jobs.run_now("care.learn_delays", at=at).result == {"delays": 10}
    assert "care.learn_delays" in {one.job for one in DAILY}


def test_a_file_says_by_which_way_it_went() -> None:
    head = "Order ID,Date,Customer ID,Name,Item,Qty,Price,Shipping Method"
    bring("orders", f"{head}\n1,2026-11-02,7,Ruth,Rye,1,3.40,Parcel\n2,2026-11-03,7,Ruth,Rye,1,3,")
    ways = Order.objects.order_by("external_id").values_list("delivery_way", flat=True)
    assert list(ways) == ["Parcel", ""]

    # What a later file leaves blank stays, and what it says otherwise is news.
    again = bring("orders", f"{head}\n1,2026-11-02,7,Ruth,Rye,1,3.40,\n"
                            "2,2026-11-03,7,Ruth,Rye,1,3,Van")  # fmt: skip
    assert again.report["updated"] == 1
    assert list(ways.all()) == ["Parcel", "Van"]
