"""What the desk shows of a bulletin, gathered for its pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.bulletins.changes import Change, changes_between
from regulars.bulletins.choices import Box
from regulars.bulletins.models import Bulletin, Sending, Version
from regulars.bulletins.public_pages import FOLDER, address_of, frame_at, text_in
from regulars.bulletins.texts import lines_of
from regulars.core import clock, instance
from regulars.core.public_files import ROUTE
from regulars.core.templatetags.look import number
from regulars.messaging.choices import REACHED, MailingState
from regulars.messaging.models import Mailing
from regulars.messaging.queries import progress_of

GOING = (MailingState.RUNNING, MailingState.PAUSED)
STANDING = (MailingState.DRAFT, MailingState.PAUSED)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version with its boxes taken apart, and what was new in it."""

    version: Version
    boxes: list[tuple[str, list[str]]]
    changes: list[Change] | None
    wrong: str
    said: str


def versions_shown(versions: list[Version]) -> list[ShownVersion]:
    """Newest first, in the language that we write first."""
    main = frame_at(clock.now()).main
    return [
        shown_of(version, versions[place - 1] if place else None, main)
        for place, version in reversed(list(enumerate(versions)))
    ]


def shown_of(version: Version, before: Version | None, language: str) -> ShownVersion:
    said = text_in(version, language, language)
    found = None if before is None else changes_between(text_in(before, language, language), said)
    boxes = [(str(box.label), lines_of(said.get(box, ""))) for box in Box]
    return ShownVersion(version, boxes, found, said.get("wrong", ""), said.get("said", ""))


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where everybody reads it; `home` is empty while nobody has proved where we are reached."""

    at: str
    home: str
    feed: str
    snippet: str


def public_of(bulletin: Bulletin | None) -> PublicPlace:
    """The public addresses, and what the business's own site can show."""
    home = instance.proved_public_url()
    at = address_of(bulletin) if bulletin else f"{ROUTE}/{FOLDER}/index.html"
    box = f"{home}{ROUTE}/{FOLDER}/{bulletin.slug}/box.html" if bulletin else ""
    title = bulletin.title.replace('"', "&quot;") if bulletin else ""
    snippet = (
        f'<iframe src="{box}" title="{title}" width="100%" height="320"'
        f' style="border:1px solid #dcd8cc"></iframe>\n<p><a href="{home}{at}">{title}</a></p>'
    )
    return PublicPlace(at, home, f"{home}{ROUTE}/{FOLDER}/feed.xml", snippet if bulletin else "")


@dataclass(frozen=True, slots=True)
class Told:
    """One version on its way to those who read one language."""

    sending: Sending
    mailing: Mailing | None
    says: str
    is_moving: bool


def told_of(sendings: Iterable[Sending]) -> list[Told]:
    return [_told(one) for one in sendings]


def _told(sending: Sending) -> Told:
    mailing = sending.mailing
    if mailing is None:
        return Told(sending, None, _("nobody of them is written to"), is_moving=False)
    progress = progress_of(mailing)
    is_moving = mailing.state in GOING and not progress.is_finished
    says = mailing.why_paused if mailing.state in STANDING and mailing.why_paused else ""
    gone = sum(progress.counts.get(state, 0) for state in REACHED)
    says = says or _("%(gone)s handed over, %(open)s waiting, of %(total)s") % {
        "gone": number(gone), "open": number(progress.open), "total": number(progress.total),
    }  # fmt: skip
    return Told(sending, mailing, says, is_moving=is_moving and sending.stopped_at is None)


def evening_of_tomorrow(now: datetime) -> datetime:
    """What is proposed as the next update: tomorrow at five, by the clock where the business is."""
    frame = frame_at(now)
    local = now.astimezone(ZoneInfo(frame.business.time_zone)) + timedelta(days=1)
    return local.replace(hour=17, minute=0, second=0, microsecond=0)
