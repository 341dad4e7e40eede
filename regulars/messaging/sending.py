"""The sender: takes messages window by window, until none is due or as long as it is asked to."""

import logging
import os
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Exists, OuterRef

from regulars.core import clock, instance
from regulars.core.faults import fault
from regulars.core.secrets import SecretLost
from regulars.messaging import gate, outbox, pacing, settling, windows
from regulars.messaging.actions.server import pause_server
from regulars.messaging.channels.adapters import Adapter, Outcome, Parcel, adapter_for
from regulars.messaging.choices import WAITING, MailingState, Result, State
from regulars.messaging.models import Mailing, MailServer, Message, Switch
from regulars.messaging.outbox import Claimed
from regulars.messaging.posting import PostOffice
from regulars.messaging.queries import the_server
from regulars.messaging.rendering import render_window

log = logging.getLogger("regulars.sending")

# RELIABILITY M10: everything stops within a second.
SEEN_FOR = 0.25
IDLE_SECONDS = 0.5
RESTS_AT_MOST = 300.0
TENDS_EVERY = 15.0
RESTS_AFTER_TROUBLE = 5.0
AWAKE_FOR = timedelta(seconds=20)


@dataclass
class Tally:
    """What a sender has done; the keys of `send --json`."""

    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    suppressed: int = 0
    seconds: float = 0.0

    def add(self, counts: dict[str, int]) -> None:
        for state, count in counts.items():
            name = "suppressed" if state == State.EXPIRED else state
            if name in _COUNTED:
                setattr(self, name, getattr(self, name) + count)

    def as_dict(self) -> dict[str, float]:
        return {**asdict(self), "seconds": round(self.seconds, 3)}


_COUNTED = frozenset({"accepted", "failed", "unknown", "held", "suppressed"})


@dataclass(frozen=True)
class _Seen:
    """What a sender has to look up again and again, as it was a moment ago."""

    is_open: bool
    mailings: Sequence[int]
    # When the settings of the server were last changed; None before anybody has set it.
    server_changed_at: datetime | None = None


