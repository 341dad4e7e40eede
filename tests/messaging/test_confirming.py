"""Somebody asked to hear from us: one mail, to that address, that counts for nothing by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.consent.actions import ask_to_opt_in, confirm_opt_in
from regulars.consent.models import OptInRequest
from regulars.core.events import deliver_events
from regulars.core.signed_links import read_link
from regulars.messaging import sending
from regulars.messaging.actions.confirming import ask_to_confirm
from regulars.messaging.models import Message, TemplateVersion
from regulars.messaging.rendering import rendered_again
from tests.factories.messaging import Carrier
from tests.factories.portal import HOME, prove_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def asked(at: datetime, address: str = "new@mail.example") -> OptInRequest:
    made = ask_to_opt_in(
        address, name="", purposes=["sell"], wording="I want offers.", source="form",
        asked_from_ip="192.0.2.1", at=at,
    )  # fmt: skip
    assert made is not None
    return made


def test_the_mail_is_written_once_however_often_it_is_heard(at: datetime) -> None:
    request = asked(at)

    deliver_events(at=at)
    deliver_events(at=at)
    again = ask_to_confirm(request.pk, at=at)

    message = Message.objects.get()
    assert again == message
    assert (message.customer, message.address, message.purpose, message.occasion) == (
        None, "new@mail.example", "serve", f"opt-in:{request.pk}",
    )  # fmt: skip


def test_every_request_carries_the_same_text(at: datetime) -> None:
    for name in ("one", "two"):
        ask_to_confirm(asked(at, f"{name}@mail.example").pk, at=at)

    assert (Message.objects.count(), TemplateVersion.objects.count()) == (2, 1)


def test_a_request_that_is_over_gets_no_mail(at: datetime) -> None:
    request = asked(at)
    confirm_opt_in(request, at=at, proof="mail")

    assert ask_to_confirm(request.pk, at=at) is None
    assert ask_to_confirm(987654321, at=at) is None
    assert ask_to_confirm(asked(at, "x@mail.example").pk, at=at + timedelta(days=8)) is None
    assert Message.objects.count() == 0


def test_the_mail_leads_to_the_page_that_asks_and_nowhere_else(
    at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove_address(settings, at)
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    request = asked(at)
    deliver_events(at=at)

    sending.drain()

    (parcel,) = carrier.carried
    message = Message.objects.get()
    text = rendered_again(message).text
    token = message.context["confirm_url"].removeprefix(f"{HOME}/c/")
    link = read_link("confirm", token, at)
    assert parcel.recipient == "new@mail.example"
    assert message.context["confirm_url"] in text
    assert link is not None
    assert link.customer_id == request.pk
    assert (message.context["unsubscribe_url"], message.context["preferences_url"]) == ("", "")
