"""After each tick the freed minutes go to those who come next; nothing else moves."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.conversations.choices import Outcome
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind
from regulars.planning.actions import (
    finish_item,
    hand_over_item,
    make_plans,
    put_off_item,
    snooze_item,
    undo_item,
)
from regulars.planning.choices import Snooze
from regulars.planning.models import PlanItem, Shortlist
from regulars.planning.shortlists import read
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.planning import TODAY, items_of, make_due, names_of, plan_today
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
NAMES = ("Ruth Calloway", "Samuel Birch", "Joss Tully", "Ida Ek")


@pytest.fixture
def member(business: Business) -> Member:
    """Whose day has room for two calls; four are due."""
    member = make_member("manager", minutes=12)
    for nth, name in enumerate(NAMES):
        make_due(name, manager=member, stake=9000 - nth * 1000)
    plan_today()
    return member


def waiting(member: Member) -> list[str]:
    return names_of(member, "waiting")


def test_who_is_put_off_makes_room_for_the_next_at_the_end(member: Member, at: datetime) -> None:
    first, _second = items_of(member)

    put_off_item(first, by=member.actor, at=at)

    assert names_of(member) == ["Samuel Birch", "Joss Tully"]
    assert waiting(member) == ["Ida Ek"]


def test_undo_puts_the_next_back_where_they_waited(member: Member, at: datetime) -> None:
    first, _second = items_of(member)
    put_off_item(first, by=member.actor, at=at)

    undo_item(first, by=member.actor, at=at)

    assert names_of(member) == ["Ruth Calloway", "Samuel Birch"]
    assert waiting(member) == ["Joss Tully", "Ida Ek"]


def test_a_touch_that_took_its_minutes_makes_no_room(member: Member, at: datetime) -> None:
    finish_item(items_of(member)[0], outcome=Outcome.REACHED, by=member.actor, at=at)

    assert names_of(member) == ["Samuel Birch"]
    assert waiting(member) == ["Joss Tully", "Ida Ek"]


def test_later_today_keeps_its_minutes_and_another_day_frees_them(
    member: Member, at: datetime
) -> None:
    first, second = items_of(member)

    snooze_item(first, until=Snooze.AFTERNOON, by=member.actor, at=at)
    assert waiting(member) == ["Joss Tully", "Ida Ek"]
    snooze_item(second, until=Snooze.TOMORROW, by=member.actor, at=at)

    assert names_of(member) == ["Joss Tully"]


def test_who_is_handed_over_makes_room(member: Member, owner: Member, at: datetime) -> None:
    hand_over_item(items_of(member)[0], to=owner, for_good=False, by=member.actor, at=at)

    assert names_of(member) == ["Samuel Birch", "Joss Tully"]


def test_whom_somebody_called_or_who_mourns_meanwhile_is_not_filled_in(
    member: Member, at: datetime
) -> None:
    joss, ida = (Customer.objects.get(name=name) for name in ("Joss Tully", "Ida Ek"))
    make_touch(joss, at)
    first, second = items_of(member)

    put_off_item(first, by=member.actor, at=at)
    assert names_of(member) == ["Samuel Birch", "Ida Ek"]
    place_hold(ida, HoldKind.BEREAVEMENT, by=SYSTEM, at=at - timedelta(days=1))
    undo_item(first, by=member.actor, at=at)
    put_off_item(second, by=member.actor, at=at)

    assert names_of(member) == ["Ruth Calloway"]


def test_minutes_spent_elsewhere_are_gone(member: Member, at: datetime) -> None:
    stranger = make_due("Otto Lindqvist", manager=member, stake=1)
    make_touch(stranger, at, by=member.actor, minutes=6)

    put_off_item(items_of(member)[0], by=member.actor, at=at)

    assert names_of(member) == ["Samuel Birch"]


def test_filling_is_as_good_as_planning_anew(member: Member, at: datetime) -> None:
    put_off_item(items_of(member)[1], by=member.actor, at=at)
    filled = names_of(member)

    make_plans(day=TODAY, by=member.actor, at=at)

    assert names_of(member) == filled == ["Ruth Calloway", "Joss Tully"]


def test_a_shortlist_reads_as_it_was_written(member: Member) -> None:
    [candidates] = [read(one.candidates) for one in Shortlist.objects.filter(plan__member=member)]

    assert [Customer.objects.get(pk=one.key).name for one in candidates] == list(NAMES)
    assert candidates[0].options[0].channel == items_of(member)[0].channel


def test_a_tick_asks_no_more_of_a_longer_list(member: Member, at: datetime) -> None:
    first, second = items_of(member)
    with CaptureQueriesContext(connection) as few:
        put_off_item(first, by=member.actor, at=at)
    undo_item(first, by=member.actor, at=at)
    for number in range(5):
        make_due(f"Customer {number}", manager=member, stake=number)
    make_plans(day=TODAY, by=member.actor, at=at)
    again = PlanItem.objects.get(plan__member=member, customer=first.customer)

    with CaptureQueriesContext(connection) as many:
        put_off_item(again, by=member.actor, at=at)

    assert len(many) == len(few)
    assert second.customer_id in {item.customer_id for item in items_of(member)}
