"""The books laid before the baseline: weeks counted on the engine, closures, disruptions told."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.core.registry import Registry
from regulars.insight import before
from regulars.insight.baseline import Stretch
from regulars.insight.figures import figure
from regulars.insight.plates import week_by_week
from regulars.insight.plates.plate import Scope
from regulars.orders.choices import OrderKind
from regulars.team.models import Business
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    close_between,
    days_ago,
    make_buyer,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Stretch]:
    """The disruptions that rooms above tell of."""
    stretches: list[Stretch] = []
    sources: Registry[Any] = Registry("disturbances of a test")
    sources.register("test", lambda: stretches)
    monkeypatch.setattr(before, "disturbances", sources)
    return stretches


def rows_of(**asked: Any) -> list[dict[str, Any]]:
    found = figure("baseline", as_of=None, at=A_MORNING, **asked)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def five_a_week(weeks: int = 14) -> None:
    for place in range(5):
        make_buyer(*[7] * (weeks - 1), last=days_ago(2 + place), spend=500)


@pytest.mark.usefixtures("told")
def test_weeks_end_yesterday_and_hold_every_order_once() -> None:
    ruth = make_buyer(7, last=days_ago(1), spend=1000)
    add_orders(ruth, days_ago(7), spend=250)  # the same week: one customer, both amounts
    add_orders(ruth, days_ago(7), spend=-100, kind=OrderKind.CANCELLATION)
    add_orders(ruth, days_ago(0), spend=9000)  # today is not over
    make_buyer(last=days_ago(14), spend=700)

    rows = rows_of()

    assert [(row["to_on"], row["customers"], row["spend_minor"]) for row in rows] == [
        (days_ago(8), 2, 1700),
        (days_ago(1), 1, 1150),
    ]


def test_a_disruption_told_of_is_what_is_asked_about(
    business: Business, told: list[Stretch]
) -> None:
    five_a_week()
    told.append(Stretch(days_ago(20), None))
    close_between(business, days_ago(20), days_ago(15))

    rows = rows_of()

    assert [row["state"] for row in rows[-4:]] == ["before", "since", "since", "since"]
    assert [row["closed_days"] for row in rows[-3:]] == [6, 0, 0]
    assert [row["customers_expected"] for row in rows[-4:]] == [None, 5, 5, 5]
    assert rows[-1]["four_weeks"] == 3


@pytest.mark.usefixtures("told")
def test_since_a_day_of_ones_own() -> None:
    five_a_week()

    rows = rows_of(since=days_ago(13))

    assert [row["state"] for row in rows].count("since") == 2


@pytest.mark.usefixtures("told")
def test_no_orders_make_no_weeks() -> None:
    assert rows_of() == []


@pytest.mark.usefixtures("told")
def test_books_that_stopped_end_with_their_last_day() -> None:
    for place in range(5):
        make_buyer(*[7] * 13, last=days_ago(30 + place), spend=500)

    assert rows_of()[-1]["to_on"] == days_ago(30)
    assert rows_of()[-1]["to_on"] + timedelta(days=30) == A_MORNING.date()


@pytest.mark.parametrize(
    ("came", "chance", "says"),
    [
        (300, 0.0, "That is less than chance explains."),
        (850, 0.06, "That is low; chance alone is seldom so low."),
        (1000, 0.5, "That is within the usual."),
        (1200, 0.99, "That is more than is usual."),
    ],
)
def test_the_last_weeks_are_called_what_they_are(came: int, chance: float, says: str) -> None:
    row = {
        "spend_expected_minor": 250, "four_weeks": 4, "four_spend_minor": came,
        "four_spend_low_minor": 900, "four_spend_high_minor": 1100,
        "four_customers_chance": chance, "four_spend_chance": chance,
    }  # fmt: skip

    told = week_by_week.says([row], Scope("GBP", TODAY))

    assert told.endswith(says)
    assert "between £9 and £11 would have come" in told
