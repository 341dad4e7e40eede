"""What the cadences ask for in a week, beside the minutes there are, and what to change."""

from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.planning.loads import Load, keep_groups, load_of_cadences
from regulars.planning.models import Cadence, CountedGroups
from regulars.team.models import Business, Member, WorkingMinutes
from tests.factories.customers import make_customer
from tests.factories.planning import MORNING, TODAY, make_facts

pytestmark = pytest.mark.django_db


def customers(count: int, tier: str, manager: Member | None) -> None:
    for number in range(count):
        make_facts(make_customer(f"{tier} {number}", manager=manager), tier=tier)


def members_of(load: Load) -> list[tuple[str, int, int, int]]:
    return [(one.key, one.customers, one.needed, one.has) for one in load.members]


def test_what_each_ones_customers_need_stands_beside_what_they_have(
    business: Business, manager: Member, owner: Member
) -> None:
    customers(30, "core", manager)
    customers(6, "active", None)

    load = load_of_cadences(business, TODAY)

    # 30 every 30 days at 6 minutes are 42 a week; 6 every 60 days are 4.2.
    assert members_of(load) == [("Nora Lindqvist", 6, 5, 300), ("Tomasz Wilk", 30, 42, 300)]
    assert (load.needed_minutes, load.minutes, load.suggestions) == (47, 600, [])
    assert [(one.key, one.needed) for one in load.tiers if one.needed] == [
        ("core", 42), ("active", 5),
    ]  # fmt: skip


def test_a_visit_call_or_note_takes_a_call_and_the_touches_beyond_it_a_mail(
    business: Business, manager: Member
) -> None:
    customers(30, "core", manager)
    Cadence.objects.create(tier="core", worth="personal", at_least_every_days=60)

    load = load_of_cadences(business, TODAY)

    # A week: 3.5 calls of 6 minutes and 3.5 mails of 3.
    assert load.needed_minutes == 32


def test_too_few_minutes_suggest_what_saves_some_the_core_last(
    business: Business, manager: Member
) -> None:
    WorkingMinutes.objects.update(minutes=1)
    customers(30, "core", manager)
    customers(20, "active", manager)
    Cadence.objects.create(customer=make_customer("Own"), at_least_every_days=1)

    load = load_of_cadences(business, TODAY)

    # Active: 14 minutes a week, and 9.3 every 90 days. Core: 42, and 28 every 45 days.
    assert [(one.tier, one.before, one.every, one.saved) for one in load.suggestions] == [
        ("active", 60, 90, 4), ("core", 30, 45, 14),
    ]  # fmt: skip


def test_no_minutes_at_all_and_nobody_on_the_list(business: Business, manager: Member) -> None:
    WorkingMinutes.objects.all().delete()

    load = load_of_cadences(business, TODAY)

    assert (load.needed_minutes, load.minutes, members_of(load)) == (
        0, 0, [("Tomasz Wilk", 0, 0, 0)],
    )  # fmt: skip


def test_a_long_list_is_counted_beforehand_and_follows_a_changed_tier_at_once(
    business: Business,
    manager: Member,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    customers(30, "core", manager)
    Cadence.objects.create(customer=make_customer("Own"), at_least_every_days=1)
    counted = load_of_cadences(business, TODAY)
    monkeypatch.setattr("regulars.planning.loads.LONG_LIST", 1)

    assert keep_groups(business, at=MORNING) == 2
    customers(30, "core", manager)
    with django_assert_max_num_queries(7) as asked:
        kept = load_of_cadences(business, TODAY)
    Cadence.objects.create(tier="core", at_least_every_days=60)
    slower = load_of_cadences(business, TODAY)

    assert replace(kept, counted_at=None) == counted
    assert kept.counted_at == MORNING
    assert not any("insight_customerfacts" in one["sql"] for one in asked.captured_queries)
    assert counted.needed_minutes - slower.needed_minutes == 21


def test_a_short_list_is_counted_when_it_is_looked_at(business: Business, manager: Member) -> None:
    CountedGroups.objects.create(rows=[[manager.pk, "core", "tier", None, None, 9]],
                                 counted_at=MORNING)  # fmt: skip
    customers(1, "core", manager)

    load = load_of_cadences(business, TODAY)
    keep_groups(business, at=MORNING)

    assert (members_of(load), load.counted_at) == ([("Tomasz Wilk", 1, 2, 300)], None)
    assert not CountedGroups.objects.exists()
