"""Who holds a message: claims, epochs and the moves that they allow."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from regulars.messaging import outbox, windows
from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.choices import Result, State
from regulars.messaging.counting import take_places
from regulars.messaging.models import Contact, Message
from tests.factories.messaging import Carrier, make_mailing, make_message

pytestmark = pytest.mark.django_db


def test_a_claim_takes_a_lane_in_order_and_only_what_is_due(at: datetime) -> None:
    mailing = make_mailing(at=at)
    alone = make_message(at=at)
    ruth = alone.customer
    later = make_message(ruth, at=at, not_before=at + timedelta(hours=1))
    second = make_message(ruth, at=at, not_before=at - timedelta(minutes=1), state=State.HELD)
    of_mailing = make_message(ruth, at=at, version=mailing.version, mailing=mailing)

    first = outbox.claim("a", None, 1, at=at)
    rest = outbox.claim("b", None, 10, at=at)
    theirs = outbox.claim("b", mailing.pk, 10, at=at)

    assert [one.id for one in first] == [second.pk]
    assert [one.id for one in rest] == [alone.pk]
    assert [(one.id, one.epoch, one.mailing_id) for one in theirs] == [
        (of_mailing.pk, 1, mailing.pk)
    ]
    later.refresh_from_db()
    assert later.state == State.READY


def test_a_note_of_somebody_who_was_replaced_changes_nothing(at: datetime) -> None:
    """M2: the first sender froze, its message was taken over and is leaving by the second."""
    message = make_message(at=at)
    [first] = outbox.claim("a", None, 1, at=at)
    outbox.transition([message.pk], State.READY, at=at)
    [second] = outbox.claim("b", None, 1, at=at)
    outbox.move([(second.id, second.epoch)], (), State.SENDING, at=at)
    late = [Outcome(first.id, Result.NOT_SENT, "451 busy")]

    with transaction.atomic():
        windows.record_outcomes(late, {first.id: first}, adapter=Carrier(), at=at)
    still = outbox.still_ours([(first.id, first.epoch)])

    message.refresh_from_db()
    assert (message.state, message.lease_epoch, still) == (State.SENDING, 2, set())


def test_only_the_holder_of_a_claim_may_let_it_leave(at: datetime) -> None:
    make_message(at=at)
    [first] = outbox.claim("a", None, 1, at=at)
    outbox.transition([first.id], State.READY, at=at)
    [second] = outbox.claim("b", None, 1, at=at)

    assert outbox.still_ours([(first.id, first.epoch)]) == set()
    assert outbox.still_ours([(second.id, second.epoch)]) == {(second.id, 2)}
    assert outbox.move([(first.id, first.epoch)], (), State.SENDING, at=at) == set()


def test_a_late_yes_of_the_one_who_sent_it_counts(at: datetime) -> None:
    message = make_message(at=at)
    [mine] = outbox.claim("a", None, 1, at=at)
    outbox.move([(mine.id, mine.epoch)], (), State.SENDING, at=at)
    outbox.transition([mine.id], State.UNKNOWN, at=at)

    with transaction.atomic():
        windows.record_outcomes(
            [Outcome(mine.id, Result.ACCEPTED, "250", "q7")], {mine.id: mine},
            adapter=Carrier(), at=at,
        )  # fmt: skip

    message.refresh_from_db()
    assert (message.state, message.provider_id) == (State.ACCEPTED, "q7")


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (State.ACCEPTED, State.READY), (State.SUPPRESSED, State.READY),
        (State.CANCELLED, State.CLAIMED), (State.READY, State.SENDING),
        (State.SENDING, State.CANCELLED), (State.BOUNCED, State.DELIVERED),
    ],
)  # fmt: skip
def test_states_only_move_where_they_may(state: State, to: State, at: datetime) -> None:
    message = make_message(at=at, state=state)

    moved = outbox.transition([message.pk], to, at=at)

    message.refresh_from_db()
    assert (moved, message.state) == (set(), state)


def test_the_database_knows_the_states(at: datetime) -> None:
    message = make_message(at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state="sent")


def test_one_intention_is_one_row(at: datetime) -> None:
    message = make_message(at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_message(message.customer, at=at, occasion=message.occasion)


def test_what_may_have_left_is_not_taken_back(at: datetime) -> None:
    doubtful = make_message(at=at, content_sha256="a" * 64)

    moved = outbox.transition([doubtful.pk], State.CANCELLED, at=at)

    assert moved == set()


def test_a_late_note_gives_no_place_back(at: datetime) -> None:
    message = make_message(at=at)
    [first] = outbox.claim("a", None, 1, at=at)
    outbox.transition([message.pk], State.READY, at=at)
    outbox.claim("b", None, 1, at=at)
    take_places([(message.customer_id, "email", "serve", f"message:{message.pk}")], at)
    late = [Outcome(first.id, Result.NOT_SENT, "stopped")]

    with transaction.atomic():
        windows.record_outcomes(late, {first.id: first}, adapter=Carrier(), at=at)

    assert Contact.objects.count() == 1
