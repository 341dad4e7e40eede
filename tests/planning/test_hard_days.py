"""Hard days: one manager with everyone, everybody due, an import under way, two at once."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.planning import actions
from regulars.planning.actions import finish_item
from regulars.planning.choosing import chosen_lists
from regulars.planning.coming import keep_due_days
from regulars.planning.errors import AlreadySettled
from regulars.planning.kept import NextContact
from regulars.planning.models import Cadence, PlanItem
from regulars.planning.refilling import refill_list
from regulars.planning.terms import EVERYBODY
from regulars.team.models import Business, Member
from tests.consent.test_at_once import at_once
from tests.factories.intake import bring
from tests.factories.planning import (
    TODAY,
    items_of,
    make_due,
    plan_of,
    plan_today,
    touched,
)
from tests.factories.team import make_business, make_member

CROWD = 240


def crowd(manager: Member, count: int = CROWD) -> None:
    """Everybody is due today, all of them with one person."""
    for number in range(count):
        make_due(f"Customer {number:03}", manager=manager, stake=1000 + number)


@pytest.mark.django_db
def test_everybody_due_today_with_one_manager_fills_the_day_and_no_more(business: Business) -> None:
    member, idle = make_member("manager", minutes=30), make_member("manager", name="Idle Ida")
    crowd(member)

    plan_today()
    plan_today()

    named = [item.customer.name for item in items_of(member)]
    assert named == [f"Customer {n:03}" for n in range(CROWD - 1, CROWD - 6, -1)]
    assert sum(item.minutes for item in items_of(member)) == 30
    assert (plan_of(member).due_count, plan_of(idle).due_count) == (CROWD, 0)
    assert len(items_of(member, "waiting")) == 50
    keep_due_days(EVERYBODY, business, TODAY)
    assert NextContact.objects.filter(due_on=TODAY).count() == CROWD


@pytest.mark.django_db
def test_a_cadence_of_every_day_and_one_of_ten_years_stand_beside_each_other(
    business: Business, manager: Member
) -> None:
    daily, seldom = make_due("Daily", manager=manager), make_due("Seldom", manager=manager)
    for one, days, ago in ((daily, 1, 1), (seldom, 3650, 10)):
        Cadence.objects.create(customer=one, at_least_every_days=days)
        touched(one, days_ago=ago)

    plan_today()
    keep_due_days(EVERYBODY, business, TODAY)

    assert [item.customer.name for item in items_of(manager)] == ["Daily"]
    due = dict(NextContact.objects.values_list("customer__name", "due_on"))
    assert due["Daily"] == TODAY
    assert due["Seldom"] - TODAY > timedelta(days=3600)


@pytest.mark.django_db
def test_whom_an_import_brought_and_took_back_while_we_chose_is_on_no_list(
    business: Business, manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_due("Stays", manager=manager, stake=100)
    goes = make_due("Goes", manager=manager, stake=900)

    def taken_back_meanwhile(*arguments: Any) -> Any:
        chosen = chosen_lists(*arguments)
        Customer.objects.filter(pk=goes.pk).delete()
        return chosen

    monkeypatch.setattr(actions, "chosen_lists", taken_back_meanwhile)
    plan_today()
    refill_list(plan_of(manager))

    assert [item.customer.name for item in items_of(manager)] == ["Stays"]


@pytest.mark.django_db(transaction=True)
def test_lists_are_made_while_an_import_runs_and_know_whom_it_brought_the_next_time() -> None:
    make_business()
    member = make_member("manager", minutes=600)
    crowd(member, 20)
    names = [f"New {n:03}" for n in range(300)]
    rows = "\n".join(["Name,Phone", *(f"{name},020 7946 {n:04}" for n, name in enumerate(names))])

    at_once([lambda: bring("customers", rows), plan_today, plan_today])
    listed = set(PlanItem.objects.values_list("customer__name", flat=True))
    plan_today()

    assert Customer.objects.count() == 320
    assert (
        {f"Customer {n:03}" for n in range(20)}
        <= listed
        <= {*names} | {f"Customer {n:03}" for n in range(20)}
    )
    assert not PlanItem.objects.filter(customer=None).exists()
    twice = PlanItem.objects.values_list("customer", flat=True)
    assert len(set(twice)) == len(twice)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_one_card_at_once_one_touch_stands_and_the_other_is_told() -> None:
    make_business()
    owner, manager = make_member("owner"), make_member("manager", minutes=60)
    make_due(manager=manager)
    plan_today()
    [item] = items_of(manager)

    said = at_once([partial(finished, item.pk, one.actor) for one in (owner, manager, owner)])

    assert sorted(said, key=str) == ["done", "settled already", "settled already"]
    assert Touch.objects.standing().count() == 1
    assert PlanItem.objects.get().state == "done"


def finished(item_id: int, by: Actor) -> str:
    at = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
    try:
        finish_item(PlanItem.objects.get(pk=item_id), outcome=Outcome.REACHED, by=by, at=at)
    except AlreadySettled:
        return "settled already"
    return "done"
