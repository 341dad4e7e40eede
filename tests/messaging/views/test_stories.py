"""What the story of a message says: why it failed, what it waits for, how often it was tried."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from regulars.core import instance
from regulars.customers.models import Customer
from regulars.messaging.actions.server import pause_server
from regulars.messaging.actions.switch import stop_sending
from regulars.messaging.choices import State
from regulars.messaging.models import Attempt, Mailing, Message
from regulars.messaging.words import TEXT_FAULTS
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


@pytest.fixture
def ruth(manager: Member) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@x.example", manager=manager)


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("why", "detail", "said"),
    [
        ("empty_field", "", "asks for something that we do not know of them"),
        ("unfilled", "", "A place in the text was left unfilled"),
        ("foreign_address", "", "e-mail address of another customer"),
        ("unusable", "", "The text could not be filled in"),
        ("changed", "", "Its words came out other"),
        ("header", "", "signs that no mail can carry"),
        ("550", "5.1.1 No such user", "does not know this address. It said: “550 5.1.1 No such"),
        ("552", "5.2.2 Over quota", "Their mailbox is full."),
        ("554", "5.7.1 Spam", "refused it by its own rules"),
        ("451", "4.3.0 Later", "The mail server says: not now."),
        ("lost", "", "The connection ended before the server had taken the mail."),
        ("bad_address", "", "not one that mail can carry"),
    ],
)
def test_a_failure_says_why_and_what_would_help(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime, why: str, detail: str,
    said: str,
) -> None:  # fmt: skip
    message = make_message(ruth, at=at, state=State.FAILED, why=why, why_detail=detail)
    page = words(client_of(manager), f"/messages/m/{message.pk}/")

    assert said in page
    assert ("Try again" in page) == (why not in TEXT_FAULTS)


def test_what_waits_says_what_it_waits_for(
    owner: Member, manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    mailing = make_mailing(at=at)
    message = make_message(ruth, at=at, mailing=mailing)
    here = client_of(manager)

    def said() -> str:
        return words(here, f"/messages/m/{message.pk}/").split('class="story"')[1]

    assert "It waits for its turn." in said()
    Mailing.objects.update(state="paused", why_paused="We are away.")
    assert "It waits: its mailing is paused. We are away." in said()
    Message.objects.update(not_before=at + timedelta(hours=2))
    Mailing.objects.update(state="running")
    assert "It leaves at 24 Nov 2026" in said()
    pause_server("535 5.7.8 Bad password", at=at)
    assert "It waits: the mail server does not take our messages. The server does not" in said()
    stop_sending(why="A burst pipe.", by=manager.actor, at=at)
    assert f"It waits: {manager.name} stopped all sending 24 Nov 2026" in said()
    assert "A burst pipe." in said()
    instance.settle_identity()
    instance.hold("restored", at=at)
    instance.forget_seen()
    assert "It waits: nothing leaves this instance until an owner releases it." in said()


def test_tries_that_ended_alike_are_told_as_one(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    message = make_message(ruth, at=at)
    for epoch in range(1, 8):
        Attempt.objects.create(
            message=message, epoch=epoch, begun_at=at + timedelta(minutes=epoch),
            result="not_sent", code="connect",
        )  # fmt: skip
    here = client_of(manager)

    page = words(here, f"/messages/m/{message.pk}/")

    assert page.count("Tried 7 times from") == 1
    assert "The server could not be reached." in page
    assert "7 times, the last" in page
    assert "The mail server does not answer." in words(here, "/messages/")
    Attempt.objects.create(
        message=message, epoch=9, begun_at=at + timedelta(minutes=9), result="accepted", code="250"
    )
    assert "The mail server does not answer." not in words(here, "/messages/")


def test_the_timeline_says_in_a_few_words_why_it_failed(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    make_message(ruth, at=at, state=State.FAILED, why="unfilled")
    make_message(ruth, at=at, state=State.FAILED, why="550", why_detail="5.1.1 No such user")

    page = words(client_of(manager), f"/customers/{ruth.pk}/")

    assert "a place was left unfilled" in page
    assert "Their mail server does not know this address. (550 5.1.1 No such user)" in page
