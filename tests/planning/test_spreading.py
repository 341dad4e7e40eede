"""First touches: spread over four weeks, best first, once; history starts nothing."""

from datetime import UTC, date, datetime

import pytest

from regulars.planning.models import FirstTouch
from regulars.team.models import Business, Closure, Member, WorkingMinutes
from tests.factories.customers import make_customer
from tests.factories.planning import items_of, make_facts, plan_today, touched
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


def test_first_touches_are_spread_over_four_weeks_of_working_days_best_first(
    business: Business, manager: Member
) -> None:
    Closure.objects.create(
        business=business, starts_on=date(2026, 11, 3), ends_on=date(2026, 11, 6)
    )
    for number in range(32):
        customer = make_customer(f"Customer {number}", manager=manager)
        make_facts(customer, stake_minor=1000 * number)

    plan_today()

    # From 2 November: 20 weekdays less the 4 closed ones; two customers a day.
    days = list(FirstTouch.objects.order_by("-customer__facts__stake_minor").values_list("due_on"))
    first, last = days[0][0], days[-1][0]
    assert (first, last) == (date(2026, 11, 2), date(2026, 11, 27))
    assert days == sorted(days)
    assert len(set(days)) == 16
    assert all(day.weekday() < 5 for (day,) in days)


def test_each_managers_list_is_spread_by_itself(business: Business) -> None:
    for name in ("Tomasz Wilk", "Priya Raman"):
        member = make_member("manager", name=name)
        for number in range(2):
            make_facts(make_customer(f"C{number} of {name}", manager=member), stake_minor=number)

    plan_today()

    days = sorted(FirstTouch.objects.values_list("due_on", flat=True))
    assert days == [date(2026, 11, 2)] * 2 + [date(2026, 11, 16)] * 2


def test_who_comes_later_is_spread_from_that_day(manager: Member) -> None:
    came = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    make_customer("Joss Tully", manager=manager, created_at=came)
    make_customer("Ruth Calloway", manager=manager)

    plan_today()

    days = dict(FirstTouch.objects.values_list("customer__name", "due_on"))
    assert days == {"Joss Tully": date(2026, 11, 23), "Ruth Calloway": date(2026, 11, 2)}


def test_who_comes_after_a_planning_has_a_day_the_next_morning(manager: Member) -> None:
    make_customer("Ruth Calloway", manager=manager)
    plan_today()
    came = datetime(2026, 11, 24, 15, tzinfo=UTC)
    make_customer("Joss Tully", manager=manager, created_at=came)

    plan_today(day=date(2026, 11, 25))

    due_on = FirstTouch.objects.values_list("due_on", flat=True).get(customer__name="Joss Tully")
    assert due_on == date(2026, 11, 24)


def test_a_past_touch_only_sets_the_clock(manager: Member) -> None:
    long_ago = make_customer("Ruth Calloway", manager=manager, phone="020 7946 0991")
    touched(long_ago, days_ago=700)
    since_live = make_customer("Joss Tully", manager=manager, phone="020 7946 0991")
    touched(since_live, days_ago=2)

    plan_today()

    assert dict(FirstTouch.objects.values_list("customer__name", "due_on")) == {
        "Ruth Calloway": date(2026, 11, 2)
    }
    assert [(item.reason, item.due_on) for item in items_of(manager)] == [
        ("cadence_due", date(2026, 11, 2))
    ]


def test_spreading_again_moves_nobody(manager: Member) -> None:
    make_customer("Ruth Calloway", manager=manager)
    plan_today()
    FirstTouch.objects.update(due_on=date(2026, 12, 24))

    plan_today()

    assert FirstTouch.objects.get().due_on == date(2026, 12, 24)


def test_a_day_without_working_days_in_sight_still_spreads(
    business: Business, manager: Member
) -> None:
    WorkingMinutes.objects.all().update(minutes=0)
    Closure.objects.create(business=business, starts_on=date(2026, 11, 1), ends_on=date(2027, 1, 1))
    make_customer("Ruth Calloway", manager=manager)

    plan_today()

    assert FirstTouch.objects.get().due_on == date(2026, 11, 2)
