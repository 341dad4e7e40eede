"""What messages on a screen say to somebody from whose role something is hidden."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.choices import State
from regulars.messaging.models import Attempt, Mailing, Message
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_household
from tests.factories.messaging import make_mailing, make_message, make_version

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def mailing(at: datetime, manager: Member) -> Mailing:
    """To three: Ruth lacks what the text says, Ada's server refused it, Thea has it."""
    said = "Words for {{ household }}"
    mailing = make_mailing(at=at, version=make_version(subject=said, body=said))
    for name, over in (
        ("Ruth Calloway", {"state": State.FAILED, "why": "empty_field"}),
        ("Ada Abbott", {"state": State.FAILED, "why": "550", "why_detail": "5.1.1 No such user"}),
        ("Thea Thorn", {"state": State.ACCEPTED}),
    ):
        one = make_customer(name, email=f"{name[:3].lower()}@x.example", manager=manager)
        message = make_message(one, at=at, mailing=mailing, version=mailing.version, **over)
        if name != "Ruth Calloway":
            Attempt.objects.create(
                message=message, epoch=1, begun_at=at, ended_at=at,
                result="refused" if "why" in over else "accepted", code="550 5.1.1 No such user",
            )  # fmt: skip
    lives = Customer.objects.get(name="Thea Thorn")
    make_household(lives, name="Weir Cottages")
    Message.objects.filter(customer=lives).update(
        content_sha256="0" * 64, context={"household": "Weir Cottages"}
    )
    return mailing


def pages(client: Client, mailing: Mailing) -> dict[str, str]:
    ruth, ada, thea = Message.objects.order_by("pk")
    paths = [
        f"/messages/mailings/{mailing.pk}/", f"/messages/mailings/{mailing.pk}/of/failed/",
        f"/messages/mailings/{mailing.pk}/of/handed-over/",
        "/messages/needs-a-look?what=failed",
        *(f"/messages/m/{one.pk}/" for one in (ruth, ada, thea)),
        *(f"/customers/{one.customer_id}/" for one in (ruth, ada, thea)),
    ]  # fmt: skip
    found = {path: client.get(path, follow=True) for path in paths}
    assert {path: one.status_code for path, one in found.items() if one.status_code != 200} == {}
    return {path: unescape(one.content.decode()) for path, one in found.items()}


TELLING = ("do not know of them", "something is missing", "No such user", "Weir Cottages")


def told(found: dict[str, str]) -> dict[str, list[str]]:
    return {word: [path for path, page in found.items() if word in page] for word in TELLING}


def test_who_lacks_a_hidden_value_is_not_told_by_a_message_that_failed(
    manager: Member, owner: Member, mailing: Mailing, at: datetime, client_of: ClientOf
) -> None:
    HiddenField.objects.create(role="manager", field="customer.household", hidden_at=at)

    whole = told(pages(client_of(owner), mailing))
    seen = pages(client_of(manager), mailing)

    assert [word for word in TELLING if not whole[word]] == []
    assert told(seen) == {word: [] for word in TELLING}
    listed = seen[f"/messages/mailings/{mailing.pk}/of/failed/"]
    assert listed.count("that are hidden from your role. An owner can see it.") == 2


def test_an_address_that_is_hidden_is_in_no_list_of_messages(
    manager: Member, owner: Member, mailing: Mailing, at: datetime, client_of: ClientOf
) -> None:
    HiddenField.objects.create(role="manager", field="customer.email", hidden_at=at)

    look = "/messages/needs-a-look?what=failed"
    whole, seen = (pages(client_of(who), mailing)[look] for who in (owner, manager))

    assert "for ada@x.example" in whole
    assert "@x.example" not in seen
    assert "for an address that is hidden from your role" in seen
