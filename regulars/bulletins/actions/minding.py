"""Keeping "next update by": a reminder before, an honest word after."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import frame_at, write_pages
from regulars.core import audit, instance
from regulars.core.actor import OWNER, SYSTEM
from regulars.messaging.queries import the_server
from regulars.messaging.staff_mail import send_to_staff
from regulars.team.models import Member


def remind_author(bulletin_id: int, number: int, *, at: datetime) -> int:
    """Tell whoever published the last version that the next is due; returns how many were told."""
    bulletin = _claimed(bulletin_id, number, at)
    if bulletin is None or bulletin.next_update_by is None:
        return 0
    newest = Version.objects.get(bulletin=bulletin, number=number)
    frame = frame_at(at)
    when = frame.moment(bulletin.next_update_by, frame.main)
    subject = _("“%(title)s”: an update is due by %(when)s") % {
        "title": bulletin.title[:100], "when": when,
    }  # fmt: skip
    text = _(
        "You told customers that they would hear more about “%(title)s” by %(when)s.\n\n"
        "If nothing has changed, say that: it is an update, too. If it is missed, the public "
        "page says so.\n\n%(address)s\n"
    ) % {"title": bulletin.title, "when": when, "address": _desk_address(bulletin)}
    told = send_to_staff(_who(newest), the_server(), subject=subject, text=text, at=at)
    return len(told)


def _desk_address(bulletin: Bulletin) -> str:
    return f"{instance.proved_public_url()}{reverse('bulletins:write', args=[bulletin.pk])}"


@transaction.atomic
def _claimed(bulletin_id: int, number: int, at: datetime) -> Bulletin | None:
    """Once for each promise, and only while it stands."""
    bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
    if bulletin is None or bulletin.closed_at is not None or bulletin.version_count != number:
        return None
    if bulletin.warned_at is not None or bulletin.is_drill:
        return None
    bulletin.warned_at = at
    bulletin.save(update_fields=["warned_at"])
    return bulletin


def _who(version: Version) -> list[Member]:
    """Whoever wrote it; where they have left, the owners."""
    author = version.published_by
    if author is not None and author.is_active:
        return [author]
    return list(Member.objects.filter(is_active=True, role=OWNER))


def note_missed(bulletin_id: int, number: int, *, at: datetime) -> bool:
    """Say on the public page that the update did not come, once it is too late for it."""
    with transaction.atomic():
        bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
        if bulletin is None or bulletin.version_count != number or not bulletin.is_late(at):
            return False
        if bulletin.missed_at is None:
            bulletin.missed_at = at
            bulletin.save(update_fields=["missed_at"])
            audit.record("missed update of bulletin", bulletin, by=SYSTEM, at=at, number=number)
    if not bulletin.is_drill:
        write_pages(bulletin.pk, at=at)
    return True
