"""The outbox: the only place where a message moves from state to state (RELIABILITY M1 to M4).

A window of messages leaves in three short transactions: `claim` takes them with a lease and an
epoch, `record_intents` writes down that they are about to leave, and `record_outcomes` what came
of it. The wire is touched between the last two, never inside one. Leases are counted by the
database's own clock, so that machines whose clocks differ agree on who holds a message.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.core import clock
from regulars.core.bulk import rows_of
from regulars.core.faults import fault
from regulars.messaging.choices import State

LEASE_SECONDS = 120
TABLE = "messaging_message"

_EVIDENCE = {State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.COMPLAINED}
MOVES: Mapping[State, Collection[State]] = {
    State.READY: {State.CLAIMED, State.HELD, State.CANCELLED, State.UNKNOWN},
    State.HELD: {State.CLAIMED, State.READY, State.CANCELLED, State.UNKNOWN},
    State.CLAIMED: {
        State.READY, State.HELD, State.SENDING, State.SUPPRESSED, State.EXPIRED, State.FAILED,
        State.UNKNOWN, State.CANCELLED,
    },
    State.SENDING: {*_EVIDENCE, State.READY, State.FAILED, State.UNKNOWN},
    State.UNKNOWN: {*_EVIDENCE, State.READY, State.FAILED, State.UNKNOWN_CLOSED},
    State.UNKNOWN_CLOSED: _EVIDENCE,
    State.ACCEPTED: {State.DELIVERED, State.BOUNCED, State.COMPLAINED},
    State.DELIVERED: {State.BOUNCED, State.COMPLAINED},
    State.FAILED: {State.READY},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message in a sender's hands, as it was when it was taken."""

    id: UUID
    epoch: int
    customer_id: int | None
    channel: str
    purpose: str
    occasion: str
    mailing_id: int | None
    version_id: int
    address: str
    seal: str
    created_by_id: int | None
    # Set where an earlier attempt froze them: the same must go out again.
    context: dict[str, Any]
    content_sha256: str
    provider: str
    provider_key: str
    failures: int
    # By the application's clock: when it was meant to leave.
    not_before: datetime
    expires_at: datetime


def transition(
    messages: Iterable[UUID], to: State, *, at: datetime, why: str = "", detail: str = ""
) -> set[UUID]:
    """Move messages to a state, those of them that may go there; returns which did."""
    return move(
        [(one, why, detail) for one in messages], ("why", "why_detail"), to, at=at, by_epoch=False
    )


def move(
    rows: Sequence[tuple[Any, ...]],
    columns: Sequence[str],
    to: State,
    *,
    at: datetime,
    by_epoch: bool = True,
    came_from: Collection[State] | None = None,
) -> set[UUID]:
    """Move rows of (id, epoch, values…), or (id, values…) without `by_epoch`.

    A row whose state may not go there, or whose epoch is another's by now, stays as it is.
    """
    if not rows:
        return set()
    sources = came_from or [state for state, ends in MOVES.items() if to in ends]
    given = ["id", *(["epoch"] if by_epoch else []), *columns]
    sets = [f"{name} = {_cast(name)}" for name in columns]
    if to == State.SENDING:
        # The lease begins anew where the wire begins, in the same writing of the row.
        sets.append(f"lease_until = {_lease()}")
    own = f" AND {TABLE}.lease_epoch = v.epoch" if by_epoch else ""
    if to == State.CANCELLED:
        # What may have left cannot be taken back.
        own += f" AND {TABLE}.content_sha256 = ''"
    states = ", ".join(f"'{state}'" for state in sources)
    places = ", ".join(f"({', '.join(['%s'] * len(given))})" for _row in rows)
    sql = (
        f"WITH v({', '.join(given)}) AS (VALUES {places}) "  # noqa: S608
        f"UPDATE {TABLE} SET {', '.join(['state = %s', 'state_at = %s', *sets])} FROM v "
        f"WHERE {TABLE}.id = v.id AND {TABLE}.state IN ({states}){own} RETURNING {TABLE}.id"
    )
    values = [value for row in rows for value in (key_of(row[0]), *row[1:])]
    moved = rows_of(sql, [*values, to.value, stored(at)])
    return {as_uuid(row[0]) for row in moved}


def _cast(name: str) -> str:
    if connection.vendor != "postgresql":
        return f"v.{name}"
    if name == "context":
        return "CAST(v.context AS jsonb)"
    moments = ("not_before", "expires_at")
    return f"CAST(v.{name} AS timestamptz)" if name in moments else f"v.{name}"


