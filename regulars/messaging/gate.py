"""The gate: may this leave, and if not, why (RELIABILITY C1).

One predicate over tables that lie at or below this room, asked in two ways: by key for the messages
of a window, inside the transaction that records the intent to send them, and set-wise for whole
plans. `tests/messaging/test_gate.py` holds both to one model in plain Python.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from regulars.consent.choices import Purpose, Stopped
from regulars.consent.grounds import grounds_now
from regulars.consent.models import GroundChoice
from regulars.core import instance
from regulars.core.bulk import rows_of
from regulars.messaging.choices import Holds, State
from regulars.messaging.models import Hold, Message, Rules, Switch
from regulars.messaging.outbox import as_uuid, key_of, moment_of, stored
from regulars.messaging.predicate import (
    ASKED_BY_KEY,
    JOINED,
    LOCK,
    MOMENTS,
    SERVICE,
    Terms,
    terms_of,
)
from regulars.messaging.quiet import quiet_zones
from regulars.team.models import Business

# A no is for good; a later is asked again, at `until` where the moment is known.
NO = frozenset(
    {"archived", "no_address", *Stopped.values, "refused", "topics", "no_ground", "expired"}
)  # fmt: skip
LATER = frozenset(
    {
        "instance", "stopped", "paused", "held", "capped", "too_soon", "rarely", "balance",
        "quiet", "no_public_url", "mailing_waits", "turn",
    }
)  # fmt: skip


# A number that no customer has.
NOBODY_BEYOND = 2**62
# On what a purpose rests in a channel, and for how many months after a purchase.
Grounds = Mapping[tuple[str, str], tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it leave (no code), never (a no), or later, and from when if that is known."""

    code: str = ""
    until: datetime | None = None

    @property
    def is_yes(self) -> bool:
        return not self.code

    @property
    def is_no(self) -> bool:
        return self.code in NO


YES = Verdict()


