"""Links as customers have them, for tests."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from regulars.core.actor import SYSTEM
from regulars.core.instance import forget_seen, prove_public_url, settle_identity
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from tests.factories.customers import make_customer

HOME = "https://hello.juniper.example"


def prove_address(settings: Any, at: datetime, url: str = HOME) -> None:
    """Be reached where PUBLIC_URL says, as somebody has seen with a phone."""
    settings.PUBLIC_URL = url
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, urlsplit(url).hostname]
    settle_identity()
    prove_public_url(url, by=SYSTEM, at=at)
    forget_seen()


def make_ruth() -> Customer:
    return make_customer(
        "Ruth Calloway", email="ruth@mail.example", phone="01632 960214", address="8 Weir Cottages"
    )


def link_to(kind: str, customer: Customer, at: datetime, message: Message | None = None) -> str:
    """The path that a link of this kind opens."""
    token = make_link(kind, customer.pk, message.pk if message else "", at)
    return f"/{kind[0]}/{token}"
