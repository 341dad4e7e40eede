"""The list of the day by mail, for each member who wants it, at their hour."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit, instance
from regulars.core.actor import SYSTEM, Actor
from regulars.core.jobs import enqueue
from regulars.messaging.choices import Result
from regulars.messaging.queries import the_server
from regulars.messaging.staff_mail import send_to_staff
from regulars.planning.day_list import DayList
from regulars.planning.errors import CadenceOutOfRange
from regulars.planning.kept import MorningMail
from regulars.planning.queries import list_of
from regulars.planning.words import channel_words, weekday_words
from regulars.team.absences import away_on
from regulars.team.models import Business, Member

# A list by mail is read on the way to work, not before it is made.
EARLIEST, LATEST = 5, 12
MOST_LINES = 30


@transaction.atomic
def want_morning_mail(member: Member, hour: int | None, *, by: Actor, at: datetime) -> int | None:
    """Have one's own list by mail every morning at an hour, or, without one, no more.

    Tells at what hour it came so far, so that it can be undone.
    """
    if hour is not None and not EARLIEST <= hour <= LATEST:
        raise CadenceOutOfRange(
            _("Choose an hour from %(first)s to %(last)s.") % {"first": EARLIEST, "last": LATEST}
        )
    stood = MorningMail.objects.filter(member=member).first()
    if hour is None:
        MorningMail.objects.filter(member=member).delete()
    else:
        MorningMail.objects.update_or_create(member=member, defaults={"hour": hour})
    audit.record("wished for mail", "planning.morning", by=by, at=at, hour=hour)
    return stood.hour if stood else None


def leave_morning_mails(business: Business, day: date, *, at: datetime) -> int:
    """Have the mails of a day sent, each at its hour; one a member and day, however often asked."""
    wishes = MorningMail.objects.filter(member__is_active=True).exclude(sent_for=day)
    for wish in wishes:
        due_at = datetime.combine(day, time(wish.hour), ZoneInfo(business.time_zone))
        enqueue(
            "planning.morning_mail", at=max(at, due_at), unique_key=f"morning:{wish.pk}:{day}",
            member_id=wish.pk, day=day.isoformat(),
        )  # fmt: skip
    return len(wishes)


def send_morning_mail(member_id: int, day: date, *, at: datetime) -> bool:
    """Send a member's list of the day, once; nothing where nobody is on it."""
    member = Member.objects.filter(pk=member_id, is_active=True).first()
    if member is None or member.pk in away_on(day) or not _claimed(member, day):
        return False
    told = list_of(member.actor, member, day)
    if not told.open:
        return False
    letter = _letter(told, day)
    [outcome] = send_to_staff(
        [member], the_server(), subject=letter.subject, text=letter.text, at=at
    )
    audit.record("sent the list", member, by=SYSTEM, at=at, items=len(told.open))
    return outcome.result is Result.ACCEPTED


@transaction.atomic
def _claimed(member: Member, day: date) -> bool:
    """Whether it is still wanted and was not sent; said before it is sent, so never sent twice."""
    wish = MorningMail.objects.select_for_update().filter(member=member).first()
    if wish is None or wish.sent_for == day:
        return False
    wish.sent_for = day
    wish.save(update_fields=["sent_for"])
    return True


@dataclass(frozen=True, slots=True)
class _Letter:
    subject: str
    text: str


def _letter(told: DayList, day: date) -> _Letter:
    count = len(told.open)
    subject = ngettext(
        "%(day)s: one customer today", "%(day)s: %(count)d customers today", count
    ) % {"day": weekday_words(day), "count": count}
    lines = [_line(shown.item.customer.name, shown.item.channel) for shown in told.open]
    more = count - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], _("… and %(count)s more.") % {"count": more}]
    words = _(
        "Good morning, %(name)s.\n\n%(lines)s\n\n"
        "Why, and what to say, stands here:\n%(address)s\n\n"
        "You asked for this mail on the page “Reasons”, where you can also end it.\n"
    )
    address = f"{instance.proved_public_url()}{reverse('desk:today')}"
    places = {"name": told.member.get_short_name(), "lines": "\n".join(lines), "address": address}
    return _Letter(subject, words % places)


def _line(name: str, channel: str) -> str:
    """Who and how; why is for those who have signed in: mail lies about."""
    return _("- %(name)s: %(how)s") % {"name": name, "how": channel_words(channel)}