def claim(owner: str, mailing_id: int | None, limit: int, *, at: datetime) -> list[Claimed]:
    """Take the next messages of a mailing, or of those written one by one.

    Nobody else takes them before the lease has run out.

    Call in a transaction of its own, or in the one that records the last outcomes.
    """
    lane = "mailing_id IS NULL" if mailing_id is None else "mailing_id = %s"
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    taken = rows_of(
        f"UPDATE {TABLE} SET state = 'claimed', state_at = %s, lease_owner = %s,"  # noqa: S608
        f" lease_epoch = lease_epoch + 1, lease_until = {_lease()}"
        f" WHERE id IN (SELECT id FROM {TABLE} WHERE state IN ('ready', 'held') AND {lane}"
        f" AND not_before <= %s ORDER BY not_before, id LIMIT %s{skip})"
        " RETURNING id, lease_epoch, customer_id, channel, purpose, occasion, mailing_id,"
        " version_id, address, seal, created_by_id, context, content_sha256, provider,"
        " provider_key, failures, not_before, expires_at",
        [stored(at), owner, *([] if mailing_id is None else [mailing_id]), stored(at), limit],
    )
    fault("claim.before_commit")
    return sorted((_claimed(row) for row in taken), key=lambda one: one.id)


def _claimed(row: tuple[Any, ...]) -> Claimed:
    (
        pk, epoch, customer_id, channel, purpose, occasion, mailing_id, version_id, address, seal,
        created_by_id, context, sha, provider, provider_key, failures, not_before, expires_at,
    ) = row  # fmt: skip
    return Claimed(
        as_uuid(pk), epoch, customer_id, channel, purpose, occasion, mailing_id, version_id,
        address, seal, created_by_id, _plain(context), sha, provider, provider_key, failures,
        moment_of(not_before), moment_of(expires_at),
    )  # fmt: skip


def still_ours(rows: Iterable[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Which of these claims nobody has taken over; their rows are locked until the commit."""
    held = list(rows)
    if not held:
        return set()
    lock = f" FOR UPDATE OF {TABLE}" if connection.vendor == "postgresql" else ""
    places = ", ".join(["(%s, %s)"] * len(held))
    found = rows_of(
        f"WITH v(id, epoch) AS (VALUES {places})"  # noqa: S608
        f" SELECT {TABLE}.id, {TABLE}.lease_epoch FROM v JOIN {TABLE} ON {TABLE}.id = v.id"
        f" WHERE {TABLE}.lease_epoch = v.epoch AND {TABLE}.state = 'claimed'{lock}",
        [value for pk, epoch in held for value in (key_of(pk), epoch)],
    )
    return {(as_uuid(pk), epoch) for pk, epoch in found}


def abandoned(state: State, limit: int = 500) -> list[tuple[UUID, int, str, str]]:
    """Messages whose holder has gone silent: id, epoch, provider, purpose."""
    rows = rows_of(
        f"SELECT id, lease_epoch, provider, purpose FROM {TABLE}"  # noqa: S608
        " WHERE state IN ('claimed', 'sending') AND state = %s"
        f" AND lease_until < {_now()} LIMIT %s",
        [state.value, limit],
    )
    return [(as_uuid(pk), epoch, provider, purpose) for pk, epoch, provider, purpose in rows]


def write_attempts(rows: Sequence[tuple[UUID, int]], *, at: datetime) -> None:
    """Write down, before the wire is touched, that each of these is about to leave."""
    if not rows:
        return
    places = ", ".join(["(%s, %s, %s, '', '')"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_attempt (message_id, epoch, begun_at, result, code)"  # noqa: S608
            f" VALUES {places}",
            [value for pk, epoch in rows for value in (key_of(pk), epoch, stored(at))],
        )


def end_attempts(rows: Sequence[tuple[UUID, int, str, str]], *, at: datetime) -> None:
    """Write down how attempts ended: id, epoch, result, code."""
    if not rows:
        return
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH v(id, epoch, result, code) AS (VALUES {places})"  # noqa: S608
            " UPDATE messaging_attempt AS a SET result = v.result, code = v.code, ended_at = %s"
            " FROM v WHERE a.message_id = v.id AND a.epoch = v.epoch AND a.result = ''",
            [
                *(value for pk, *rest in rows for value in (key_of(pk), *rest)),
                stored(at),
            ],
        )


def shared_now() -> datetime:
    """The moment by the clock that all senders of this instance share."""
    if connection.vendor == "postgresql":
        return moment_of(rows_of("SELECT clock_timestamp()")[0][0])
    return clock.now()


def key_of(message_id: UUID) -> Any:
    """A message's key as the database has it."""
    return message_id if connection.vendor == "postgresql" else message_id.hex


def as_uuid(key: Any) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


def stored(moment: datetime) -> Any:
    """A moment as the database has it."""
    return connection.ops.adapt_datetimefield_value(moment)


def moment_of(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain(context: Any) -> dict[str, Any]:
    if isinstance(context, str):
        return dict(json.loads(context))
    return dict(context or {})


def _now() -> str:
    if connection.vendor == "postgresql":
        return "clock_timestamp()"
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"


def _lease() -> str:
    if connection.vendor == "postgresql":
        return f"clock_timestamp() + interval '{LEASE_SECONDS} seconds'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+{LEASE_SECONDS} seconds')"
