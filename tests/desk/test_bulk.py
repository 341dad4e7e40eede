"""Changing many customers at once, stopping it, and taking it back."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import jobs
from regulars.core.models import Operation
from regulars.customers.actions import bulk as actions
from regulars.customers.choices import CustomKind
from regulars.customers.models import (
    BulkChange,
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Tag,
)
from regulars.desk import bulk as screen
from regulars.intake.actions import begin_import, bring_in_now, check_now
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer
from tests.factories.intake import bring, make_file

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def trade(business: object) -> Tag:
    return Tag.objects.create(name="trade", folded="trade", created_at=A_DAY)


def meant(client: Client, **form: object) -> str:
    page = client.post("/customers/change", form).content.decode()
    found = re.search(r'name="who" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def changed(client: Client, what: str, value: object, **form: object) -> Operation:
    who = meant(client, **(form or {"all": 1}))
    client.post("/customers/change/do", {"who": who, "what": what, f"value-{what}": value})
    return Operation.objects.latest("pk")


def test_whom_a_filter_finds_is_found_before_others_have_to_wait(
    client_of: SignIn, owner: Member, trade: Tag
) -> None:
    make_customer("Ruth Calloway")
    client = client_of(owner)
    who = meant(client, all=1)

    with CaptureQueriesContext(connection) as seen:
        client.post("/customers/change/do", {"who": who, "what": "tag", "value-tag": trade.pk})

    asked = [query["sql"] for query in seen.captured_queries]
    found = next(n for n, sql in enumerate(asked) if '"customers_customer"."id" > 0' in sql)
    assert asked[found + 1].startswith("SAVEPOINT")
    assert CustomerTag.objects.count() == 1


def work(at: datetime) -> None:
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)


def test_the_ticked_are_tagged_at_once_and_it_is_taken_back(
    client_of: SignIn, owner: Member, trade: Tag, at: datetime
) -> None:
    ruth, oscar, _rose = (make_customer(name) for name in ("Ruth", "Oscar", "Rose"))
    CustomerTag.objects.create(customer=oscar, tag=trade, tagged_at=A_DAY)
    here = client_of(owner)

    operation = changed(here, "tag", trade.pk, ids=[ruth.pk, oscar.pk])

    page = here.get("/customers/").content.decode()
    assert "Done: 1 customer, tagged “trade”." in page
    assert f"/customers/operations/{operation.pk}/undo" in page
    assert sorted(trade.tagged.values_list("customer__name", flat=True)) == ["Oscar", "Ruth"]
    here.post(f"/customers/operations/{operation.pk}/undo")
    assert list(trade.tagged.values_list("customer__name", flat=True)) == ["Oscar"]


def test_all_that_a_filter_finds_are_changed(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    for name in ("Ruth Mill", "Oscar Mill", "Rose Weir"):
        make_customer(name)
    here = client_of(owner)
    tree = {"field": "customer.name", "is": "contains", "value": "mill"}

    changed(here, "manager", manager.pk, all=1, f=json.dumps(tree))

    found = Customer.objects.filter(manager=manager).values_list("name", flat=True)
    assert sorted(found) == ["Oscar Mill", "Ruth Mill"]


def test_every_sort_of_change_can_be_taken_back(
    client_of: SignIn, owner: Member, manager: Member, trade: Tag, at: datetime
) -> None:
    field = CustomField.objects.create(
        key="bread", label="Bread", kind=CustomKind.TEXT, created_at=A_DAY
    )
    ruth = make_customer("Ruth Calloway", manager=owner)
    make_customer("Oscar Abernathy")
    CustomerTag.objects.create(customer=ruth, tag=trade, tagged_at=A_DAY)
    CustomValue.objects.create(customer=ruth, field=field, text="rye")
    here, before = client_of(owner), everything()
    for what, value in (("manager", manager.pk), ("tag", trade.pk), ("untag", trade.pk),
                        ("kind", "organisation"), ("own", "oat"), ("town", "Leeds"),
                        ("archive", ""), ("delete", "")):  # fmt: skip
        who = meant(here, all=1)
        form = {"who": who, "what": what, f"value-{what}": value, "field": field.pk}
        here.post("/customers/change/do", form)
        assert everything() != before, what

        here.post(f"/customers/operations/{Operation.objects.latest('pk').pk}/undo")

        assert everything() == before, what


def everything() -> list[list[tuple[object, ...]]]:
    tables = (Customer, CustomerTag, CustomValue, ContactPoint)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def test_many_go_on_in_the_background_and_can_be_stopped(
    client_of: SignIn, owner: Member, trade: Tag, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_customer(f"Ruth {number}")
    monkeypatch.setattr(screen, "AT_ONCE", 2)
    monkeypatch.setattr(actions, "STEP", 2)
    here = client_of(owner)

    operation = changed(here, "tag", trade.pk)
    bulk = BulkChange.objects.get()
    page = here.get(f"/customers/change/{bulk.pk}/").content.decode()
    polled = here.get(f"/customers/change/{bulk.pk}/", headers={"HX-Request": "true"})

    assert ["Stop here" in page, "0 of 5" in page, polled.status_code] == [True, True, 200]
    assert trade.tagged.count() == 0
    actions.bulk_step(bulk, Customer.objects.all(), at=at)
    refused = here.post(f"/customers/operations/{operation.pk}/undo")
    assert refused.status_code == 422
    work(at)
    bulk.refresh_from_db()
    assert (bulk.is_stopped, bulk.changed_count, trade.tagged.count()) == (True, 2, 2)
    assert "Stopped." in here.get(f"/customers/change/{bulk.pk}/").content.decode()
    here.post(f"/customers/operations/{operation.pk}/undo")
    work(at)
    assert trade.tagged.count() == 0


def test_a_change_that_was_cut_off_goes_on_where_it_was(
    owner: Member, trade: Tag, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_customer(f"Ruth {number}")
    monkeypatch.setattr(actions, "STEP", 2)
    selection = {"audience": "filter", "definition": {"tree": {"field": "customer.manager",
                                                               "is": "empty"}}}  # fmt: skip
    bulk = actions.begin_bulk_change(
        "manager", str(owner.pk), selection=selection, total=5, by=owner.actor, at=at
    )
    actions.bulk_step(bulk, Customer.objects.filter(manager=None), at=at)

    jobs.run_now("desk.bulk_change", at=at, bulk_id=bulk.pk)
    jobs.run_now("desk.bulk_change", at=at, bulk_id=bulk.pk)

    bulk.refresh_from_db()
    assert (bulk.changed_count, Customer.objects.filter(manager=owner).count()) == (5, 5)


def test_a_file_that_was_brought_in_is_called_by_its_name(client_of: SignIn, owner: Member) -> None:
    file = make_file("Name\nRuth\n", name="<Till>.csv")
    item = begin_import("customers", [file], by=owner.actor, at=A_DAY)
    check_now(item, by=owner.actor, at=A_DAY)
    bring_in_now(item, by=owner.actor, at=A_DAY)
    bring("customers", "Name\nOscar\n")
    here = client_of(owner)

    with CaptureQueriesContext(connection) as seen:
        page = here.get("/customers/operations").content.decode()

    assert "<b>&lt;Till&gt;.csv brought in</b>" in page
    assert "<b>customers.csv brought in</b>" in page
    assert sum("intake_importfile" in query["sql"] for query in seen.captured_queries) == 1


def test_what_was_changed_since_stays_and_is_told(
    client_of: SignIn, owner: Member, manager: Member, helper: Member
) -> None:
    ruth, oscar = make_customer("Ruth"), make_customer("Oscar")
    here = client_of(owner)
    operation = changed(here, "manager", manager.pk)
    Customer.objects.filter(pk=ruth.pk).update(manager=helper)

    here.post(f"/customers/operations/{operation.pk}/undo")

    page = here.get("/customers/operations").content.decode()
    assert "Taken back, but for 1 that was changed since and stays." in page
    ruth.refresh_from_db()
    oscar.refresh_from_db()
    assert (ruth.manager, oscar.manager) == (helper, None)


@pytest.mark.parametrize(
    ("what", "value", "sentence"),
    [
        ("tag", "77", "There is no such tag any more."),
        ("manager", "x", "Choose somebody of the team"),
        ("kind", "ghost", "Choose what they are."),
        ("own", "x", "There is no such field any more."),
        ("burn", "", "This form is too old."),
    ],
)
def test_what_cannot_be_is_refused(
    client_of: SignIn, owner: Member, what: str, value: str, sentence: str
) -> None:
    ruth, here = make_customer(), client_of(owner)
    who = meant(here, ids=ruth.pk)

    answer = here.post("/customers/change/do", {"who": who, "what": what, f"value-{what}": value})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_nobody_ticked_is_refused(client_of: SignIn, owner: Member) -> None:
    assert client_of(owner).post("/customers/change", {}).status_code == 422


def test_helpers_change_nobody_in_bulk(client_of: SignIn, helper: Member) -> None:
    ruth, here = make_customer(manager=helper), client_of(helper)

    answers = [
        here.post("/customers/change", {"ids": ruth.pk}), here.get("/customers/operations"),
        here.post("/customers/change/do", {}),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_two_undos_of_one_operation_are_refused(client_of: SignIn, owner: Member) -> None:
    make_customer()
    here = client_of(owner)
    operation = changed(here, "archive", "")
    here.post(f"/customers/operations/{operation.pk}/undo")

    again = here.post(f"/customers/operations/{operation.pk}/undo")

    assert again.status_code == 422
    assert "This has been undone already." in again.content.decode()
