"""The one predicate of the gate, as SQL for both databases.

It judges rows of `asked`: a key, a customer, a channel, a purpose, and what is known of them. Only
whole constants of this file, names of time zones and members of enumerations are written into it;
every value is bound.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection

from regulars.consent.choices import POINT_OF, Channel, Ground, Purpose

SERVICE = (Ground.CONTRACT, Ground.LEGAL_DUTY)
# Where the gate must know that there is a way; the other channels are people's own.
CARRIED = frozenset({Channel.EMAIL, Channel.TEXT})
EVER = date(1, 1, 1)

# A stop that stands. The gravest says why: in this order.
_STOP = (
    "FROM consent_suppression x WHERE x.seal = a.seal AND x.channel = a.channel"
    " AND x.lifted_at IS NULL AND (x.until IS NULL OR x.until > %(at)s)"
)
_GRAVEST = (
    "CASE x.why WHEN 'erased' THEN 1 WHEN 'legal' THEN 2 WHEN 'complained' THEN 3"
    " WHEN 'bounced' THEN 4 WHEN 'full' THEN 5 ELSE 6 END"
)
# A hold of this customer that stands and stops a message of this kind.
_HOLD = (
    "FROM messaging_hold h WHERE h.customer_id = a.customer_id AND h.lifted_at IS NULL"
    " AND (h.until IS NULL OR h.until > %(at)s) AND (h.stops = 'all' OR a.is_service = 0"
    " AND (h.stops = 'offered' OR h.stops = 'selling' AND a.purpose = 'sell'))"
)

# What they told us last about this purpose, else about everything by this channel: a no to
# everything lowers each purpose when it is recorded, so what stands here as a yes came after it.
_TOLD = (
    "CASE WHEN this.decision IN ('granted', 'withdrawn') THEN this.decision"
    " ELSE coalesce(every.decision, '') END"
)

# The order is the order of precedence. What is asked for (`is_service`) passes over most of it.
# What may have left before (`has_place`) has been counted, and does not stand in its own way.
CODE = f"""
CASE
  WHEN %(is_held)s = 1 THEN 'instance'
  WHEN %(is_stopped)s = 1 THEN 'stopped'
  WHEN a.is_archived = 1 THEN 'archived'
  WHEN a.has_address = 0 THEN 'no_address'
  WHEN a.may_be_stopped = 1 AND EXISTS (SELECT 1 {_STOP})
    THEN (SELECT x.why {_STOP} ORDER BY {_GRAVEST} LIMIT 1)
  WHEN a.is_service = 0 AND {_TOLD} = 'withdrawn' THEN 'refused'
  WHEN a.is_service = 0 AND w.only_for <> ''
    AND w.only_for NOT LIKE '%%,' || a.purpose || ',%%' THEN 'topics'
  WHEN a.is_service = 0 AND NOT (
    a.ground = 'interest'
    OR a.ground IN ('consent', 'customer') AND {_TOLD} = 'granted'
    OR a.ground = 'customer' AND coalesce(w.last_purchase_on >= a.bought_since, {{false}}))
    THEN 'no_ground'
  WHEN a.is_waiting = 1 THEN 'mailing_waits'
  WHEN a.expires_at <= %(at)s THEN 'expired'
  WHEN a.is_service = 0 AND w.paused_until > %(at)s THEN 'paused'
  WHEN a.customer_id IS NOT NULL AND (
    %(holds_all)s = 1 OR a.customer_id > %(beyond_all)s OR a.is_service = 0
      AND (%(holds_offered)s = 1 OR a.customer_id > %(beyond_offered)s OR a.purpose = 'sell'
        AND (%(holds_selling)s = 1 OR a.customer_id > %(beyond_selling)s)))
    THEN 'held'
  WHEN EXISTS (SELECT 1 {_HOLD}) THEN 'held'
  WHEN a.is_service + a.has_place = 0 AND (
    %(week)s = 0 OR %(week)s > 0 AND st.free_from > %(at)s
    OR a.channel = 'email'
      AND (%(emails)s = 0 OR %(emails)s > 0 AND st.email_free_from > %(at)s)
    OR a.channel = 'text' AND (%(texts)s = 0 OR %(texts)s > 0 AND st.text_free_from > %(at)s))
    THEN 'capped'
  WHEN a.is_service + a.has_place = 0 AND w.every_days > 0 AND {{rested_at}} > %(at)s
    THEN 'too_soon'
  WHEN a.is_service + a.has_place = 0 AND st.rarest_days > 0 AND {{apart_at}} > %(at)s
    THEN 'rarely'
  WHEN a.is_service + a.has_place = 0 AND a.purpose = 'sell'
    AND coalesce(st.balance, 0) < %(per_sell)s
    THEN 'balance'
  WHEN a.is_service = 0 AND CASE WHEN coalesce(w.time_zone, '') = '' THEN %(is_quiet_here)s
    WHEN w.time_zone IN ({{quiet}}) THEN 1 ELSE 0 END = 1 THEN 'quiet'
  WHEN %(no_url)s = 1 AND a.needs_url = 1 THEN 'no_public_url'
  ELSE ''
