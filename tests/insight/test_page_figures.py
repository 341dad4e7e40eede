"""The figures of the pages: each worked out by hand, and what must hold for any books."""

import time
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import QuerySet, Sum

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry
from regulars.insight.actions import count_figures, count_for, set_tier
from regulars.insight.counting import counted
from regulars.insight.figures import FIGURES, figure
from regulars.insight.models import KeptFigure
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.shares import apart, bounds
from regulars.intake.actions import undo_now
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Business, Member
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    close_between,
    days_ago,
    make_buyer,
    make_stranger,
)
from tests.factories.intake import bring
from tests.factories.orders import make_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]


def rows_of(name: str, as_of: date | None = None) -> list[dict[str, Any]]:
    found = figure(name, as_of=as_of, at=A_MORNING)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def every_figure() -> dict[str, list[dict[str, Any]]]:
    with counted(count_for(None, at=A_MORNING)) as result:
        return {name: rows(result) for name, rows in PAGE_FIGURES.items()}


def test_cohorts_by_hand() -> None:
    """Two came in October, one of them again in November; a refund stands where it was booked."""
    ruth = make_buyer(25, last=date(2026, 11, 10), spend=1000)
    make_buyer(last=date(2026, 10, 5), spend=500)
    add_orders(ruth, date(2026, 11, 12), spend=-300, kind=OrderKind.CANCELLATION)
    add_orders(ruth, date(2026, 9, 30), spend=70, kind=OrderKind.ADJUSTMENT)

    assert rows_of("cohorts") == [
        {
            "came": date(2026, 10, 1),
            "after": 0,
            "newcomers": 2,
            "customers": 2,
            "spend_minor": 1570,
        },
        {"came": date(2026, 10, 1), "after": 1, "newcomers": 2, "customers": 1, "spend_minor": 700},
    ]


def test_retention_counts_only_those_who_had_the_time() -> None:
    make_buyer(30, last=days_ago(40))  # first 70 days ago, again on the 30th day
    make_buyer(31, last=days_ago(29))  # first 60 days ago, again on the 31st
    make_buyer(last=days_ago(59))
    make_buyer(last=TODAY)

    first, second, third = rows_of("retention")[:3]

    assert (first["days"], first["customers"], first["came"]) == (30, 3, 1)
    assert (second["days"], second["customers"], second["came"]) == (60, 2, 2)
    assert (third["customers"], third["share"], third["low"]) == (0, None, None)
    assert (first["low"], first["high"]) == pytest.approx((0.0615, 0.7923), abs=1e-4)


def test_dues_leave_out_who_lapsed_and_heed_what_a_person_set(at: datetime) -> None:
    make_buyer(*[7] * 6, last=days_ago(3))  # due in four days
    make_buyer(*[7] * 6, last=days_ago(25))  # slipping
    make_buyer(*[7] * 6, last=days_ago(300))  # lost
    gone = make_buyer(*[7] * 6, last=days_ago(3))
    set_tier(gone, tier="lost", reason="Moved", by=SYSTEM, at=at)
    make_stranger()

    found = [(row["from_on"], row["customers"], row["slipping"]) for row in rows_of("dues")]

    assert found == [(days_ago(28), 1, 1), (days_ago(0), 1, 0)]


def sold(*goods: tuple[str, int], last: date, then: date | None = None) -> None:
    """A newcomer with these goods on the first day, and the first of them again on another."""
    buyer = make_stranger()
    for day, lines in ((last, goods), (then, goods[:1])):
        if day is None:
            continue
        add_orders(buyer, day)
        order = Order.objects.order_by("-pk")[0]
        for description, minor in lines:
            make_line(order, description, minor)


def test_goods_that_bring_people_back_by_hand() -> None:
    sold(("Rye", 400), ("Tart", 900), last=days_ago(200), then=days_ago(110))  # the 90th day
    sold(("Rye", 400), last=days_ago(200), then=days_ago(109))  # the 91st
    sold(("Tart", 900), last=days_ago(89))  # has not had the time
    sold(("Rye", 400), last=days_ago(731))  # too long ago

    rye, tart = rows_of("goods")

    assert (rye["name"], rye["customers"], rye["came"]) == ("Rye", 2, 1)
    assert (tart["name"], tart["customers"], tart["came"]) == ("Tart", 1, 1)
    assert (rye["all_customers"], rye["all_came"], rye["says"]) == (2, 1, "few")


def test_what_is_bought_second_goes_by_the_dearest() -> None:
    sold(("Rye", 400), ("Tart", 900), last=days_ago(200), then=days_ago(110))
    sold(("Tart", 900), last=days_ago(89))
    add_orders(make_buyer(last=days_ago(5)), days_ago(4))  # nothing told line by line

    found = rows_of("seconds")

    assert [(r["name"], r["next_name"], r["has_come"], r["customers"]) for r in found] == [
        ("Tart", "", False, 1), ("Tart", "Rye", True, 1),
    ]  # fmt: skip


