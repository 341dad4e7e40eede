"""Places in what a customer may hear from us: taken, given back, and counted ready for the gate.

Rows of `Contact` are what happened, by messages and by people; `Standing` is worked out from them
and the house's rules in the same transaction, so that the gate compares one row a customer.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from regulars.consent.choices import Channel, Purpose
from regulars.core.bulk import rows_of, run_sql
from regulars.messaging.models import Contact, Rules
from regulars.messaging.outbox import moment_of, stored
from regulars.messaging.predicate import LOCK

WEEK = timedelta(days=7)
# What serving can earn at most: after a long year of service nobody sells ten times in a row.
SALES_AHEAD = 2
# Customers counted anew in one transaction: well under the 100 ms that others may have to wait.
STRETCH = 500


class Place(NamedTuple):
    """One contact: whose, how, for what, and what it was ("message:<id>", "touch:<id>")."""

    customer_id: int
    channel: str
    purpose: str
    source: str


class Heard(NamedTuple):
    """One contact, as far as it counts."""

    happened_at: datetime
    channel: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one customer stands: `Standing`, as plain values."""

    last_contact_at: datetime | None = None
    free_from: datetime | None = None
    email_free_from: datetime | None = None
    text_free_from: datetime | None = None
    balance: int = 0


def rules_of_the_house() -> Rules:
    return Rules.objects.filter(pk=1).first() or Rules()


def most_owed(per_sell: int) -> int:
    """The balance cannot grow past this."""
    return SALES_AHEAD * per_sell


def stand_of(heard: Sequence[Heard], rules: Rules, at: datetime) -> Stand:
    """Where a customer stands after all they have heard from us, in the order of time."""
    if not heard:
        return Stand()
    balance = 0
    for one in heard:
        balance = _weighed(balance, one.purpose, rules)
    return _freed(Stand(heard[-1].happened_at, balance=balance), heard, rules, at)


def _weighed(balance: int, purpose: str, rules: Rules) -> int:
    """One contact that serves adds one; one that sells uses up what selling needs."""
    if purpose == Purpose.SELL:
        return balance - rules.serve_per_sell
    return min(balance + 1, most_owed(rules.serve_per_sell))


def _freed(stand: Stand, heard: Sequence[Heard], rules: Rules, at: datetime) -> Stand:
    """From when one more is within the caps, over the seven days before each moment."""
    of_email = [one for one in heard if one.channel == Channel.EMAIL]
    of_text = [one for one in heard if one.channel == Channel.TEXT]
    return replace(
        stand,
        free_from=_free_from(heard, rules.contacts_a_week, at),
        email_free_from=_free_from(of_email, rules.emails_a_week, at),
        text_free_from=_free_from(of_text, rules.texts_a_week, at),
    )


def _free_from(heard: Sequence[Heard], cap: int | None, at: datetime) -> datetime | None:
    # No cap: always. None allowed at all: the gate knows, and no moment would be the right one.
    if not cap or len(heard) < cap:
        return None
    free = heard[-cap].happened_at + WEEK
    return free if free > at else None


def take_places(rows: Iterable[Sequence[Any]], at: datetime) -> int:
    """Take a place for each (customer, channel, purpose, source), once per source.

    Call in the transaction in which the gate was asked. Returns how many were taken.
    """
    places = [Place(*row) for row in rows]
    # Without a savepoint of its own: where this fails, the intent to send fails with it.
    with transaction.atomic(savepoint=False):
        _lock({one.customer_id for one in places})
        return _take([(one, at) for one in places], at)


def take_past_places(places: Sequence[tuple[Place, datetime]], at: datetime) -> int:
    """Take places for what people did before it was written down, each at its moment."""
    with transaction.atomic():
        _lock({place.customer_id for place, _when in places})
        return _take(places, at)


def _take(places: Sequence[tuple[Place, datetime]], at: datetime) -> int:
    taken = _written(places)
    if not taken:
        return 0
    ids = {place.customer_id for place, _when in taken}
    rules, stands = rules_of_the_house(), _stands(ids)
    late = {
        place.customer_id
        for place, when in taken
        if (last := stands.get(place.customer_id, Stand()).last_contact_at) and when < last
    }
    recent = _heard(ids - late, since=min([at, *(when for _p, when in taken)]) - WEEK)
    for place, when in taken:
        if place.customer_id not in late:
            before = stands.get(place.customer_id, Stand())
            stands[place.customer_id] = Stand(
                when, balance=_weighed(before.balance, place.purpose, rules)
            )
    stood = {pk: _freed(stands[pk], recent[pk], rules, at) for pk in ids - late}
    # What came before something counted already is put in its order: these few are counted anew.
    told = _heard(late)
    _stand({**stood, **{pk: stand_of(told[pk], rules, at) for pk in late}})
    return len(taken)


