from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from regulars.bulletins.actions.sending import start_sending
from regulars.bulletins.readers import readers_of
from regulars.consent.models import OptInRequest
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.lists.audience import FILTER
from regulars.messaging.choices import State
from regulars.messaging.expanding import expand
from regulars.messaging.models import Message
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees
from tests.factories.portal import prove_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def asks(client: Client, email: str, about: list[str], at: datetime) -> None:
    """By the form for everybody, and the press in the mail that answers it."""
    client.post("/hear-from-us", {"email": email, "name": "Ada Bread", "about": about})
    request = OptInRequest.objects.get(address=email)
    client.post(f"/c/{make_link('confirm', request.pk, '', at)}")


def test_who_asked_for_news_by_the_public_form_gets_a_bulletin_meant_for_others(
    client: Client, settings: Any, at: datetime
) -> None:
    prove_address(settings, at)
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    agrees(ruth)
    make_customer("Otis Bell", email="otis@x.example")
    asks(client, "news@mail.example", ["inform"], at)
    asks(client, "offers@mail.example", ["sell"], at)
    chosen = {"tree": {"field": "customer.name", "is": "contains", "value": "Ruth"}}

    version = make_version(make_bulletin(at, audience=FILTER, definition=chosen), at)
    [sending] = start_sending(version, seen_count=2, by=SYSTEM, at=at)
    assert sending.mailing is not None
    expand(sending.mailing, at=at)

    asked = Customer.objects.get(contact_points__value="news@mail.example")
    assert set(readers_of(version.bulletin)) == {ruth, asked}
    assert Message.objects.get(customer=asked, purpose="inform").state == State.READY
    written = Message.objects.filter(mailing=sending.mailing)
    assert set(written.values_list("customer", flat=True)) == {ruth.pk, asked.pk}
