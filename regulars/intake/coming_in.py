"""Inlets: made, switched, taken away, and looked at for what has come."""

import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import OWNER, Actor
from regulars.core.column_sets import column_sets
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.fetching import told_by
from regulars.intake.actions import NewFile, begin_import, bring_in_now, check_now, leave_it
from regulars.intake.inlets import (
    NOT_TAKEN,
    TAKEN,
    digest_of,
    fetch_inlet,
    files_at_rest,
    folder_of,
    put_aside,
)
from regulars.intake.models import Import, Inlet
from regulars.intake.rules import require_import

LOOK_JOB = "intake.look_at_inlets"
BETWEEN_LOOKS = timedelta(minutes=15)


def add_inlet(
    kind: str, place: str, *, source: str, by: Actor, at: datetime, allows_private: bool = False
) -> Inlet:
    """Have files come in by themselves: from a folder, or from an address."""
    require_import(by)
    place = place.strip()
    if allows_private and by.role != OWNER:
        raise NotAllowed(
            _("Only an owner lets files come from machines in our own network."),
            _("Ask an owner to add this address."),
        )
    if kind not in column_sets or not place:
        raise Refusal(_("Say what comes in, and where from."))
    inlet = Inlet(
        kind=kind, place=place, source=source[:40] or "files", allows_private=allows_private,
        is_folder="://" not in place, made_at=at, made_by_id=by.member_id,
    )  # fmt: skip
    _refuse_wrong_place(inlet)
    with transaction.atomic():
        inlet.save()
        audit.record("added inlet", inlet, by=by, at=at)
        leave_looking(at=at)
    return inlet


def _refuse_wrong_place(inlet: Inlet) -> None:
    if inlet.is_folder:
        folder_of(inlet)
    else:
        told_by(inlet.place)
    if Inlet.objects.filter(kind=inlet.kind, place=inlet.place).exists():
        raise Refusal(
            _("Files come in from there already."), _("Look at the list of what comes by itself.")
        )


@transaction.atomic
def remove_inlet(inlet: Inlet, *, by: Actor, at: datetime) -> None:
    """Let nothing more come in from there; what came in stays."""
    require_import(by)
    audit.record("removed inlet", inlet, by=by, at=at)
    inlet.delete()


def leave_looking(*, at: datetime) -> None:
    """Leave the next look, once however often it is asked for."""
    slot = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    jobs.enqueue(LOOK_JOB, at=at, unique_key=f"{LOOK_JOB}:{slot.isoformat()}")


def look_at_inlet(inlet: Inlet, *, at: datetime) -> None:
    """Bring in what has come; what is not understood waits, and says so."""
    by = inlet.actor
    try:
        _refuse_gone(inlet)
        require_import(by)
        said = _from_folder(inlet, by, at) if inlet.is_folder else _from_address(inlet, by, at)
    except Refusal as no:
        said = f"{no.sentence} {no.remedy}".strip()
    inlet.looked_at = at
    inlet.said = said or inlet.said
    inlet.save(update_fields=["looked_at", "said", "seen", "etag", "digest", "last_import"])


def _refuse_gone(inlet: Inlet) -> None:
    """Nothing comes in by the right of somebody who is no longer there to answer for it."""
    if inlet.made_by is not None and not inlet.made_by.is_active:
        raise Refusal(
            _("%(name)s, who set this up, is no longer on the team: nothing comes in by itself.")
            % {"name": inlet.made_by.name},
            _("Remove it here and add it again, so that somebody answers for it."),
        )


def _from_folder(inlet: Inlet, by: Actor, at: datetime) -> str:
    whole, seen = files_at_rest(inlet, at=at)
    said = []
    for path in whole:
        before = path.stat()
        try:
            with path.open("rb") as content:
                is_unchanged = partial(_is_as, path, before)
                taken = _take(inlet, path.name, content, by, at, is_unchanged)
        except Refusal as no:
            put_aside(path, NOT_TAKEN, at=at)
            said.append(f"{path.name}: {no.sentence} {no.remedy}".strip())
            continue
        if taken is None:
            seen[path.name] = [before.st_size, before.st_mtime_ns]
            said.append(_waits(path.name))
        else:
            put_aside(path, TAKEN, at=at)
            said.append(_counted(path.name, taken))
    inlet.seen = seen
    return " ".join(said)


def _is_as(path: Path, before: os.stat_result) -> bool:
    now = path.stat()
    return (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def _from_address(inlet: Inlet, by: Actor, at: datetime) -> str:
    got = fetch_inlet(inlet)
    if got.content is None or digest_of(got.content) == inlet.digest:
        return ""
    taken = _take(inlet, got.name, io.BytesIO(got.content), by, at, lambda: True)
    if taken is None:
        return _waits(got.name)
    # Only what came in is known by its mark: what waits is asked for again.
    inlet.etag, inlet.digest = got.etag[:200], digest_of(got.content)
    return _counted(got.name, taken)


def _take(
    inlet: Inlet, name: str, content: IO[bytes], by: Actor, at: datetime,
    is_unchanged: Callable[[], bool],
) -> Import | None:  # fmt: skip
    """Bring in one file as one of its shape was; nothing where none came before, or it changed."""
    role = column_sets[inlet.kind].roles[0].name
    item = begin_import(
        inlet.kind, [NewFile(role, name, content)], by=by, at=at, source=inlet.source
    )
    is_known = all(file.reading.get("remembered_at") for file in item.files.all())
    if not is_known or not is_unchanged():
        leave_it(item, by=by, at=at)
        return None
    check_now(item, by=by, at=at)
    bring_in_now(item, by=by, at=at, ticks=None)
    inlet.last_import = item
    return item


def _waits(name: str) -> str:
    return _(
        "%(name)s waits: no file with its columns came in before. Bring it in once by hand; from "
        "then on it comes in by itself."
    ) % {"name": name}


def _counted(name: str, item: Import) -> str:
    report = item.report
    return _("%(name)s: %(new)s new, %(changed)s changed, %(no)s not readable.") % {
        "name": name, "new": report["created"], "changed": report["updated"],
        "no": report["rejected"],
    }  # fmt: skip
