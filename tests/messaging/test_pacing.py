"""So many a minute, and no more: whoever sends, and however many do."""

import time
from datetime import datetime, timedelta

import pytest

from regulars.messaging import pacing, sending
from regulars.messaging.choices import ServerKind
from regulars.messaging.models import MailServer
from tests.factories.customers import make_customer
from tests.factories.messaging import Carrier, make_message

pytestmark = pytest.mark.django_db


def make_server(pace: int | None, at: datetime) -> MailServer:
    return MailServer.objects.create(pk=1, kind=ServerKind.FILE, pace=pace, changed_at=at)


def test_what_was_taken_keeps_the_server_busy_for_its_share_of_the_minute(at: datetime) -> None:
    server = make_server(600, at)
    free = pacing.seconds_left(server)

    pacing.keep_busy(server, 10)

    assert free == 0
    assert pacing.seconds_left(server) == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize(("pace", "count"), [(None, 100), (60, 0)])
def test_where_no_pace_is_set_or_nothing_was_taken_nobody_waits(
    at: datetime, pace: int | None, count: int
) -> None:
    server = make_server(pace, at)

    pacing.keep_busy(server, count)

    assert pacing.seconds_left(server) == 0


def test_a_clock_that_was_put_back_holds_up_nothing(at: datetime) -> None:
    server = make_server(60, at)
    MailServer.objects.update(paced_until=datetime.now(at.tzinfo) + timedelta(days=400))

    assert pacing.seconds_left(server) == 0


def test_a_second_sender_keeps_the_pace_of_the_first(
    monkeypatch: pytest.MonkeyPatch, business: object, at: datetime
) -> None:
    slept: list[float] = []
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    monkeypatch.setattr(time, "sleep", slept.append)
    make_server(60, at)
    for nth in range(3):
        make_message(make_customer(f"Guest {nth}", email=f"guest{nth}@x.example"), at=at)

    first, second = sending.Sender(owner="first"), sending.Sender(owner="second")
    moved = [first._round(), second._round(), first._round()]

    # A minute has sixty: one is taken, and a second belongs to it.
    assert moved == [1, 1, 1]
    assert len(carrier.carried) == 1
    assert len(slept) == 2
