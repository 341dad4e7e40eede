"""What the cadences ask for in a week, beside the minutes there are, and what to change."""

import pytest

from regulars.planning.loads import Load, load_of_cadences
from regulars.planning.models import Cadence
from regulars.team.models import Business, Member, WorkingMinutes
from tests.factories.customers import make_customer
from tests.factories.planning import TODAY, make_facts

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
