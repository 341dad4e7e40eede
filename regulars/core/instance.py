"""An instance that knows itself: a copy or a restored one holds everything until it is released.

RELIABILITY M8. Who we are stands twice: in the database (`core.Instance`) and in a file outside it
that is bound to machine and folder. Where the two disagree, nothing may leave.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.core import audit, clock, instance_file
from regulars.core.actor import OWNER, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import AuditEntry, Instance
from regulars.core.registry import Registry

SEEN_FOR_SECONDS = 1.0
MARK_EVERY_SECONDS = 60.0

WHY_HELD: dict[str, Promise] = {
    "copied": _("This folder is a copy, or it lies on another machine or disk than it was."),
    "moved": _("This folder has been moved."),
    "cloned": _("This database belongs to another instance."),
    "nameless": _("This folder does not know the instance of its database."),
    "damaged": _("The file instance.json in this folder cannot be read."),
    "restored": _("This instance stands at an earlier state: it was restored."),
}

# What a folder finds out about itself, whatever its database says.
OF_THE_FOLDER = frozenset({"copied", "moved", "damaged"})

# What a room does when an instance is released, while everything is still held:
# `(as_new, at)`; as a new instance nothing that was queued before may leave by itself.
on_release: Registry[Callable[[bool, datetime], None]] = Registry("reactions to a release")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a held instance would send if it were released: how many, and since when."""

    name: str
    count: int
    oldest_at: datetime | None


# What waits to go out, for whoever decides: messaging registers its messages here.
waiting: Registry[Callable[[datetime], Waiting]] = Registry("counts of what waits")


@dataclass(frozen=True, slots=True)
class _Seen:
    until: float
    instance_id: uuid.UUID | None
    why: str
    public_url: str


# What this process saw last, by the instance's folder.
_seen: dict[str, _Seen] = {}
_marked_at: dict[str, float] = {}


def instance_id() -> uuid.UUID:
    """The number of this instance, which its keys towards providers are made of."""
    known = _look().instance_id
    if known is None:
        settle_identity()
        known = Instance.objects.values_list("instance_id", flat=True).get()
    return known


def why_held() -> str:
    """Why nothing may leave this instance; empty when it may act.

    `copied` or `moved` (the folder is not where its file was written), `cloned` (the database is
    another instance's), `nameless` (the database knows who it is, the folder does not), `damaged`
    (the file cannot be read), `restored` (from a backup, or the database went back in time).
    Answers from memory for at most a second.
    """
    return _look().why


def why_held_now() -> str:
    """The same, never from memory: for pages, which cost the same whenever they are asked for."""
    forget_seen()
    return _look().why


def proved_public_url() -> str:
    """The address under which others reach us, if somebody has proved it; else nothing."""
    return _look().public_url


def proved_at() -> datetime | None:
    """When PUBLIC_URL, as it is set now, was proved; nothing when it was not."""
    row = Instance.objects.filter(pk=1, public_url=settings.PUBLIC_URL).first()
    return row.public_url_proved_at if row else None


def proved_at_words() -> str:
    """The last proof of any address, as text that changes with each."""
    moment = Instance.objects.values_list("public_url_proved_at", flat=True).first()
    return moment.isoformat() if moment else ""


def held_since() -> datetime | None:
    """Since when nothing may leave, as the database has it."""
    return Instance.objects.values_list("held_since", flat=True).first()


def settle_identity() -> str:
    """Know who we are before anything acts; returns why we are held, or nothing.

    The very first start makes the identity, and so does the first start after an older version.
    """
    forget_seen()
    if not Instance.objects.exists():
        _begin()
    why = _look().why
    if is_newcomer(why):
        # Held by its own folder: the machines that work on this database go on.
        return why
    if not why:
        mark(at_least_every=0)
    elif _stops_everybody(why):
        hold(why, at=clock.now())
    return why


def _stops_everybody(why: str) -> bool:
    """Whether all who use this database must wait until somebody has decided.

    A folder that does not fit holds itself. Others may work on the database of a server: they are
    stopped once, and not again at each start of a copy that nobody ended.
    """
    is_shared = connection.vendor == "postgresql" and why in OF_THE_FOLDER
    return not is_shared or instance_file.is_said_first()


def is_newcomer(why: str) -> bool:
    """Whether this looks like one more machine on the database server of an instance."""
    return why == "nameless" and connection.vendor == "postgresql"


def join(*, by: Actor, at: datetime) -> None:
    """Let this machine work beside the others that share this database: one instance, not two.

    Nothing of what waits is touched, and nobody else stops.
    """
    if by.role != OWNER:
        raise NotAllowed(
            gettext("Only an owner lets a machine join."), gettext("Ask one of the owners.")
        )
    if not is_newcomer(why_held()):
        raise Refusal(
            gettext("This is not one more machine on a database that others use."),
            gettext("Release it as the successor, or as a new one."),
        )
    row = Instance.objects.get(pk=1)
    instance_file.forget_mark()
    instance_file.bind_file(row.instance_id)
    audit.record("joined", row, by=by, at=at)
    forget_seen()


