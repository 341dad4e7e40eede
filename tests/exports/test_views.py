import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import clock, jobs
from regulars.core.actor import COMMAND
from regulars.customers.actions.leaving import erase_customer
from regulars.exports.actions import file_of, folder
from regulars.exports.models import Export
from regulars.lists.models import HiddenField
from regulars.messaging.audiences import sealed
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
CUSTOMERS = {"what": "customers", "format": "csv"}


def work(at: datetime) -> None:
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)


def made(client: Client, at: datetime, **given: str) -> Export:
    client.post(reverse("exports:new"), {**CUSTOMERS, **given})
    work(at)
    return Export.objects.latest("pk")


def content_of(answer: object) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_a_manager_takes_the_list_out(client_of: ClientOf, manager: Member, at: datetime) -> None:
    make_customer("Ruth Calloway")
    here = client_of(manager)

    asked = here.post(reverse("exports:new"), CUSTOMERS)

    export = Export.objects.get()
    assert (asked.status_code, asked["Location"]) == (
        302,
        reverse("exports:show", args=[export.pk]),
    )
    waiting = here.get(reverse("exports:progress", args=[export.pk]))
    assert (waiting.status_code, b"Waiting" in waiting.content) == (200, True)
    work(at)
    assert (
        here.get(reverse("exports:progress", args=[export.pk]))["HX-Redirect"] == asked["Location"]
    )
    assert b"Open the file" in here.get(asked["Location"]).content
    assert b"1 row, ready" in here.get(reverse("exports:list")).content
    file = here.get(reverse("exports:download", args=[export.pk]))
    assert file["Content-Disposition"] == 'attachment; filename="customers-2026-11-24.csv"'
    assert file["Cache-Control"] == "no-store, private"
    assert "Ruth Calloway" in content_of(file)


def test_only_who_asked_opens_the_file(client_of: ClientOf, manager: Member, at: datetime) -> None:
    export = made(client_of(manager), at)
    other = client_of(make_member("owner", email="other@x.example"))

    answers = [other.get(reverse(f"exports:{name}", args=[export.pk]))
               for name in ("show", "progress", "download")]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_file_is_kept_for_one_day(client_of: ClientOf, manager: Member, at: datetime) -> None:
    export = made(client_of(manager), at)
    path = file_of(export)
    later = at + timedelta(days=1)
    with clock.stopped_at(later):
        here = client_of(manager)
        refused = here.get(reverse("exports:download", args=[export.pk]))

        jobs.run_now("exports.forget", at=later)

        assert (refused.status_code, path.exists()) == (404, False)
        assert b"not kept any more" in here.get(reverse("exports:show", args=[export.pk])).content


def test_a_selection_goes_out_alone(client_of: ClientOf, manager: Member, at: datetime) -> None:
    ruth, _oscar = make_customer("Ruth Calloway"), make_customer("Oscar Abernathy")
    here = client_of(manager)
    who = sealed("customers-list", {"ids": [ruth.pk]})

    shown = here.get(reverse("exports:list"), {"who": who}).content.decode()
    export = made(here, at, who=who)

    assert "chosen one by one: Ruth Calloway" in shown
    assert export.row_count == 1
    text = content_of(here.get(reverse("exports:download", args=[export.pk])))
    assert ("Ruth" in text, "Oscar" in text) == (True, False)


