"""Asking to hear from us: one answer to everybody; nothing counts before the mailbox says so."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import suppress
from regulars.consent.choices import Stopped
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.customers.naming import seal_of
from regulars.team.models import Business
from tests.factories.instance import all_rows
from tests.factories.portal import make_ruth, prove_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "reached")]

PHONE = "01632 960100"
FORM = {"email": "new@mail.example", "name": "Ada Bread", "about": ["inform", "sell"]}


@pytest.fixture
def reached(at: datetime, settings: Any) -> None:
    """Without a proved address no mail with a button could leave."""
    prove_address(settings, at)


def ask(client: Client, **over: object) -> Any:
    return client.post("/hear-from-us", {**FORM, **over})


@pytest.fixture
def request_made(client: Client) -> OptInRequest:
    ask(client)
    return OptInRequest.objects.get()


def test_the_words_shown_are_kept_with_the_request(client: Client, at: datetime) -> None:
    answer = ask(client)

    assert answer.status_code == 200
    request = OptInRequest.objects.get()
    assert (request.address, request.name, request.purposes, request.source, request.asked_at) == (
        "new@mail.example", "Ada Bread", ["inform", "sell"], "form on our page", at,
    )  # fmt: skip
    assert request.wording == (
        "I would like to hear from Juniper & Rye by e-mail about: News: what changes here and "
        "Offers. I can stop it at any time, with one press in every mail."
    )
    assert (Customer.objects.count(), ConsentEvent.objects.count()) == (0, 0)


def test_everybody_reads_the_same(client: Client, at: datetime) -> None:
    """RELIABILITY C8, A6: known or not, asked already, closed, or a program: one answer."""
    ruth = make_ruth()
    closed = "angry@mail.example"
    suppress("email", seal_of("email", closed), Stopped.COMPLAINED, by=SYSTEM, at=at)

    answers = [
        ask(client),
        ask(client),
        ask(client, email="ruth@mail.example"),
        ask(client, email=closed),
        ask(client, email="bot@mail.example", website="https://spam.example"),
    ]

    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1
    addresses = OptInRequest.objects.order_by("id").values_list("address", flat=True)
    assert list(addresses) == ["new@mail.example", "ruth@mail.example"]
    assert ConsentState.objects.filter(customer=ruth).count() == 0


def test_known_and_unknown_cost_the_same(client: Client) -> None:
    """What a clock could tell: the same questions to the database, one by one."""
    make_ruth()
    asked = []

    for address in ("ruth@mail.example", "stranger@mail.example"):
        with CaptureQueriesContext(connection) as seen:
            ask(client, email=address)
        asked.append([re.sub(r'"s\d+_x\d+"', "", q["sql"])[:40] for q in seen])

    assert asked[0] == asked[1]


def test_one_place_asks_five_times_an_hour(client: Client, at: datetime) -> None:
    answers = [ask(client, email=f"n{number}@mail.example") for number in range(7)]
    elsewhere = client.post(
        "/hear-from-us", {**FORM, "email": "far@mail.example"}, REMOTE_ADDR="192.0.2.9"
    )

    assert {a.status_code for a in [*answers, elsewhere]} == {200}
    assert OptInRequest.objects.count() == 6
    with clock.stopped_at(at + timedelta(minutes=61)):
        ask(client, email="n7@mail.example")
    assert OptInRequest.objects.count() == 7


def test_behind_a_proxy_the_place_is_the_one_it_names(client: Client, settings: Any) -> None:
    """The last name is our own proxy's; whatever stands before it was written by anybody."""
    settings.BEHIND_TLS = True

    for number in range(7):
        client.post(
            "/hear-from-us", {**FORM, "email": f"n{number}@mail.example"},
            headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"},
        )  # fmt: skip

    assert OptInRequest.objects.count() == 5


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"email": ""}, "Write the address that we may write to."),
        ({"email": "no address"}, "Write the address like ruth@example.com."),
        ({"email": "a@b.c\nBcc: x@y.example"}, "Write the address like ruth@example.com."),
        ({"email": "a" * 300 + "@mail.example"}, "This is too long to be an address."),
        ({"about": []}, "Choose at least one."),
        ({"about": ["everything"]}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said(client: Client, over: dict[str, object], sentence: str) -> None:
    answer = ask(client, **over)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert OptInRequest.objects.count() == 0


def test_without_a_proved_address_no_mail_is_promised(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    Business.objects.update(phone=PHONE)
    before = all_rows()

    answers = [client.get("/hear-from-us"), ask(client)]

    for text in (answer.content.decode() for answer in answers):
        assert "<form" not in text
        assert f"Call us, and we write down that you would like to hear from us: {PHONE}" in text
    assert all_rows() == before


def test_without_a_telephone_either_they_can_come_by(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    Business.objects.update(phone="", street="1 Mill Lane", postcode="BA1", city="Weir")

    text = client.get("/hear-from-us").content.decode()

    assert (
        "Come by or write to us, and we write down that you would like to hear from us: "
        "1 Mill Lane, BA1 Weir" in text
    )


# Confirming


def path_of(request: OptInRequest, at: datetime) -> str:
    return f"/c/{make_link('confirm', request.pk, '', at)}"


def test_looking_confirms_nothing(client: Client, request_made: OptInRequest, at: datetime) -> None:
    before, path = all_rows(), path_of(request_made, at)

    answers = [client.get(path), client.head(path), client.get(path)]

    assert [a.status_code for a in answers] == [200] * 3
    assert all_rows() == before
    text = answers[0].content.decode()
    assert "n…@m….example" in text
    assert "new@mail.example" not in text
    assert "Yes, Juniper &amp; Rye may write to me" in text


@pytest.mark.parametrize("signals", [{}, {"Sec-GPC": "1", "DNT": "1"}])
def test_the_press_counts_whatever_the_browser_signals(
    client: Client, request_made: OptInRequest, at: datetime, signals: dict[str, str]
) -> None:
    """RELIABILITY F30: a signal against tracking is no no to what somebody just asked for."""
    answer = client.post(path_of(request_made, at), headers=signals)

    assert "It counts, thank you" in answer.content.decode()
    customer = Customer.objects.get()
    assert customer.name == "Ada Bread"
    events = ConsentEvent.objects.order_by("purpose")
    assert [(e.purpose, e.decision, e.wording, e.proof) for e in events] == [
        (purpose, "granted", request_made.wording,
         f"mail to the address, confirmed; request {request_made.pk}")
        for purpose in ("inform", "sell")
    ]  # fmt: skip


def test_confirming_again_adds_nothing(
    client: Client, request_made: OptInRequest, at: datetime
) -> None:
    client.post(path_of(request_made, at))
    kept = list(ConsentEvent.objects.values())

    answer = client.post(path_of(request_made, at))

    assert answer.status_code == 200
    assert list(ConsentEvent.objects.values()) == kept
    assert Customer.objects.count() == 1


def test_too_late_or_unknown_is_one_answer(
    client: Client, request_made: OptInRequest, at: datetime
) -> None:
    path, unknown = path_of(request_made, at), f"/c/{make_link('confirm', 987654321, '', at)}"
    for_another_page = f"/c/{make_link('unsubscribe', request_made.pk, '', at)}"

    with clock.stopped_at(at + timedelta(days=3)):
        late = [client.get(path), client.post(path)]
    answers = [*late, *(client.post(p) for p in (unknown, for_another_page, "/c/wrong"))]

    assert {a.status_code for a in answers} == {410}
    assert len({a.content for a in answers}) == 1
    assert (Customer.objects.count(), ConsentEvent.objects.count()) == (0, 0)
