"""What left becomes a touch, once, and starts the customer's clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.conversations.actions import note_messages, take_back_messages
from regulars.conversations.models import Clock, Touch
from regulars.conversations.queries import is_taker_back
from regulars.core.actor import COMMAND
from regulars.core.events import announce, deliver_events
from regulars.core.models import AuditEntry
from regulars.messaging.actions.messages import settle_by_hand
from regulars.messaging.choices import State
from regulars.messaging.events import MessagesBounced
from regulars.messaging.models import Attempt, Message
from regulars.messaging.sending import drain
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message

pytestmark = pytest.mark.django_db


def a_message(at: datetime, name: str = "Ruth Calloway", **over: Any) -> Message:
    address = f"{name.partition(' ')[0].lower()}@x.example"
    return make_message(make_customer(name, email=address), at=at, **over)


def test_what_a_sender_handed_over_stands_in_the_ledger(owner: Member, at: datetime) -> None:
    message = a_message(at, created_by=owner)

    drain()
    deliver_events(at=at)
    deliver_events(at=at)

    touch = Touch.objects.get()
    assert (touch.message, touch.member, touch.source) == (message, owner, "message")
    assert (touch.channel, touch.outcome, touch.direction) == ("email", "sent", "out")
    assert touch.happened_at == at
    clock = Clock.objects.get(customer=message.customer)
    assert (clock.last_touch_at, clock.last_channel) == (at, "email")


def test_the_same_again_changes_nothing(at: datetime) -> None:
    messages = [a_message(at, f"Person{n} One", state=State.ACCEPTED) for n in range(3)]
    ids = [str(one.pk) for one in messages]

    counts = [note_messages(ids, at=at), note_messages(ids, at=at)]

    assert (counts, Touch.objects.count(), Clock.objects.count()) == ([3, 0], 3, 3)


@pytest.mark.parametrize(
    "state", [s for s in State if s not in ("accepted", "delivered", "complained")]
)
def test_what_nobody_has_got_is_no_touch(at: datetime, state: State) -> None:
    message = a_message(at, state=state)

    assert note_messages([str(message.pk)], at=at) == 0
    assert not Clock.objects.exists()


def test_one_in_doubt_that_had_arrived_counts_from_when_it_left(at: datetime) -> None:
    left = at - timedelta(days=2)
    message = a_message(left, state=State.ACCEPTED, state_at=at)
    Attempt.objects.create(message=message, epoch=1, begun_at=left)

    note_messages([str(message.pk)], at=at)

    assert Touch.objects.get().happened_at == left


def test_a_later_touch_keeps_the_clock(at: datetime) -> None:
    message = a_message(at - timedelta(days=3), state=State.ACCEPTED)
    assert message.customer is not None
    make_touch(message.customer, at - timedelta(days=1))

    note_messages([str(message.pk)], at=at)

    clock = Clock.objects.get()
    assert (clock.last_touch_at, clock.last_channel) == (at - timedelta(days=1), "call")


def test_an_earlier_touch_gives_way(at: datetime) -> None:
    message = a_message(at, state=State.ACCEPTED)
    assert message.customer is not None
    make_touch(message.customer, at - timedelta(days=1))

    note_messages([str(message.pk)], at=at)

    assert Clock.objects.get().last_channel == "email"


def test_a_window_takes_as_many_queries_as_one(at: datetime) -> None:
    def asked(ids: list[str]) -> int:
        with CaptureQueriesContext(connection) as seen:
            note_messages(ids, at=at)
        return len(seen)

    made = [a_message(at, f"Person{n} One", state=State.ACCEPTED) for n in range(9)]

    assert asked([str(made[0].pk)]) == asked([str(one.pk) for one in made[1:]])


def test_what_was_sent_cannot_be_taken_back_as_a_touch(at: datetime) -> None:
    message = a_message(at, state=State.ACCEPTED)
    note_messages([str(message.pk)], at=at)

    assert not is_taker_back(COMMAND, Touch.objects.get())


def test_one_that_a_person_settles_becomes_a_touch_too(at: datetime) -> None:
    message = a_message(at, state=State.UNKNOWN)

    settle_by_hand(message, arrived=True, by=COMMAND, at=at)
    deliver_events(at=at)

    assert Touch.objects.get().message == message


def test_one_that_comes_back_gives_the_clock_back_and_stays_in_the_timeline(at: datetime) -> None:
    message = a_message(at, state=State.ACCEPTED)
    assert message.customer is not None
    make_touch(message.customer, at - timedelta(days=9))
    note_messages([str(message.pk)], at=at)
    Message.objects.update(state=State.BOUNCED)

    announce(MessagesBounced([str(message.pk)]), at=at)
    deliver_events(at=at)
    deliver_events(at=at)

    touch = Touch.objects.get(message=message)
    assert touch.taken_back_at == at
    clock = Clock.objects.get()
    assert (clock.last_touch_at, clock.last_channel) == (at - timedelta(days=9), "call")
    kept = AuditEntry.objects.get(verb="took back")
    assert (kept.actor_name, kept.thing_id) == ("Regulars", str(touch.pk))


def test_where_nothing_else_was_the_clock_is_gone(at: datetime) -> None:
    message = a_message(at, state=State.ACCEPTED)
    other = a_message(at, "Other One", state=State.ACCEPTED)
    note_messages([str(message.pk), str(other.pk)], at=at)

    counts = [take_back_messages([str(message.pk)], at=at) for _time in range(2)]

    assert counts == [1, 0]
    assert Clock.objects.get().customer == other.customer


def test_word_that_comes_before_the_touch_is_noted_leaves_no_touch(at: datetime) -> None:
    message = a_message(at, state=State.BOUNCED)

    take_back_messages([str(message.pk)], at=at)
    note_messages([str(message.pk)], at=at)

    assert not Touch.objects.exists()
