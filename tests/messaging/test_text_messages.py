"""Text messages: mails to a number at the provider's domain, while one is set up."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from regulars.consent.choices import Channel
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.server import describe_texts
from regulars.messaging.actions.texts import use_short_words
from regulars.messaging.errors import ChannelNotCarried
from regulars.messaging.mime import HeaderRefused
from regulars.messaging.models import Message
from regulars.messaging.posting import number_at
from regulars.messaging.queries import the_server
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


def test_a_text_is_written_to_a_number_that_takes_one_and_once(owner: Member, at: datetime) -> None:
    describe_texts("sms.example", by=owner.actor, at=at)
    version = use_short_words("We are back.", purpose="inform", by=owner.actor, at=at)
    numbers = {"Ada": "07700 900123", "Wall": "020 7946 0991", "Bare": "12", "None": None}
    people = [make_customer(name, phone=number) for name, number in numbers.items()]
    occasions = {one.pk: "plan:2026-11-24" for one in people}

    sent = [
        write_to_each(occasions, version=version, by=owner.actor, at=at, channel=Channel.TEXT)
        for _twice in range(2)
    ]

    message = Message.objects.get()
    assert sent == [{people[0].pk: message.pk}] * 2
    assert (message.channel, message.address) == ("text", "+447700900123")


def test_without_a_provider_none_is_written(owner: Member, at: datetime) -> None:
    version = use_short_words("We are back.", purpose="inform", by=owner.actor, at=at)
    ada = make_customer("Ada", phone="07700 900123")

    with pytest.raises(ChannelNotCarried, match="no provider"):
        write_to_each({ada.pk: "x"}, version=version, by=owner.actor, at=at, channel=Channel.TEXT)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("number", "gateway"),
    [("+447700900123", ""), ("07700900123", "sms.example"), ("+44\r\nBcc: x", "sms.example")],
    ids=["no provider any more", "of no country", "a header in it"],
)
def test_what_is_no_number_has_no_address_there(number: str, gateway: str) -> None:
    with pytest.raises(HeaderRefused):
        number_at(number, gateway)


def test_the_owner_sets_the_provider_on_the_page_and_takes_it_away(
    owner: Member, manager: Member, client_of: ClientOf
) -> None:
    here, page = client_of(owner), reverse("messaging:describe_texts")

    wrong = here.post(page, {"gateway": "not a domain"})
    kept = here.post(page, {"gateway": " 447700900123@SMS.Example.com "})
    shown = here.get(reverse("messaging:server")).content.decode()
    after = the_server().text_gateway
    here.post(page, {"gateway": ""})

    assert wrong.status_code == 422
    assert "This is not a domain" in wrong.content.decode()
    assert (kept.status_code, after) == (302, "sms.example.com")
    assert 'value="sms.example.com"' in shown
    assert the_server().text_gateway == ""
    assert client_of(manager).post(page, {"gateway": "x.example"}).status_code == 403
