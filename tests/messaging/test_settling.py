"""What nobody holds any more, and what nobody knows."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from regulars.core import clock, worker
from regulars.messaging import outbox, sending, settling
from regulars.messaging.channels.adapters import Blind, Certainty, Found, Keyed, Searchable
from regulars.messaging.choices import MailingState, State
from regulars.messaging.counting import take_places
from regulars.messaging.models import Attempt, Contact, Mailing, Message, Switch
from regulars.messaging.rendering import CHANGED
from regulars.team.queries import zone_of_the_business
from tests.factories.messaging import Carrier, make_mailing, make_message, make_version

pytestmark = pytest.mark.django_db

KEYED = Keyed(timedelta(days=2), compares_body=True)
SEARCHABLE = Searchable(timedelta(seconds=10))


def dropped(state: State, at: datetime) -> Message:
    """A message whose sender went silent an hour ago, by the database's own clock."""
    message = make_message(at=at, state=state, lease_epoch=1, provider="carrier", provider_key="k")
    if state == State.SENDING:
        Attempt.objects.create(message=message, epoch=1, begun_at=at)
    ago = "clock_timestamp() - interval '1 hour'"
    if connection.vendor == "sqlite":
        ago = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-1 hour')"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE messaging_message SET lease_until = {ago}", [])
    return message


def test_what_had_not_begun_goes_on(at: datetime) -> None:
    message = dropped(State.CLAIMED, at)

    settling.take_up(Carrier(), at=at)

    message.refresh_from_db()
    assert message.state == State.READY


@pytest.mark.parametrize(
    ("certainty", "state"),
    [(Blind(), State.UNKNOWN), (SEARCHABLE, State.UNKNOWN), (KEYED, State.READY)],
)
def test_what_had_begun_is_in_doubt_unless_the_provider_knows_its_key(
    certainty: Certainty, state: State, at: datetime
) -> None:
    message = dropped(State.SENDING, at)

    settling.take_up(Carrier(certainty), at=at)

    message.refresh_from_db()
    assert (message.state, message.why) == (state, "silent")


def test_beyond_half_its_window_a_key_proves_nothing(at: datetime) -> None:
    message = dropped(State.SENDING, at)

    settling.take_up(Carrier(KEYED), at=at + timedelta(days=1, minutes=1))

    message.refresh_from_db()
    assert message.state == State.UNKNOWN


def test_a_lease_that_still_runs_is_left_alone(at: datetime) -> None:
    message = make_message(at=at)
    outbox.claim("other", None, 1, at=at)

    settling.take_up(Carrier(), at=at)

    message.refresh_from_db()
    assert message.state == State.CLAIMED


def test_what_its_sender_gave_back_meanwhile_is_no_doubt(
    monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    """Seen with senders stopped before their intents: it woke while another one looked."""
    message = dropped(State.SENDING, at)
    seen = {state: outbox.abandoned(state) for state in (State.CLAIMED, State.SENDING)}
    monkeypatch.setattr(outbox, "abandoned", lambda state, _limit: seen[state])
    outbox.move([(message.pk, 1)], (), State.READY, at=at)

    settling.take_up(Carrier(), at=at)

    message.refresh_from_db()
    assert message.state == State.READY


def test_a_search_settles_either_way_once_it_can_be_believed(at: datetime) -> None:
    sent = make_message(at=at, state=State.UNKNOWN, provider="carrier", provider_key="there")
    lost = make_message(
        sent.customer, at=at, state=State.UNKNOWN, provider="carrier", provider_key="gone",
        content_sha256="a" * 64,
    )  # fmt: skip
    carrier = Carrier(SEARCHABLE)
    carrier.found["there"] = Found("their-number")

    too_soon = settling.search(carrier, at=at + timedelta(seconds=60))
    settled = settling.search(carrier, at=at + timedelta(seconds=121))

    sent.refresh_from_db()
    lost.refresh_from_db()
    assert (too_soon, settled) == (0, 2)
    assert (sent.state, sent.provider_id) == (State.ACCEPTED, "their-number")
    assert (lost.state, lost.content_sha256) == (State.READY, "")


def test_what_a_search_does_not_find_of_a_stopped_mailing_is_taken_back(
    business: object, at: datetime
) -> None:
    stopped = make_mailing(at=at, state=MailingState.CANCELLED)
    lost = make_message(
        at=at, mailing=stopped, state=State.UNKNOWN, provider="carrier", provider_key="gone",
        content_sha256="a" * 64,
    )  # fmt: skip
    take_places([(lost.customer_id, "email", "serve", f"message:{lost.pk}")], at)

    later = at + timedelta(seconds=121)
    with clock.stopped_at(later):
        settling.search(Carrier(SEARCHABLE), at=later)
        worker.tick((), zone_of_the_business)

    assert Message.objects.get(pk=lost.pk).state == State.CANCELLED
    assert not Contact.objects.exists()


def test_an_old_doubt_is_closed_where_it_was_offered_and_kept_where_it_was_due(
    business: object, at: datetime
) -> None:
    sells = make_message(
        at=at, version=make_version("sell"), purpose="sell", state=State.UNKNOWN
    )  # fmt: skip
    serves = make_message(sells.customer, at=at, state=State.UNKNOWN)

    settling.close_old(at=at + timedelta(hours=71))
    sells.refresh_from_db()
    assert sells.state == State.UNKNOWN
    settling.close_old(at=at + timedelta(hours=73))

    sells.refresh_from_db()
    serves.refresh_from_db()
    assert (sells.state, serves.state) == (State.UNKNOWN_CLOSED, State.UNKNOWN)


def test_after_a_long_sleep_mailings_wait_for_a_person(at: datetime) -> None:
    mailing, done = make_mailing(at=at), make_mailing(at=at)
    make_message(at=at, version=mailing.version, mailing=mailing)
    Switch.objects.create(pk=1, last_awake_at=at - timedelta(hours=5))

    settling.wake(at=at)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.PAUSED
    assert mailing.why_paused.startswith("Nothing was sent for about 5 hours.")
    assert Mailing.objects.get(pk=done.pk).state == MailingState.RUNNING


def test_a_short_sleep_changes_nothing(at: datetime) -> None:
    mailing = make_mailing(at=at)
    make_message(at=at, version=mailing.version, mailing=mailing)
    Switch.objects.create(pk=1, last_awake_at=at - timedelta(minutes=59))

    settling.wake(at=at)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.RUNNING


def test_what_may_have_left_goes_out_again_to_the_letter_or_not_at_all(
    business: object, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = Carrier(KEYED)
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    message = make_message(at=at)
    sending.drain()
    first = carrier.carried[0]
    Message.objects.update(state=State.READY)

    sending.drain()
    message.refresh_from_db()
    assert message.state == State.ACCEPTED
    assert [one.provider_key for one in carrier.carried] == [first.provider_key] * 2

    Message.objects.update(state=State.READY, content_sha256="0" * 64)
    sending.drain()
    message.refresh_from_db()
    assert (message.state, message.why) == (State.UNKNOWN, CHANGED)
    assert len(carrier.carried) == 2
