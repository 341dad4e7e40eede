"""Each reason: for whom it speaks, for whom it is silent, and what it says."""

from datetime import date

import pytest

from regulars.customers.choices import Kind
from regulars.insight.models import BuyingLess
from regulars.planning.known import REASONS
from regulars.planning.models import Pause
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer, make_relation
from tests.factories.planning import (
    MORNING,
    TODAY,
    first_touch,
    items_of,
    make_due,
    make_facts,
    make_override,
    names_of,
    plan_today,
    touched,
)

pytestmark = pytest.mark.django_db
PHONE = "020 7946 0991"


def the_reason(member: Member) -> tuple[str, str, date, str]:
    [item] = items_of(member)
    reason = REASONS[item.reason]
    return item.reason, item.purpose, item.due_on, reason.sentence(item.values)


def test_cadence_is_due_on_the_day_it_has_run_out(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="core", first_on=date(2020, 1, 1))
    touched(ruth, days_ago=30)
    first_touch(ruth, date(2026, 11, 3))

    plan_today()

    # 30 days before 24 November is before the business went live: the first touch says when.
    assert the_reason(manager) == (
        "cadence_due",
        "serve",
        TODAY,
        "Has not heard from us for 30 days; “Core” customers should hear every 30.",
    )


def test_cadence_leaves_alone_whoever_was_touched_within_it(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="core")
    touched(ruth, days_ago=29)
    first_touch(ruth, date(2026, 11, 3))

    plan_today()

    assert names_of(manager) == []


def test_cadence_follows_the_tier_that_a_person_set(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="active")
    touched(ruth, days_ago=40)
    first_touch(ruth, date(2026, 11, 3))
    plan_today()
    assert names_of(manager) == []

    make_override(ruth, "core")
    plan_today()

    assert names_of(manager) == ["Ruth Calloway"]


@pytest.mark.parametrize(
    ("tier", "since", "speaks"),
    [
        ("active", date(2026, 11, 20), True),
        ("slipping", date(2026, 11, 20), False),
        ("active", date(2026, 10, 1), False),
    ],
    ids=["still_comes", "slips", "before_we_began"],
)
def test_buying_less_speaks_for_who_still_comes(
    manager: Member, tier: str, since: date, speaks: bool
) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier=tier, due_on=date(2026, 12, 2), slipping_on=date(2026, 12, 20))
    BuyingLess.objects.create(
        customer=ruth, since_on=since, recent_count=5, is_by_basket=True, share=0.354,
        usual_minor=4800, recent_minor=3100, usual_gap_days=7.0, recent_gap_days=7.0,
        missing="Dark rye",
        worth_minor=61_000,
    )  # fmt: skip

    plan_today()

    assert [one.reason for one in items_of(manager)] == ["buys_less" if speaks else "no_touch_yet"]
    if speaks:
        said = (
            "Still comes, and buys for less: £610 of a year is at stake. About 35 % less: usually"
            " £48 a visit, the last 5 visits £31; mostly without Dark rye."
        )
        assert the_reason(manager) == ("buys_less", "ask", since, said)
        assert len(items_of(manager)[0].lines) == 4


def test_rhythm_late_speaks_for_whoever_slipped_since_we_began(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="slipping", due_on=date(2026, 11, 10), slipping_on=date(2026, 11, 20))

    plan_today()

    assert the_reason(manager) == (
        "rhythm_late",
        "ask",
        date(2026, 11, 10),
        "Usually buys every 14 days, was due on 10 November and has not come.",
    )


def test_rhythm_late_is_silent_before_the_day_of_slipping(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, due_on=date(2026, 11, 10), slipping_on=date(2026, 11, 25))
    first_touch(ruth, date(2026, 11, 27))

    plan_today()

    assert names_of(manager) == []


def test_rhythm_late_before_we_began_starts_nothing(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="lapsed", due_on=date(2026, 9, 1), slipping_on=date(2026, 11, 1))
    first_touch(ruth, date(2026, 11, 27))

    plan_today()

    assert names_of(manager) == []


def test_first_purchase_is_thanked_for(manager: Member) -> None:
    joss = make_customer("Joss Tully", manager=manager, phone=PHONE)
    make_facts(joss, tier="new", purchase_count=1, first_on=date(2026, 11, 22))

    plan_today()

    assert the_reason(manager) == (
        "first_purchase",
        "thank",
        date(2026, 11, 23),
        "Bought from us for the first time on 22 November. Say thank you, ask what went well.",
    )