def test_everything_is_the_owners(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    everything = {"what": "everything", "format": "csv"}

    answers = [client_of(who).post(reverse("exports:new"), everything) for who in (owner, manager)]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert Export.objects.count() == 1


def test_an_address_book_holds_customers_only(client_of: ClientOf, manager: Member) -> None:
    answer = client_of(manager).post(reverse("exports:new"), {"what": "orders", "format": "vcard"})

    assert answer.status_code == 422
    assert b"An address book holds customers only." in answer.content


def test_helpers_take_nothing_out(client_of: ClientOf, helper: Member) -> None:
    here = client_of(helper)

    answers = [here.get(reverse("exports:list")), here.post(reverse("exports:new"), CUSTOMERS)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_who_has_left_gets_no_file(client_of: ClientOf, manager: Member, at: datetime) -> None:
    client_of(manager).post(reverse("exports:new"), CUSTOMERS)
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    work(at)

    assert (Export.objects.get().is_ready, folder().exists()) == (False, False)


def test_the_list_leads_to_a_file_of_the_ticked(client_of: ClientOf, manager: Member) -> None:
    ruth = make_customer("Ruth Calloway")
    make_customer("Oscar Abernathy")
    here = client_of(manager)

    asked = here.post(reverse("customers:take_out"), {"ids": ruth.pk})
    nobody = here.post(reverse("customers:take_out"), {})

    assert b"chosen one by one: Ruth Calloway" in here.get(asked["Location"]).content
    assert nobody.status_code == 422


def test_a_view_goes_out_with_its_columns(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway", phone="+44 20 7946 0321", manager=manager)
    make_customer("Oscar Abernathy")
    here = client_of(manager)
    page = here.get("/customers/", {
        "cols": "customer.phone,customer.manager,customer.added_at",
        "f": '{"field":"customer.manager","is":"filled"}',
    }).content.decode()  # fmt: skip
    link = unescape(re.search(r'href="(/exports/[^"]+)"', page)[1])  # type: ignore[index]
    given = dict(parse_qsl(urlsplit(link).query))

    export = made(here, at, **given)

    text = content_of(here.get(reverse("exports:download", args=[export.pk])))
    assert text.splitlines() == [
        "Name,Phone,Looked after by,On the list since",
        f"Ruth Calloway,+44 20 7946 0321,{manager.name},{ruth.created_at.date()}",
    ]


def test_what_is_hidden_from_a_role_does_not_go_out(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example", about="No nuts.")
    for field in ("customer.email", "customer.about", "insight.year_spend", "order"):
        HiddenField.objects.create(role="manager", field=field, hidden_at=at)
    here = client_of(manager)

    texts = [
        content_of(here.get(reverse("exports:download", args=[made(here, at, **given).pk])))
        for given in ({}, {"format": "vcard"}, {"cols": "customer.email,customer.kind"})
    ]
    orders = made(here, at, what="orders")

    assert [text for text in texts if "ruth@x" in text or "nuts" in text or "Spent" in text] == []
    assert (orders.is_ready, orders.job.sentence if orders.job else "") == (
        False, "What customers bought is hidden from your role.",
    )  # fmt: skip


def test_files_of_orders_tell_nothing_that_is_hidden(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    make_line(make_order(make_customer("Ruth Calloway", email="ruth@x.example"), at.date()))
    for field in ("customer.email", "order.number"):
        HiddenField.objects.create(role="manager", field=field, hidden_at=at)
    here = client_of(manager)

    export = made(here, at, what="orders")

    heading, line = content_of(here.get(reverse("exports:download", args=[export.pk]))).splitlines()
    assert ("E-mail" in heading, "Order number" in heading) == (False, False)
    assert ("ruth@x.example" in line, "Ruth Calloway" in line) == (False, True)
    assert heading.count(",") == line.count(",")


def test_an_address_goes_out_whole_or_not_at_all(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    make_customer("Ruth Calloway", address="8 Weir Cottages, York")
    HiddenField.objects.create(role="manager", field="customer.city", hidden_at=at)
    here = client_of(manager)

    export = made(here, at, format="vcard")

    card = content_of(here.get(reverse("exports:download", args=[export.pk])))
    assert ("York" in card, "Ruth Calloway" in card) == (False, True)


def test_files_that_may_hold_an_erased_customer_are_removed(
    client_of: ClientOf, manager: Member, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    ruth, here = make_customer("Ruth Calloway"), client_of(manager)
    export = made(here, at)
    path = file_of(export)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(ruth, by=COMMAND, at=at)

    assert not path.exists()
    assert here.get(reverse("exports:download", args=[export.pk])).status_code == 404
    page = here.get(reverse("exports:show", args=[export.pk])).content.decode()
    assert "not kept any more" in page