class NotLeaving(Exception):
    """A ticket was asked for messages that the gate has not let through."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is the same for everybody at one moment, read once."""

    at: datetime
    why_held: str
    is_stopped: bool
    has_public_url: bool
    zone: str
    rules: Rules
    grounds: Grounds
    # What a hold for everybody stops, and until when (None: nobody knows).
    holds: Mapping[str, datetime | None]
    # The same for those with a higher number than this, at whom nobody has looked yet.
    beyond: Mapping[str, int]
    quiet: Mapping[str, datetime]

    @classmethod
    def now(cls, at: datetime) -> "Gate":
        """Read the switch, the rules and the rest as they are at this moment."""
        rules = Rules.objects.filter(pk=1).first() or Rules()
        business = Business.objects.filter(pk=1).values_list("time_zone", "country").first()
        zone, country = business or ("UTC", "")
        holds, beyond = _holds_of_many(at)
        return cls(
            at=at,
            why_held=instance.why_held(),
            is_stopped=Switch.objects.filter(pk=1, stopped_at__isnull=False).exists(),
            has_public_url=bool(instance.proved_public_url()),
            zone=zone,
            rules=rules,
            grounds=_grounds(country, at.astimezone(ZoneInfo(zone)).date()),
            holds=holds,
            beyond=beyond,
            quiet=quiet_zones(at, rules.quiet_from, rules.quiet_to),
        )

    def holds_on(self, channel: str, purpose: str) -> list[str]:
        """The holds for everybody that stop such a message."""
        ground, _months = self.grounds.get((channel, purpose), ("", None))
        return _stopping(self, int(ground in SERVICE), purpose)

    @property
    def day(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def terms(self) -> Terms:
        return terms_of(self.grounds, self.day, self.quiet)

    @property
    def constants(self) -> dict[str, Any]:
        """What is bound to the predicate."""
        rules = self.rules
        return {
            "at": stored(self.at),
            "is_held": int(bool(self.why_held)),
            "is_stopped": int(self.is_stopped),
            "no_url": int(not self.has_public_url),
            "week": -1 if rules.contacts_a_week is None else rules.contacts_a_week,
            "emails": -1 if rules.emails_a_week is None else rules.emails_a_week,
            "texts": -1 if rules.texts_a_week is None else rules.texts_a_week,
            "per_sell": rules.serve_per_sell,
            "is_quiet_here": int(self.zone in self.quiet),
            **{f"holds_{what}": int(what in self.holds) for what in Holds.values},
            **{f"beyond_{what}": self.beyond.get(what, NOBODY_BEYOND) for what in Holds.values},
        }


# Which texts hold in a country is the same all day; only the business's own choices are looked up.
_known: dict[tuple[object, ...], Grounds] = {}


def _grounds(country: str, day: date) -> Grounds:
    own = GroundChoice.objects.order_by("id").values_list("channel", "purpose", "ground")
    key = (country, day, *own)
    if key not in _known:
        rules = grounds_now(country, day)
        _known.clear()
        _known[key] = {pair: (str(rule.ground), rule.months) for pair, rule in rules.items()}
    return _known[key]


def _holds_of_many(at: datetime) -> tuple[dict[str, datetime | None], dict[str, int]]:
    holds: dict[str, datetime | None] = {}
    beyond: dict[str, int] = {}
    standing = Hold.objects.standing_at(at).filter(customer=None)
    for stops, until, above in standing.values_list("stops", "until", "beyond"):
        if above is not None:
            beyond[stops] = min(above, beyond.get(stops, above))
        else:
            holds[stops] = _later(holds[stops], until) if stops in holds else until
    return holds, beyond


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else None


def verdicts_for_messages(ids: Iterable[UUID], at: datetime) -> dict[UUID, Verdict]:
    """What the gate says to each of these messages, in the transaction that lets them leave.

    Their customers' rows stay locked until its end, in order of their ids, as `record_decision`
    locks them: a no that comes first counts first. Of several to one customer only the first may
    leave at once; the others would be judged by places it has not taken yet.
    """
    keys = {f"k{place}": key_of(pk) for place, pk in enumerate(ids)}
    if not keys:
        return {}
    named = ", ".join(f"%({name})s" for name in keys)
    if connection.vendor == "postgresql":
        whose = f"SELECT customer_id FROM messaging_message WHERE id IN ({named})"  # noqa: S608
        rows_of(LOCK.format(asked=whose), keys)
    gate = Gate.now(at)
    asked = ASKED_BY_KEY.format(keys=named, **gate.terms.by_key)
    rows = rows_of(_statement(gate, asked), {**gate.constants, **keys})
    found = {as_uuid(key): (customer_id, _verdict(gate, code, facts))
             for key, customer_id, code, *facts in rows}  # fmt: skip
    return _one_each(found, at)


def _one_each(
    found: Mapping[UUID, tuple[int | None, Verdict]], at: datetime
) -> dict[UUID, Verdict]:
    taken: set[int] = set()
    verdicts: dict[UUID, Verdict] = {}
    for pk in sorted(found):
        customer_id, verdict = found[pk]
        if verdict.is_yes and customer_id is not None:
            verdict = Verdict("turn", at) if customer_id in taken else verdict
            taken.add(customer_id)
        verdicts[pk] = verdict
    return verdicts


def verdicts_for_customers(
    channel: str, purpose: str, at: datetime, customers: "QuerySet[Any, Any] | None" = None
) -> Iterator[tuple[int, Verdict]]:
    """What the gate would say to a message by this channel to each of these customers.

    `customers` is a set of ids, as a query; without it, everybody on the list is asked about.
    """
    gate = Gate.now(at)
    asked, values = _asked_by_customer(gate, channel, purpose, customers)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_statement(gate, asked), {**gate.constants, **values})
        while rows := cursor.fetchmany(2000):
            for key, _customer_id, code, *facts in rows:
                yield key, _verdict(gate, code, facts)


def counts_by_verdict(
    channel: str, purpose: str, at: datetime, customers: "QuerySet[Any, Any] | None" = None
) -> Counter[str]:
    """How many of these customers each verdict is for; "" are those who may be written to."""
    gate = Gate.now(at)
    asked, values = _asked_by_customer(gate, channel, purpose, customers)
    sql = (
        f"SELECT code, count(*) FROM (SELECT {gate.terms.code} AS code"  # noqa: S608
        f" FROM ({asked}) a {JOINED}) judged GROUP BY code"
    )
    return Counter(dict(rows_of(sql, {**gate.constants, **values})))


