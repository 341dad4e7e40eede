"""What providers tell us moves messages forward and closes addresses, of those meant alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.config.schedule import DAILY
from regulars.consent.models import Suppression
from regulars.core.events import deliver_events
from regulars.core.models import Event, Job
from regulars.customers.models import ContactPoint
from regulars.messaging.actions import events
from regulars.messaging.actions.events import handle_provider_events, keep_event
from regulars.messaging.channels.hearing import EventSource, Heard, Signed, event_sources
from regulars.messaging.choices import State
from regulars.messaging.counting import take_places
from regulars.messaging.models import Contact, Message, ProviderEvent
from regulars.messaging.provider_ids import keep_provider_ids
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


@pytest.mark.parametrize("kind", ["bounced", "failed"])
def test_what_came_back_gives_its_place_back_and_is_announced_once(
    message: Message, at: datetime, kind: str
) -> None:
    assert message.customer is not None
    take_places([(message.customer.pk, "email", "serve", f"message:{message.pk}")], at)
    for event_id in ("first", "again"):
        tell(kind, at, event_id, message=str(message.pk))

    handle_provider_events(at)

    assert not Contact.objects.exists()
    told = Event.objects.filter(kind="messaging.MessagesBounced")
    assert [one.payload for one in told] == [{"message_ids": [str(message.pk)]}]


@pytest.mark.parametrize(("kind", "state"), [("bounced", "bounced"), ("failed", "usable")])
def test_an_address_that_is_none_is_marked_wherever_customers_have_it(
    message: Message, at: datetime, kind: str, state: str
) -> None:
    make_customer("Ruth's husband", email="ruth@x.example")
    make_customer("Lena Ortiz", email="lena@x.example")
    tell(kind, at, message=str(message.pk))

    handle_provider_events(at)
    deliver_events(at=at)
    deliver_events(at=at)

    states = ContactPoint.objects.filter(seal=message.seal).values_list("state", flat=True)
    assert list(states) == [state, state]
    assert ContactPoint.objects.exclude(seal=message.seal).get().state == "usable"


def test_what_arrived_keeps_its_place(message: Message, at: datetime) -> None:
    assert message.customer is not None
    take_places([(message.customer.pk, "email", "serve", f"message:{message.pk}")], at)
    for kind in ("delivered", "soft_bounce", "complained"):
        tell(kind, at, message=str(message.pk))

    handle_provider_events(at)

    assert Contact.objects.count() == 1
    assert not Event.objects.filter(kind="messaging.MessagesBounced").exists()


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
        {"message": "5b2e9e3e-e38b-4789-9fbc-484e00fb3d7c"}, {},
        {"own": True, "key": "k2"}, {"id": "p1", "key": "k2"},
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


def test_an_event_that_overtakes_our_own_outcome_waits_for_it(
    message: Message, at: datetime
) -> None:
    """A provider may tell of a message before its answer to us is written down."""
    tell("delivered", at, id="p2")
    assert handle_provider_events(at) == 0
    again = at + timedelta(minutes=1)
    left = Job.objects.filter(name="messaging.hear", state="waiting", due_at__gt=at)
    assert left.latest("due_at").due_at == again

    Message.objects.filter(pk=message.pk).update(provider_id="p2")
    # It is not looked at every second.
    assert handle_provider_events(at + timedelta(seconds=30)) == 0
    assert handle_provider_events(again) == 1

    assert state_of(message) == State.DELIVERED
    assert ProviderEvent.objects.get().message == message


def test_an_event_that_nobody_answers_to_is_given_up_after_a_day(
    message: Message, at: datetime
) -> None:
    tell("delivered", at, id="p2")
    looks, moment = 0, at
    while not handle_provider_events(moment):
        due = ProviderEvent.objects.get().look_at
        assert due is not None
        assert due > moment
        looks, moment = looks + 1, due

    assert 5 < looks < 20
    assert moment == at + timedelta(days=1)
    event = ProviderEvent.objects.get()
    assert (event.kind, event.message, event.handled_at) == ("delivered", None, moment)
    assert state_of(message) == State.ACCEPTED


def test_those_that_wait_keep_no_other_from_being_handled(
    message: Message, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BATCH", 2)
    for number in range(5):
        tell("delivered", at, id=f"p{number + 2}")
    tell("delivered", at, id="p1")

    assert handle_provider_events(at) == 1

    assert state_of(message) == State.DELIVERED


@pytest.mark.parametrize("state", [State.DELIVERED, State.BOUNCED, State.COMPLAINED])
def test_the_providers_name_is_kept_though_its_event_was_first(
    message: Message, at: datetime, state: State
) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, provider_id="", lease_epoch=3)

    keep_provider_ids([(message.pk, 2, "old"), (uuid4(), 3, "other")])
    assert Message.objects.get(pk=message.pk).provider_id == ""

    keep_provider_ids([(message.pk, 3, "p7"), (uuid4(), 3, "")])
    found = Message.objects.get(pk=message.pk)
    assert (found.provider_id, found.state) == ("p7", state)

    keep_provider_ids([(message.pk, 3, "p8")])
    assert Message.objects.get(pk=message.pk).provider_id == "p7"


@pytest.mark.parametrize("state", ["running", "done", "failed"])
def test_an_event_never_waits_for_a_job_that_has_begun(
    message: Message, at: datetime, state: str
) -> None:
    tell("delivered", at, message=str(message.pk))
    Job.objects.update(state=state)

    tell("bounced", at, message=str(message.pk))

    assert Job.objects.filter(name="messaging.hear", state="waiting").count() == 1


def test_events_of_one_second_share_one_piece_of_work(message: Message, at: datetime) -> None:
    for _again in range(3):
        tell("delivered", at, message=str(message.pk))

    assert Job.objects.count() == 1


def test_more_than_one_batch_is_handled_at_once(
    message: Message, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BATCH", 2)
    for _again in range(5):
        tell("other", at, message=str(message.pk))

    assert handle_provider_events(at) == 5


def test_what_there_is_no_time_for_is_left_to_another_job(
    message: Message, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_SECONDS", 0)
    for _again in range(2):
        tell("other", at, message=str(message.pk))
    Job.objects.update(state="done")

    assert handle_provider_events(at) == 1

    assert Job.objects.filter(name="messaging.hear", state="waiting").count() == 1


def test_what_was_missed_is_taken_up_every_day() -> None:
    assert "messaging.hear" in [entry.job for entry in DAILY]


def test_soft_bounces_are_counted_by_the_address_alone(message: Message, at: datetime) -> None:
    other = make_message(make_customer("Tomasz Wilk", email="tomasz@x.example"), at=at,
                         state=State.ACCEPTED, provider="tested", provider_id="p9")  # fmt: skip
    for days in range(4):
        tell("soft_bounce", at - timedelta(days=days), message=str(message.pk))
        tell("soft_bounce", at - timedelta(days=days), message=str(other.pk))

    handle_provider_events(at)

    assert not Suppression.objects.exists()
    assert events._soft_bounces(message.seal, at - timedelta(days=9)).count() == 4


# With a handful of rows PostgreSQL rightly reads them all.
@pytest.mark.only_on("sqlite")
def test_counting_soft_bounces_reads_an_index(message: Message, at: datetime) -> None:
    assert "event_seals" in events._soft_bounces(message.seal, at).explain()
