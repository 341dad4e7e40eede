"""Who was a customer on the eve, who has bought since, and what the page keeps of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.lists.queries.filters import compile_filter
from regulars.orders.models import Order
from regulars.recovery.actions.returns import count_the_way_back
from regulars.recovery.models import Disruption, Return, WayBack
from regulars.recovery.queries.way_back import reopened_on
from regulars.recovery.way_words import way_of
from regulars.team.models import Business
from tests.factories.insight import (
    TODAY,
    add_orders,
    close_between,
    days_ago,
    make_buyer,
    make_stranger,
    refreshed,
)
from tests.factories.recovery import make_segment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]


def burnt(at: datetime, days: int = 30, **told: Any) -> Disruption:
    day = days_ago(days)
    since = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Disruption.objects.create(what="A fire", since=since, declared_at=at, **told)


def stood() -> dict[str, str]:
    return dict(Return.objects.values_list("customer__name", "state"))


def the_street() -> dict[str, Customer]:
    """On the eve: Anna and Ben weekly, Cleo monthly, Dora long lost, Emil not yet there."""
    people = {
        "anna": make_buyer(*[7] * 8, last=days_ago(31), name="Anna"),
        "ben": make_buyer(*[7] * 8, last=days_ago(31), name="Ben"),
        "cleo": make_buyer(*[60] * 5, last=days_ago(40), name="Cleo"),
        "dora": make_buyer(*[7] * 8, last=days_ago(400), name="Dora"),
        "emil": make_buyer(last=days_ago(3), name="Emil"),
    }
    make_stranger()
    add_orders(people["anna"], days_ago(12), days_ago(5))
    return people


def test_who_was_there_is_back_not_due_yet_or_overdue(at: datetime) -> None:
    the_street()
    disruption = burnt(at)
    refreshed()

    assert count_the_way_back(by=SYSTEM, at=at) == 3

    assert stood() == {"Anna": "back", "Ben": "overdue", "Cleo": "waiting"}
    assert Return.objects.get(customer__name="Anna").back_on == days_ago(12)
    kept = WayBack.objects.get(disruption=disruption)
    assert kept.figures["whole"] == {"back": 1, "waiting": 1, "overdue": 1}
    # In the third week after the day on which it began.
    assert kept.figures["weeks"] == [{"week": 2, "count": 1}]


def test_counting_again_heeds_what_came_and_what_was_taken_back(at: datetime) -> None:
    people = the_street()
    burnt(at)
    refreshed()
    count_the_way_back(by=SYSTEM, at=at)
    Order.objects.filter(customer=people["anna"], placed_on__gt=days_ago(30)).delete()
    add_orders(people["ben"], days_ago(1))
    refreshed()

    count_the_way_back(by=SYSTEM, at=at)

    assert stood() == {"Anna": "overdue", "Ben": "back", "Cleo": "waiting"}
    assert Return.objects.count() == 3


def test_only_whom_it_hit_is_followed(at: datetime) -> None:
    the_street()
    burnt(at, is_everybody=False, segment=make_segment(at=at, text="Ben"))
    refreshed()

    assert count_the_way_back(by=SYSTEM, at=at) == 1
    assert stood() == {"Ben": "overdue"}


def test_each_of_a_year_is_followed(at: datetime) -> None:
    the_street()
    later, earlier = burnt(at, days=8), burnt(at)
    refreshed()

    # Anna, who came back from the first, and the two who did not.
    assert count_the_way_back(by=SYSTEM, at=at) == 3

    kept = {one.disruption_id: one.figures["whole"] for one in WayBack.objects.all()}
    assert kept[earlier.pk] == {"back": 1, "waiting": 1, "overdue": 1}
    assert kept[later.pk]["back"] == 1
    assert set(kept) == {later.pk, earlier.pk}


def test_drills_and_what_is_long_over_have_no_way_back(at: datetime) -> None:
    the_street()
    burnt(at, is_drill=True)
    burnt(at, days=400)

    assert count_the_way_back(by=SYSTEM, at=at) is None
    assert (Return.objects.count(), WayBack.objects.count()) == (0, 0)


def test_every_number_opens_just_those_customers(at: datetime, business: Business) -> None:
    people = the_street()
    disruption = burnt(at)
    refreshed()
    count_the_way_back(by=SYSTEM, at=at)
    Customer.objects.filter(pk=people["cleo"].pk).update(archived_at=at)
    count_the_way_back(by=SYSTEM, at=at)

    way = way_of(disruption, WayBack.objects.get(), None, business, days_ago(30), TODAY)

    whole = way.whole
    assert whole is not None
    assert (whole.back, whole.waiting, whole.overdue) == (1, 0, 1)
    assert listed(whole.back_href, at) == ["Anna"]
    assert listed(whole.overdue_href, at) == ["Ben"]
    for _name, _title, parts in way.tables:
        for part in parts:
            assert len(listed(part.back_href, at)) == part.back
            assert len(listed(part.overdue_href, at)) == part.overdue
    assert [name for name, _title, _parts in way.tables] == ["tiers", "managers"]


def listed(href: str, at: datetime) -> list[str]:
    tree = json.loads(parse_qs(urlsplit(href).query)["f"][0])
    return sorted(compile_filter(tree, SYSTEM, at).values_list("name", flat=True))


def test_we_are_open_again_after_the_last_day_closed_in_a_row(
    at: datetime, business: Business
) -> None:
    disruption, since_on = burnt(at), days_ago(30)

    assert reopened_on(disruption, since_on, TODAY) == since_on
    close_between(business, since_on, days_ago(20))
    close_between(business, days_ago(19), days_ago(15))
    close_between(business, days_ago(5), days_ago(4))  # a holiday later
    assert reopened_on(disruption, since_on, TODAY) == days_ago(14)
    close_between(business, days_ago(14), TODAY + timedelta(days=9))
    assert reopened_on(disruption, since_on, TODAY) is None