def _statement(gate: Gate, asked: str) -> str:
    return (
        f"SELECT a.key, a.customer_id, {gate.terms.code}, {MOMENTS}"  # noqa: S608
        f" FROM ({asked}) a {JOINED}"
    )


def _asked_by_customer(
    gate: Gate, channel: str, purpose: str, customers: "QuerySet[Any, Any] | None"
) -> tuple[str, dict[str, Any]]:
    if customers is None:
        return gate.terms.by_customer(channel, purpose, "c.archived_at IS NULL"), {}
    sql, values = customers.query.sql_with_params()
    named = {f"q{place}": value for place, value in enumerate(values)}
    inner = sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in named)
    return gate.terms.by_customer(channel, purpose, f"c.id IN ({inner})"), named


def _verdict(gate: Gate, code: str, facts: Sequence[Any]) -> Verdict:
    if not code:
        return YES
    return Verdict(code, _until(gate, code, facts) if code in LATER else None)


def _until(gate: Gate, code: str, facts: Sequence[Any]) -> datetime | None:
    (is_service, channel, purpose, paused_until, holds, ending, last_end,
     free_from, email_free_from, text_free_from, every_days, rarest_days, last_at,
     zone) = facts  # fmt: skip
    if code == "paused":
        return moment_of(paused_until)
    if code == "quiet":
        return gate.quiet[zone or gate.zone]
    if apart := {"too_soon": every_days, "rarely": rarest_days}.get(code):
        return moment_of(last_at) + timedelta(days=apart)
    if code == "capped":
        free = {"email": email_free_from, "text": text_free_from}.get(channel)
        return _free(gate, channel, free_from, free)
    if code == "held":
        ends = [gate.holds[stops] for stops in _stopping(gate, is_service, purpose)]
        ends += [None if ending < holds else moment_of(last_end)] if holds else []
        # Nobody knows when somebody will have looked at whoever is held for that.
        return max((end for end in ends if end), default=None) if None not in ends else None
    return None


def _stopping(gate: Gate, is_service: int, purpose: str) -> list[str]:
    """The holds for everybody that stop a message of this kind."""
    mine = {Holds.ALL: True, Holds.OFFERED: not is_service}
    mine[Holds.SELLING] = not is_service and purpose == Purpose.SELL
    return [what for what, stops in mine.items() if stops and what in gate.holds]


def _free(gate: Gate, channel: str, *moments: Any) -> datetime | None:
    """From when the caps leave a place; nobody knows where one of them allows none at all."""
    rules = gate.rules
    own = {"email": rules.emails_a_week, "text": rules.texts_a_week}.get(channel)
    if rules.contacts_a_week == 0 or own == 0:
        return None
    caps = (rules.contacts_a_week, own)
    known = [
        moment_of(moment)
        for cap, moment in zip(caps, moments, strict=True)
        if cap is not None and moment
    ]
    return max(known)


_KEY = object()


class GateTicket:
    """The gate's word that these messages may be handed over; without it no adapter carries them.

    Nobody else can make one (RELIABILITY C1); `tests/messaging/test_paths.py` walks the code.
    """

    __slots__ = ("messages",)

    def __init__(self, messages: frozenset[UUID], key: object) -> None:
        if key is not _KEY:
            raise TypeError("Only the gate makes tickets.")
        self.messages = messages


def ticket_for(ids: Iterable[UUID]) -> GateTicket:
    """A ticket for messages of which the gate's yes has been written down: they are leaving.

    The intent is committed before the wire is touched, and only the gate's yes leads to it.
    """
    wanted = frozenset(ids)
    leaving = set(
        Message.objects.filter(pk__in=wanted, state=State.SENDING).values_list("pk", flat=True)
    )
    if leaving != wanted:
        raise NotLeaving(f"{len(wanted - leaving)} of these messages are not about to leave.")
    return GateTicket(wanted, _KEY)
