"""P1: the ledger of messages against a model, in any order of what can happen to it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.core import instance
from regulars.core.actor import SYSTEM
from regulars.core.bulk import run_sql
from regulars.messaging import outbox, settling, windows
from regulars.messaging.actions.messages import write_message
from regulars.messaging.actions.switch import resume_sending, stop_sending
from regulars.messaging.channels.adapters import (
    Blind,
    Certainty,
    Found,
    Keyed,
    Outcome,
    Parcel,
    Searchable,
)
from regulars.messaging.choices import Result, State
from regulars.messaging.models import Attempt, Contact, MailServer, Message, Rules
from regulars.messaging.outbox import Claimed
from regulars.messaging.posting import PostOffice
from regulars.messaging.rendering import render_window
from tests.factories.customers import A_DAY, make_customer
from tests.factories.messaging import Carrier, make_version
from tests.messaging.ledger_model import BLIND, KEYED, LEFT, NEVER, SEARCHABLE, Ledger

pytestmark = pytest.mark.django_db

CERTAINTIES: dict[str, Certainty] = {
    KEYED: Keyed(timedelta(days=4000), compares_body=True),
    SEARCHABLE: Searchable(timedelta(0)),
    BLIND: Blind(),
}
FATES = ("accepted", "lost_after", "lost_before", "not_sent", "accepted", "refused")
WORKERS = st.integers(0, 1)
MEANWHILE = (
    "mean", "crash", "leases_run_out", "leases_run_out", "search", "hear", "unsubscribe", "stop",
    "resume", "take_back", "wait",
)  # fmt: skip


@dataclass
class Hand:
    """A sender in between its steps."""

    claim: int = 0
    window: list[Claimed] = field(default_factory=list)
    leaving: dict[UUID, tuple[Claimed, Parcel]] = field(default_factory=dict)
    answers: list[tuple[Outcome, str]] = field(default_factory=list)
    # Its lease has run out: it does not touch the wire any more (the fence).
    is_late: bool = False


class Messages(RuleBasedStateMachine):
    """Two senders, three customers, one provider; and everything that can come between."""

    @initialize(kind=st.sampled_from([KEYED, SEARCHABLE, BLIND]))
    def begin(self, kind: str) -> None:
        for table in (Attempt, Contact, Message):
            table.objects.all().delete()
        resume_sending(by=SYSTEM, at=A_DAY)
        self.at = A_DAY
        self.model = Ledger(kind)
        self.adapter = Carrier(CERTAINTIES[kind])
        self.office = PostOffice(MailServer())
        self.version = make_version("thank")
        self.customers = [
            make_customer(f"Ruth {nth}", email=f"ruth{nth}@x.example") for nth in range(3)
        ]
        self.hands = [Hand(), Hand()]
        self.nonces = 0
        for who in (0, 0, 1, 1, 2, 0):
            self.mean(who)

    def mean(self, who: int) -> None:
        """The same nonce twice is one message."""
        self.nonces += 1
        nonce = f"{self.nonces // 2}"
        customer = self.customers[who]
        message = write_message(
            customer, version=self.version, purpose="thank", nonce=nonce, by=SYSTEM, at=self.at,
            expires_at=self.at + timedelta(days=4000),
        )  # fmt: skip
        if message.pk not in self.model.told:
            self.model.mean(message.pk, customer.pk)

    @rule(nth=WORKERS, fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=5))
    def work(self, nth: int, fates: list[str]) -> None:
        """A sender takes some steps from where it is; what it hands over has these fates."""
        for fate in fates:
            self._go_on(nth, fate)

    def _go_on(self, nth: int, fate: str) -> None:
        hand = self.hands[nth]
        if hand.window:
            self._intend(hand)
        elif len(hand.answers) < len(hand.leaving):
            self._carry(hand, fate)
        elif hand.answers:
            self._note(hand)
        else:
            self._claim(nth)

    def _claim(self, nth: int) -> None:
        with transaction.atomic():
            window = outbox.claim(f"sender {nth}", None, 2, at=self.at)
        taken, ready = [one.id for one in window], self.model.in_state("ready")
        assert set(taken) <= set(ready)
        assert len(taken) == min(2, len(ready))
        self.model.claim(taken)
        self.hands[nth] = Hand(self.model.claims, window)

    def _intend(self, hand: Hand) -> None:
        letters, unfit = render_window(hand.window, at=self.at)
        parcels = self.office.parcels(letters, at=self.at)
        passed = windows.record_intents(letters, unfit, parcels, adapter=self.adapter, at=self.at)
        expected = self.model.intend([one.id for one in hand.window], hand.claim)
        assert sorted(letter.claimed.id for letter in passed.letters) == sorted(expected)
        hand.leaving = {
            letter.claimed.id: (letter.claimed, parcels[letter.claimed.id])
            for letter in passed.letters
        }
        hand.window = []

    def _carry(self, hand: Hand, fate: str) -> None:
        """One parcel goes over the wire, or is held back by the fence."""
        pk = list(hand.leaving)[len(hand.answers)]
        if hand.is_late:
            hand.answers.append((Outcome(pk, Result.NOT_SENT, "fenced"), "fenced"))
            return
        if fate in ("accepted", "lost_after"):
            self._arrive(hand.leaving[pk][1])
        hand.answers.append(_answer(pk, fate))

    def _note(self, hand: Hand) -> None:
        intents = {pk: claimed for pk, (claimed, _parcel) in hand.leaving.items()}
        with transaction.atomic():
            windows.record_outcomes(
                [outcome for outcome, _result in hand.answers], intents,
                adapter=self.adapter, at=self.at,
            )  # fmt: skip
        for outcome, result in hand.answers:
            self.model.note(outcome.message_id, hand.claim, result)
        hand.leaving, hand.answers = {}, []

    def _arrive(self, parcel: Parcel) -> None:
        """As providers do: one with keys knows the second copy, the others do not."""
        if self.model.kind == KEYED and parcel.provider_key in self.adapter.found:
            return
        self.adapter.found[parcel.provider_key] = Found("their-number")
        self.model.told[parcel.message_id].arrived += 1

    @rule(what=st.sampled_from(MEANWHILE), who=st.integers(0, 2))
    def meanwhile(self, what: str, who: int) -> None:
        """Anything else that can happen, at any moment."""
        getattr(self, what)(who)

    def crash(self, who: int) -> None:
        self.hands[who % 2] = Hand()

    def leases_run_out(self, _who: int) -> None:
        for hand in self.hands:
            hand.is_late = True
        past = outbox.stored(datetime(2001, 1, 1, tzinfo=self.at.tzinfo))
        run_sql("UPDATE messaging_message SET lease_until = %s", [past])
        settling.take_up(self.adapter, at=self.at)
        self.model.leases_run_out()

    def search(self, _who: int) -> None:
        if self.model.kind != SEARCHABLE:
            return
        self.at += timedelta(minutes=3)
        settling.search(self.adapter, at=self.at)
        self.model.search()

    def hear(self, who: int) -> None:
        """The provider says of something that arrived that it has."""
        arrived = [pk for pk, one in self.model.told.items() if one.arrived]
        if arrived:
            pk = arrived[who % len(arrived)]
            outbox.transition([pk], State.DELIVERED, at=self.at, why="delivered")
            self.model.hear(pk)

    def unsubscribe(self, who: int) -> None:
        pk = self.customers[who].pk
        record_decision(
            [pk], "email", Decision.WITHDRAWN, source="test", by=SYSTEM, at=self.at
        )  # fmt: skip
        self.model.unsubscribe(pk)

    def stop(self, _who: int) -> None:
        stop_sending(why="", by=SYSTEM, at=self.at)
        self.model.is_stopped = True

    def resume(self, _who: int) -> None:
        resume_sending(by=SYSTEM, at=self.at)
        self.model.is_stopped = False

    def take_back(self, who: int) -> None:
        if waiting := self.model.in_state("ready"):
            pk = waiting[who % len(waiting)]
            outbox.transition([pk], State.CANCELLED, at=self.at, why="person")
            self.model.told[pk].state = "cancelled"

    def wait(self, _who: int) -> None:
        """Longer than any pause between two tries."""
        self.at += timedelta(days=1)

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        rows = dict(Message.objects.values_list("pk", "state"))
        assert rows == {pk: one.state for pk, one in self.model.told.items()}

    @invariant()
    def nothing_arrives_twice_or_against_its_word(self) -> None:
        for one in self.model.told.values():
            assert one.arrived <= 1
            assert one.arrived == 1 or one.state not in LEFT
            assert one.arrived == 0 or one.state not in NEVER
            assert one.arrived == 0 or not one.must_not_leave


def _answer(pk: UUID, fate: str) -> tuple[Outcome, str]:
    if fate == "accepted":
        return Outcome(pk, Result.ACCEPTED, "250", "their-number"), "accepted"
    if fate in ("lost_after", "lost_before"):
        return Outcome(pk, Result.IN_DOUBT, "lost"), "in_doubt"
    if fate == "not_sent":
        return Outcome(pk, Result.NOT_SENT, "451 busy"), "not_sent"
    return Outcome(pk, Result.REFUSED, "550 no"), "refused"


def test_the_ledger_does_what_the_model_says(
    business: object, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, settings, examples=15, steps=15)


def run(monkeypatch: pytest.MonkeyPatch, django: object, *, examples: int, steps: int) -> None:
    django.PUBLIC_URL = "https://juniper.example"  # type: ignore[attr-defined]
    instance.settle_identity()
    instance.prove_public_url("https://juniper.example", by=SYSTEM, at=A_DAY)
    Rules.objects.create(pk=1, contacts_a_week=None, emails_a_week=None, texts_a_week=None)
    # No pause before the next try; what is not due yet is the gate's matter.
    monkeypatch.setattr(windows, "_backoff", lambda _failures: timedelta())
    run_state_machine_as_test(
        Messages,
        settings=hypothesis_settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )  # fmt: skip
