"""What the gate would say is said before a message is written, with scripts or without."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Message
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
WORDS = {
    "subject": "Your loaf", "body": "{{ greeting }}\n\nIt is put by.\n\n{{ signature }}",
    "purpose": "serve", "nonce": "abc",
}  # fmt: skip
HELD = "Messages to this customer are held."


@pytest.fixture
def ruth(manager: Member) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@x.example", manager=manager)


def told(page: str) -> str:
    found = re.search(r'name="told" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_another_purpose_than_the_page_spoke_of_is_said_once_before_it_is_written(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    place_hold(ruth, HoldKind.CASE, by=manager.actor, at=at)
    here, path = client_of(manager), f"/messages/to/{ruth.pk}/"
    sells = {**WORDS, "purpose": "sell", "told": told(here.get(path).text)}

    first = here.post(path, sells)
    said = told(first.text)
    second = here.post(path, {**sells, "told": said})

    assert (sells["told"], first.status_code) == ("", 422)
    assert said
    assert f"<b>{said}</b>" in unescape(first.text)
    assert "Send it once more if that is as you want it." in first.text
    assert "It is put by." in first.text
    assert (second.status_code, Message.objects.get().purpose) == (302, "sell")


def test_what_has_changed_since_the_page_was_opened_is_said(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here, path = client_of(manager), f"/messages/to/{ruth.pk}/"
    before = told(here.get(path).text)
    place_hold(ruth, HoldKind.OTHER, by=manager.actor, at=at, stops=Holds.ALL)

    answer = here.post(path, {**WORDS, "told": before})

    assert (before, answer.status_code) == ("", 422)
    assert HELD in answer.text
    assert not Message.objects.exists()


def test_what_would_leave_right_away_is_written_at_once(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    answer = client_of(manager).post(
        f"/messages/to/{ruth.pk}/", {**WORDS, "told": "It was held an hour ago."}
    )

    assert (answer.status_code, Message.objects.count()) == (302, 1)


def test_with_scripts_the_page_takes_up_what_it_is_told(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    place_hold(ruth, HoldKind.CASE, by=manager.actor, at=at)
    here, path = client_of(manager), f"/messages/to/{ruth.pk}/"

    part = here.get(f"{path}verdict?purpose=sell").text
    answer = here.post(path, {**WORDS, "purpose": "sell", "told": told(part)})

    assert (answer.status_code, Message.objects.get().purpose) == (302, "sell")


def test_words_that_sell_under_another_purpose_are_pointed_out_once(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here, path = client_of(manager), f"/messages/to/{ruth.pk}/"
    offer = {**WORDS, "body": "{{ greeting }}\n\n20% off!\n\n{{ signature }}"}

    first = here.post(path, {**offer, "told": told(here.get(path).text)})
    second = here.post(path, {**offer, "told": told(first.text)})

    assert first.status_code == 422
    assert told(first.text) == "It is meant to “Serve”, and it sells: “20% off”."
    assert (second.status_code, Message.objects.count()) == (302, 1)
