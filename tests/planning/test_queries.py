"""Reading lists, cadences and the next touch of one customer."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.conversations.choices import Outcome
from regulars.core.actor import COMMAND
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.planning.actions import put_off_item, set_cadences
from regulars.planning.errors import CadenceOutOfRange
from regulars.planning.models import Cadence
from regulars.planning.queries import (
    NextTouch,
    best_channel_of,
    cadence_days,
    list_of,
    member_called,
    next_touches_of,
)
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import (
    MORNING,
    TODAY,
    first_touch,
    items_of,
    make_due,
    make_facts,
    make_override,
    plan_today,
    touched,
)

pytestmark = pytest.mark.django_db
PHONE = "020 7946 0991"


def test_any_touch_of_today_counts_as_done_but_no_answer(manager: Member, at: datetime) -> None:
    for name in ("Ruth Calloway", "Samuel Birch", "Joss Tully"):
        make_due(name, manager=manager)
    plan_today()
    ruth, samuel, joss = (item.customer for item in items_of(manager))
    make_touch(ruth, datetime(2026, 11, 24, 8, tzinfo=UTC))
    make_touch(samuel, datetime(2026, 11, 24, 8, tzinfo=UTC), outcome=Outcome.NO_ANSWER)
    make_touch(joss, datetime(2026, 11, 23, 8, tzinfo=UTC))

    found = list_of(manager.actor, manager, TODAY)

    assert [one.item.customer for one in found.done] == [ruth]
    assert {one.item.customer for one in found.open} == {samuel, joss}
    assert (found.done_minutes, found.used_minutes, found.minutes) == (6, 18, 60)


def test_list_takes_the_same_queries_for_one_and_for_three(manager: Member, at: datetime) -> None:
    ruth = make_due("Ruth Calloway", manager=manager)
    plan_today()
    make_touch(ruth, datetime(2026, 11, 24, 8, tzinfo=UTC))
    with CaptureQueriesContext(connection) as one:
        list_of(manager.actor, manager, TODAY)
    for name in ("Samuel Birch", "Joss Tully"):
        make_due(name, manager=manager)
    plan_today()

    with CaptureQueriesContext(connection) as three:
        found = list_of(manager.actor, manager, TODAY)

    assert (len(found.all), len(three)) == (3, len(one))


def test_a_helper_sees_no_other_list(manager: Member, helper: Member) -> None:
    with pytest.raises(NotAllowed):
        list_of(helper.actor, manager, TODAY)


def test_next_touch_is_todays_item(business: Business, manager: Member) -> None:
    ruth = make_due(manager=manager)
    plan_today()

    found = next_touches_of([ruth], TODAY, business)

    assert found == {ruth.pk: NextTouch(TODAY, items_of(manager)[0])}


def test_next_touches_follow_the_clock_the_pause_and_the_first_day(
    business: Business, manager: Member
) -> None:
    paused = make_due("Joss Tully", manager=manager)
    plan_today(member_ids=[manager.pk])
    put_off_item(items_of(manager)[0], by=manager.actor, at=MORNING)
    by_clock = make_customer("Ruth Calloway", phone=PHONE)
    touched(by_clock, days_ago=10)
    by_first = make_customer("Samuel Birch", address="8 Weir Cottages")
    first_touch(by_first, date(2026, 11, 30))
    history = make_customer("Odile Fournier", phone=PHONE)
    touched(history, days_ago=400)
    Customer.objects.filter(pk=history.pk).update(created_at=MORNING)
    everyone = list(Customer.objects.all())
    for one in everyone:
        make_override(one, "core")

    found = next_touches_of(everyone, TODAY, business)

    assert {pk: (one.on, one.is_put_off) for pk, one in found.items()} == {
        by_clock.pk: (date(2026, 12, 14), False),
        by_first.pk: (date(2026, 11, 30), False),
        # Before the next planning spreads the first touches: the day they came.
        history.pk: (TODAY, False),
        paused.pk: (date(2026, 12, 24), True),
    }


def test_the_best_channel_is_one_that_is_open(manager: Member) -> None:
    by_phone = make_customer("Ruth Calloway", manager=manager, phone=PHONE)
    by_letter = make_customer("Samuel Birch", manager=manager, address="8 Weir Cottages")
    unknown = make_customer("Nobody Yet")

    found = [best_channel_of(one, "active") for one in (by_phone, by_letter, unknown)]

    assert found == ["call", "note", "call"]


def test_cadences_are_ours_until_someone_says_otherwise(owner: Member, at: datetime) -> None:
    assert cadence_days()["core"] == 30

    set_cadences({"core": 14}, by=owner.actor, at=at)

    assert (cadence_days()["core"], cadence_days()["active"]) == (14, 60)


@pytest.mark.parametrize(("tier", "days"), [("core", 0), ("core", 3651), ("friend", 30)])
def test_an_impossible_cadence_is_refused(
    owner: Member, at: datetime, tier: str, days: int
) -> None:
    with pytest.raises(CadenceOutOfRange):
        set_cadences({tier: days}, by=owner.actor, at=at)

    assert Cadence.objects.count() == 0


def test_only_the_owner_sets_cadences(manager: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        set_cadences({"core": 14}, by=manager.actor, at=at)


def test_cadences_of_a_day_and_of_ten_years_plan(manager: Member) -> None:
    set_cadences({"active": 1, "lost": 3650}, by=COMMAND, at=MORNING)
    daily = make_customer("Ruth Calloway", manager=manager, phone=PHONE)
    make_facts(daily)
    touched(daily, days_ago=1)
    lost = make_customer("Samuel Birch", manager=manager, phone=PHONE)
    make_facts(lost, tier="lost")
    touched(lost, days_ago=2)

    plan_today()

    assert [item.customer.name for item in items_of(manager)] == ["Ruth Calloway"]


def test_a_member_is_found_by_name_or_address(manager: Member, owner: Member) -> None:
    assert member_called("tomasz") == manager
    assert member_called(owner.email.upper()) == owner
    with pytest.raises(Refusal, match="Choose one of: Nora Lindqvist"):
        member_called("Ruth")