END"""

# What a later's moment is worked out from.
MOMENTS = f"""
  a.is_service, a.channel, a.purpose, w.paused_until,
  (SELECT count(*) {_HOLD}), (SELECT count(h.until) {_HOLD}), (SELECT max(h.until) {_HOLD}),
  st.free_from, st.email_free_from, st.text_free_from,
  w.every_days, st.rarest_days, st.last_contact_at, coalesce(w.time_zone, '')"""

JOINED = """
LEFT JOIN consent_wish w ON w.customer_id = a.customer_id
LEFT JOIN messaging_standing st ON st.customer_id = a.customer_id
LEFT JOIN consent_consentstate every ON every.customer_id = a.customer_id
  AND every.channel = a.channel AND every.purpose = ''
LEFT JOIN consent_consentstate this ON this.customer_id = a.customer_id
  AND this.channel = a.channel AND this.purpose = a.purpose"""

# Rows of messages; who is not on the list (no customer) asked for it themselves. Without a public
# address the way out is by mail; only what is nothing without its link waits for one.
ASKED_BY_KEY = """
  SELECT m.id AS key, m.customer_id, m.channel, m.purpose, m.seal, m.expires_at,
    CASE WHEN m.channel NOT IN ('email', 'text') THEN 1 WHEN m.seal = '' THEN 0
      WHEN m.customer_id IS NULL THEN 1
      WHEN EXISTS (SELECT 1 FROM customers_contactpoint p WHERE p.seal = m.seal
        AND p.customer_id = m.customer_id AND p.state = 'usable') THEN 1 ELSE 0 END AS has_address,
    CASE WHEN m.seal = '' THEN 0 ELSE 1 END AS may_be_stopped,
    CASE WHEN m.content_sha256 = '' THEN 0 ELSE 1 END AS has_place,
    CASE WHEN coalesce(l.state, 'running') = 'running' THEN 0 ELSE 1 END AS is_waiting,
    CASE WHEN m.channel = 'email' AND (m.customer_id IS NULL OR v.has_links) THEN 1 ELSE 0 END
      AS needs_url,
    CASE WHEN c.archived_at IS NULL THEN 0 ELSE 1 END AS is_archived,
    {ground} AS ground, {bought_since} AS bought_since,
    CASE WHEN m.customer_id IS NULL OR {ground} IN ('contract', 'legal_duty') THEN 1 ELSE 0 END
      AS is_service
  FROM messaging_message m
  LEFT JOIN customers_customer c ON c.id = m.customer_id
  LEFT JOIN messaging_templateversion v ON v.id = m.version_id
  LEFT JOIN messaging_mailing l ON l.id = m.mailing_id
  WHERE m.id IN ({keys})"""

# Customers, for one channel and purpose; by the address that a message of ours would take.
ASKED_BY_CUSTOMER = """
  SELECT c.id AS key, c.id AS customer_id, '{channel}' AS channel, '{purpose}' AS purpose,
    {seal} AS seal, {never} AS expires_at, {has_address} AS has_address,
    {may_be_stopped} AS may_be_stopped, 0 AS has_place, 0 AS is_waiting,
    0 AS needs_url,
    CASE WHEN c.archived_at IS NULL THEN 0 ELSE 1 END AS is_archived,
    '{ground}' AS ground, {bought_since} AS bought_since, {is_service} AS is_service
  FROM customers_customer c
  WHERE {whom}"""

_POINT = "FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.kind = '{kind}'"
SEAL = f"(SELECT p.seal {_POINT} AND p.state = 'usable' ORDER BY p.is_primary DESC, p.id LIMIT 1)"
REACHED = f"CASE WHEN EXISTS (SELECT 1 {_POINT} AND p.state = 'usable') THEN 1 ELSE 0 END"
# The few whose address, any of theirs, is stopped at all: found from the stops, not from them.
STOPPED = (
    "CASE WHEN c.id IN (SELECT p.customer_id FROM consent_suppression y"
    " JOIN customers_contactpoint p ON p.seal = y.seal"
    " WHERE y.lifted_at IS NULL AND y.channel = '{channel}') THEN 1 ELSE 0 END"
)

# In the order in which a decision locks them; a message written meanwhile is not kept waiting.
# A hold of everybody waits until no window is being judged, and the next ones wait for it.
JUDGING = 0x5247 << 48
LOCK = (
    f"SELECT id, pg_advisory_xact_lock_shared({JUDGING}) FROM customers_customer"  # noqa: S608
    " WHERE id IN ({asked}) ORDER BY id FOR NO KEY UPDATE"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is written into the statement for one day, one set of grounds and the quiet zones."""

    grounds: Mapping[tuple[str, str], tuple[str, date]]
    # For a relation of many channels and purposes.
    ground: str
    bought_since: str
    code: str

    @property
    def by_key(self) -> dict[str, str]:
        return {"ground": self.ground, "bought_since": self.bought_since}

    def by_customer(self, channel: str, purpose: str, whom: str) -> str:
        """The relation of customers asked about for one channel and purpose."""
        ground, since = self.grounds.get((channel, purpose), (Ground.UNKNOWN.value, EVER))
        kind = POINT_OF[Channel(channel)] if channel in CARRIED else None
        return ASKED_BY_CUSTOMER.format(
            channel=Channel(channel).value,
            purpose=Purpose(purpose).value,
            seal=SEAL.format(kind=kind.value) if kind else "''",
            has_address=REACHED.format(kind=kind.value) if kind else "1",
            may_be_stopped=STOPPED.format(channel=Channel(channel).value) if kind else "0",
            never=_typed("NULL", "timestamptz"),
            ground=Ground(ground).value,
            bought_since=_typed(f"'{since}'", "date"),
            is_service=int(ground in SERVICE),
            whom=whom,
        )


