"""Made-up days of a business with disruptions, sent by real senders, judged by a plain model.

The model knows who is hit by what stands, and what nobody let go on. Whatever a sender hands over
is judged at that moment; at the end everything else must have left.
"""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from regulars.consent.actions import ask_to_opt_in
from regulars.core import clock, faults
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.messaging import outbox, sending
from regulars.messaging.actions.confirming import ask_to_confirm
from regulars.messaging.actions.mailings import (
    approve_mailing,
    pause_mailing,
    resume_mailing,
    write_mailing,
)
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.messages import settle_by_hand, try_again, write_message
from regulars.messaging.actions.waiting import wake
from regulars.messaging.channels.adapters import Found, Keyed, Outcome, Parcel, Searchable
from regulars.messaging.choices import MailingState, Result, State
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing, Message
from regulars.recovery.actions.endings import carry_out_ending, end_disruption
from regulars.recovery.actions.hitting import look_whom_it_hits
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import restarting
from tests.factories.customers import make_customer
from tests.factories.messaging import Carrier, agrees, make_version
from tests.factories.recovery import declared, make_segment

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TICK = timedelta(minutes=3)
HIT = "Ruth"
KILLS_AT = ("claim.after_commit", "intents.before_commit", "intents.after_commit", "wire.before",
            "wire.answered", "outcomes.before_commit", "outcomes.after_commit",
            "ending.kept_back", "ending.let_go")  # fmt: skip


SELLING, DECLARING = ("single sells", "mailing sells"), ("declare", "declare some")
# What the switch is about happens more often than the rest.
OFTEN = {"declare": 2, "end": 2, "single sells": 2, "mailing sells": 2, "kill": 4}


class Broken(AssertionError):
    """Something left that should have waited, or did not leave."""


class Killed(BaseException):
    """A process ends here: nothing of it may clean up behind it."""


def die(name: str, _action: str) -> None:
    """What the armed points do in these days."""
    raise Killed(name)