def test_months_and_weekdays_by_hand(business: Business) -> None:
    ruth = make_buyer(1, last=date(2026, 11, 3), spend=1000)  # Monday and Tuesday
    add_orders(ruth, date(2026, 11, 3), spend=250)  # the same day: one purchase
    add_orders(ruth, date(2026, 11, 8), spend=-300, kind=OrderKind.CANCELLATION)  # a Sunday
    close_between(business, date(2026, 11, 9), date(2026, 11, 10))

    found = every_figure()
    (november,), weekdays = found["months"], found["weekdays"]

    assert november == {
        "month": date(2026, 11, 1), "customers": 1, "purchases": 2, "newcomers": 1,
        "spend_minor": 1950, "open_days": 21,
    }  # fmt: skip
    assert [row["purchases"] for row in weekdays] == [1, 1, 0, 0, 0, 0, 0]
    assert [row["spend_minor"] for row in weekdays] == [1000, 1250, 0, 0, 0, 0, -300]
    assert [row["open_days"] for row in weekdays] == [3, 3, 3, 3, 3, 3, 3]


def test_who_moved_in_a_month_by_hand() -> None:
    """On 31 October Ruth came weekly and another was new; since then Ruth was not seen."""
    ruth = make_buyer(*[7] * 8, last=date(2026, 10, 30))
    other = make_buyer(last=date(2026, 10, 28))
    came = make_buyer(last=date(2026, 11, 20))
    add_orders(other, date(2026, 11, 20))

    found = [row for row in rows_of("flows") if row["month"] == date(2026, 11, 1)]

    assert [(r["before"], r["after"], r["customers"], r["customer_ids"]) for r in found] == [
        ("", "new", 1, [came.pk]), ("active", "slipping", 1, [ruth.pk]),
        ("new", "active", 1, [other.pk]),
    ]  # fmt: skip


def test_few_foretell_nothing_and_the_days_before_are_of_those_known_then() -> None:
    make_buyer(30, 10, last=days_ago(5), spend=100)
    make_buyer(10, last=days_ago(5), spend=100)  # came within the 28 days

    first, second = rows_of("ahead")[:2]

    assert (first["days"], first["purchases"], first["spend_low_minor"]) == (28, None, None)
    assert (first["before_purchases"], first["before_spend_minor"]) == (2, 200)
    assert (second["before_purchases"], second["before_spend_minor"]) == (None, None)


@pytest.fixture
def books() -> None:
    """A dozen buyers with goods, refunds and a bill in another currency."""
    for place in range(12):
        buyer = make_buyer(*[place * 2 + 3] * (place % 6), last=days_ago(place * 5), spend=777)
        add_orders(buyer, days_ago(place), spend=-111, kind=OrderKind.CANCELLATION)
        add_orders(buyer, days_ago(place + 40), spend=55, currency="EUR")
    for number, order in enumerate(Order.objects.order_by("pk")):
        make_line(order, ("Rye", "Tart", "Bun")[number % 3], number)


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server stands on the other side of the earth."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_neither_rows_nor_zones_nor_what_is_undone_move_a_figure(
    books: None, request: pytest.FixtureRequest
) -> None:
    before = every_figure()

    shuffle()
    doubled = "customer,date,number,item,total\nRuth,2026-11-02,Z-1,Rye,9.50\n"
    brought = bring("orders", doubled)
    assert brought.report["created"] == 1
    undo_now(brought, by=SYSTEM, at=A_MORNING)
    request.getfixturevalue("far_away")

    assert every_figure() == before
    ours = Order.objects.filter(currency="GBP")
    everything = summed(ours)
    assert money_of(before, "months") == money_of(before, "cohorts") == everything
    assert money_of(before, "weekdays") == summed(ours.filter(placed_on__gt=days_ago(365)))


def shuffle() -> None:
    """The same orders and lines under other numbers, the last first."""
    orders, lines = list(Order.objects.order_by("-pk")), list(OrderLine.objects.order_by("pk"))
    Order.objects.all().delete()
    for row in [*orders, *lines]:
        row.pk = -row.pk
    for line in lines:
        line.order_id = -line.order_id
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(reversed(lines))


def summed(orders: QuerySet[Order]) -> int:
    return int(orders.aggregate(sum=Sum("total_minor"))["sum"])


def money_of(figures: dict[str, list[dict[str, Any]]], name: str) -> int:
    return sum(row["spend_minor"] for row in figures[name])


def test_figures_are_kept_with_the_day_and_what_the_engine_ran(owner: Member, at: datetime) -> None:
    make_buyer(7, last=days_ago(3))

    names = count_figures(as_of=days_ago(1), by=owner.actor, at=at)
    again = count_figures(as_of=days_ago(1), by=owner.actor, at=at)

    assert names == again == list(PAGE_FIGURES)
    months = KeptFigure.objects.get(name="months")
    assert (months.as_of, months.counted_at) == (days_ago(1), at)
    assert months.rows[0]["month"] == "2026-11-01"
    assert "GROUP BY" in months.statements
    assert AuditEntry.objects.filter(verb="counted the figures").count() == 2


def test_every_figure_of_a_page_is_shown_by_name() -> None:
    assert set(PAGE_FIGURES) <= set(FIGURES.names())


def test_a_share_of_few_is_hardly_known_and_extremes_stay_within_bounds() -> None:
    assert bounds(0, 0) == (0.0, 1.0)
    assert bounds(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert apart(19, 19, 0, 500) == "few"
    assert apart(20, 20, 100, 500) == "more"
    assert apart(0, 40, 250, 500) == "less"
    assert apart(50, 100, 260, 500) == "same"
