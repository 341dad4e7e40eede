"""What a restore must not forget: every address that was closed, and every no (RELIABILITY D4).

Both stand in ledgers beside the database, known by seals. A line is written once its decision is
committed; what a crash took in between, the next backup writes anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from django.db import transaction

from regulars.consent.choices import Channel, Decision
from regulars.consent.deciding import Given, event_of, stand
from regulars.consent.models import ConsentEvent, Suppression
from regulars.consent.standing import Told
from regulars.core import ledgers
from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer

SUPPRESSIONS, REFUSALS = "suppression", "refusals"
# The source of a no that a restored database did not know. It stands in the ledger already.
FROM_LEDGER = "ledger"
CHUNK = 500
SEALED = (PointKind.EMAIL, PointKind.PHONE)
# By what a channel reaches somebody; the others go by whatever is known.
REACHED_BY = {
    Channel.EMAIL: PointKind.EMAIL,
    Channel.TEXT: PointKind.PHONE,
    Channel.CALL: PointKind.PHONE,
}

Row = TypeVar("Row")
# Whose no, about which channel and purpose, and when we were told.
No = tuple[int, str, str, datetime]


# Closed addresses


def keep_suppression(one: Suppression) -> None:
    """Write down where an address stands, once that is committed."""
    transaction.on_commit(partial(ledgers.append, SUPPRESSIONS, _line_of(one)))


def _line_of(one: Suppression) -> ledgers.Line:
    return {
        "seal": one.seal, "channel": one.channel, "why": str(one.why), "detail": one.detail,
        "since": one.since.isoformat(), "until": one.until.isoformat() if one.until else None,
        "lifted": one.lifted_at.isoformat() if one.lifted_at else None,
    }  # fmt: skip


@transaction.atomic
def replay_suppressions(lines: Iterator[ledgers.Line], _at: datetime) -> int:
    """Close addresses again that were closed after a copy was made."""
    return sum(_replayed(line) for line in lines)


def _replayed(line: ledgers.Line) -> int:
    since = datetime.fromisoformat(line["since"])
    until, lifted = _moment(line.get("until")), _moment(line.get("lifted"))
    named = {name: line[name] for name in ("channel", "seal", "why")}
    known = Suppression.objects.filter(**named, since=since)
    told = {"until": until, "lifted_at": lifted, "detail": line.get("detail") or ""}
    if known.filter(**told).exists():
        return 0
    if known.exists():
        return known.update(**told)
    if lifted is None and Suppression.objects.filter(**named, lifted_at=None).exists():
        return 0
    Suppression.objects.create(**named, since=since, **told)
    return 1


def missing_suppressions(lines: Iterator[ledgers.Line]) -> Iterator[ledgers.Line]:
    """What the database knows of closed addresses and these lines do not say."""
    said = {
        hash((line.get("channel"), line.get("seal"), line.get("why"),
              *(_moment(line.get(name)) for name in ("since", "until", "lifted"))))
        for line in lines
    }  # fmt: skip
    for one in Suppression.objects.order_by("id").iterator():
        key = (one.channel, one.seal, one.why, one.since, one.until, one.lifted_at)
        if hash(key) not in said:
            yield _line_of(one)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# Noes


def keep_refusals(ids: Sequence[int], channel: str, purpose: str, at: datetime) -> None:
    """Write down who said no, once that is committed: all of them in one go."""
    lines = list(_lines_of((pk, channel, purpose, at) for pk in ids))
    transaction.on_commit(partial(ledgers.append_all, REFUSALS, lines))


def _lines_of(noes: Iterable[No]) -> Iterator[ledgers.Line]:
    for some in _chunks(noes):
        ids = {no[0] for no in some}
        added = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "created_at"))
        seals: dict[int, dict[str, list[str]]] = defaultdict(lambda: {kind: [] for kind in SEALED})
        points = ContactPoint.objects.filter(customer_id__in=ids, kind__in=SEALED)
        rows = points.exclude(seal="").order_by("id").values_list("customer_id", "kind", "seal")
        for pk, kind, seal in rows:
            seals[pk][kind].append(seal)
        for pk, channel, purpose, at in some:
            yield {
                "customer": pk, "added": added[pk].isoformat(), **seals[pk],
                "channel": str(channel), "purpose": str(purpose), "at": at.isoformat(),
            }  # fmt: skip


def missing_refusals(lines: Iterator[ledgers.Line]) -> Iterator[ledgers.Line]:
    """The noes that the database knows and these lines do not say."""
    said = {
        hash((line["customer"], line["channel"], line["purpose"], _moment(line["at"])))
        for line in lines
    }
    told = ConsentEvent.objects.filter(decision=Decision.WITHDRAWN).exclude(source=FROM_LEDGER)
    rows = told.order_by("id").values_list("customer_id", "channel", "purpose", "recorded_at")
    return _lines_of(no for no in rows.iterator() if hash(no) not in said)


@transaction.atomic
def replay_refusals(lines: Iterator[ledgers.Line], at: datetime) -> int:
    """Record again the noes that were told after a copy was made; a later yes stays."""
    return sum(_replayed_noes(some, at) for some in _chunks(lines))


def _replayed_noes(lines: Sequence[ledgers.Line], at: datetime) -> int:
    told: dict[tuple[str, str], dict[int, datetime]] = defaultdict(dict)
    for line, ids in _whose(lines):
        moments, moment = told[line["channel"], line["purpose"]], _moment(line["at"])
        assert moment is not None
        for pk in ids:
            moments[pk] = max(moment, moments.get(pk, moment))
    return sum(_lower(*about, moments, at) for about, moments in sorted(told.items()))


def _whose(lines: Sequence[ledgers.Line]) -> Iterator[tuple[ledgers.Line, set[int]]]:
    """Each line with its customer; where that row is not there, with whoever has their address."""
    named = Customer.objects.filter(pk__in={line["customer"] for line in lines})
    added = dict(named.values_list("pk", "created_at"))
    known = [added.get(line["customer"]) == _moment(line["added"]) for line in lines]
    lost = {
        seal for line, is_known in zip(lines, known, strict=True) if not is_known
        for seal in _seals(line)
    }  # fmt: skip
    holders: dict[str, set[int]] = defaultdict(set)
    points = ContactPoint.objects.filter(seal__in=lost).values_list("seal", "customer_id")
    for seal, pk in points:
        holders[seal].add(pk)
    for line, is_known in zip(lines, known, strict=True):
        having = (holders.get(seal, set()) for seal in _seals(line))
        yield line, {line["customer"]} if is_known else set().union(*having)


def _seals(line: ledgers.Line) -> list[str]:
    """Of the address that this channel takes, or of every one where it takes none of these."""
    by_kind: Mapping[str, list[str]] = {kind: line.get(kind, []) for kind in SEALED}
    kind = REACHED_BY.get(line["channel"])
    own = by_kind[kind] if kind else []
    return own or [seal for seals in by_kind.values() for seal in seals]


def _lower(channel: str, purpose: str, moments: dict[int, datetime], at: datetime) -> int:
    answered = _answered(channel, purpose, moments)
    # Locked in the order of their ids, as every decision locks them.
    waiting = Customer.objects.filter(pk__in=moments.keys() - answered).order_by("pk")
    ids = list(waiting.select_for_update().values_list("pk", flat=True))
    if not ids:
        return 0
    # A clock that was set back since does not make a no older than it is.
    written_at = max(at, *(moments[pk] for pk in ids))
    noes = [Given(pk, FROM_LEDGER, happened_at=moments[pk]) for pk in ids]
    ConsentEvent.objects.bulk_create(
        event_of(one, channel, purpose, Decision.WITHDRAWN, by=SYSTEM, at=written_at)
        for one in noes
    )
    stand(noes, channel, purpose, Decision.WITHDRAWN, written_at)
    return len(noes)


def _answered(channel: str, purpose: str, moments: Mapping[int, datetime]) -> set[int]:
    """Who has said this no, or a later one, or a yes after it, as far as the database knows."""
    events = ConsentEvent.objects.filter(customer_id__in=list(moments), channel=channel)
    rows = events.values_list("customer_id", "purpose", "decision", "recorded_at", "happened_at")
    found = set()
    for row in rows:
        pk, told = row[0], Told(*row[1:])
        is_no = told.decision == Decision.WITHDRAWN and told.purpose in (purpose, "")
        is_yes = told.decision == Decision.GRANTED and told.purpose == purpose
        if (is_no and told.recorded_at >= moments[pk]) or (is_yes and told.given_at >= moments[pk]):
            found.add(pk)
    return found


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    there = iter(rows)
    while some := list(islice(there, CHUNK)):
        yield some
