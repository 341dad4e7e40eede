"""Files that were asked for, for reading: each only by who asked for it."""

from datetime import datetime

from django.db.models import QuerySet

from regulars.core.actor import Actor
from regulars.exports.choices import Format, What
from regulars.exports.errors import ExportGone, ExportNotFound
from regulars.exports.models import Export
from regulars.exports.rules import may_export


def exports_of(actor: Actor) -> QuerySet[Export]:
    """What this person asked for, newest first."""
    return Export.objects.filter(asked_by=actor.member_id).select_related("job").order_by("-id")


def export_for(actor: Actor, export_id: int) -> Export:
    """One of one's own; the same answer for what is not there and what is somebody else's."""
    found = exports_of(actor).filter(pk=export_id).first()
    if found is None:
        raise ExportNotFound
    return found


def opened_export(actor: Actor, export_id: int, *, at: datetime) -> Export:
    """One of one's own whose file may still be opened."""
    found = export_for(actor, export_id)
    if not found.is_ready or found.expires_at is None or found.expires_at <= at:
        raise ExportGone
    return found


def exports_to_forget(*, at: datetime) -> QuerySet[Export]:
    return Export.objects.filter(expires_at__lte=at).exclude(stored_as="")


def is_exporter(actor: Actor, what: str = What.CUSTOMERS) -> bool:
    return may_export(actor, what)


def formats_of(what: str) -> list[Format]:
    """An address book holds customers and nothing else."""
    return [one for one in Format if one != Format.VCARD or what == What.CUSTOMERS]
