"""A window of messages passes the gate together, and is answered for together (RELIABILITY M3)."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from regulars.consent.actions import suppress
from regulars.consent.choices import Stopped
from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.messaging import gate, outbox
from regulars.messaging.channels.adapters import Adapter, Keyed, Outcome, Parcel
from regulars.messaging.choices import Result, State
from regulars.messaging.counting import Place, give_back, take_places
from regulars.messaging.events import AddressBounced, MessagesAccepted
from regulars.messaging.models import Attempt
from regulars.messaging.outbox import Claimed
from regulars.messaging.provider_ids import keep_provider_ids
from regulars.messaging.rendering import Letter, Unfit

# Nothing has gone wrong with the message itself: it waits, and is not counted as tried.
NOT_ITS_FAULT = frozenset({"stopped", "fenced", "dns", "connect", "tls", "login"})
# The house as a whole may not send now; the message stays first in line.
HOUSE = frozenset({"stopped", "instance"})
ASKED_AGAIN_AFTER = timedelta(hours=1)
MOST_FAILURES = 5
# Enhanced status codes (RFC 3463) that say: there is no such mailbox.
NO_SUCH_MAILBOX = re.compile(r"^5\d\d 5\.1\.(1|2|3|10)\b")


@dataclass
class Passed:
    """What one window came to at the gate."""

    letters: list[Letter] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    # A reason why nothing at all may leave now.
    house: str = ""


def record_intents(
    letters: Sequence[Letter],
    unfit: Sequence[Unfit],
    parcels: Mapping[UUID, Parcel],
    *,
    adapter: Adapter,
    at: datetime,
) -> Passed:
    """Ask the gate about a window and write down which of it is about to leave: one transaction.

    After its commit a message may be on the wire; before it, it certainly is not.
    """
    passed, moves = Passed(), _Moves()
    with transaction.atomic():
        everyone: list[Letter | Unfit] = [*letters, *unfit]
        window = [letter.claimed for letter in everyone]
        verdicts = gate.verdicts_for_messages([one.id for one in window], at)
        begun = _first_begun([one.id for one in window if one.content_sha256])
        ours = outbox.still_ours((one.id, one.epoch) for one in window)
        for letter in everyone:
            one = letter.claimed
            if (one.id, one.epoch) not in ours:
                continue
            verdict = verdicts[one.id]
            if verdict.code:
                _turn_back(one, verdict, moves, passed, at)
            elif isinstance(letter, Unfit):
                _set_aside(letter, moves)
            elif one.id not in parcels:
                _set_aside(Unfit(one, "header"), moves)
            elif not _may_repeat(one, adapter, begun.get(one.id), at):
                moves.to(State.UNKNOWN, one, "repeat")
            else:
                passed.letters.append(letter)
        moves.write(at)
        passed.counts = moves.counts()
        _intend(passed, parcels, adapter, at)
        fault("intents.before_commit")
    fault("intents.after_commit")
    return passed


def _set_aside(one: Unfit, moves: "_Moves") -> None:
    if one.claimed.content_sha256:
        # It may have left before: to say "failed" would be a guess.
        moves.to(State.UNKNOWN, one.claimed, one.why)
    else:
        moves.fail(one.claimed, one.why)


def _turn_back(
    one: Claimed, verdict: gate.Verdict, moves: "_Moves", passed: Passed, at: datetime
) -> None:
    if verdict.code in HOUSE:
        passed.house = verdict.code
        moves.later(one, "", one.not_before)
    elif verdict.code == "turn":
        moves.later(one, "", at)
    elif verdict.code == "mailing_waits":
        # Its mailing says why, and nobody takes it up before that goes on.
        moves.later(one, "", one.not_before)
    elif verdict.code in gate.LATER:
        # Beyond its time it would wait for nothing.
        until = min(verdict.until or at + ASKED_AGAIN_AFTER, one.expires_at)
        moves.later(one, verdict.code, max(until, at))
    elif one.content_sha256:
        # It may have left before: to say "not sent" would be a guess.
        moves.to(State.UNKNOWN, one, verdict.code)
    else:
        state = State.EXPIRED if verdict.code == "expired" else State.SUPPRESSED
        moves.to(state, one, verdict.code)


def _first_begun(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of these was first about to leave."""
    if not ids:
        return {}
    tries = Attempt.objects.filter(message__in=ids).order_by().values_list("message_id")
    return dict(tries.annotate(first=Min("begun_at")))


def _may_repeat(one: Claimed, adapter: Adapter, first: datetime | None, at: datetime) -> bool:
    """A message in doubt goes out again only to who knows its key, inside half its window."""
    if not one.content_sha256:
        return True
    knows = adapter.certainty
    if not isinstance(knows, Keyed) or one.provider != adapter.name:
        return False
    return first is not None and at - first <= knows.window / 2


def _intend(passed: Passed, parcels: Mapping[UUID, Parcel], adapter: Adapter, at: datetime) -> None:
    rows = [
        (
            one.claimed.id, one.claimed.epoch,
            json.dumps(dict(one.context), ensure_ascii=False), one.sha256,
            adapter.name, parcels[one.claimed.id].provider_key, "", "",
        )
        for one in passed.letters
    ]  # fmt: skip
    columns = (
        "context", "content_sha256", "provider", "provider_key", "why", "why_detail",
    )  # fmt: skip
    moved = outbox.move(rows, columns, State.SENDING, at=at)
    passed.letters = [one for one in passed.letters if one.claimed.id in moved]
    intents = [one.claimed for one in passed.letters]
    outbox.write_attempts([(one.id, one.epoch) for one in intents], at=at)
    take_places(
        [
            Place(one.customer_id, one.channel, one.purpose, source_of(one.id))
            for one in intents
            if one.customer_id is not None
        ],
        at=at,
    )


