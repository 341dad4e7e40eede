from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from regulars.core.models import AuditEntry
from regulars.customers.models import Customer
from regulars.team.models import Member
from regulars.team.queries import customer_counts, is_currency_settled
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]


def test_all_customers_of_a_member_are_handed_over(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member
) -> None:
    for name in ("Ruth Calloway", "Sam Ode"):
        make_customer(name, manager=helper)
    stays = make_customer("Tess Ward", manager=owner)
    here = client_of(owner)
    page = here.get(f"/people/{helper.pk}/hand-over").content.decode()

    answer = here.post(f"/people/{helper.pk}/hand-over", {"to": manager.pk})

    assert "Priya Raman looks after 2 customers" in page
    assert "Ruth Calloway, Sam Ode" in page
    assert (answer.status_code, answer["Location"]) == (302, "/team/people")
    assert customer_counts([owner.pk, manager.pk, helper.pk]) == {owner.pk: 1, manager.pk: 2}
    assert Customer.objects.get(pk=stays.pk).manager_id == owner.pk
    assert AuditEntry.objects.get(verb="assigned").detail["count"] == 2


def test_who_looks_after_customers_leaves_only_when_they_are_handed_over(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    make_customer(manager=helper)
    here = client_of(owner)

    refused = here.post(f"/team/people/{helper.pk}/leave")
    here.post(f"/people/{helper.pk}/hand-over", {"to": owner.pk})
    left = here.post(f"/team/people/{helper.pk}/leave")

    assert (refused.status_code, left.status_code) == (422, 302)
    assert "Priya Raman still looks after 1 customer." in refused.content.decode()
    assert not Member.objects.get(pk=helper.pk).is_active


@pytest.mark.parametrize("to", ["viewer", "gone", "self", "nobody"])
def test_customers_are_handed_only_to_who_can_look_after_them(
    client_of: ClientOf, owner: Member, helper: Member, viewer: Member, to: str
) -> None:
    gone = make_member("manager", is_active=False)
    customer = make_customer(manager=helper)
    chosen = {"viewer": viewer.pk, "gone": gone.pk, "self": helper.pk, "nobody": ""}[to]

    answer = client_of(owner).post(f"/people/{helper.pk}/hand-over", {"to": chosen})

    assert answer.status_code == 422
    assert Customer.objects.get(pk=customer.pk).manager_id == helper.pk


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_only_owners_and_managers_hand_over(
    client_of: ClientOf, owner: Member, role: str, request: pytest.FixtureRequest
) -> None:
    customer = make_customer(manager=owner)
    actor = request.getfixturevalue(role)
    here = client_of(actor)

    answers = [
        here.get(f"/people/{owner.pk}/hand-over"),
        here.post(f"/people/{owner.pk}/hand-over", {"to": actor.pk}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Customer.objects.get(pk=customer.pk).manager_id == owner.pk


def test_the_currency_is_settled_by_the_first_order(client_of: ClientOf, owner: Member) -> None:
    assert not is_currency_settled()

    make_order(make_customer(), date(2026, 11, 2))

    assert is_currency_settled()
    page = client_of(owner).get("/team/").content.decode()
    assert "It stays GBP: amounts are kept in it." in page
    assert 'id="id_currency"' not in page
