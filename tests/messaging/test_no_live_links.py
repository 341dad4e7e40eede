"""What staff see of a message that left: its words to the letter, and none of its keys."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from regulars.cli.main import main
from regulars.consent.actions import ask_to_opt_in
from regulars.core.actor import SYSTEM
from regulars.core.events import deliver_events
from regulars.messaging import sending
from regulars.messaging.models import Message
from regulars.messaging.screens import text_as_it_was
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import Carrier, make_message, make_version
from tests.factories.portal import HOME, prove_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

SignIn = Callable[[Member], Client]
WORDS = (
    "{{ greeting }}\n\n{% if preferences_url %}[Less]({{ preferences_url }}){% endif %}\n\n"
    "[No more]({{ unsubscribe_url }})"
)


@pytest.fixture
def carrier(settings: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    prove_address(settings, at)
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    return carrier


def keys_of(message: Message) -> list[str]:
    """The keys in the links that left with a message."""
    links = [message.context[f"{kind}_url"] for kind in ("unsubscribe", "preferences", "confirm")]
    return [link.rpartition("/")[2] for link in links if link]


def letter(at: datetime, carrier: Carrier) -> Message:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    make_message(ruth, at=at, version=make_version(body=WORDS))
    sending.drain()
    assert len(carrier.carried) == 1
    return Message.objects.get()


def question(at: datetime, carrier: Carrier) -> Message:
    """The mail by which somebody is asked whether it was them."""
    ask_to_opt_in(
        "new@mail.example", name="", purposes=["sell"], wording="I want offers.", source="form",
        asked_from_ip="192.0.2.1", at=at,
    )  # fmt: skip
    deliver_events(at=at)
    sending.drain()
    assert len(carrier.carried) == 1
    return Message.objects.get()


@pytest.mark.parametrize(("make", "count"), [(letter, 2), (question, 1)])
def test_no_page_of_the_desk_carries_the_keys_of_customers(
    owner: Member, client_of: SignIn, at: datetime, carrier: Carrier,
    make: Callable[[datetime, Carrier], Message], count: int,
) -> None:  # fmt: skip
    message = make(at, carrier)
    keys, here = keys_of(message), client_of(owner)
    paths = [f"/messages/m/{message.pk}/", "/messages/", "/messages/needs-a-look/"]
    if message.customer_id:
        paths.append(f"/customers/{message.customer_id}/")

    answers = [here.get(path) for path in paths]
    said = CliRunner().invoke(main, ["show", "messages", "--json"]).output

    assert len(keys) == count
    assert answers[0].status_code == 200
    assert "#their-own-link" in answers[0].content.decode()
    for shown in [*(one.content.decode() for one in answers), said]:
        assert not any(key in shown for key in keys)
        assert not any(f"{HOME}/{door}/" in shown for door in "ucp")


def test_only_what_left_to_the_letter_is_shown(at: datetime, carrier: Carrier) -> None:
    message = letter(at, carrier)
    shown = text_as_it_was(message, SYSTEM).rendered
    assert shown is not None
    assert "Less: #their-own-link" in shown.text
    assert 'href="#their-own-link"' in shown.html

    message.context["unsubscribe_url"] += "x"

    assert text_as_it_was(message, SYSTEM).rendered is None


def test_a_preview_makes_no_link_of_a_customer(
    owner: Member, client_of: SignIn, at: datetime, carrier: Carrier, monkeypatch: Any
) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    version = make_version(body=WORDS)

    def made(*_said: object, **_more: object) -> str:
        raise AssertionError("a preview made a link")

    monkeypatch.setattr("regulars.core.signed_links.make_link", made)
    page = client_of(owner).get(f"/messages/paper/{version.pk}/{ruth.pk}")

    assert page.status_code == 200
    assert "Less" in page.content.decode()
