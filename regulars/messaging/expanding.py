"""From a mailing to its messages: one row for each customer meant, safe to run again (K1)."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import uuid_utils.compat as uuids
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from regulars.consent.models import Wish
from regulars.core.bulk import run_sql
from regulars.core.faults import fault
from regulars.core.jobs import RunningJob
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, CustomerQuerySet
from regulars.messaging import lots
from regulars.messaging.actions.mailings import hash_of, is_another_list, pause_for_approval
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState, State
from regulars.messaging.models import Mailing
from regulars.messaging.outbox import key_of, stored
from regulars.messaging.quiet import by_the_clock
from regulars.team.queries import zone_of_the_business

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
CHUNK = 2000
BY_LOT = "by_lot"
_COLUMNS = (
    "id", "customer_id", "channel", "purpose", "occasion", "mailing_id", "version_id", "address",
    "seal", "context", "content_sha256", "state", "not_before", "expires_at", "lease_owner",
    "lease_epoch", "failures", "provider", "provider_key", "provider_id", "why", "why_detail",
    "created_at", "created_by_id", "state_at",
)  # fmt: skip


def expand(mailing: Mailing, *, at: datetime, running: RunningJob | None = None) -> int:
    """Write the messages of an approved mailing; returns how many customers are meant.

    Whoever is meant twice, or was written before a kill, has one row all the same.
    """
    if mailing.expanded_at is not None or not _goes_on(mailing):
        return 0
    meant = audiences[mailing.audience].customers(mailing.definition)
    total = meant.count()
    if not _is_as_approved(mailing, total):
        pause_for_approval(mailing, count=total)
        return 0
    lots.draw(mailing, at=at)
    done = 0
    for chunk in _chunks(reached(meant), mailing.expanded_up_to):
        with transaction.atomic():
            if not _goes_on(mailing):
                return done
            _write(mailing, chunk, at)
            fault("expand.before_commit")
            Mailing.objects.filter(pk=mailing.pk).update(expanded_up_to=chunk[-1][0])
        fault("expand.after_chunk")
        done += len(chunk)
        if running is not None:
            running.progress(done, total)
    Mailing.objects.filter(pk=mailing.pk).update(expanded_at=at)
    return done


@transaction.atomic
def _goes_on(mailing: Mailing) -> bool:
    """Whoever stops it comes before a chunk or after it: nothing is written behind their back."""
    found = Mailing.objects.select_for_update().filter(pk=mailing.pk)
    return found.values_list("state", flat=True).get() == MailingState.RUNNING


def _is_as_approved(mailing: Mailing, total: int) -> bool:
    if mailing.expanded_up_to:
        return True
    same = mailing.approved_definition_sha256 == hash_of(mailing.definition)
    same_text = mailing.approved_sha256 == mailing.version.sha256
    return same and same_text and not is_another_list(mailing.approved_count or 0, total)


Reached = tuple[int, str | None, str | None]


def reached(meant: CustomerQuerySet) -> "QuerySet[Any, Reached]":
    """Each customer meant, with the e-mail address that we use for them, if there is one."""
    points = ContactPoint.objects.filter(
        customer=OuterRef("pk"), kind=PointKind.EMAIL, state=PointState.USABLE
    ).order_by("-is_primary", "pk")
    return meant.order_by("pk").values_list(
        "pk", Subquery(points.values("normal")[:1]), Subquery(points.values("seal")[:1])
    )


def _chunks(rows: "QuerySet[Any, Reached]", after: int) -> Iterator[list[Reached]]:
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK]):
        yield chunk
        after = chunk[-1][0]


def _write(mailing: Mailing, chunk: list[Reached], at: datetime) -> None:
    """One row each, at one go; a row that is there already stays as it is."""
    now = stored(at)
    fixed = [mailing.channel, mailing.purpose, mailing.occasion, mailing.pk, mailing.version_id]
    ids = [row[0] for row in chunk]
    without, when = lots.left_out(mailing, ids), _when(mailing, ids, at)
    values = [
        (
            key_of(uuids.uuid7()), customer_id, *fixed, address or "", seal or "", json.dumps({}),
            "", _state(customer_id in without), *when(customer_id), "", 0, 0, "", "", "",
            BY_LOT if customer_id in without else "", "", now,
            mailing.approved_by_id or mailing.created_by_id, now,
        )
        for customer_id, address, seal in chunk
    ]  # fmt: skip
    _insert(values)


def _state(is_left_out: bool) -> str:
    # Whoever is left out by lot has a message that will never leave, in place of any other.
    return (State.SUPPRESSED if is_left_out else State.READY).value


def _when(mailing: Mailing, ids: Sequence[int], at: datetime) -> Callable[[int], tuple[str, str]]:
    """From when each of them gets it, and until when it is worth sending."""
    # Counted from the day it was meant for: after a long sleep it is as old as it is.
    begins = max(filter(None, (mailing.not_before, mailing.approved_at)), default=at)
    expires = begins + timedelta(hours=mailing.expires_after_hours)
    if mailing.local_on is None or mailing.local_time is None:
        for_all = stored(max(at, mailing.not_before or at)), stored(expires)
        return lambda _customer_id: for_all
    zones = dict(Wish.objects.filter(customer__in=ids).values_list("customer_id", "time_zone"))
    ours = zone_of_the_business() or "UTC"
    of_zone: dict[str, tuple[str, str]] = {}
    for zone in {ours, *filter(None, zones.values())}:
        theirs = by_the_clock(mailing.local_on, mailing.local_time, ZoneInfo(zone), begins)
        # Where that hour would come too late, it comes as soon as it may.
        of_zone[zone] = stored(theirs if theirs < expires else begins), stored(expires)
    return lambda customer_id: of_zone[zones.get(customer_id) or ours]


def _insert(values: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(_COLUMNS)
    if connection.vendor == "postgresql":
        _insert_by_copy(columns, values)
        return
    places = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO messaging_message ({columns}) VALUES ({places})"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            values,
        )


def _insert_by_copy(columns: str, values: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS messaging_meant"
            " (LIKE messaging_message INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
        )
        with cursor.copy(f"COPY messaging_meant ({columns}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    run_sql(
        f"INSERT INTO messaging_message ({columns}) SELECT {columns} FROM messaging_meant"  # noqa: S608
        " ON CONFLICT DO NOTHING"
    )
