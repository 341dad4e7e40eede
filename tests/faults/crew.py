"""Senders in processes of their own, forked from one that has imported everything already."""

import logging
import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.db.backends.signals import connection_created

from regulars.core import clock, faults, instance
from regulars.messaging import expanding, outbox, sending, settling, windows
from regulars.messaging.channels.adapters import Parcel, Searchable
from regulars.messaging.choices import State
from regulars.messaging.models import Mailing, Message
from tests.faults import fake_channel
from tests.faults.stage import wait_until

LEASE = 1.0
SEARCH_DELAY = 0.3
FINISHED, FAILED = 0, 1


@dataclass(frozen=True)
class Orders:
    """How one sender is to behave."""

    window: int = 1
    # As in REGULARS_FAULT: name:nth:action.
    fault: str = ""
    # Its clock stands so many seconds ahead …
    ahead: float = 0.0
    # … from the nth parcel on.
    jumps_at: int = 0
    # What its database does from the third answer on: "full", "readonly".
    disk: str = ""
    lease: float = LEASE
    # The control that must fail: reads, sends, and writes down afterwards.
    naive: bool = False


@dataclass(frozen=True)
class Hand:
    """A sender as its parent knows it."""

    pid: int

    def kill(self) -> bool:
        """Kill it; whether it was still at work."""
        os.kill(self.pid, signal.SIGKILL)
        _pid, status = os.waitpid(self.pid, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def finish(self, seconds: float = 20.0) -> int | None:
        """Ask it to end; its exit code, or None if it had to be killed."""
        os.kill(self.pid, signal.SIGTERM)
        status = self._await(seconds, 0)
        if status is None:
            self.kill()
            return None
        return os.waitstatus_to_exitcode(status)

    def tripped(self, seconds: float = 15.0) -> bool:
        """Wait until it is killed or stopped by its fault; whether it was."""
        status = self._await(seconds, os.WUNTRACED)
        if status is None:
            return False
        if os.WIFSTOPPED(status):
            return True
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def ended(self, seconds: float = 20.0) -> int | None:
        status = self._await(seconds, 0)
        return None if status is None else os.waitstatus_to_exitcode(status)

    def _await(self, seconds: float, options: int) -> int | None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            pid, status = os.waitpid(self.pid, options | os.WNOHANG)
            if pid:
                return status
            time.sleep(0.005)
        return None


def hire(orders: Orders) -> Hand:
    """Fork a sender."""
    return fork(lambda: _work(orders))


def write_down(mailing: Mailing, fault: str) -> Hand:
    """Fork a process that writes a mailing's messages, a hundred at a time."""

    def work() -> None:
        arm(Orders(fault=fault))
        expanding.CHUNK = 100
        expanding.expand(Mailing.objects.get(pk=mailing.pk), at=clock.now())

    return fork(work)


def fork(work: Callable[[], None]) -> Hand:
    # No two processes may talk over one connection.
    connections.close_all()
    pid = os.fork()
    if pid:
        return Hand(pid)
    code = FINISHED
    try:
        work()
    except BaseException:
        code = FAILED
        if os.environ.get("REGULARS_FAULT_TALKS"):
            traceback.print_exc()
    finally:
        os._exit(code)


def _work(orders: Orders) -> None:
    random.seed()
    arm(orders)
    ends: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_said: ends.append(True))
    parent = os.getppid()

    def goes_on() -> bool:
        return not ends and os.getppid() == parent

    if orders.naive:
        _send_naively(orders.window, goes_on)
    else:
        sending.Sender(window=orders.window).run(goes_on=goes_on, waits=True)


def arm(orders: Orders) -> None:
    if not os.environ.get("REGULARS_FAULT_TALKS"):
        logging.disable(logging.CRITICAL)
    os.environ["REGULARS_FAULT"] = orders.fault
    faults._ARMED = faults._armed()
    faults._passed.clear()
    instance.forget_seen()
    shorten(orders.lease)
    if orders.ahead:
        _set_clock(orders.ahead, orders.jumps_at)
    if orders.disk:
        _fill_disk(orders.disk)


def shorten(lease: float) -> None:
    """The same rules in less time."""
    outbox.LEASE_SECONDS = lease  # type: ignore[assignment]
    settling.SEARCH_AFTER = timedelta(seconds=SEARCH_DELAY)
    fake_channel.CERTAINTIES["searchable"] = Searchable(delay=timedelta(seconds=SEARCH_DELAY))
    sending.TENDS_EVERY, sending.IDLE_SECONDS = 0.1, 0.02
    sending.RESTS_AT_MOST = sending.RESTS_AFTER_TROUBLE = 0.1
    windows._backoff = _at_once


def _at_once(failures: int) -> timedelta:
    return timedelta(milliseconds=20 * (failures + 1))


def _set_clock(ahead: float, jumps_at: int) -> None:
    true, passed = clock.now, [0]
    before = faults.fault

    def now() -> datetime:
        return true() + timedelta(seconds=ahead if passed[0] >= jumps_at else 0)

    def counted(name: str) -> None:
        passed[0] += name == "wire.answered"
        before(name)

    clock.now = now
    sending.fault = counted  # type: ignore[attr-defined]


def _fill_disk(how: str) -> None:
    answered, before = [0], faults.fault

    def limit(**_said: Any) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET default_transaction_read_only = on")
            elif how == "readonly":
                cursor.execute("PRAGMA query_only = 1")
            else:
                cursor.execute("PRAGMA page_count")
                pages = cursor.fetchone()[0]
                cursor.execute(f"PRAGMA max_page_count = {pages}")

    def counted(name: str) -> None:
        before(name)
        answered[0] += name == "wire.answered"
        if name == "wire.answered" and answered[0] == 3:
            connection_created.connect(limit, weak=False)
            limit()

    sending.fault = counted  # type: ignore[attr-defined]


def _send_naively(window: int, goes_on: Callable[[], bool]) -> None:
    """What most senders do: read what is ready, send it, then write down that it was sent."""
    channel = fake_channel.fake_channel()
    while goes_on():
        rows = list(Message.objects.filter(state=State.READY).order_by("pk")[:window])
        for row in rows:
            parcel = Parcel(row.pk, str(row.pk), row.address, b"Dear neighbour")
            channel._carry(parcel, lambda _parcel: True)
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.ACCEPTED, state_at=clock.now()
        )
        if not rows:
            time.sleep(0.02)


def settle(is_settled: Callable[[], bool], orders: Orders, seconds: float = 30.0) -> bool:
    """Let one more sender do all that is left; whether it did."""
    hand = hire(orders)
    done = wait_until(is_settled, seconds)
    hand.finish()
    return done
