"""Links as customers have them, for tests."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from regulars.core.instance import forget_seen
from regulars.core.models import Instance
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from tests.factories.customers import make_customer

HOME = "https://hello.juniper.example"


def prove_address(at: datetime, url: str = HOME) -> None:
    """Be reached where PUBLIC_URL says, as somebody has seen with a phone."""
    settings.PUBLIC_URL = url
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, str(urlsplit(url).hostname)]
    Instance.objects.update_or_create(
        pk=1,
        defaults={"public_url": url, "public_url_proved_at": at},
        create_defaults={
            "instance_id": "0190d6a8-0000-7000-8000-000000000001",
            "public_url": url, "public_url_proved_at": at,
        },
    )  # fmt: skip
    forget_seen()


def make_ruth() -> Customer:
    return make_customer(
        "Ruth Calloway", email="ruth@mail.example", phone="01632 960214", address="8 Weir Cottages"
    )


def link_to(kind: str, customer: Customer, at: datetime, message: Message | None = None) -> str:
    """The path that a link of this kind opens."""
    token = make_link(kind, customer.pk, message.pk if message else "", at)
    return f"/{kind[0]}/{token}"
