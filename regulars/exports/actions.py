"""Taking lists out into files: ask for one, make it, forget it."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted, take_back_posted
from regulars.conversations.models import Touch
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.disk import settle
from regulars.core.faults import fault
from regulars.exports.choices import Format, What
from regulars.exports.errors import FormatCannot, NothingToExport, NotPosted
from regulars.exports.letters import lettered
from regulars.exports.making import ending_of, write_file
from regulars.exports.models import Export
from regulars.exports.queries import formats_of
from regulars.exports.rules import require_export
from regulars.team.queries import the_named_business

KEPT_FOR = timedelta(days=1)
# Touches that are written in one transaction, and customers who are locked for it.
POSTED_AT_ONCE = 250
# So few are written while one waits.
POSTED_WAITING = 500


def folder() -> Path:
    """Beside the database and not among the files that a backup holds: a copy is made anew."""
    return Path(settings.HOME) / "exports"


def _check(what: str, form: str, *, by: Actor) -> None:
    require_export(by, what)
    if form not in formats_of(what):
        raise FormatCannot(
            _("An address book holds customers only."), _("Choose CSV, XLSX or Parquet.")
        )


@transaction.atomic
def ask_for_export(
    what: What, form: Format, *, by: Actor, at: datetime,
    selection: dict[str, Any] | None = None, words: str = "",
) -> Export:  # fmt: skip
    """Have a file made, which only who asks for it may open, for one day."""
    _check(what, form, by=by)
    if by.member_id is None:
        raise NothingToExport(_("Nobody is signed in who could open the file."))
    export = Export.objects.create(
        what=what, format=form, selection=selection or {}, words=words[:500], asked_at=at,
        asked_by_id=by.member_id,
    )  # fmt: skip
    export.job = jobs.enqueue("exports.make", at=at, export_id=export.pk)
    export.save(update_fields=["job"])
    audit.record("asked for", export, by=by, at=at, what=what, format=form)
    return export


def make_export(export: Export, *, by: Actor, at: datetime, seen: Callable[[int], None]) -> Export:
    """Write the file of an export, and keep it for a day."""
    stored_as = secrets.token_hex(16)
    counted = _Count(seen)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / stored_as
    try:
        export.cut_count = write_file(
            path, export.what, export.format, export.selection, by=by,
            currency=the_named_business().currency, seen=counted,
        )  # fmt: skip
        settle(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    export.stored_as, export.size, export.row_count = stored_as, path.stat().st_size, counted.count
    export.made_at, export.expires_at = at, at + KEPT_FOR
    export.save(update_fields=[
        "stored_as", "size", "row_count", "cut_count", "made_at", "expires_at",
    ])  # fmt: skip
    audit.record("made", export, by=by, at=at, rows=export.row_count)
    return export


def write_export(
    what: What, form: Format, path: Path, *, by: Actor, at: datetime,
    selection: dict[str, Any] | None = None, seen: Callable[[int], None] = lambda _rows: None,
) -> tuple[int, int]:  # fmt: skip
    """Write a list into a file of one's own choice; returns how many rows, and cells cut."""
    _check(what, form, by=by)
    counted = _Count(seen)
    cut = write_file(
        path, what, form, selection or {}, by=by, currency=the_named_business().currency,
        seen=counted,
    )  # fmt: skip
    audit.record("took out", "exports.file", by=by, at=at, what=what, rows=counted.count)
    return counted.count, cut


class _Count:
    def __init__(self, seen: Callable[[int], None]) -> None:
        self.count, self._seen = 0, seen

    def __call__(self, rows: int) -> None:
        self.count += rows
        self._seen(self.count)


def forget_export(export: Export, *, by: Actor, at: datetime) -> None:
    """Remove the file of an export; that it was made stays written down."""
    (folder() / export.stored_as).unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk).update(stored_as="")
    audit.record("forgot", export, by=by, at=at)


def file_of(export: Export) -> Path:
    return folder() / export.stored_as


def name_of(export: Export) -> str:
    """“customers-2026-11-24.csv”."""
    return f"{export.what}-{export.asked_at:%Y-%m-%d}.{ending_of(export.what, export.format)}"