@pytest.mark.parametrize("first_on", [date(2026, 11, 1), date(2026, 11, 9), TODAY])
def test_first_purchase_is_neither_history_nor_stale_nor_today(
    manager: Member, first_on: date
) -> None:
    joss = make_customer("Joss Tully", manager=manager, phone=PHONE)
    make_facts(joss, tier="new", purchase_count=1, first_on=first_on)
    first_touch(joss, date(2026, 11, 27))

    plan_today()

    assert names_of(manager) == []


def test_a_first_purchase_before_we_began_is_history(manager: Member, business: Business) -> None:
    business.live_since = date(2026, 11, 23)
    business.save()
    joss = make_customer("Joss Tully", manager=manager, phone=PHONE)
    make_facts(joss, tier="new", purchase_count=1, first_on=date(2026, 11, 22))
    first_touch(joss, date(2026, 11, 27))

    plan_today()

    assert names_of(manager) == []


def test_no_touch_yet_waits_for_its_day(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    first_touch(ruth, date(2026, 11, 25))
    plan_today()
    assert names_of(manager) == []

    plan_today(day=date(2026, 11, 25))

    [item] = ruth.plan_items.all()
    assert (item.reason, item.due_on) == ("no_touch_yet", date(2026, 11, 25))


def test_a_department_is_asked_like_a_customer(manager: Member) -> None:
    kitchen = make_customer("Kitchen", kind=Kind.DEPARTMENT, manager=manager)
    first_touch(kitchen, TODAY)

    plan_today()

    [item] = items_of(manager)
    assert (item.reason, item.purpose, item.channel) == ("department_due", "ask", "visit")


def test_a_department_takes_its_stake_from_those_it_serves(manager: Member) -> None:
    kitchen = make_customer("Kitchen", kind=Kind.DEPARTMENT, manager=manager)
    make_facts(kitchen, stake_minor=500)
    for name, stake in (("Ruth Calloway", 40_000), ("Samuel Birch", 20_000)):
        served = make_customer(name, manager=manager)
        make_facts(served, stake_minor=stake)
        make_relation(kitchen, "serves", served)
        first_touch(served, date(2026, 12, 1))
    first_touch(kitchen, TODAY)

    plan_today()

    assert [item.stake_minor for item in items_of(manager)] == [60_000]


def test_paused_and_archived_customers_are_left_alone(manager: Member) -> None:
    paused = make_due("Ruth Calloway", manager=manager)
    Pause.objects.create(customer=paused, until=date(2026, 11, 25), put_off_at=MORNING)
    make_due("Samuel Birch", manager=manager, archived_at=MORNING)
    back = make_due("Joss Tully", manager=manager)
    Pause.objects.create(customer=back, until=TODAY, put_off_at=MORNING)

    plan_today()

    assert names_of(manager) == ["Joss Tully"]


def test_the_most_pressing_reason_speaks(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone=PHONE)
    make_facts(ruth, tier="slipping", due_on=date(2026, 11, 10), slipping_on=date(2026, 11, 20))
    first_touch(ruth, TODAY)

    plan_today()

    assert [item.reason for item in items_of(manager)] == ["rhythm_late"]


def test_every_reason_has_words_for_every_state_of_knowledge(manager: Member) -> None:
    known = {
        "tier": "core", "kind": "person", "open": 4, "days": 31, "cadence": 30,
        "last_channel": "call", "last_touch_on": "2026-10-24", "purchases": 3,
        "first_on": "2026-11-20", "last_on": "2026-11-20", "rhythm_due": "2026-11-22",
        "usual": 7, "may_email": True,
    }  # fmt: skip
    unknown = known | {"last_touch_on": None, "first_on": None, "last_on": None, "usual": None}

    spoken = {
        reason.name: [line.text for values in (known, unknown) for line in reason.to_say(values)]
        for reason in REASONS
        if reason.name != "first_purchase"
    }

    assert all(3 <= len(lines) <= 8 for lines in spoken.values())
    assert "Nothing to sell today: this one is for them." in spoken["cadence_due"]
    assert "Pick up where you left off: a call on 24 October 2026." in spoken["cadence_due"]
