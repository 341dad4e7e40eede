"""The owner's view of the team: how far our time reached, and who has waited longest."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.planning.ahead import week_ahead
from regulars.planning.coverage import core_coverage
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import MORNING, TODAY, make_facts

pytestmark = pytest.mark.django_db


def core(
    name: str, manager: Member | None, *, touched: int | None = None, how: str = "call"
) -> Customer:
    customer = make_customer(name, manager=manager)
    make_facts(customer, tier="core")
    if touched is not None:
        make_touch(customer, MORNING - timedelta(days=touched), channel=how)
    return customer


def test_only_visits_calls_and_notes_of_ninety_days_cover_the_core(
    business: Business, owner: Member, manager: Member
) -> None:
    core("Called", manager, touched=2)
    core("Noted on the first day", manager, touched=90, how="note")
    mailed, late = (
        core("Mailed", manager, touched=1, how="email"),
        core("Late", manager, touched=91),
    )
    lonely = core("Nobody's", None)
    gone = core("Gone", manager)
    Customer.objects.filter(pk=gone.pk).update(archived_at=MORNING)
    make_facts(make_customer("Active", manager=manager), tier="active")

    week = week_ahead(COMMAND, business, TODAY)
    found = core_coverage(business, week.members, TODAY)

    told = {one.member: (one.core, one.covered, one.left_alone) for one in found.members}
    assert told[manager] == (4, 2, 2)
    assert told[owner] == (0, 0, 0)
    assert told[None] == (1, 0, 1)
    assert (found.whole.core, found.whole.covered) == (5, 2)
    assert [one.pk for one in found.waiting] == [mailed.pk, lonely.pk, late.pk]


def test_the_page_says_it_to_the_owner_alone(
    client_of: Callable[[Member], Client], business: Business, owner: Member, manager: Member
) -> None:
    core("Called", manager, touched=2)
    core("Ruth Late", manager)

    page = client_of(owner).get("/plan/team").content.decode()

    assert "1 of 2 core customers had a visit, a call or a note" in page
    assert "Ruth Late" in page
    assert client_of(manager).get("/plan/team").status_code == 403
