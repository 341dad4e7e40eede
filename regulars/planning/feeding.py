"""The address under which a calendar asks for one's day: given, known again, and closed."""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import VIEWER, Actor
from regulars.core.errors import NotAllowed
from regulars.planning.models import CalendarFeed
from regulars.team.models import Member

_SIGNER = Signer(salt="planning.calendar_feed")


@transaction.atomic
def open_feed(*, by: Actor, at: datetime) -> CalendarFeed:
    """Give a member an address for their calendar; any address they had before is closed."""
    if by.member_id is None or by.role == VIEWER:
        raise NotAllowed(_("A calendar is for whoever has a list of their own."))
    feed, _new = CalendarFeed.objects.get_or_create(
        member_id=by.member_id, defaults={"made_at": at}
    )
    feed.number, feed.made_at, feed.closed_at = feed.number + 1, at, None
    feed.save()
    audit.record("opened calendar feed", feed, by=by, at=at)
    return feed


@transaction.atomic
def close_feed(*, by: Actor, at: datetime) -> None:
    """Close the address: whoever has it gets nothing from now on."""
    feed = CalendarFeed.objects.filter(member__pk=by.member_id or 0, closed_at=None).first()
    if feed is not None:
        feed.closed_at = at
        feed.save(update_fields=["closed_at"])
        audit.record("closed calendar feed", feed, by=by, at=at)


def feed_of(member: Member) -> CalendarFeed | None:
    """The open address of a member, if they have one."""
    return CalendarFeed.objects.filter(member=member, closed_at=None).first()


def token_of(feed: CalendarFeed) -> str:
    """What stands in the address: signed, so that nobody makes one for somebody else."""
    return _SIGNER.sign(f"{feed.member_id}-{feed.number}").replace(":", ".")


def member_of_token(token: str) -> Member | None:
    """Whose calendar an address is, while it is open and they may have a list."""
    try:
        said = _SIGNER.unsign(token.replace(".", ":"))
    except BadSignature:
        return None
    member_id, _dash, number = said.partition("-")
    feed = CalendarFeed.objects.filter(
        member=int(member_id), number=int(number), closed_at=None, member__is_active=True
    )
    found = feed.exclude(member__role=VIEWER).select_related("member").first()
    return found.member if found else None