def _written(places: Sequence[tuple[Place, datetime]]) -> list[tuple[Place, datetime]]:
    """Write contacts down; returns those whose source was not there, in the order of time."""
    if not places:
        return []
    moments = {when: stored(when) for when in {when for _place, when in places}}
    values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(places))
    rows = rows_of(
        f"INSERT INTO messaging_contact ({', '.join((*Place._fields, 'happened_at'))})"  # noqa: S608
        f" VALUES {values} ON CONFLICT (source) DO NOTHING RETURNING source",
        [value for place, when in places for value in (*place, moments[when])],
    )
    new = {row[0] for row in rows}
    once = {place.source: (place, when) for place, when in places if place.source in new}
    return sorted(once.values(), key=lambda one: one[1])


def give_back(sources: Collection[str], at: datetime) -> int:
    """Give back the places of what was not sent after all, or taken back. Returns how many."""
    with transaction.atomic():
        mine = Contact.objects.filter(source__in=sources)
        ids = set(mine.values_list("customer_id", flat=True))
        _lock(ids)
        count, _by_model = mine.delete()
        _count_anew(ids, rules_of_the_house(), at)
    return count


def recount_from_contacts(ids: Iterable[int], at: datetime) -> int:
    """Work out anew where these customers stand. Returns how many."""
    wanted = set(ids)
    with transaction.atomic():
        _lock(wanted)
        _count_anew(wanted, rules_of_the_house(), at)
    return len(wanted)


def recount_everybody(at: datetime, *, heard: Callable[[int], None] = lambda _done: None) -> int:
    """Work out anew where everybody stands who ever heard from us, after the rules changed.

    In stretches of customers, each a short transaction of its own; `heard` is told how many are
    done.
    """
    done = last = 0
    while some := _next_heard(last):
        done += recount_from_contacts(some, at)
        last = some[-1]
        heard(done)
    return done


def _next_heard(after: int) -> list[int]:
    rows = rows_of(
        "SELECT DISTINCT customer_id FROM messaging_contact WHERE customer_id > %s"
        " ORDER BY customer_id LIMIT %s",
        [after, STRETCH],
    )
    return [row[0] for row in rows]


def _count_anew(ids: Collection[int], rules: Rules, at: datetime) -> None:
    told = _heard(ids)
    _stand({pk: stand_of(told[pk], rules, at) for pk in ids})


def _lock(ids: Collection[int]) -> None:
    # One at a time for each customer: two must not both take the last place. SQLite has one writer.
    if ids and connection.vendor == "postgresql":
        rows_of(LOCK.format(asked=", ".join(["%s"] * len(ids))), sorted(ids))


def _heard(ids: Collection[int], *, since: datetime | None = None) -> Mapping[int, list[Heard]]:
    found: dict[int, list[Heard]] = defaultdict(list)
    for some in _in_batches(sorted(ids), 500):
        later = " AND happened_at > %s" if since else ""
        rows = rows_of(
            "SELECT customer_id, happened_at, channel, purpose FROM messaging_contact"  # noqa: S608
            f" WHERE customer_id IN ({', '.join(['%s'] * len(some))}){later}"
            " ORDER BY customer_id, happened_at, id",
            [*some, *([stored(since)] if since else [])],
        )
        for customer_id, when, channel, purpose in rows:
            found[customer_id].append(Heard(moment_of(when), channel, purpose))
    return found


def _stands(ids: Collection[int]) -> dict[int, Stand]:
    rows = rows_of(
        "SELECT customer_id, last_contact_at, balance FROM messaging_standing"  # noqa: S608
        f" WHERE customer_id IN ({', '.join(['%s'] * len(ids))})",
        sorted(ids),
    )
    return {pk: Stand(last and moment_of(last), balance=balance) for pk, last, balance in rows}


COLUMNS = ("last_contact_at", "free_from", "email_free_from", "text_free_from", "balance")


def _stand(stands: Mapping[int, Stand]) -> None:
    sets = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    for some in _in_batches(sorted(stands), 500):
        values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
        run_sql(
            f"INSERT INTO messaging_standing (customer_id, {', '.join(COLUMNS)})"  # noqa: S608
            f" VALUES {values} ON CONFLICT (customer_id) DO UPDATE SET {sets}",
            [value for pk in some for value in _row(pk, stands[pk])],
        )


def _row(pk: int, stand: Stand) -> Iterator[Any]:
    yield pk
    yield from (
        stored(when) if when else None
        for when in (
            stand.last_contact_at, stand.free_from, stand.email_free_from, stand.text_free_from
        )
    )  # fmt: skip
    yield stand.balance


def _in_batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
