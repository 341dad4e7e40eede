"""The Trash, as owners and managers see it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.actor import COMMAND
from regulars.customers.actions.leaving import delete_customers
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
Signed = Callable[[Member], Client]
TRASH = "customers:trash"


def page_of(client: Client) -> str:
    return client.get(reverse(TRASH)).content.decode()


def test_a_customer_goes_into_the_trash_and_comes_back(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    ruth, client = make_customer("Ruth Calloway"), client_of(manager)
    page = client.get(reverse("customers:detail", args=[ruth.pk])).content.decode()
    assert "can be restored for 30 days" in page
    assert "Erase for good" not in page

    answer = client.post(reverse("customers:delete", args=[ruth.pk]))

    assert (answer.status_code, answer["Location"]) == (302, reverse(TRASH))
    shown = page_of(client)
    assert "Ruth Calloway" in shown
    assert "24 Dec" in shown
    assert client.get(reverse("customers:detail", args=[ruth.pk])).status_code == 404
    back = client.post(reverse("customers:undelete", args=[ruth.pk]))
    assert back["Location"] == reverse("customers:detail", args=[ruth.pk])
    assert "Nobody is in the Trash." in page_of(client)
    assert list(customers_for(COMMAND).on_the_list()) == [ruth]


def test_a_deletion_is_taken_back_where_it_is_said(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    ruth, client = make_customer("Ruth Calloway"), client_of(manager)
    undo = reverse("customers:undelete", args=[ruth.pk])

    said = client.post(reverse("customers:delete", args=[ruth.pk]), follow=True)

    assert f'hx-post="{undo}"' in said.content.decode()
    back = client.post(undo, headers={"HX-Request": "true"})
    assert back["HX-Redirect"] == reverse("customers:detail", args=[ruth.pk])
    assert list(customers_for(COMMAND).on_the_list()) == [ruth]


def test_an_owner_erases_once_the_password_was_given_again(
    client_of: Signed, owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway")
    owner.set_password("a loaf of rye, well baked")
    owner.save()
    client = client_of(owner)

    asked = client.post(reverse("customers:erase", args=[ruth.pk]), {"sure": "1"})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert Customer.objects.get().name == "Ruth Calloway"
    done = client.post(asked["Location"], {"password": "a loaf of rye, well baked"})
    assert (done.status_code, Customer.objects.get().name) == (302, "")


def test_nobody_is_erased_by_mistake(client_of: Signed, owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway")

    unsure = client_of(owner).post(reverse("customers:erase", args=[ruth.pk]))

    assert (unsure.status_code, Customer.objects.get().name) == (422, "Ruth Calloway")


def test_whoever_is_in_the_trash_can_be_erased_at_once(
    client_of: Signed, owner: Member, at: datetime
) -> None:
    ruth, client = make_customer("Ruth Calloway"), client_of(owner)
    delete_customers(Customer.objects.all(), by=COMMAND, at=at)

    done = client.post(reverse("customers:erase", args=[ruth.pk]), {"sure": "1", "trash": "1"})

    assert done["Location"] == reverse(TRASH)
    assert Customer.objects.get().erased_at == at


@pytest.mark.parametrize("name", ["delete", "undelete", "erase"])
def test_a_helper_deletes_and_erases_nobody(
    client_of: Signed, helper: Member, at: datetime, name: str
) -> None:
    ruth, client = make_customer("Ruth", manager=helper), client_of(helper)

    answer = client.post(reverse(f"customers:{name}", args=[ruth.pk]), {"sure": "1"})

    assert answer.status_code == 403
    assert client.get(reverse(TRASH)).status_code == 403
    assert list(customers_for(COMMAND)) == [ruth]


def test_the_trash_asks_as_often_for_three_as_for_one(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    client, counts = client_of(manager), []
    for names in (["Ruth"], ["Ada", "Bea"]):
        for name in names:
            make_customer(name)
        delete_customers(Customer.objects.all(), by=manager.actor, at=at)
        page_of(client)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page_of(client)
        counts.append(len(seen))

    assert counts[0] == counts[1]
