"""A disruption declared and ended while senders and a worker are killed, on the stage.

Judged by the files that left, one for each message: who it went to and under which subject. What
had its intent committed before the declaration may still be on the wire in that moment; nothing
else that sells may leave to whoever is hit.
"""

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core import clock, worker
from regulars.core.actor import SYSTEM
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.messaging.actions.mailings import approve_mailing, write_mailing
from regulars.messaging.actions.messages import write_message
from regulars.messaging.actions.texts import use_words
from regulars.messaging.channels.file.client import outbox_folder
from regulars.messaging.choices import State
from regulars.messaging.models import Attempt, Mailing, MailServer, Message, Rules
from regulars.recovery import tasks
from regulars.recovery.actions.endings import end_disruption
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import restarting
from tests.factories.recovery import declared, make_segment
from tests.faults.crew import Hand, Orders, arm, fork, hire
from tests.faults.stage import AUDIENCE, LEFT, Stage, wait_until

WINDOW, SENDERS = 4, 2
SENDERS_DIE_AT = (
    "claim.after_commit", "intents.before_commit", "intents.after_commit", "wire.before",
    "wire.answered", "outcomes.before_commit", "outcomes.after_commit", "",
)  # fmt: skip
WORKERS_DIE_AT = (
    "expand.before_commit", "expand.after_chunk", "ending.kept_back", "ending.let_go", "",
)  # fmt: skip
BETWEEN_KILLS = (0.02, 0.12)
PATIENCE = 120.0
HIT = "Ruth1"
SELLING = ("Bread at half price", "A cake for you", "Rolls at half price", "A tart for you")
SERVING = ("Your order is late", "We are closed")
# To whom, under which subject.
Left = tuple[str, str]
Intent = tuple[int, Left]


def in_a_crisis(
    stage: Stage, *, seed: int, is_everybody: bool, kills: int, customers: int = 12
) -> dict[str, Any]:
    """Mail is on its way, it is declared, more is written, it is ended; kills all along."""
    return _Day(stage, seed, customers, is_everybody=is_everybody).played(kills)


