"""The page of one customer as a browser gets it."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.desk.test_customers import HTMX, SignIn, make_regular, words
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_household, make_reference, make_relation
from tests.factories.orders import make_line, make_order

pytestmark = pytest.mark.django_db


def test_the_page_tells_the_story_then_the_ledger(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    ruth = make_regular(manager=owner, phone="+442079460018", email="ruth@calloway")
    make_touch(
        ruth,
        at - timedelta(days=2),
        body="Asked after the rye.",
        said="Soon, please.",
        by=owner.actor,
    )
    make_line(make_order(ruth, date(2026, 11, 23), 2280), "Seeded rye")
    make_household(ruth, make_customer("Walter Calloway"))
    make_relation(make_customer("Bakery", kind=Kind.DEPARTMENT), "serves", ruth)
    make_reference(ruth)
    make_decision(ruth)

    page = words(client_of(owner), f"/customers/{ruth.pk}/")

    for said in (
        "Usually every 7 days, now 19", "Call Ruth", "tel:+442079460018", "Nora Lindqvist called",
        "Asked after the rye.", "“Soon, please.”", "Bought for £22.80", "Seeded rye",
        "Walter Calloway", "Bakery", "till: 1001", "agreed, 2 Nov", "not asked yet", "doubtful",
        "1 to serve, 0 to inform, 0 to sell",
    ):  # fmt: skip
        assert said in page, said
    assert page.index("Bought for £22.80") < page.index("Nora Lindqvist called")


def test_what_people_typed_is_shown_and_never_run(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    customer = make_customer(nasty, kind=Kind.ORGANISATION, about=nasty, manager=owner)
    make_touch(customer, at, body=nasty, said=nasty)
    client = client_of(owner)

    for url in ("/customers/", f"/customers/{customer.pk}/"):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert nasty in unescape(html)


@pytest.mark.parametrize("path", ["", "head", "facts"])
def test_whose_customer_it_is_not_sees_as_little_as_of_nobody(
    owner: Member, helper: Member, client_of: SignIn, path: str
) -> None:
    other = make_customer(manager=owner)
    client = client_of(helper)

    not_theirs = client.get(f"/customers/{other.pk}/{path}")
    not_there = client.get(f"/customers/{other.pk + 99}/{path}")

    assert (not_theirs.status_code, not_there.status_code) == (404, 404)
    assert _without_tokens(not_theirs.content) == _without_tokens(not_there.content)


def _without_tokens(page: bytes) -> bytes:
    return re.sub(rb'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', b"", page)


def test_a_viewer_sees_and_is_offered_nothing_to_change(
    owner: Member, viewer: Member, client_of: SignIn
) -> None:
    customer = make_customer(manager=owner)

    page = words(client_of(viewer), f"/customers/{customer.pk}/")

    forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
    assert [url for url in forms if "/customers/" in url or "/touches/" in url] == []


@pytest.mark.parametrize("path", ["", "head", "facts"])
def test_a_long_story_asks_the_database_as_often_as_a_short_one(
    owner: Member, client_of: SignIn, at: datetime, path: str
) -> None:
    customer = make_regular(manager=owner)
    make_touch(customer, at)
    client = client_of(owner)
    url = f"/customers/{customer.pk}/{path}"
    client.get(url)
    with CaptureQueriesContext(connection) as short:
        client.get(url)
    for days in range(1, 12):
        make_touch(customer, at - timedelta(days=days), by=owner.actor)
        make_line(make_order(customer, date(2026, 11, 5) - timedelta(days=days)))
    with CaptureQueriesContext(connection) as longer:
        client.get(url)

    # Three counts of what stands further down, and the lines of the orders.
    assert len(longer) - len(short) in (0, 3)


def test_write_somebody_down(owner: Member, helper: Member, client_of: SignIn) -> None:
    client = client_of(helper)
    assert client.get("/customers/new").status_code == 200

    answer = client.post(
        "/customers/new",
        {"name": "Ruth Calloway", "kind": "person", "reach": "020 7946 0018", "manager": helper.pk},
    )

    customer = Customer.objects.get()
    assert answer["Location"] == f"/customers/{customer.pk}/"
    assert customer.manager_id == helper.pk
    assert customer.contact_points.get().kind == "phone"


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "kind": "person"},
        {"name": "Ruth", "kind": "boss"},
        {"name": "Ruth", "kind": "person", "manager": "999"},
    ],
)
def test_writing_somebody_down_refuses_and_keeps_what_was_typed(
    owner: Member, client_of: SignIn, given: dict[str, str]
) -> None:
    answer = client_of(owner).post("/customers/new", given)

    assert answer.status_code == 422
    assert Customer.objects.count() == 0


def test_a_viewer_writes_nobody_down(viewer: Member, client_of: SignIn) -> None:
    client = client_of(viewer)

    assert client.get("/customers/new").status_code == 403
    assert client.post("/customers/new", {"name": "R", "kind": "person"}).status_code == 403
    assert Customer.objects.count() == 0


def test_parts_answer_by_themselves(owner: Member, client_of: SignIn) -> None:
    customer = make_customer(manager=owner)

    for path in ("head", "facts"):
        page = words(client_of(owner), f"/customers/{customer.pk}/{path}", **HTMX)
        assert "<html" not in page


def test_the_main_action_writes_by_the_gate_and_never_past_it(
    owner: Member, viewer: Member, client_of: SignIn, at: datetime
) -> None:
    ruth = make_regular(manager=owner, email="ruth@calloway.example")
    make_decision(ruth, channel="email", purpose="")
    path = f"/customers/{ruth.pk}/"

    def head_of(member: Member) -> str:
        page = unescape(client_of(member).get(path).content.decode())
        return page.split('id="next"')[1].split("</section>")[0]

    assert f'href="/messages/to/{ruth.pk}/"' in head_of(owner)
    assert "mailto:" not in head_of(owner)
    assert "/messages/to/" not in head_of(viewer)
