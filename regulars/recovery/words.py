"""What is said of disruptions: to everybody on every page, and on their own."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words, number
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import CareMode, Reach

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


def care_line_of(mode: CareMode) -> str:
    """In a few words, for the spine."""
    if mode.is_drill:
        return _("Drill: “%(what)s”. Nothing is changed.") % {"what": mode.what}
    return _("Care mode: selling waits.")


def standing_of(mode: CareMode) -> tuple[str, str]:
    """Over every page: what is so, and why."""
    places = {"what": mode.what, "when": day_words(mode.since)}
    if mode.is_drill:
        says = _("This is a drill: “%(what)s”.") % places
        return says, _("Messages leave as ever, and nobody is told anything.")
    if mode.is_everybody:
        says = _("Nothing that sells leaves: %(what)s, since %(when)s.") % places
    else:
        says = (
            _("Nothing that sells leaves to those who are hit: %(what)s, since %(when)s.") % places
        )
    count = len(mode.disruption_ids)
    if count > 1:
        more = ngettext(
            "Another disruption stands beside it.", "%(count)s more stand beside it.", count - 1
        ) % {"count": count - 1}
        return says, more
    return says, _("What serves goes on.")


def trouble_words(trouble: str) -> tuple[str, str]:
    """What kept the continuity card from being written, and what helps; nothing where it was."""
    said = {
        "away": (_("The folder is not there."), _("Plug it in again, or choose another one.")),
        "closed": (
            _("Regulars may not write into that folder."),
            _("Let the account that runs Regulars write there, or choose another one."),
        ),
        "full": (_("There is no room left there."), _("Make room, then write it again.")),
        "password": (
            _("The password can no longer be read: its key is not here."),
            _("Set the password again."),
        ),
        "folder": (_("The folder cannot be written to."), _("Look at it, or choose another one.")),
    }
    return said.get(trouble, ("", ""))


def lasting(length: timedelta) -> str:
    """How long something lasted, in hours or in days."""
    if length < AN_HOUR:
        return _("less than an hour")
    if length < 2 * A_DAY:
        hours = round(length / AN_HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number(hours)}
    days = round(length / A_DAY)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": number(days)}


def whom_words(disruption: Disruption) -> str:
    if disruption.segment is None:
        return _("all customers")
    return _("those of “%(name)s”") % {"name": disruption.segment.name}


def remarks_on(
    disruption: Disruption, reach: Reach | None, overlaps: list[Disruption], at: datetime
) -> list[str]:
    """What one should know about it, a sentence each."""
    said = []
    if reach is not None and not disruption.is_everybody:
        said += _hit(reach)
    if disruption.is_overdue_at(at):
        said.append(_("It was expected to be over by now. Change the end, or end it."))
    if overlaps:
        names = get_text_list([f"“{one.what}”" for one in overlaps[:3]], _("and"))
        said.append(
            _("It shares time with %(names)s: what each holds back leaves once the last is over.")
            % {"names": names}
        )
    if _clocks_changed(disruption.since, disruption.ended_at or at):
        said.append(_("The clocks were changed in between; hours are counted as they passed."))
    return said


def _hit(reach: Reach) -> list[str]:
    if reach.is_nobody:
        return [_("It hits nobody on your list at this moment; whoever comes in is held then.")]
    if reach.is_whole_list:
        return [_("It hits everybody on your list, as if it were meant for all customers.")]
    said = ngettext(
        "It hits %(hit)s of %(all)s customer.", "It hits %(hit)s of %(all)s customers.",
        reach.list_count,
    )  # fmt: skip
    return [said % {"hit": number(reach.hit_count), "all": number(reach.list_count)}]


def _clocks_changed(first: datetime, last: datetime) -> bool:
    zone = timezone.get_current_timezone()
    return first.astimezone(zone).utcoffset() != last.astimezone(zone).utcoffset()
