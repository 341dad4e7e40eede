"""What the days ahead may bring of each, kept near enough for lists."""

from datetime import datetime, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.insight.actions import count_figures
from regulars.insight.choices import AHEAD_DAYS
from regulars.insight.models import Expected
from regulars.insight.queries import expected_of
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of, opened
from regulars.team.models import Member
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    days_ago,
    facts,
    make_buyer,
    make_stranger,
    refreshed,
)

pytestmark = pytest.mark.django_db(transaction=True)


def counted(at: datetime = A_MORNING) -> dict[int, tuple[float, int]]:
    refreshed(at=at)
    count_figures(by=SYSTEM, at=at)
    rows = Expected.objects.order_by("pk").values_list("pk", "purchases", "spend_minor")
    return {pk: (purchases, spend) for pk, purchases, spend in rows}


@pytest.fixture
def shop(owner: Member) -> list[Customer]:
    """Thirty who come every two weeks, so that enough is known; one is long gone."""
    regulars = [make_buyer(*[14] * (4 + n % 5), last=days_ago(1 + n % 13)) for n in range(32)]
    return [*regulars, make_buyer(14, 14, 14, last=days_ago(700))]


def test_a_list_knows_what_a_customers_page_says(shop: list[Customer], owner: Member) -> None:
    *regulars, gone = shop
    weir = make_buyer(9, 9, kind=Kind.DEPARTMENT)
    make_stranger()

    kept = counted()

    for customer in shop:
        told = expected_of(facts(customer), customer.kind, TODAY)
        assert told is not None
        purchases, spend = kept[customer.pk]
        assert purchases == pytest.approx(told.purchases, abs=0.051)
        assert spend == told.spend_minor
    assert set(kept) == {one.pk for one in (*shop, weir)}
    tree = {"field": "insight.expected_purchases", "is": "at_least", "value": 1}
    asking = asking_of(owner.actor, A_MORNING)
    found = set(customers_of(opened(tree, asking).node, asking))
    assert found >= set(regulars)
    assert gone not in found
    assert AHEAD_DAYS == 60, "labels of fields say sixty"


def test_what_is_still_near_stands_and_what_is_not_is_written(shop: list[Customer]) -> None:
    first, second, *_others = shop
    before = counted()
    # Near what was worked out; and further from it than a list may be.
    Expected.objects.filter(pk=first.pk).update(spend_minor=before[first.pk][1] + 101)
    Expected.objects.filter(pk=second.pk).update(purchases=before[second.pk][0] * 1.2)

    again = counted()

    assert again == {**before, first.pk: (before[first.pk][0], before[first.pk][1] + 101)}


def test_purchases_raise_it_and_whoever_left_the_list_goes(shop: list[Customer]) -> None:
    *_regulars, left, gone = shop
    before = counted()
    tomorrow = A_MORNING + timedelta(days=1)
    add_orders(gone, *[days_ago(7 * weeks) for weeks in range(12)])
    Customer.objects.filter(pk=left.pk).update(archived_at=A_MORNING)

    after = counted(tomorrow)

    assert after[gone.pk] > (1, 1) > before[gone.pk]
    assert set(after) == set(before) - {left.pk}