class Sender:
    """One process that sends. Any number may run beside each other, on any number of machines."""

    def __init__(self, *, owner: str = "", window: int | None = None) -> None:
        self.owner = (owner or f"{socket.gethostname()}:{os.getpid()}")[:80]
        self.tally = Tally()
        self._window = window
        self._server = MailServer()
        self._adapter: Adapter | None = None
        self._office: PostOffice | None = None
        self._answered: tuple[list[Outcome], dict[UUID, Claimed]] = ([], {})
        self._seen, self._seen_at = _Seen(is_open=False, mailings=()), -SEEN_FOR
        self._turn = 0
        self._tended_at = -TENDS_EVERY
        self._woken_at: datetime | None = None
        self._rests_until, self._rest = 0.0, 1.0

    def run(self, *, goes_on: Callable[[], bool], waits: bool) -> Tally:
        """Send while `goes_on()`; without `waits`, only until nothing is due."""
        began = time.monotonic()
        try:
            while goes_on():
                moved = self._step(waits=waits)
                if not moved:
                    if not waits:
                        break
                    close_old_connections()
                    time.sleep(IDLE_SECONDS)
        finally:
            self._close()
            self.tally.seconds += time.monotonic() - began
        return self.tally

    def _step(self, *, waits: bool) -> int:
        """One round and what it leaves to look after; a sender that waits outlives its database."""
        try:
            self._wake()
            moved = self._round() if self._may_act() else 0
            return moved + self._tend(is_idle=not moved)
        except SecretLost:
            pause_server("secret", at=clock.now())
            self._forget_ways()
            return 0
        except DatabaseError:
            if not waits:
                raise
            # What was answered is still in our hands, and is written down once that is possible.
            log.exception("the database could not be written; the sender goes on trying")
            time.sleep(RESTS_AFTER_TROUBLE)
            return 0

    def _round(self) -> int:
        """One window: what was answered is written down, the next is taken, rendered and sent.

        Where the pace allows none yet, it waits a little: time went by, and nothing is at an end.
        """
        self._heed_settings()
        with transaction.atomic():
            self._record()
            busy = pacing.seconds_left(self._server)
            window = [] if busy or self._rests() else self._claim()
            pacing.keep_busy(self._server, len(window))
        if busy:
            time.sleep(min(busy, SEEN_FOR))
            return 1
        if not window:
            return 0
        fault("claim.after_commit")
        self._send(window)
        return len(window)

    def _claim(self) -> list[Claimed]:
        """What people wrote one by one goes first; mailings take turns after that."""
        now = clock.now()
        if alone := outbox.claim(self.owner, None, 1, at=now):
            return alone
        mailings = self._look().mailings
        for step in range(len(mailings)):
            mailing_id = mailings[(self._turn + step) % len(mailings)]
            if window := outbox.claim(self.owner, mailing_id, self._size(), at=now):
                self._turn += step + 1
                return window
        return []

    def _send(self, window: list[Claimed]) -> None:
        adapter, office = self._ways()
        at, intended = clock.now(), time.monotonic()
        letters, unfit = render_window(window, at=at)
        parcels = office.parcels(letters, at=at)
        passed = windows.record_intents(letters, unfit, parcels, adapter=adapter, at=at)
        self.tally.add(passed.counts)
        if passed.house:
            self._seen_at = -SEEN_FOR
        intents = {letter.claimed.id: letter.claimed for letter in passed.letters}
        outcomes = self._hand_over(adapter, [parcels[pk] for pk in intents], intended)
        # Recorded with the next claim, so that a window costs two commits and not three.
        self._answered = (outcomes, intents)

    def _hand_over(self, adapter: Adapter, parcels: list[Parcel], intended: float) -> list[Outcome]:
        """The wire. Whatever goes wrong here, every parcel gets its outcome."""
        if not parcels:
            return []
        fence = intended + outbox.LEASE_SECONDS / 2

        def may_go_on(_parcel: Parcel) -> bool:
            fault("wire.before")
            return time.monotonic() < fence and self._look().is_open

        found: dict[UUID, Outcome] = {}
        try:
            ticket = gate.ticket_for([parcel.message_id for parcel in parcels])
        except gate.NotLeaving:
            # Somebody took over between the intent and here; the wire has not been touched.
            return [_not_sent(p, "fenced") for p in parcels]
        try:
            for outcome in adapter.hand_over(ticket, parcels, may_go_on=may_go_on):
                found[outcome.message_id] = outcome
                fault("wire.answered")
        except SecretLost:
            # The channel could not even be opened.
            return [_not_sent(p, "login", is_broken=True) for p in parcels]
        except Exception as error:
            log.exception("the channel broke")
            silent = Outcome(parcels[0].message_id, Result.IN_DOUBT, f"error {error}"[:300])
            found = {
                **{p.message_id: _for(silent, p.message_id) for p in parcels}, **found,
            }  # fmt: skip
        self._learn(found.values())
        return list(found.values())

    def _learn(self, answers: Collection[Outcome]) -> None:
        """A server that says no to everything is left alone; one that is away is tried later."""
        broken = next((one for one in answers if one.channel_is_broken), None)
        if broken is not None:
            pause_server(broken.code, at=clock.now())
            self._forget_ways()
        away = answers and all(one.code.partition(" ")[0] in _AWAY for one in answers)
        self._rest = min(self._rest * 2, RESTS_AT_MOST) if away else 1.0
        self._rests_until = time.monotonic() + self._rest if away else 0.0

    def _record(self) -> None:
        outcomes, intents = self._answered
        if not outcomes:
            return
        adapter, _office = self._ways()
        counts = windows.record_outcomes(outcomes, intents, adapter=adapter, at=clock.now())
        self.tally.add(counts)
        transaction.on_commit(self._recorded)

    def _recorded(self) -> None:
        self._answered = ([], {})
        fault("outcomes.after_commit")

    # What the sender keeps an eye on

    def _wake(self) -> None:
        """Before anything leaves: was everybody asleep for long? Then mailings wait (M7)."""
        now = outbox.shared_now()
        if self._woken_at is None or not timedelta() <= now - self._woken_at < AWAKE_FOR:
            settling.wake(at=now)
            self._woken_at, self._seen_at = now, -SEEN_FOR

    def _heed_settings(self) -> None:
        """From the next window on, what an owner has changed about the server holds."""
        if self._adapter is None:
            # How many it takes, and how many a minute, holds from the first window on.
            self._server = the_server()
            return
        if self._look().server_changed_at != self._server.changed_at:
            with transaction.atomic():
                self._record()
            self._forget_ways()

    def _may_act(self) -> bool:
        return bool(self._answered[0]) or (not self._rests() and self._look().is_open)

    def _rests(self) -> bool:
        """The server was away just now: it is asked again after a while, and a longer one."""
        return time.monotonic() < self._rests_until or not self._look().is_open

    def _look(self) -> _Seen:
        if time.monotonic() - self._seen_at >= SEEN_FOR:
            self._seen = _looked(clock.now())
            self._seen_at = time.monotonic()
        return self._seen

    def _size(self) -> int:
        size = self._window or self._server.window
        # A pace below a window a second would make the window wait for itself.
        return max(1, min(size, self._server.pace // 60)) if self._server.pace else size

    def _ways(self) -> tuple[Adapter, PostOffice]:
        if self._adapter is None or self._office is None:
            self._server = the_server()
            self._adapter, self._office = adapter_for(self._server), PostOffice(self._server)
        return self._adapter, self._office

    def _forget_ways(self) -> None:
        if self._adapter is not None:
            self._adapter.close()
        self._adapter = self._office = None

    def _tend(self, *, is_idle: bool) -> int:
        """Take up what others dropped, settle what is in doubt, say that we are awake."""
        if time.monotonic() - self._tended_at < (IDLE_SECONDS if is_idle else TENDS_EVERY):
            return 0
        with transaction.atomic():
            self._record()
        self._tended_at = time.monotonic()
        self._heed_settings()
        adapter, _office = self._ways()
        return settling.tend(adapter, at=clock.now())

    def _close(self) -> None:
        try:
            with transaction.atomic():
                self._record()
        except DatabaseError:
            log.exception("what came of the last window could not be kept: it is in doubt")
        self._forget_ways()


_AWAY = frozenset({"dns", "connect", "tls"})


def _looked(at: datetime) -> _Seen:
    switch = Switch.objects.filter(pk=1).first()
    server = the_server()
    is_open = not (switch and switch.stopped_at) and not server.paused_why
    waiting = Message.objects.filter(mailing=OuterRef("pk"), state__in=WAITING)
    running = Mailing.objects.filter(Exists(waiting), state=MailingState.RUNNING)
    due = running.exclude(not_before__gt=at).order_by("id")
    ids = list(due.values_list("pk", flat=True)) if is_open else []
    return _Seen(is_open and not instance.why_held(), ids, server.changed_at)


def _not_sent(parcel: Parcel, code: str, *, is_broken: bool = False) -> Outcome:
    return Outcome(parcel.message_id, Result.NOT_SENT, code, channel_is_broken=is_broken)


def _for(outcome: Outcome, message_id: UUID) -> Outcome:
    return Outcome(message_id, outcome.result, outcome.code)


def drain() -> Tally:
    """Send all that is due now, in this process: for `tick` and for tests."""
    return Sender(owner="drain").run(goes_on=lambda: True, waits=False)