@transaction.atomic
def say_posted(
    export: Export, *, purpose: Purpose, words: str, by: Actor, at: datetime
) -> Export:  # fmt: skip
    """Say that the letters to these addresses are in the post: each is a touch of whom it reaches.

    The touches are written in the background, where there are many; all at this moment.
    """
    require_export(by, export.what)
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.what != What.LETTERS or export.made_at is None:
        raise NotPosted(_("There are no letters here."), _("Take addresses for letters out first."))
    if export.posted_at is not None:
        raise NotPosted(_("These are in the post already."), _("Load the page again."))
    export.posted_at, export.posted_for, export.posted_words = at, purpose, words.strip()[:200]
    export.save(update_fields=["posted_at", "posted_for", "posted_words"])
    audit.record("posted letters", export, by=by, at=at, purpose=purpose)
    jobs.enqueue("exports.post", at=at, unique_key=_key(export), export_id=export.pk)
    return export


def _key(export: Export) -> str:
    return f"exports.post:{export.pk}:{export.posted_at:%Y%m%dT%H%M%S%f}"


def write_posted(export: Export, *, by: Actor, seen: Callable[[int], None]) -> int:
    """Write the touches of letters that are in the post, piece by piece; safe to run again."""
    if export.posted_at is None:
        return 0
    count = 0
    for ids in lettered(export.selection, by):
        for start in range(0, len(ids), POSTED_AT_ONCE):
            count += _write_some(export, ids[start : start + POSTED_AT_ONCE], by)
            seen(count)
    return count


@transaction.atomic
def _write_some(export: Export, ids: list[int], by: Actor) -> int:
    # Whoever takes it back at this moment comes before this piece or after it.
    standing = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if standing.posted_at is None or standing.posted_at != export.posted_at:
        return 0
    if standing.taking_back_at is not None:
        return 0
    there = _posted(standing, standing.posted_at).filter(customer__in=ids)
    written = set(there.values_list("customer_id", flat=True))
    left = [pk for pk in ids if pk not in written]
    log_posted(
        left, channel=Channel.LETTER, purpose=Purpose(standing.posted_for), by=by,
        at=standing.posted_at, body=standing.posted_words,
    )  # fmt: skip
    return len(ids)


def _posted(export: Export, posted_at: datetime) -> QuerySet[Touch]:
    return Touch.objects.standing().filter(
        happened_at=posted_at, channel=Channel.LETTER, member=export.asked_by_id
    )


def take_posted_back(export: Export, *, by: Actor, at: datetime) -> int:
    """They were not posted after all: their touches go; returns how many.

    The touches go piece by piece, and what says that they are in the post goes last: whoever is
    killed in between goes on, here or in the background, and nothing is left behind.
    """
    require_export(by, export.what)
    count = _begin_taking_back(export, by, at)
    finish_taking_back(export, by=by, at=at)
    return count


@transaction.atomic
def _begin_taking_back(export: Export, by: Actor, at: datetime) -> int:
    # A piece that is being written at this moment comes before this; none comes after it.
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.posted_at is None:
        raise NotPosted(_("These are not in the post."), _("Load the page again."))
    count = _posted(export, export.posted_at).count()
    if export.taking_back_at is None:
        export.taking_back_at = at
        export.save(update_fields=["taking_back_at"])
        audit.record("took letters back", export, by=by, at=at, count=count)
        jobs.enqueue("exports.take_back", at=at, export_id=export.pk)
    return count


def finish_taking_back(export: Export, *, by: Actor, at: datetime) -> int:
    """What is left of taking letters back, as often as it takes; returns how many touches went."""
    export = Export.objects.get(pk=export.pk)
    if export.posted_at is None or export.taking_back_at is None:
        return 0
    ids = list(_posted(export, export.posted_at).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), POSTED_AT_ONCE):
        take_back_posted(ids[start : start + POSTED_AT_ONCE], by=by, at=at)
        fault("exports.taken_back_piece")
    # Only while it is the same post: by now it may have been said anew.
    same = Export.objects.filter(pk=export.pk, posted_at=export.posted_at)
    same.exclude(taking_back_at=None).update(
        posted_at=None, posted_for="", posted_words="", taking_back_at=None
    )
    return len(ids)