def source_of(message_id: UUID) -> str:
    return f"message:{message_id}"


def record_outcomes(
    outcomes: Sequence[Outcome], intents: Mapping[UUID, Claimed], *, adapter: Adapter, at: datetime
) -> dict[str, int]:
    """Write down what came of a window. Call in a transaction; returns how many went where."""
    moves = _Moves()
    accepted: list[tuple[Any, ...]] = []
    for outcome in outcomes:
        one = intents[outcome.message_id]
        code, _gap, detail = outcome.code.partition(" ")
        if outcome.result == Result.ACCEPTED:
            accepted.append((one.id, one.epoch, outcome.provider_id[:200], "", ""))
        elif outcome.result == Result.IN_DOUBT:
            _doubt(one, code, detail, adapter, moves, at)
        elif outcome.result == Result.REFUSED:
            _refused(one, outcome, code, detail, moves)
            _learn_from(one, outcome, at)
        else:
            _once_more(one, outcome, code, detail, moves, at)
    left = outbox.move(
        accepted, ("provider_id", "why", "why_detail"), State.ACCEPTED, at=at,
        came_from=(State.SENDING, State.UNKNOWN, State.UNKNOWN_CLOSED),
    )  # fmt: skip
    # Word of it may have come before our own note: then only their number is still to be kept.
    keep_provider_ids([row[:3] for row in accepted if row[0] not in left])
    moved = moves.write(at)
    outbox.end_attempts(
        [
            (o.message_id, intents[o.message_id].epoch, o.result.value, o.code[:300])
            for o in outcomes
        ],
        at=at,
    )
    # Somebody else may have sent it meanwhile: only what we moved gives its place back.
    give_back([source_of(pk) for pk in moves.not_sent if pk in moved], at)
    if left:
        announce(MessagesAccepted([str(pk) for pk in sorted(left)]), at=at)
    fault("outcomes.before_commit")
    return {**moves.counts(), State.ACCEPTED.value: len(left)}


def _doubt(
    one: Claimed, code: str, detail: str, adapter: Adapter, moves: "_Moves", at: datetime
) -> None:
    if isinstance(adapter.certainty, Keyed) and one.failures + 1 < MOST_FAILURES:
        moves.again(one, code, detail, at + _backoff(one.failures), keeps=True, failed=True)
    else:
        moves.to(State.UNKNOWN, one, code, detail)


def _refused(one: Claimed, outcome: Outcome, code: str, detail: str, moves: "_Moves") -> None:
    if one.content_sha256:
        # This repetition was refused; the attempt before may have arrived.
        moves.to(State.UNKNOWN, one, code, detail)
    else:
        moves.fail(one, code, detail)


def _once_more(
    one: Claimed, outcome: Outcome, code: str, detail: str, moves: "_Moves", at: datetime
) -> None:
    """Certainly not sent: tried again later, unless it was tried too often for its own fault."""
    own_fault = code not in NOT_ITS_FAULT
    if own_fault and one.failures + 1 >= MOST_FAILURES:
        _refused(one, outcome, code, detail, moves)
        return
    wait = outcome.retry_after or (_backoff(one.failures) if own_fault else timedelta())
    # A doubt of an earlier attempt is not settled by this one, which did not leave.
    doubt = bool(one.content_sha256)
    moves.again(one, code, detail, at + wait, keeps=doubt, failed=own_fault)


def _backoff(failures: int) -> timedelta:
    # Jitter, so that what failed together does not come back together.
    return timedelta(seconds=30 * 4**failures * (0.75 + random.random() / 2))  # noqa: S311


def _learn_from(one: Claimed, outcome: Outcome, at: datetime) -> None:
    if one.seal and NO_SUCH_MAILBOX.match(outcome.code):
        suppress(one.channel, one.seal, Stopped.BOUNCED, at=at, detail=outcome.code[:200])
        announce(AddressBounced(one.seal), at=at)


@dataclass
class _Moves:
    """Moves of a window, gathered so that each kind is one statement."""

    rows: dict[tuple[State, tuple[str, ...]], list[tuple[Any, ...]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    not_sent: list[UUID] = field(default_factory=list)

    def to(self, state: State, one: Claimed, why: str, detail: str = "", **more: Any) -> None:
        row = (one.id, one.epoch, why[:20], detail[:300], *more.values())
        self.rows[state, ("why", "why_detail", *more)].append(row)

    def fail(self, one: Claimed, why: str, detail: str = "") -> None:
        self.to(State.FAILED, one, why, detail)
        self.not_sent.append(one.id)

    def later(self, one: Claimed, why: str, until: datetime) -> None:
        state = State.HELD if why else State.READY
        self.to(state, one, why, not_before=outbox.stored(until))

    def again(
        self, one: Claimed, why: str, detail: str, due: datetime, *, keeps: bool, failed: bool
    ) -> None:
        # What certainly did not leave may be rendered anew; what may have left stays as it was.
        anew = {} if keeps else {"content_sha256": ""}
        later = {"not_before": outbox.stored(due), "failures": one.failures + failed}
        self.to(State.READY, one, why, detail, **later, **anew)
        if not keeps:
            self.not_sent.append(one.id)

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for (state, _columns), rows in self.rows.items():
            found[state.value] += len(rows)
        return found

    def write(self, at: datetime) -> set[UUID]:
        moved: set[UUID] = set()
        for (state, columns), rows in self.rows.items():
            moved |= outbox.move(rows, columns, state, at=at)
        return moved