class _Day:
    def __init__(self, stage: Stage, seed: int, customers: int, *, is_everybody: bool) -> None:
        self.lot, self.stage, self.customers = random.Random(seed), stage, customers
        self.is_everybody = is_everybody
        self.wrong: list[str] = []
        self.kills = 0
        self.crew: list[Hand] = []
        self._clear()
        people = Customer.objects.filter(pk__lte=customers).order_by("pk")
        self.people = list(people)
        self.hit = {address_of(one.pk) for one in self.people if is_everybody or HIT in one.name}

    def _clear(self) -> None:
        self.stage.begin("keyed", customers=self.customers, window=WINDOW)
        MailServer.objects.update(kind="file")
        Rules.objects.update(serve_per_sell=0)
        Disruption.objects.standing().update(ended_at=clock.now())
        shutil.rmtree(outbox_folder(), ignore_errors=True)
        record_decision(
            range(1, self.customers + 1), Channel.EMAIL, Decision.GRANTED, source="desk",
            by=SYSTEM, at=clock.now(), wording="Write to me", proof="A card at the till",
        )  # fmt: skip

    def played(self, kills: int) -> dict[str, Any]:
        self._write(SELLING[0], SERVING[0], SELLING[1])
        self._work(kills // 3)
        disruption, intended = self._declare()
        fixed = self._selling_to_the_hit()
        self._expect("left without an intent before", fixed - self._named(intended))
        self._write(SELLING[2], SERVING[1], SELLING[3])
        self._work(kills // 3)
        self._wait("service, and what sells to others", self._only_the_held_wait)
        self._expect("sold while it stood", self._selling_to_the_hit() - fixed)
        self._expect("meant to sell while it stood", self._intents() - intended)
        confirmed, waited = self._end(disruption)
        self._work(kills // 3, WORKERS_DIE_AT[2:])
        self._wait("the end", lambda: self._is_over(disruption, confirmed))
        self._stop()
        let_go = self._confirmed(confirmed)
        self._judge(fixed | let_go)
        return {
            "wrong": self.wrong, "kills": self.kills, "waited": waited,
            "before": len(fixed), "let_go": len(let_go - fixed),
            "kept_back": len(self._meant(SELLING, self.hit) - fixed - let_go),
        }  # fmt: skip

    # What people do

    def _version(self, purpose: str, subject: str) -> Any:
        return use_words(
            subject=subject, purpose=purpose, by=SYSTEM, at=clock.now(),
            body="Dear {{ first_name }},\n\nuntil soon, {{ full_name }}.",
        )  # fmt: skip

    def _write(self, sells: str, serves: str, sells_to_some: str) -> None:
        self._mail("sell", sells)
        self._mail("serve", serves)
        self._single(sells_to_some)

    def _mail(self, purpose: str, subject: str) -> None:
        """A worker writes its messages."""
        at = clock.now()
        mailing = write_mailing(
            name=subject, version=self._version(purpose, subject), purpose=purpose,
            audience=AUDIENCE, definition={"up_to": self.customers}, by=SYSTEM, at=at,
        )  # fmt: skip
        approve_mailing(mailing, seen_count=self.customers, by=SYSTEM, at=at)

    def _single(self, subject: str) -> None:
        version, at = self._version("sell", subject), clock.now()
        for customer in self.people[8:12]:
            write_message(
                customer, version=version, purpose="sell", nonce=f"{subject} {at}", by=SYSTEM,
                at=at,
            )  # fmt: skip

    def _declare(self) -> "tuple[Disruption, set[Intent]]":
        """In the midst of the crew's work, which then dies, all at once."""
        self._hire()
        enough = len(self._left()) + self.lot.randint(1, 12)
        wait_until(lambda: len(self._left()) >= enough, 2)
        at = clock.now()
        with transaction.atomic():
            name = f"Named {HIT} {at.isoformat()}"
            segment = None if self.is_everybody else make_segment(name, at=at, text=HIT)
            disruption = declared(at=at, segment=segment)
            # No window is judged between the hold and its commit: these are all there are.
            intended = self._intents()
        time.sleep(self.lot.uniform(0, 0.1))
        self._stop()
        return disruption, intended

    def _end(self, disruption: Disruption) -> tuple[set[str], int]:
        at = clock.now()
        with transaction.atomic():
            keys = [one.key for one in restarting(disruption, at)]
            mailings = [key for key in keys if key.startswith("mailing:")]
            singles = [key for key in keys if key not in mailings]
            confirmed = {
                *self.lot.sample(mailings, min(1, len(mailings))),
                *self.lot.sample(singles, len(singles) // 2),
            }
            end_disruption(disruption, confirmed=confirmed, seen=keys, by=SYSTEM, at=at)
        return confirmed, len(keys)

    # Who works, and dies

    def _hire(self, worker_dies_at: tuple[str, ...] = WORKERS_DIE_AT) -> None:
        while len(self.crew) < SENDERS:
            self.crew.append(hire(Orders(window=WINDOW, fault=self._fault(SENDERS_DIE_AT))))
        if len(self.crew) == SENDERS:
            fault = self._fault(worker_dies_at)
            self.crew.append(fork(lambda: _work(Orders(fault=fault))))

    def _fault(self, points: "tuple[str, ...]") -> str:
        point = self.lot.choice(points)
        return f"{point}:{self.lot.randint(1, 2)}:kill9" if point else ""

    def _work(self, kills: int, worker_dies_at: tuple[str, ...] = WORKERS_DIE_AT) -> None:
        for _kill in range(kills):
            self._hire(worker_dies_at)
            time.sleep(self.lot.uniform(*BETWEEN_KILLS))
            nth = self.lot.randrange(len(self.crew))
            self.kills += self.crew.pop(nth).kill()
            if nth == len(self.crew):
                continue
            # The worker stands last.
            self.kills += self.crew.pop().kill()
            _let_jobs_run_out()

    def _wait(self, what: str, holds: Callable[[], bool]) -> None:
        """A crew that nothing ends does what is left."""
        self._stop()
        self.crew = [hire(Orders(window=WINDOW)) for _one in range(SENDERS)]
        self.crew.append(fork(lambda: _work(Orders())))
        if not wait_until(holds, PATIENCE, every=0.2):
            self.wrong.append(f"{what} did not come: {self._states()}")

    def _stop(self) -> None:
        """All die, so their leases may run out at once."""
        while self.crew:
            self.kills += self.crew.pop().kill()
        self.stage.let_leases_run_out()
        _let_jobs_run_out()

    # What is so

    def _left(self) -> "Counter[Left]":
        """Every file that a sender wrote."""
        mails = [message_from_bytes(one.read_bytes()) for one in outbox_folder().glob("*/*.eml")]
        return Counter((parseaddr(str(one["To"]))[1], str(one["Subject"])) for one in mails)

    def _selling_to_the_hit(self) -> set[Left]:
        return {one for one in self._left() if one[0] in self.hit and one[1] in SELLING}

    def _intents(self) -> "set[Intent]":
        """Every intent to sell to whoever is hit, and what for."""
        rows = Attempt.objects.filter(message__purpose="sell").values_list(
            "pk", "message__customer_id", "message__version__subject"
        )
        every = {(pk, (address_of(customer or 0), subject)) for pk, customer, subject in rows}
        return {one for one in every if one[1][0] in self.hit}

    def _named(self, intents: "set[Intent]") -> set[Left]:
        return {left for _pk, left in intents}

    def _only_the_held_wait(self) -> bool:
        if Mailing.objects.filter(expanded_at=None).exists():
            return False
        open_ones = Message.objects.exclude(state__in=LEFT).values_list(
            "purpose", "customer_id", "state"
        )
        return all(
            purpose == "sell" and address_of(customer or 0) in self.hit and state == State.HELD
            for purpose, customer, state in open_ones
        )

    def _is_over(self, disruption: Disruption, confirmed: set[str]) -> bool:
        disruption.refresh_from_db()
        waits = self._of(confirmed).exclude(state__in=LEFT)
        return disruption.ended_at is not None and not waits.exists()

    def _of(self, keys: set[str]) -> "QuerySet[Message]":
        split = [key.partition(":") for key in keys]
        return Message.objects.filter(
            Q(mailing__in=[int(one) for kind, _colon, one in split if kind == "mailing"])
            | Q(pk__in=[one for kind, _colon, one in split if kind == "message"])
        )

    def _confirmed(self, keys: set[str]) -> set[Left]:
        rows = self._of(keys).values_list("customer_id", "version__subject")
        every = {(address_of(customer or 0), subject) for customer, subject in rows}
        return {one for one in every if one[0] in self.hit}

    def _meant(self, subjects: Collection[str], whom: Collection[str]) -> set[Left]:
        rows = Message.objects.values_list("customer_id", "version__subject")
        every = {(address_of(customer or 0), subject) for customer, subject in rows}
        return {one for one in every if one[0] in whom and one[1] in subjects}

    def _judge(self, sold: set[Left]) -> None:
        """Service to all, what sells to all who are not hit, and to those who are just this."""
        left = self._left()
        everybody = {address_of(pk) for pk in range(1, self.customers + 1)}
        served = {(to, subject) for to in everybody for subject in SERVING}
        due = served | self._meant(SELLING, everybody - self.hit) | sold
        self._expect("did not leave", due - set(left))
        self._expect("left and should not", set(left) - due)
        self._expect("left twice", {one for one, times in left.items() if times > 1})

    def _expect(self, what: str, none: Collection[Any]) -> None:
        if none:
            self.wrong.append(f"{len(none)} {what}: {sorted(none)[:4]}")

    def _states(self) -> list[Any]:
        rows = Message.objects.values_list("purpose", "state", "why")
        undone = Job.objects.exclude(state=Job.State.DONE).order_by("pk")
        return [
            *[(*row, count) for row, count in Counter(rows).items()],
            *undone.values_list("name", "state", "tries", "due_at", "sentence"),
        ]


def address_of(customer_id: int) -> str:
    return f"ruth{customer_id}@example.org"


def _let_jobs_run_out() -> None:
    """As if a minute had passed, for a worker that is certainly dead."""
    past = clock.now() - timedelta(days=2)
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=past)


def _work(orders: Orders) -> None:
    """What a worker does, looking again more often."""
    arm(orders)
    tasks.LOOKS_AGAIN_SECONDS = 0  # type: ignore[attr-defined]
    parent = os.getppid()
    while os.getppid() == parent:
        # A worker outlives a database that is busy for a moment.
        with suppress(DatabaseError):
            # Counting takes a busy machine minutes, and none of this is about it.
            counts = Job.objects.filter(name__startswith="insight.", state=Job.State.WAITING)
            counts.update(state=Job.State.DONE)
            worker.tick([], lambda: None)
        time.sleep(0.05)
