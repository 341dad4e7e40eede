"""What providers tell us moves messages forward and closes addresses, of those meant alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.consent.models import Suppression
from regulars.messaging.actions.events import handle_provider_events, keep_event
from regulars.messaging.channels.hearing import EventSource, Heard, Signed, event_sources
from regulars.messaging.choices import State
from regulars.messaging.models import Message, ProviderEvent
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message
from tests.factories.team import make_business

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _source() -> Iterator[None]:
    def parse(body: bytes) -> Heard:
        said = json.loads(body)
        pk = said.get("message")
        return Heard(
            said["kind"], datetime.fromisoformat(said["at"]), UUID(pk) if pk else None,
            said.get("key", ""), said.get("id", ""), said.get("to", ""), said.get("detail", ""),
        )  # fmt: skip

    event_sources.register("tested", EventSource(list, parse))
    yield
    del event_sources._things["tested"]


@pytest.fixture
def message(at: datetime) -> Message:
    make_business()
    return make_message(at=at, state=State.ACCEPTED, provider="tested", provider_key="k1",
                        provider_id="p1")  # fmt: skip


def tell(kind: str, at: datetime, event_id: str = "", **said: Any) -> None:
    body = json.dumps({"kind": kind, "at": at.isoformat(), **said}).encode()
    keep_event("tested", Signed(event_id or str(uuid4()), at), body, at=at)


def state_of(message: Message) -> str:
    return Message.objects.get(pk=message.pk).state


@pytest.mark.parametrize(
    ("kind", "state", "closed"),
    [
        ("delivered", State.DELIVERED, []), ("bounced", State.BOUNCED, ["bounced"]),
        ("complained", State.COMPLAINED, ["complained"]), ("failed", State.BOUNCED, []),
        ("soft_bounce", State.ACCEPTED, []), ("other", State.ACCEPTED, []),
    ],
)  # fmt: skip
def test_each_kind_does_what_it_means(
    message: Message, at: datetime, kind: str, state: State, closed: list[str]
) -> None:
    """RELIABILITY C4."""
    tell(kind, at, message=str(message.pk), key="k1")

    assert handle_provider_events(at) == 1

    assert state_of(message) == state
    assert [(one.why, one.seal) for one in Suppression.objects.all()] == [
        (why, message.seal) for why in closed
    ]
    event = ProviderEvent.objects.get()
    assert (event.kind, event.message, event.handled_at) == (kind, message, at)


def test_events_in_any_order_only_move_forward(message: Message, at: datetime) -> None:
    for kind in ("complained", "delivered", "bounced"):
        tell(kind, at, message=str(message.pk))

    handle_provider_events(at)

    assert state_of(message) == State.COMPLAINED


def test_a_provider_knows_it_by_its_own_name_too(message: Message, at: datetime) -> None:
    tell("delivered", at, id="p1")

    handle_provider_events(at)

    assert state_of(message) == State.DELIVERED


@pytest.mark.parametrize(
    "about",
    [
        {"message": str(uuid4())}, {"id": "p2"}, {}, {"own": True, "key": "k2"},
        {"own": True, "to": "tomasz@x.example"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_about_no_message_of_ours_has_no_effect(
    message: Message, at: datetime, about: dict[str, Any]
) -> None:
    """RELIABILITY W1: also the key of a copied instance, and an address nobody wrote to."""
    said = {k: v for k, v in about.items() if k != "own"}
    tell("complained", at, **({"message": str(message.pk)} if "own" in about else {}), **said)

    assert handle_provider_events(at) == 1

    assert state_of(message) == State.ACCEPTED
    assert not Suppression.objects.exists()
    event = ProviderEvent.objects.get()
    assert (event.message, event.handled_at) == (None, at)


def test_an_event_of_another_provider_is_not_about_it(message: Message, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(provider="smtp")
    tell("complained", at, message=str(message.pk))

    handle_provider_events(at)

    assert state_of(message) == State.ACCEPTED


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"kind": 1}', b'{"kind":"x","at":"soon"}'])
def test_what_cannot_be_read_is_kept_and_stops_nothing(
    message: Message, at: datetime, body: bytes
) -> None:
    keep_event("tested", Signed("bad", at), body, at=at)
    tell("delivered", at, message=str(message.pk))

    assert handle_provider_events(at) == 2

    assert state_of(message) == State.DELIVERED
    assert ProviderEvent.objects.get(event_id="bad").kind == "unreadable"


def test_handling_twice_is_handling_once(message: Message, at: datetime) -> None:
    tell("bounced", at, message=str(message.pk))

    assert [handle_provider_events(at), handle_provider_events(at)] == [1, 0]
    assert Suppression.objects.count() == 1


def test_five_soft_bounces_in_thirty_days_close_an_address_for_thirty(
    message: Message, at: datetime
) -> None:
    for days in (40, 20, 10, 5, 2):
        tell("soft_bounce", at - timedelta(days=days), message=str(message.pk))
    handle_provider_events(at)
    assert not Suppression.objects.exists()

    tell("soft_bounce", at, message=str(message.pk))
    handle_provider_events(at)

    closed = Suppression.objects.get()
    assert (closed.why, closed.until) == ("full", at + timedelta(days=30))


def test_only_the_address_that_was_written_to_is_closed(message: Message, at: datetime) -> None:
    other = make_customer("Tomasz Wilk", email="tomasz@x.example")
    make_message(other, at=at, state=State.ACCEPTED, provider="tested", provider_id="p9")

    tell("complained", at, message=str(message.pk), to=message.address.upper())
    handle_provider_events(datetime(2026, 11, 24, 9, 1, tzinfo=UTC))

    assert [one.seal for one in Suppression.objects.all()] == [message.seal]
