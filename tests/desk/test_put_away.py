"""Who is off the list, and how they come back."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import jobs
from regulars.core.models import Operation
from regulars.customers.actions.leaving import delete_customers
from regulars.customers.models import Customer
from regulars.desk import bulk as screen
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
ARCHIVED = "/customers/archived/"


def there() -> list[str]:
    return sorted(Customer.objects.on_the_list().values_list("name", flat=True))


def archived(*names: str) -> list[Customer]:
    return [make_customer(name, archived_at=A_DAY) for name in names]


def test_the_archived_stand_on_their_page_and_the_ticked_come_back(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, ada, _rose = archived("Ruth Mill", "Ada Weir", "Rose Weir")
    make_customer("Oscar")
    here = client_of(owner)

    page = here.get(ARCHIVED).content.decode()
    answer = here.post("/customers/archived/back", {"ids": [ruth.pk, ada.pk]}, follow=True)

    assert [name in page for name in ("Ruth Mill", "Rose Weir", "Oscar")] == [True, True, False]
    assert "Done: 2 customers, back on the list." in answer.content.decode()
    assert there() == ["Ada Weir", "Oscar", "Ruth Mill"]
    here.post(f"/customers/operations/{Operation.objects.latest('pk').pk}/undo")
    assert there() == ["Oscar"]


def test_all_who_fit_come_back_in_the_background(
    client_of: SignIn, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived("Ruth Mill", "Ada Weir", "Rose Weir")
    monkeypatch.setattr(screen, "AT_ONCE", 1)
    here = client_of(owner)
    found = here.get(ARCHIVED, {"q": "weir"}).content.decode()

    here.post("/customers/archived/back", {"all": 1, "q": "weir"})
    assert there() == []
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)

    assert ["Ruth Mill" in found, "Ada Weir" in found] == [False, True]
    assert there() == ["Ada Weir", "Rose Weir"]


def test_some_of_the_trash_are_restored_and_nobody_else(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    [rose] = archived("Rose")
    delete_customers(Customer.objects.all(), by=owner.actor, at=at)
    here = client_of(owner)

    answer = here.post("/customers/trash/restore", {"ids": [ruth.pk, rose.pk]}, follow=True)

    assert "Done: 2 customers, restored from the Trash." in answer.content.decode()
    # Whoever was archived before is archived again.
    assert there() == ["Ruth"]
    assert list(Customer.objects.in_the_trash()) == [ada]
    here.post(f"/customers/operations/{Operation.objects.latest('pk').pk}/undo")
    assert Customer.objects.in_the_trash().count() == 3


def test_nobody_ticked_is_refused(client_of: SignIn, owner: Member) -> None:
    archived("Ruth")

    assert client_of(owner).post("/customers/archived/back", {}).status_code == 422
    assert there() == []


def test_a_helper_sees_their_own_and_brings_back_nobody_in_bulk(
    client_of: SignIn, helper: Member
) -> None:
    archived("Ruth")
    Customer.objects.create(
        name="Ada", sort_name="ada", manager=helper, archived_at=A_DAY, created_at=A_DAY,
        updated_at=A_DAY,
    )  # fmt: skip
    here = client_of(helper)

    page = here.get(ARCHIVED).content.decode()
    refused = [
        here.post(f"/customers/{path}", {"all": 1}) for path in ("archived/back", "trash/restore")
    ]

    assert ["Ruth" in page, "Ada" in page] == [False, True]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert there() == []


def test_the_page_asks_as_often_for_three_as_for_one(client_of: SignIn, owner: Member) -> None:
    here, counts = client_of(owner), []
    for names in (["Ruth"], ["Ada", "Rose"]):
        archived(*names)
        here.get(ARCHIVED)
        with CaptureQueriesContext(connection) as seen:
            here.get(ARCHIVED)
        counts.append(len(seen))

    assert counts[0] == counts[1]
