"""The sender, window by window: what leaves, what waits, and what is said of it."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from regulars.consent.choices import Stopped
from regulars.consent.models import Suppression
from regulars.core import clock
from regulars.customers.models import ContactPoint
from regulars.customers.naming import seal_of
from regulars.messaging import gate, sending, windows
from regulars.messaging.actions.mailings import cancel_mailing, pause_mailing
from regulars.messaging.actions.switch import resume_sending, stop_sending
from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.choices import Result, State
from regulars.messaging.models import Attempt, Contact, MailServer, Message
from regulars.messaging.rendering import rendered_again
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import Carrier, make_mailing, make_message, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch, business: object) -> Carrier:
    kept = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: kept)
    return kept


def states() -> Counter[str]:
    return Counter(Message.objects.values_list("state", flat=True))


def test_a_message_leaves_once_and_says_so(carrier: Carrier, at: datetime) -> None:
    message = make_message(at=at)

    first, again = sending.drain(), sending.drain()

    message.refresh_from_db()
    assert [parcel.recipient for parcel in carrier.carried] == ["ruth@x.example"]
    assert (message.state, message.provider_id) == (State.ACCEPTED, "their-number")
    assert (first.accepted, again.accepted) == (1, 0)
    assert Attempt.objects.get().result == Result.ACCEPTED
    assert rendered_again(message).subject == "Your loaf"
    assert Contact.objects.get().source == f"message:{message.pk}"


def test_a_whole_mailing_leaves_in_windows(carrier: Carrier, at: datetime) -> None:
    mailing = make_mailing(at=at)
    for nth in range(20):
        customer = make_customer(f"Guest {nth}", email=f"guest{nth}@x.example")
        make_message(customer, at=at, version=mailing.version, mailing=mailing)

    tally = sending.Sender(window=8).run(goes_on=lambda: True, waits=False)

    assert tally.accepted == 20
    assert len({parcel.recipient for parcel in carrier.carried}) == 20


def test_what_was_not_sent_for_certain_is_tried_again_and_then_fails(
    carrier: Carrier, at: datetime
) -> None:
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.NOT_SENT, "451 busy")

    for hours in range(8):
        with clock.stopped_at(at + timedelta(hours=hours * 8)):
            sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why, message.failures) == (State.FAILED, "451", 4)
    assert Attempt.objects.count() == 5
    assert Contact.objects.count() == 0


def test_a_lost_answer_is_a_doubt_and_not_a_second_copy(carrier: Carrier, at: datetime) -> None:
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.IN_DOUBT, "lost")

    sending.drain()
    sending.drain()

    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    assert len(carrier.carried) == 1


def test_nothing_leaves_while_everything_is_stopped(
    carrier: Carrier, owner: Member, at: datetime
) -> None:
    make_message(at=at)
    stop_sending(why="a wrong price", by=owner.actor, at=at)

    stopped = sending.drain()
    resume_sending(by=owner.actor, at=at)
    resumed = sending.drain()

    assert (stopped.accepted, resumed.accepted) == (0, 1)


def test_a_stop_in_the_middle_of_a_window_keeps_the_rest(
    carrier: Carrier, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEEN_FOR", 0.0)
    mailing = make_mailing(at=at)
    for nth in range(6):
        customer = make_customer(f"Guest {nth}", email=f"guest{nth}@x.example")
        make_message(customer, at=at, version=mailing.version, mailing=mailing)

    def stop_after_two(_parcel: object) -> None:
        if len(carrier.carried) == 2:
            stop_sending(why="", by=owner.actor, at=at)

    carrier.before = stop_after_two
    sending.Sender(window=6).run(goes_on=lambda: True, waits=False)

    assert states() == {State.ACCEPTED: 2, State.READY: 4}
    assert Contact.objects.count() == 2


def test_a_paused_mailing_waits_and_a_cancelled_one_is_taken_back(
    carrier: Carrier, owner: Member, at: datetime
) -> None:
    mailing = make_mailing(at=at)
    message = make_message(at=at, version=mailing.version, mailing=mailing)

    pause_mailing(mailing, by=owner.actor, at=at)
    assert sending.drain().accepted == 0
    taken_back = cancel_mailing(mailing, by=owner.actor, at=at)

    message.refresh_from_db()
    assert (taken_back, message.state, carrier.carried) == (1, State.CANCELLED, [])


def test_the_gate_says_no_in_a_row_and_with_a_reason(carrier: Carrier, at: datetime) -> None:
    message = make_message(at=at, version=make_version("sell"), purpose="sell")

    tally = sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why) == (State.SUPPRESSED, "no_ground")
    assert (tally.suppressed, carrier.carried) == (1, [])


def test_an_expired_message_never_leaves(carrier: Carrier, at: datetime) -> None:
    message = make_message(at=at, expires_at=at)

    sending.drain()

    message.refresh_from_db()
    assert (message.state, carrier.carried) == (State.EXPIRED, [])


def test_a_channel_that_raises_leaves_a_doubt_for_what_was_not_answered(
    carrier: Carrier, at: datetime
) -> None:
    def breaks(_parcel: object) -> None:
        raise OSError("the line is cut")

    message = make_message(at=at)
    carrier.before = breaks

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why) == (State.UNKNOWN, "error")


def test_a_server_that_refuses_us_pauses_the_channel(carrier: Carrier, at: datetime) -> None:
    MailServer.objects.create(pk=1, kind="smtp", host="mail.x.example", changed_at=at)
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(
        parcel.message_id, Result.NOT_SENT, "login 535 no", channel_is_broken=True
    )

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.failures) == (State.READY, 0)
    assert MailServer.objects.get().paused_why != ""


@pytest.mark.parametrize(
    ("said", "stopped"),
    [("550 5.1.1 no such user", True), ("550 5.7.1 we do not like you", False)],
)
def test_a_mailbox_that_does_not_exist_is_not_written_to_again(
    said: str, stopped: bool, carrier: Carrier, at: datetime
) -> None:
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.REFUSED, said)

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why) == (State.FAILED, "550")
    assert Suppression.objects.filter(seal=message.seal, why=Stopped.BOUNCED).exists() is stopped


def test_an_address_that_was_taken_off_meanwhile_gets_nothing(
    carrier: Carrier, at: datetime
) -> None:
    message = make_message(at=at)
    ContactPoint.objects.update(normal="new@x.example", seal=seal_of("email", "new@x.example"))

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why, carrier.carried) == (State.SUPPRESSED, "no_address", [])


def test_a_sender_that_waits_outlives_its_database(
    carrier: Carrier, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered before the disk was full is written down when it is not any more."""
    monkeypatch.setattr(sending, "RESTS_AFTER_TROUBLE", 0.0)
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0.0)
    monkeypatch.setattr(sending, "close_old_connections", lambda: None)
    message = make_message(at=at)
    record, failed = windows.record_outcomes, [True, True]

    def full(*words: object, **named: object) -> dict[str, int]:
        if failed:
            failed.pop()
            raise OperationalError("database or disk is full")
        return record(*words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(windows, "record_outcomes", full)
    rounds = iter(range(6))
    sending.Sender().run(goes_on=lambda: next(rounds, None) is not None, waits=True)

    message.refresh_from_db()
    assert (message.state, len(carrier.carried), failed) == (State.ACCEPTED, 1, [])


def test_what_was_taken_over_before_the_wire_is_left_alone(
    carrier: Carrier, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(at=at)

    def taken_over(_ids: object) -> None:
        raise gate.NotLeaving

    monkeypatch.setattr(gate, "ticket_for", taken_over)
    sending.Sender().run(goes_on=iter([True, False]).__next__, waits=False)

    message.refresh_from_db()
    assert (message.state, message.failures, carrier.carried) == (State.READY, 0, [])