class Day:
    """One schedule, drawn by its seed."""

    def __init__(self, seed: int) -> None:
        self.lot = random.Random(seed)
        self.at = NOON
        self.carrier = Carrier(
            Keyed(timedelta(hours=24), compares_body=False)
            if seed % 2
            else Searchable(timedelta(seconds=1))
        )
        self.carrier.before = self._judge
        self.carrier.answer = self._answer
        self.versions = {purpose: make_version(purpose) for purpose in ("sell", "serve")}
        self.segment = make_segment(at=NOON, text=HIT)
        self.never: set[UUID] = set()
        self.paused: set[int] = set()
        self.refuses = 0
        self.said: list[str] = []
        self.broken: list[str] = []
        self.sold = 0
        self.came = 0
        for name in (f"{HIT} One", "Anna Two", "Bert Three"):
            self._come(name)

    # What happens

    def steps(self) -> dict[str, Callable[[], None]]:
        return {
            "declare": lambda: self._declare(None),
            "declare some": lambda: self._declare(self.segment),
            "end": self._end,
            "drill": self._drill,
            "look": self._look,
            "single sells": lambda: self._single("sell"),
            "each sells": self._each,
            "single serves": lambda: self._single("serve"),
            "mailing sells": lambda: self._mailing("sell"),
            "mailing serves": lambda: self._mailing("serve"),
            "pause": self._pause,
            "resume": self._resume,
            "come": lambda: self._come(self.lot.choice((HIT, "Clara")) + f" N{self.came}"),
            "opt in": self._opt_in,
            "refuse": lambda: setattr(self, "refuses", 1),
            "again": self._again,
            "doubt": self._doubt,
            "kill": self._kill,
            "send": self._send,
        }

    def play(self, extra: int) -> None:
        """Something sells, it is declared and ended, and so many other things come in between."""
        steps = self.steps()
        plot = [self._any(SELLING), self._any(DECLARING), self._any(SELLING), "end"]
        for _turn in range(extra):
            plot.insert(self.lot.randint(0, len(plot)), self._any(list(steps)))
        for name in plot:
            self.said.append(name)
            steps[name]()
            self.at += TICK
            if self.lot.random() < 0.5:
                self._send()
        self._finish()

    def _any(self, names: Sequence[str]) -> str:
        return self.lot.choices(names, [OFTEN.get(name, 1) for name in names])[0]

    def _declare(self, segment: Any) -> None:
        declared(at=self.at, segment=segment)

    def _drill(self) -> None:
        declared(at=self.at, is_drill=True)

    def _look(self) -> None:
        for disruption in Disruption.objects.standing():
            look_whom_it_hits(disruption, at=self.at)

    def _end(self, *, keeps_all: bool = False) -> None:
        standing = list(Disruption.objects.standing().order_by("pk"))
        if not standing:
            return
        disruption = standing[-1] if keeps_all else self.lot.choice(standing)
        waiting = [one.key for one in restarting(disruption, self.at)]
        confirmed = [key for key in waiting if keeps_all or self.lot.random() < 0.3]
        end_disruption(disruption, confirmed=confirmed, seen=waiting, by=SYSTEM, at=self.at)
        if not disruption.is_drill:
            self._keep_back(set(waiting) - set(confirmed))
            self._carry_out(disruption)

    def _keep_back(self, keys: set[str]) -> None:
        for key in keys:
            kind, _colon, name = key.partition(":")
            if kind == "message":
                self.never.add(UUID(name))
            else:
                theirs = Message.objects.filter(mailing=int(name)).exclude(state=State.ACCEPTED)
                self.never |= set(theirs.values_list("pk", flat=True))

    def _carry_out(self, disruption: Disruption) -> None:
        for _turn in range(6):
            disruption.refresh_from_db()
            try:
                with clock.stopped_at(self.at):
                    if carry_out_ending(disruption, by=SYSTEM, at=self.at):
                        break
            except Killed:
                disarm()
            # What a killed sender held in its hands comes back when its lease has run out.
            self._send()
            self.at += TICK
        else:
            raise Broken("the disruption does not end")
        wake(["held"], at=self.at)

    def _single(self, purpose: str) -> None:
        customer = self.lot.choice(list(Customer.objects.order_by("pk")))
        write_message(
            customer, version=self.versions[purpose], purpose=purpose,
            nonce=f"{self.lot.random()}", by=SYSTEM, at=self.at,
        )  # fmt: skip

    def _each(self) -> None:
        some = self.lot.sample(list(Customer.objects.order_by("pk")), 2)
        occasions = {one.pk: f"each:{self.lot.random()}" for one in some}
        write_to_each(occasions, version=self.versions["sell"], by=SYSTEM, at=self.at)

    def _mailing(self, purpose: str) -> None:
        mailing = write_mailing(
            name=purpose, version=self.versions[purpose], purpose=purpose, audience="everybody",
            definition={}, by=SYSTEM, at=self.at,
        )  # fmt: skip
        mailing = approve_mailing(
            mailing, seen_count=Customer.objects.count(), by=SYSTEM, at=self.at
        )
        if self.lot.random() < 0.8:
            expand(mailing, at=self.at)

    def _pause(self) -> None:
        for mailing in Mailing.objects.filter(state=MailingState.RUNNING).order_by("pk")[:1]:
            pause_mailing(mailing, by=SYSTEM, at=self.at)
            self.paused.add(mailing.pk)

    def _resume(self) -> None:
        for mailing in Mailing.objects.filter(pk__in=self.paused, state=MailingState.PAUSED):
            resume_mailing(mailing, by=SYSTEM, at=self.at)
        self.paused.clear()

    def _come(self, name: str) -> None:
        self.came += 1
        agrees(make_customer(name, email=f"c{self.came}@x.example"))

    def _opt_in(self) -> None:
        self.came += 1
        asked = ask_to_opt_in(
            f"s{self.came}@x.example", name="", purposes=["inform"], wording="Write to me",
            source="form", asked_from_ip=f"10.0.0.{self.came}", at=self.at,
        )  # fmt: skip
        if asked is not None:
            ask_to_confirm(asked.pk, at=self.at)

    def _again(self) -> None:
        for message in Message.objects.filter(state=State.FAILED):
            try_again(message, by=SYSTEM, at=self.at)

    def _doubt(self) -> None:
        for message in Message.objects.filter(state__in=[State.READY, State.HELD])[:1]:
            outbox.transition([message.pk], State.UNKNOWN, at=self.at)
            settle_by_hand(message, arrived=False, by=SYSTEM, at=self.at)

    def _kill(self) -> None:
        point, nth = self.lot.choice(KILLS_AT), self.lot.randint(1, 3)
        faults._ARMED.update({point: (nth, "raise")})
        faults._passed.clear()

    # Sending

    def _send(self) -> None:
        sender = sending.Sender(owner="day", window=self.lot.choice((1, 2, 8)))
        sender._close = lambda: None  # type: ignore[method-assign]
        try:
            with clock.stopped_at(self.at):
                sender.run(goes_on=lambda: True, waits=False)
        except Killed:
            disarm()
        # The lease of whoever was killed runs out.
        Message.objects.filter(state__in=[State.CLAIMED, State.SENDING]).update(
            lease_until=NOON - timedelta(days=9)
        )

    def _answer(self, parcel: Parcel) -> Outcome | None:
        self.carrier.found[parcel.provider_key] = Found("there")
        if self.refuses:
            self.refuses = 0
            del self.carrier.found[parcel.provider_key]
            return Outcome(parcel.message_id, Result.REFUSED, "550 no")
        return None

    def _judge(self, parcel: Parcel) -> None:
        message = Message.objects.select_related("customer").get(pk=parcel.message_id)
        if message.purpose != "sell":
            return
        self.sold += 1
        # Kept for the end: a sender takes whatever is raised here for a broken channel.
        if message.pk in self.never:
            self.broken.append("nobody let it go on")
        assert message.customer is not None
        for one in Disruption.objects.standing().in_earnest():
            if one.is_everybody or HIT in message.customer.name:
                self.broken.append("sold to somebody who is hit")

    def _finish(self) -> None:
        """Everything ends and is let go on; then whatever nobody kept back has left."""
        disarm()
        while Disruption.objects.standing().exists():
            self._end(keeps_all=True)
        self._resume()
        for mailing in Mailing.objects.filter(state=MailingState.RUNNING, expanded_at=None):
            expand(mailing, at=self.at)
        for _turn in range(3):
            self._again()
            self.at += TICK
            self._send()
        left = {parcel.message_id for parcel in self.carrier.carried}
        kept = set(Message.objects.filter(mailing__state="paused").values_list("pk", flat=True))
        missing = set(Message.objects.values_list("pk", flat=True)) - left - self.never - kept
        if missing:
            states = list(Message.objects.filter(pk__in=missing).values_list("state", "why"))
            raise Broken(f"{states} did not leave: {self.said}")
        self._check_once()
        if self.broken:
            raise Broken(f"{self.broken}: {self.said}")

    def _check_once(self) -> None:
        keys = [parcel.provider_key for parcel in self.carrier.carried]
        if isinstance(self.carrier.certainty, Searchable) and len(keys) != len(set(keys)):
            raise Broken(f"sent twice: {self.said}")


def disarm() -> None:
    faults._ARMED.clear()
    faults._passed.clear()
