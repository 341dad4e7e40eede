"""Store credit on a customer's page: spent at the counter or on an order, and given back."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.orders.actions import grant_credit, return_credit, spend_credit
from regulars.orders.models import CreditEntry
from regulars.orders.queries import credit_of
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
ONCE = UUID(int=5)


def with_credit(at: datetime, minor: int = 500, currency: str = "GBP") -> Customer:
    ruth = make_customer()
    grant_credit(ruth, Money(minor, currency), source="makegood:1", by=SYSTEM, at=at)
    return ruth


def test_they_pay_with_it_once_and_a_mistake_is_given_back(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth, here = with_credit(at), client_of(manager)
    order = make_order(ruth, at.date(), external_id="T1")
    given = {"amount": "2.00", "order": order.pk, "words": "A loaf", "occasion": ONCE}

    spent = here.post(f"/orders/credit/of/{ruth.pk}/spend", given, headers=HTMX)
    here.post(f"/orders/credit/of/{ruth.pk}/spend", given, headers=HTMX)

    assert credit_of(ruth, "GBP") == Money(300, "GBP")
    page = here.get(f"/orders/credit/of/{ruth.pk}").content.decode()
    assert "on order T1" in page
    assert "A loaf" in page
    undo = json.loads(spent["HX-Trigger"])["toast"]["undo"]
    assert here.post(undo, headers=HTMX).status_code == 204
    assert here.post(undo, headers=HTMX).status_code == 204
    assert credit_of(ruth, "GBP") == Money(500, "GBP")
    assert [one.minor for one in CreditEntry.objects.all()] == [500, -200, 200]
    assert "Store credit" in here.get(f"/customers/{ruth.pk}/").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": "5.01"}, "There is not so much store credit left"),
        ({"amount": "0"}, "above nought"),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "1.005"}, "no more than 2 decimal places"),
        ({"amount": "a lot"}, "Enter a number"),
        ({"amount": "1", "order": "987654321"}, "Select a valid choice"),
        ({"amount": "1", "words": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_spent_is_said_at_the_form(
    client_of: ClientOf, manager: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    ruth, sent = with_credit(at), {"occasion": str(uuid4()), **given}

    answer = client_of(manager).post(f"/orders/credit/of/{ruth.pk}/spend", sent, headers=HTMX)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert credit_of(ruth, "GBP") == Money(500, "GBP")


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("JPY", "120", 120), ("KWD", "1.234", 1234)]
)
def test_an_amount_has_the_decimals_of_its_currency(
    client_of: ClientOf, manager: Member, at: datetime, currency: str, amount: str, minor: int
) -> None:
    Business.objects.update(currency=currency)
    ruth = with_credit(at, 5_000, currency)
    there = f"/orders/credit/of/{ruth.pk}/spend"

    wrong = client_of(manager).post(there, {"amount": f"{amount}5" if "." in amount else "1.5",
                                            "occasion": uuid4()}, headers=HTMX)  # fmt: skip
    client_of(manager).post(there, {"amount": amount, "occasion": uuid4()}, headers=HTMX)

    assert wrong.status_code == 422
    assert credit_of(ruth, currency) == Money(5_000 - minor, currency)


def test_nobody_pays_for_what_another_bought(owner: Member, at: datetime) -> None:
    ruth = with_credit(at)
    theirs = make_order(make_customer("Ada"), at.date())

    with pytest.raises(Refusal):
        spend_credit(ruth, Money(1, "GBP"), source="till:1", order=theirs, by=owner.actor, at=at)
    with pytest.raises(Refusal):
        return_credit(CreditEntry.objects.get(), by=owner.actor, at=at)


def test_viewers_look_and_what_is_hidden_is_on_no_page(
    client_of: ClientOf, viewer: Member, manager: Member, at: datetime
) -> None:
    ruth = with_credit(at)
    spent = spend_credit(ruth, Money(100, "GBP"), source="till:1", by=SYSTEM, at=at)
    looks = client_of(viewer)

    assert looks.get(f"/orders/credit/of/{ruth.pk}").status_code == 200
    assert looks.post(f"/orders/credit/of/{ruth.pk}/spend", headers=HTMX).status_code == 403
    assert looks.post(f"/orders/credit/{spent.pk}/back", headers=HTMX).status_code == 403
    HiddenField.objects.create(role="manager", field="order", hidden_at=at)
    assert client_of(manager).get(f"/orders/credit/of/{ruth.pk}").status_code == 403
    assert "Store credit" not in client_of(manager).get(f"/customers/{ruth.pk}/").content.decode()
