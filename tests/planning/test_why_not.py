"""Why not this customer today: what stands in the way, who comes first, when it is likely."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.consent.choices import Decision
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind
from regulars.planning.actions import put_off_item
from regulars.planning.models import FirstTouch, PlanItem
from regulars.planning.why_not import why_not_today
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.planning import (
    TODAY,
    first_touch,
    items_of,
    make_due,
    make_facts,
    plan_today,
    touched,
)
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(business: Business) -> Member:
    return make_member("manager", name="Sarah Quist", minutes=12)


def told(customer: Customer, member: Member, at: datetime) -> list[str]:
    return list(
        why_not_today(Customer.objects.get(pk=customer.pk), actor=member.actor, at=at).sentences
    )


def test_two_core_customers_are_later_and_it_is_their_turn_tomorrow(
    member: Member, at: datetime
) -> None:
    for name in ("Samuel Birch", "Joss Tully"):
        core = make_due(name, manager=member, tier="core", stake=90_000)
        FirstTouch.objects.filter(customer=core).update(due_on=TODAY - timedelta(days=3))
    ruth = make_due(manager=member)
    plan_today()

    answer = why_not_today(ruth, actor=member.actor, at=at)

    assert list(answer.sentences) == [
        "Due, but 2 others come first in the 12 minutes of Sarah Quist.",
        "2 “Core” customers are later than they are.",
        "With 2 of them there is more at stake.",
        "As things stand it is their turn on Wednesday 25 November.",
    ]
    assert answer.on == TODAY + timedelta(days=1)


def test_whose_turn_is_far_away_is_told_so(member: Member, at: datetime) -> None:
    for number in range(30):
        make_due(f"Customer {number}", manager=member, stake=90_000 + number)
    ruth = make_due(manager=member, stake=1)
    plan_today()

    assert told(ruth, member, at)[-1] == (
        "As things stand it takes more than two weeks until it is their turn."
    )


def test_tiers_and_stakes_are_told_to_those_who_may_see_them(member: Member, at: datetime) -> None:
    for name in ("Samuel Birch", "Joss Tully"):
        make_due(name, manager=member, tier="core", stake=90_000)
    ruth = make_due(manager=member)
    plan_today()
    for field in ("insight.tier", "insight.stake"):
        HiddenField.objects.create(role="manager", field=field, hidden_at=at)

    assert len(told(ruth, member, at)) == 2


def test_each_thing_that_stands_in_the_way_has_its_sentence(member: Member, at: datetime) -> None:
    put_off, held, resting = (
        make_due(name, manager=member) for name in ("Ida Ek", "Otto Lind", "Ann Ray")
    )
    plan_today()
    both = items_of(member) + items_of(member, "waiting")
    [item] = [one for one in both if one.customer == put_off]
    put_off_item(item, by=member.actor, at=at)
    place_hold(held, HoldKind.BEREAVEMENT, by=SYSTEM, at=at - timedelta(days=1))
    PlanItem.objects.filter(customer__in=[held, resting]).delete()
    touched(resting, days_ago=10)
    archived = make_due("Cy Orr", manager=member, archived_at=at)

    assert told(put_off, member, at) == ["Put off until 24 December."]
    assert told(held, member, at) == ["Left in peace: a hold stands for them."]
    assert told(resting, member, at) == [
        "Not due yet: last in touch on 14 November 2026, due again on 13 January."
    ]
    assert told(archived, member, at) == ["Off the list: nothing asks to be in touch any more."]


def test_who_refused_calls_and_has_nothing_else_is_told_so(member: Member, at: datetime) -> None:
    closed = make_due(manager=member)
    make_decision(closed, "call", Decision.WITHDRAWN)
    plan_today()

    assert told(closed, member, at) == [
        "Due, but no way to reach them is open: they refused calls, and nothing else is known."
    ]


def test_no_minutes_and_too_few_minutes_are_told_apart(business: Business, at: datetime) -> None:
    idle, hasty = make_member("manager", minutes=0), make_member("manager", minutes=3)
    ruth, samuel = make_due(manager=idle), make_due("Samuel Birch", manager=hasty)
    plan_today()

    assert told(ruth, idle, at)[0] == f"Due, but {idle.name} has no minutes for customers today."
    assert told(samuel, hasty, at)[0] == (
        "Due, but the least that reaches them takes 6 of 3 minutes."
    )


def test_not_due_has_its_day(member: Member, at: datetime) -> None:
    ruth = make_customer(manager=member, phone="020 7946 0991")
    make_facts(ruth)
    first_touch(ruth, TODAY + timedelta(days=7))

    assert told(ruth, member, at) == ["Their first touch is due on 1 December."]


def test_the_page_answers_and_so_does_a_part_of_it(
    manager: Member, client_of: Callable[[Member], Client], at: datetime
) -> None:
    client = client_of(manager)
    ruth = make_due(manager=manager)
    plan_today()
    url = f"/plan/why-not/{ruth.pk}"

    whole, part = client.get(url), client.get(url, headers={"HX-Request": "true"})

    line = f"On {manager.name}’s list today, by a call."
    assert line in whole.content.decode()
    assert part.content.decode().strip() == f'<p class="small">{line}</p>'
    assert client.get("/plan/why-not/999999").status_code == 404
