"""Telling the readers: by e-mail through the gate, and by whom who cannot be written to is told."""

import math
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.bulletins.errors import BulletinMoved, DrillOnly, NotSending
from regulars.bulletins.mails import mail_of
from regulars.bulletins.models import Bulletin, Owed, Sending, Version
from regulars.bulletins.public_pages import Frame, frame_at
from regulars.bulletins.readers import READERS, all_readers
from regulars.bulletins.rules import require_publish
from regulars.bulletins.ways import Way, ways_of
from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.jobs import RunningJob
from regulars.customers.models import CustomerQuerySet
from regulars.messaging.actions.mailings import (
    approve_mailing,
    cancel_mailing,
    is_another_list,
    write_mailing,
)
from regulars.messaging.actions.texts import use_words
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing

OWE_JOB = "bulletins.owe"
SHORTEST, LONGEST = 24, 7 * 24


@transaction.atomic
def start_sending(version: Version, *, seen_count: int, by: Actor, at: datetime) -> list[Sending]:
    """Tell the readers of a version; a version is sent once, to as many as were seen."""
    require_publish(by)
    bulletin = _refuse(version)
    readers = all_readers(bulletin.audience, bulletin.definition)
    count = readers.count()
    if not count:
        raise NotSending(
            _("Nobody is left among those who were to be told: %(who)s.")
            % {"who": audiences[bulletin.audience].words(bulletin.definition)},
            _("Choose who is told. The public page stands as it is."),
        )
    if is_another_list(seen_count, count):
        raise BulletinMoved(
            _("Those to be told have changed: they were %(seen)s, and are %(now)s now.")
            % {"seen": seen_count, "now": count},
            _("Look at it once more, then send it."),
        )
    frame = frame_at(at)
    sendings = [
        Sending.objects.create(
            version=version, language=language, started_at=at,
            mailing=_mailed(version, language, frame, by, at),
        )
        for language in _languages(version, frame)
    ]  # fmt: skip
    jobs.enqueue(OWE_JOB, at=at, unique_key=f"{OWE_JOB}:{version.pk}", version_id=version.pk)
    audit.record("sent bulletin", version, by=by, at=at, count=count)
    return sendings


def _refuse(version: Version) -> Bulletin:
    bulletin = Bulletin.objects.select_for_update().get(pk=version.bulletin_id)
    if bulletin.is_drill:
        raise DrillOnly(_("This is a drill: nobody is told."), _("Begin a bulletin that is none."))
    if version.number != bulletin.version_count:
        raise BulletinMoved(
            _("There is a newer version: nobody is told the older one."), _("Send the newest.")
        )
    if not bulletin.audience:
        raise NotSending(_("Nobody was chosen to be told."), _("Choose who is told, then send it."))
    if version.sendings.exists():
        raise NotSending(
            _("This version was sent already."), _("Publish another one if there is more to say.")
        )
    return bulletin


def _languages(version: Version, frame: Frame) -> list[str]:
    return [one for one in frame.languages if one == frame.main or one in version.texts]


def _mailed(
    version: Version, language: str, frame: Frame, by: Actor, at: datetime
) -> Mailing | None:
    """The mailing of one language; none where nobody of them is written to."""
    definition = _definition(version, language, frame)
    count = audiences[READERS].customers(definition).count()
    if not count:
        return None
    subject, preheader, body = mail_of(version, language, frame)
    text = use_words(
        subject=subject, preheader=preheader, body=body, purpose=Purpose.INFORM, by=by, at=at
    )
    mailing = write_mailing(
        name=_("%(title)s, version %(number)s")
        % {"title": version.bulletin.title[:150], "number": version.number},
        version=text, purpose=Purpose.INFORM, audience=READERS, definition=definition, by=by,
        at=at, expires_after_hours=_good_for(version, at),
    )  # fmt: skip
    return approve_mailing(mailing, seen_count=count, by=by, at=at)


def _definition(version: Version, language: str, frame: Frame) -> dict[str, Any]:
    bulletin, written = version.bulletin, _languages(version, frame)
    is_first = language == frame.main
    return {
        "audience": bulletin.audience, "definition": bulletin.definition,
        "language": language if len(written) > 1 else "",
        "others": [one for one in written if one != language] if is_first else [],
    }  # fmt: skip


def _good_for(version: Version, at: datetime) -> int:
    """Hours until it is stale: once the next update is due, this one says nothing any more."""
    if version.next_update_by is None:
        return LONGEST
    hours = math.ceil((version.next_update_by - at).total_seconds() / 3600)
    return max(SHORTEST, min(LONGEST, hours))


def owe_rest(version: Version, *, at: datetime, running: RunningJob | None = None) -> int:
    """Note who is told by a call or a letter; safe to run again. Returns how many."""
    done = 0
    for stretch in ways_of(readers_now(version), at):
        rows = [_row(version, way, at) for way in stretch if way.by is not None]
        with transaction.atomic():
            if not _still_goes(version):
                return done
            Owed.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["bulletin", "customer"],
                update_fields=["version", "by", "language", "owed_at", "told_at"],
            )  # fmt: skip
        done += len(rows)
        if running is not None:
            running.progress(done)
    return done


def readers_now(version: Version) -> CustomerQuerySet:
    return all_readers(version.bulletin.audience, version.bulletin.definition)


def _row(version: Version, way: Way, at: datetime) -> Owed:
    return Owed(
        bulletin_id=version.bulletin_id, customer_id=way.customer_id, version=version,
        by=way.by or "", language=way.language, owed_at=at,
    )  # fmt: skip


def _still_goes(version: Version) -> bool:
    """Whoever stops it comes before a stretch or after it."""
    bulletin = Bulletin.objects.select_for_update().get(pk=version.bulletin_id)
    stopped = version.sendings.exclude(stopped_at=None).exists()
    return not stopped and bulletin.version_count == version.number


@transaction.atomic
def stop_sending_bulletin(version: Version, *, by: Actor, at: datetime) -> int:
    """Stop telling people of this version; returns how many messages had not left."""
    require_publish(by)
    Bulletin.objects.select_for_update().get(pk=version.bulletin_id)
    sendings = list(version.sendings.filter(stopped_at=None).select_related("mailing"))
    if not sendings:
        raise NotSending(_("Nothing of this version is going out."), _("Load the page again."))
    going = (MailingState.RUNNING, MailingState.PAUSED, MailingState.DRAFT)
    count = sum(
        cancel_mailing(one.mailing, by=by, at=at)
        for one in sendings
        if one.mailing is not None and one.mailing.state in going
    )
    version.sendings.update(stopped_at=at)
    Owed.objects.filter(bulletin_id=version.bulletin_id, version=version, told_at=None).delete()
    audit.record("stopped bulletin", version, by=by, at=at, count=count)
    return count


@transaction.atomic
def note_posted(bulletin: Bulletin, owed_ids: list[int], *, by: Actor, at: datetime) -> int:
    """Say that printed letters were posted: each is a touch, and nobody is asked for it again."""
    require_publish(by)
    found = Owed.objects.select_for_update().filter(
        bulletin=bulletin, by="letter", told_at=None, pk__in=owed_ids
    )
    letters = dict(found.values_list("customer_id", "pk"))
    log_posted(
        letters, channel=Channel.LETTER, purpose=Purpose.INFORM, by=by, at=at, body=bulletin.title
    )
    Owed.objects.filter(pk__in=letters.values()).update(told_at=at)
    audit.record("posted letters of bulletin", bulletin, by=by, at=at, count=len(letters))
    return len(letters)
