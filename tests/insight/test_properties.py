"""What must hold for any books."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business, Closure
from tests.factories.insight import (
    TODAY,
    add_orders,
    close_between,
    days_ago,
    make_stranger,
    refreshed,
)

pytestmark = pytest.mark.django_db(transaction=True)

Buyers = list[tuple[str, list[tuple[int, int, str]]]]

ORDER = st.tuples(
    st.integers(0, 900), st.integers(-5_000, 50_000), st.sampled_from(OrderKind.values)
)
BUYER = st.tuples(st.sampled_from(Kind.values), st.lists(ORDER, max_size=12))
CLOSED = st.lists(st.tuples(st.integers(-60, 400), st.integers(0, 30)), max_size=3)

BOOKS = (st.lists(BUYER, min_size=1, max_size=12), CLOSED)
ROWS = (st.lists(BUYER, min_size=1, max_size=10), st.randoms(use_true_random=False))

# Each example fills the books and counts them: few, and in their own time; `./dev long insight`
# tries many more.
IN_THEIR_OWN_TIME = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FEW = settings(IN_THEIR_OWN_TIME, max_examples=4)


def write_books(buyers: Buyers, closed: list[tuple[int, int]]) -> None:
    for model in (CustomerFacts, Order, Customer, Closure):
        model.objects.all().delete()
    for starts, length in closed:
        day = days_ago(starts)
        close_between(Business.objects.get(), day, day + timedelta(days=length))
    for kind, orders in buyers:
        customer = make_stranger(kind)
        for back, spend, order_kind in orders:
            add_orders(customer, days_ago(back), spend=spend, kind=order_kind)


@FEW
@given(*BOOKS)
def test_dates_are_in_order_sums_agree_and_counting_again_changes_nothing(
    business: Business, buyers: Buyers, closed: list[tuple[int, int]]
) -> None:
    dates_are_in_order_and_sums_agree(buyers, closed)


@pytest.mark.same_on_each
@FEW
@given(*ROWS)
def test_the_order_of_the_rows_does_not_matter(
    business: Business, buyers: Buyers, chance: Random
) -> None:
    the_order_of_rows_does_not_matter(buyers, chance)


def dates_are_in_order_and_sums_agree(buyers: Buyers, closed: list[tuple[int, int]]) -> None:
    write_books(buyers, closed)

    first, again = refreshed(), refreshed()

    assert (first.changed_count, again.changed_count) == (len(buyers), 0)
    rows = list(CustomerFacts.objects.all())
    assert sum(row.spend_minor for row in rows) == sum(
        order.total_minor for order in Order.objects.all()
    )
    for row in rows:
        assert row.stake_minor >= 0
        if not row.purchase_count:
            assert (row.last_on, row.due_on, row.tier) == (None, None, "new")
            continue
        assert row.first_on is not None
        assert row.last_on is not None
        assert row.due_on is not None
        assert row.slipping_on is not None
        assert row.lapsed_on is not None
        assert row.lost_on is not None
        assert row.first_on <= row.last_on <= TODAY
        assert row.last_on < row.due_on <= row.slipping_on <= row.lapsed_on <= row.lost_on
        assert row.next_change_on is None or row.next_change_on > TODAY
    core = [row for row in rows if row.tier == "core"]
    bought = [row for row in rows if row.last_on and row.last_on > days_ago(365)]
    recent = max(len(bought), sum(1 for row in rows if row.year_spend_minor))
    assert len(core) <= max(recent, len(rows)) // 5
    assert all(row.purchase_count >= 3 for row in core)


def the_order_of_rows_does_not_matter(buyers: Buyers, chance: Random) -> None:
    write_books(buyers, [])
    refreshed()
    before = sorted(
        CustomerFacts.objects.values_list(
            "tier", "usual_gap_days", "due_on", "spend_minor"
        ).order_by("customer_id"),
        key=str,
    )
    shuffled = [(kind, list(reversed(orders))) for kind, orders in buyers]
    chance.shuffle(shuffled)
    write_books(shuffled, [])

    refreshed()

    after = CustomerFacts.objects.values_list("tier", "usual_gap_days", "due_on", "spend_minor")
    if not any(row[0] == "core" for row in before):  # ties in spend are broken by who came first
        assert sorted(after, key=str) == before
