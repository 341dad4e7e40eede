"""What a year of a customer is worth: each number worked out by hand."""

import pytest

from regulars.customers.choices import Kind
from tests.factories.customers import make_relation
from tests.factories.insight import (
    days_ago,
    facts,
    make_buyer,
    make_stranger,
    refreshed,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]


def test_stakes_by_hand() -> None:
    """One customer, 5 purchases of 10.00 each 30 days apart, the last of them today."""
    ruth = make_buyer(30, 30, 30, 30, spend=1000)

    group = refreshed().rhythm["groups"]["person"]

    years = 120 / 365
    rate = float(f"{(4 + 1) / (years + 1):.2g}")
    assert (group["repeats_a_year"], group["shape"], group["spend_minor"]) == (rate, 1.0, 1000)
    a_year = (4 + 1.0) / (years + 1.0 / rate)
    assert facts(ruth).stake_minor == round(1000 * a_year)


def test_a_first_week_is_not_taken_for_a_year() -> None:
    eager = make_buyer(2, 2, spend=1000)
    for place in range(40):
        make_buyer(*[60] * 6, last=days_ago(place), spend=1000)

    refreshed()

    assert facts(eager).stake_minor < 20 * 1000  # two days apart would be 182 purchases a year


def test_those_without_orders_are_taken_for_the_middle_of_their_group() -> None:
    buyers = [make_buyer(30, 30, last=days_ago(5), spend=spend) for spend in (100, 700, 900)]
    stranger = make_stranger()

    refreshed()

    assert facts(stranger).stake_minor == facts(buyers[1]).stake_minor > 0
    assert (facts(stranger).tier, facts(stranger).purchase_count) == ("new", 0)
    assert facts(stranger).next_change_on is None


def test_departments_are_worth_what_those_are_worth_whom_they_serve() -> None:
    small, middle, large = (
        make_buyer(30, 30, last=days_ago(5), spend=spend) for spend in (100, 700, 90_000)
    )
    baking = make_stranger(Kind.DEPARTMENT, "Baking")
    idle = make_stranger(Kind.DEPARTMENT, "Idle")
    for served in (middle, large):
        make_relation(baking, "serves", served)

    refreshed()

    half = (facts(middle).stake_minor + facts(large).stake_minor) / 2
    assert facts(baking).stake_minor == pytest.approx(half, abs=1)
    assert facts(idle).stake_minor == facts(middle).stake_minor
    assert facts(small).stake_minor < facts(middle).stake_minor
