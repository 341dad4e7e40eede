"""Departments of our own: customers as any other, without what is bought and sold."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.customers.choices import Kind, RelationKind
from regulars.library.actions.statements import Shown, add_proof
from regulars.library.choices import ProofKind
from regulars.planning.actions import make_plans
from regulars.planning.models import PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_relation
from tests.factories.library import make_statement
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
# What speaks of buying, or of selling.
SALES = ("Nothing to sell", "permission for e-mail", "Spent", "purchase", "why us", "buys")


def _page(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def test_who_serves_only_departments_has_a_whole_today_without_sales(
    client_of: ClientOf, owner: Member, helper: Member, at: datetime
) -> None:
    kitchen = make_customer("Kitchen", kind=Kind.DEPARTMENT, manager=helper)
    make_relation(kitchen, RelationKind.SERVES, make_customer())
    make_touch(kitchen, at - timedelta(days=90), by=helper.actor)
    add_proof(
        make_statement(at), Shown(ProofKind.FACT, "Tested."), by=owner.actor, at=at,
        today=at.date(),
    )  # fmt: skip
    make_plans(day=at.date(), by=owner.actor, at=at)
    item = PlanItem.objects.get(plan__member=helper)

    today = _page(client_of(helper), "/")
    detail = _page(client_of(helper), f"/customers/{kitchen.pk}/")

    assert (item.customer, item.reason, item.channel) == (kitchen, "department_due", "visit")
    assert "Ask what they wait for from us" in today
    assert "A department of ours, which serves 1 customer." in detail
    assert [word for word in SALES if word in today + detail] == []
    assert 'id="departure"' not in detail
    # Whoever looks after one who buys as well is told of both.
    make_customer("Joss Tully", manager=helper)
    assert "permission for e-mail" in _page(client_of(helper), "/")


def test_what_a_department_waits_for_shows_on_whom_it_serves(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth, joss = make_customer("Ruth Calloway"), make_customer("Joss Tully")
    kitchen = make_customer("Kitchen", kind=Kind.DEPARTMENT)
    make_relation(kitchen, RelationKind.SERVES, ruth)
    make_relation(kitchen, RelationKind.SERVES, joss, until_on=at.date())
    make_one(at - timedelta(days=9), customer=kitchen, what="Bring the new tins")
    here = client_of(manager)

    pages = {one: _page(here, f"/promises/of/{one.pk}") for one in (ruth, joss, kitchen)}

    assert "Kitchen, who serves them, waits for us:" in pages[ruth]
    assert 'class="late"' in pages[ruth]
    assert "Bring the new tins" not in pages[joss]
    assert "It serves 1 customer, on whose page what it waits for shows too." in pages[kitchen]


def test_a_proved_statement_is_a_line_to_say_to_whoever_buys(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth = make_customer(manager=owner, phone="+44 20 7946 0018")
    make_touch(ruth, at - timedelta(days=90), by=owner.actor)
    statement = make_statement(at, "The bread is baked here.")
    make_plans(day=at.date(), by=owner.actor, at=at)
    here = client_of(owner)
    assert "why us" not in _page(here, "/")

    add_proof(
        statement, Shown(ProofKind.FACT, "Come and see."), by=owner.actor, at=at, today=at.date()
    )

    page = _page(here, "/")
    assert "If it comes up, why us: The bread is baked here." in page
    assert "Come and see." in page
