"""The sender, window by window: what leaves, what waits, and what is said of it."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from regulars.consent.choices import Stopped
from regulars.consent.models import Suppression
from regulars.core import clock, jobs
from regulars.core.events import deliver_events
from regulars.customers.choices import PointState
from regulars.customers.models import ContactPoint
from regulars.customers.naming import seal_of
from regulars.messaging import gate, outbox, sending, texts, windows
from regulars.messaging.actions.mailings import cancel_mailing, pause_mailing
from regulars.messaging.actions.switch import resume_sending, stop_sending
from regulars.messaging.channels.adapters import Blind, Keyed, Outcome
from regulars.messaging.choices import Result, ServerKind, State
from regulars.messaging.models import (
    Attempt,
    Contact,
    Mailing,
    MailServer,
    Message,
    Switch,
    TemplateVersion,
)
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
    jobs.run(jobs.claim("worker", at=at), at=at)  # type: ignore[arg-type]

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
    deliver_events(at=at)
    assert (ContactPoint.objects.get().state == PointState.BOUNCED) is stopped


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


def test_a_server_that_was_set_meanwhile_takes_the_next_message(
    business: object, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sender began when mail still went into files."""
    monkeypatch.setattr(sending, "SEEN_FOR", 0.0)
    carriers = {ServerKind.FILE: Carrier(), ServerKind.SMTP: Carrier()}
    monkeypatch.setattr(sending, "adapter_for", lambda server: carriers[ServerKind(server.kind)])
    make_message(at=at)
    sender = sending.Sender()
    sender.run(goes_on=lambda: True, waits=False)

    MailServer.objects.create(pk=1, kind="smtp", host="mail.x.example", changed_at=at)
    make_message(make_customer("Lena Ortiz", email="lena@x.example"), at=at)
    sender.run(goes_on=lambda: True, waits=False)

    assert [len(one.carried) for one in carriers.values()] == [1, 1]


def test_a_server_that_is_away_is_left_alone_for_a_while(carrier: Carrier, at: datetime) -> None:
    make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.NOT_SENT, "connect refused")

    sending.drain()

    assert Attempt.objects.count() == 1
    assert states() == {State.READY: 1}


def test_a_doubt_is_not_forgotten_by_an_attempt_that_did_not_leave(
    carrier: Carrier, at: datetime
) -> None:
    """M4: it may have arrived at the keyed provider; another one must not carry it again."""
    carrier.certainty = Keyed(timedelta(days=2), compares_body=True)
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.IN_DOUBT, "lost")
    sending.drain()
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.NOT_SENT, "451 busy")
    with clock.stopped_at(at + timedelta(hours=1)):
        sending.drain()

    carrier.certainty, carrier.answer = Blind(), lambda _parcel: None
    with clock.stopped_at(at + timedelta(hours=8)):
        sending.drain()

    message.refresh_from_db()
    assert (message.state, len(carrier.carried)) == (State.UNKNOWN, 1)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("hours", "state", "carried"), [(1, State.ACCEPTED, 2), (26, State.UNKNOWN, 1)]
)
def test_a_key_is_trusted_for_half_its_window(
    hours: int, state: State, carried: int, carrier: Carrier, at: datetime
) -> None:
    carrier.certainty = Keyed(timedelta(days=2), compares_body=True)
    message = make_message(at=at)
    carrier.answer = lambda parcel: Outcome(parcel.message_id, Result.IN_DOUBT, "lost")
    sending.drain()

    carrier.answer = lambda _parcel: None
    with clock.stopped_at(at + timedelta(hours=hours)):
        sending.drain()

    message.refresh_from_db()
    assert (message.state, len(carrier.carried)) == (state, carried)


def test_one_text_that_cannot_be_used_holds_up_nobody_else(carrier: Carrier, at: datetime) -> None:
    mailing = make_mailing(at=at)
    texts._prepared.clear()
    broken = make_version(number=7)
    TemplateVersion.objects.filter(pk=broken.pk).update(html="changed behind our back")
    bad = make_message(at=at, version=broken, mailing=mailing)
    good = make_message(
        make_customer("Lena Ortiz", email="lena@x.example"), at=at, version=mailing.version,
        mailing=mailing,
    )  # fmt: skip

    sending.Sender(window=8).run(goes_on=lambda: True, waits=False)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.why, good.state) == (State.FAILED, "unusable", State.ACCEPTED)


def test_a_face_that_is_gone_is_left_out(carrier: Carrier, owner: Member, at: datetime) -> None:
    Member.objects.filter(pk=owner.pk).update(photo="faces/gone.jpg")
    message = make_message(at=at, created_by=owner)

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.context["sender_face"]) == (State.ACCEPTED, "")


def test_after_a_long_sleep_nothing_leaves_before_mailings_are_paused(
    carrier: Carrier, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "shared_now", lambda: at)
    Switch.objects.create(pk=1, last_awake_at=at - timedelta(hours=30))
    mailing, soon = make_mailing(at=at), make_mailing(at=at, expanded_at=None)
    make_message(at=at, version=mailing.version, mailing=mailing)

    sending.drain()

    assert carrier.carried == []
    assert {one.state for one in Mailing.objects.all()} == {"paused"}
    assert soon.pk != mailing.pk


def test_the_gate_speaks_before_the_text_does(carrier: Carrier, at: datetime) -> None:
    message = make_message(at=at, version=make_version("sell", subject="{{ household }}"))

    sending.drain()

    message.refresh_from_db()
    assert (message.state, message.why) == (State.SUPPRESSED, "no_ground")