def hold(why: str, *, at: datetime) -> None:
    """Let nothing leave from now on. The first reason found stays until somebody releases."""
    Instance.objects.filter(pk=1, held_since=None).update(held_since=at, why_held=why)
    forget_seen()


def mark(*, at_least_every: float = MARK_EVERY_SECONDS) -> None:
    """Count on, in the database and beside it, so that a database put back in time is noticed."""
    home, now = str(settings.HOME), time.monotonic()
    if now - _marked_at.get(home, -MARK_EVERY_SECONDS) < at_least_every or _look().why:
        return
    _marked_at[home] = now
    Instance.objects.filter(pk=1).update(mark=F("mark") + 1)
    marked = Instance.objects.values_list("mark", flat=True).get()
    # The database first: a crash in between leaves the file behind, which is harmless.
    transaction.on_commit(lambda: instance_file.keep_mark(marked))


def what_waits(at: datetime) -> list[Waiting]:
    """What would go out after a release, as the rooms that send count it; empty for nothing."""
    return [found for count in waiting if (found := count(at)).count]


def release(*, by: Actor, at: datetime, as_new: bool) -> None:
    """Let a held instance act: as the successor of the one it was made from, or as a new one.

    As the successor it keeps its number: the old one must be gone, or both would send. As a new
    one it gets another, and nothing that waited leaves by itself.
    """
    if by.role != OWNER:
        raise NotAllowed(
            gettext("Only an owner can release this instance."),
            gettext("Ask one of the owners to do it."),
        )
    row = Instance.objects.get(pk=1)
    became = uuid.uuid4() if as_new else row.instance_id
    why = row.why_held or _look().why
    # While it is still held, in short transactions of their own; each can be repeated.
    for react in on_release:
        react(as_new, at)
    # The file first: a crash in between leaves the row held, and the release can be repeated.
    instance_file.forget_mark()
    instance_file.bind_file(became)
    with transaction.atomic():
        changes = {"instance_id": became, "held_since": None, "why_held": ""}
        if as_new:
            changes |= {"public_url": "", "public_url_proved_at": None}
        Instance.objects.filter(pk=1).update(**changes)
        audit.record("released", row, by=by, at=at, as_new=as_new, why=why)
    forget_seen()


def prove_public_url(url: str, *, by: Actor, at: datetime) -> None:
    """Note that a link under this address was opened from another device."""
    row = Instance.objects.get(pk=1)
    Instance.objects.filter(pk=1).update(public_url=url, public_url_proved_at=at)
    audit.record("proved public url", row, by=by, at=at)
    forget_seen()


def forget_seen() -> None:
    """Look again at once, instead of within a second."""
    _seen.clear()


def is_clock_back(at: datetime, *, allowed: timedelta = timedelta(minutes=5)) -> bool:
    """Whether this machine's clock stands before what the database has already seen."""
    last = AuditEntry.objects.order_by("-id").values_list("at", flat=True).first()
    return last is not None and last > at + allowed


def _begin() -> None:
    """Make file and row. The file comes first: a row without a file would hold the first start."""
    if instance_file.found().instance_id is None:
        instance_file.make_file()
    known = instance_file.found().instance_id
    Instance.objects.get_or_create(pk=1, defaults={"instance_id": known or uuid.uuid4()})
    forget_seen()


def _look() -> _Seen:
    home, now = str(settings.HOME), time.monotonic()
    seen = _seen.get(home)
    if seen is None or seen.until < now:
        seen = _seen[home] = _looked(now)
    return seen


def _looked(now: float) -> _Seen:
    # The folder's mark first: it follows the database's, which another process may move meanwhile.
    marked = instance_file.marked()
    row = Instance.objects.filter(pk=1).first()
    proved = row and row.public_url_proved_at and row.public_url == settings.PUBLIC_URL
    return _Seen(
        now + SEEN_FOR_SECONDS,
        row.instance_id if row else None,
        _why(row, marked),
        settings.PUBLIC_URL if proved else "",
    )


def _why(row: Instance | None, marked: int) -> str:
    if instance_file.is_exchanging():
        return "restored"
    file = instance_file.found()
    if row is None:
        # Nothing was ever settled here, so nothing was ever sent; a folder that does not fit waits.
        return file.why
    if row.held_since:
        return row.why_held or "restored"
    if file.why or file.instance_id is None:
        return file.why or "nameless"
    if file.instance_id != row.instance_id:
        return "cloned"
    return "restored" if marked > row.mark else ""
