"""Whose cadence goes for whom, which touches count for it, and on which days it runs out."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regulars.consent.models import Wish
from regulars.conversations.models import Clock
from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.lists.models import Segment, SegmentMember
from regulars.planning.actions import make_plans
from regulars.planning.models import Cadence, RaisedCadence
from regulars.planning.terms import standing_on, terms_by_customer
from regulars.team.models import Business, Closure, Member
from tests.factories.customers import make_customer
from tests.factories.planning import (
    MORNING,
    TODAY,
    first_touch,
    items_of,
    make_facts,
    names_of,
    plan_today,
    touched,
)

pytestmark = pytest.mark.django_db
PHONE = "020 7946 0991"
JANUARY, NOVEMBER = 0b1, 0b100_0000_0000


def put_in_segment(customer: Customer, name: str) -> Segment:
    segment, _made = Segment.objects.get_or_create(
        name=name, defaults={"created_at": MORNING, "changed_at": MORNING}
    )
    SegmentMember.objects.create(segment=segment, customer=customer, entered_at=MORNING)
    return segment


def agreed(days: int | None, **over: Any) -> Cadence:
    return Cadence.objects.create(at_least_every_days=days, **over)


def terms_for(customer: Customer, tier: str = "core") -> tuple[Any, ...]:
    standing, zone = standing_on(TODAY), ZoneInfo("Europe/London")
    one = terms_by_customer({customer.pk: tier}, standing, zone)[customer.pk]
    return one.cadence_days, one.any_of, one.personal_days, one.most_days


def regular(manager: Member, days_ago: int, *, tier: str = "core", **over: Any) -> Customer:
    customer = make_customer(over.pop("name", "Ruth Calloway"), manager=manager, **over)
    make_facts(customer, tier=tier)
    touched(customer, days_ago=days_ago)
    first_touch(customer, date(2026, 11, 2))
    return customer


def test_the_customers_own_goes_before_the_strictest_segment_and_that_before_the_tier() -> None:
    ruth = make_customer()
    assert terms_for(ruth) == (30, "tier", None, None)

    agreed(25, segment=put_in_segment(ruth, "Weddings"), at_most_every_days=5)
    agreed(20, segment=put_in_segment(ruth, "Rye"), at_most_every_days=10)
    assert terms_for(ruth) == (20, "segment", None, 10)

    agreed(45, customer=ruth)
    assert terms_for(ruth) == (45, "own", None, 10)


def test_a_rule_of_the_season_goes_before_one_of_all_the_year() -> None:
    ruth = make_customer()
    agreed(90, tier="core", months=NOVEMBER)
    agreed(14, tier="core", months=JANUARY)
    agreed(60, customer=ruth, worth="personal")
    agreed(100, customer=ruth, worth="personal", months=NOVEMBER)
    agreed(7, customer=ruth, months=JANUARY)

    assert terms_for(ruth) == (90, "tier", 100, None)


def test_a_segment_that_was_put_away_or_left_says_nothing() -> None:
    ruth = make_customer()
    away, left = put_in_segment(ruth, "Away"), put_in_segment(ruth, "Left")
    agreed(7, segment=away)
    agreed(8, segment=left)
    Segment.objects.filter(pk=away.pk).update(archived_at=MORNING)
    SegmentMember.objects.filter(segment=left).update(left_at=MORNING)

    assert terms_for(ruth) == (30, "tier", None, None)


def test_what_a_disruption_asks_for_is_never_more_seldom() -> None:
    ruth = make_customer()
    agreed(45, customer=ruth)
    for days in (7, 20):
        RaisedCadence.objects.create(
            tier="core", at_least_every_days=days, source=f"disruption:{days}", since=MORNING
        )

    assert terms_for(ruth)[0] == 7
    assert terms_for(ruth, "active")[0] == 45


def test_who_wants_to_hear_from_us_seldom_is_left_alone_so_long(manager: Member) -> None:
    ruth = regular(manager, 40, phone=PHONE)
    Wish.objects.create(customer=ruth, every_days=41, changed_at=MORNING)
    agreed(None, tier="core", at_most_every_days=10)
    plan_today()
    assert (names_of(manager), terms_for(ruth)[3]) == ([], 41)

    Wish.objects.update(every_days=5)
    plan_today()

    assert (names_of(manager), terms_for(ruth)[3]) == (["Ruth Calloway"], 10)


def test_mail_does_not_stand_in_for_a_visit_a_call_or_a_note(manager: Member) -> None:
    agreed(21, tier="core", worth="personal")
    ruth = regular(manager, 5, phone=PHONE, email="ruth@example.org")
    called = datetime(2026, 11, 2, 10, tzinfo=UTC)
    Clock.objects.filter(customer=ruth).update(last_personal_at=called)

    plan_today()

    [item] = items_of(manager)
    assert (item.reason, item.channel, item.due_on) == ("personal_due", "call", date(2026, 11, 23))
    assert item.sentence == (
        "No visit, call or note for 22 days; “Core” customers should have one every 21."
    )


def test_a_personal_touch_is_not_due_before_its_day(manager: Member) -> None:
    agreed(21, tier="core", worth="personal")
    ruth = regular(manager, 5, phone=PHONE)
    Clock.objects.filter(customer=ruth).update(last_personal_at=datetime(2026, 11, 4, tzinfo=UTC))

    plan_today()

    assert names_of(manager) == []


def test_somebody_never_spoken_with_waits_from_when_they_came(manager: Member) -> None:
    agreed(20, tier="core", worth="personal")
    long_here = regular(manager, 5, phone=PHONE)
    came_lately = regular(manager, 5, phone=PHONE, name="Samuel Birch")
    Customer.objects.filter(pk=long_here.pk).update(created_at=datetime(2026, 9, 1, tzinfo=UTC))
    Customer.objects.filter(pk=came_lately.pk).update(created_at=datetime(2026, 11, 10, tzinfo=UTC))

    plan_today()

    [item] = items_of(manager)
    assert item.customer == long_here
    assert item.sentence == (
        "Mail alone so far; “Core” customers should have a visit, call or note every 20 days."
    )


def test_nobody_comes_due_while_we_are_closed(business: Business, manager: Member) -> None:
    Closure.objects.create(
        business=business, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 24)
    )
    for days in (30, 31, 32):
        regular(manager, days, phone=PHONE, name=f"{days} days")
    agreed(20, tier="core")
    agreed(30, tier="core", months=NOVEMBER)

    plan_today()
    assert names_of(manager) == []

    Closure.objects.all().delete()
    plan_today()

    # Touched from 23 October on: none had come due by Friday 20 November, the last open day.
    assert sorted(names_of(manager)) == ["30 days", "31 days", "32 days"]


@pytest.mark.parametrize(("hour", "names"), [(22, ["Ruth Calloway"]), (23, [])])
def test_days_are_those_of_the_business_across_the_change_of_the_clock(
    manager: Member, hour: int, names: list[str]
) -> None:
    # In London 23:00 UTC of 24 October is the 25th, and an hour longer than other days.
    ruth = regular(manager, 31, phone=PHONE)
    agreed(31, tier="core")
    Clock.objects.filter(customer=ruth).update(
        last_touch_at=datetime(2026, 10, 24, hour, 59, tzinfo=UTC)
    )
    make_plans(day=TODAY, by=COMMAND, at=MORNING)

    assert names_of(manager) == names