def terms_of(
    grounds: Mapping[tuple[str, str], tuple[str, int | None]],
    day: date,
    quiet: Mapping[str, object],
) -> Terms:
    dated = {
        pair: (ground, months_before(day, months) if months else EVER)
        for pair, (ground, months) in grounds.items()
    }
    return _terms(tuple(sorted(dated.items())), tuple(quiet), connection.vendor)


@lru_cache(maxsize=32)
def _terms(
    grounds: tuple[tuple[tuple[str, str], tuple[str, date]], ...],
    quiet: tuple[str, ...],
    vendor: str,
) -> Terms:
    of_ground: dict[str, list[str]] = defaultdict(list)
    of_day: dict[str, list[str]] = defaultdict(list)
    for (channel, purpose), (ground, since) in grounds:
        pair = f"'{Channel(channel).value}:{Purpose(purpose).value}'"
        of_ground[f"'{Ground(ground).value}'"].append(pair)
        of_day[_typed(f"'{since}'", "date")].append(pair)
    return Terms(
        dict(grounds),
        _cases(of_ground, "'unknown'"),
        _cases(of_day, _typed(f"'{EVER}'", "date")),
        CODE.format(
            false="0" if vendor == "sqlite" else "false",
            rested_at=_days_later("w.every_days", vendor),
            apart_at=_days_later("st.rarest_days", vendor),
            quiet=", ".join(f"'{zone}'" for zone in quiet) or "''",
        ),
    )


def _cases(values: Mapping[str, list[str]], otherwise: str) -> str:
    whens = " ".join(
        f"WHEN m.channel || ':' || m.purpose IN ({', '.join(pairs)}) THEN {value}"
        for value, pairs in values.items()
    )
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise


def _days_later(days: str, vendor: str) -> str:
    if vendor == "postgresql":
        return f"st.last_contact_at + {days} * interval '24 hours'"
    # Moments are kept as text in UTC: another day, the same time of day, to the microsecond.
    return f"date(st.last_contact_at, '+' || {days} || ' days') || substr(st.last_contact_at, 11)"


def _typed(value: str, kind: str) -> str:
    return f"CAST({value} AS {kind})" if connection.vendor == "postgresql" else value


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
