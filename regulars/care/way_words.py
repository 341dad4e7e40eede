"""A check-in in words: what arrived, when it is asked about, by whom, and why."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.care.choices import CheckInState, DelayWhy, WayWhy
from regulars.care.models import CheckIn

# So many words of somebody's case or message stand elsewhere: here a code is told.
WHY = {one.value: one.label for one in WayWhy}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list."""

    check_in: CheckIn
    arrived: str
    stands: str
    why: str
    is_open: bool
    is_by_hand: bool
    # Where to go from here: to what they said, or to where it is written down.
    leads_to: str = ""
    leads_says: str = ""


def told(one: CheckIn, today: date) -> Told:
    is_by_hand = one.state == CheckInState.DROPPED and one.why == WayWhy.BY_HAND
    why = str(WHY.get(one.why, ""))
    return Told(one, _arrived(one), _stands(one, today), why, one.state == CheckInState.DUE,
                is_by_hand, *_leads(one))  # fmt: skip


def _leads(one: CheckIn) -> tuple[str, str]:
    page = reverse("customers:detail", args=[one.customer_id])
    if one.state == CheckInState.ANSWERED:
        return f"{page}#went", _("What they said")
    if one.state in (CheckInState.ASKED, CheckInState.SILENT):
        return f"{page}#went", _("Write down what they say")
    if one.why == WayWhy.CASE:
        return f"{page}#cases", _("The case that is open")
    return "", ""


def _arrived(one: CheckIn) -> str:
    day = date_format(one.delivered_on, "j F")
    if one.is_guessed and one.guess in ("", DelayWhy.AT_ONCE):
        return _("taken along on %(day)s, as far as the files say") % {"day": day}
    if one.is_guessed:
        why = str(DelayWhy(one.guess).label)
        return _("with them since %(day)s, as we reckon (%(why)s)") % {
            "day": day, "why": why[:1].lower() + why[1:].rstrip(".")
        }  # fmt: skip
    if one.is_partial:
        return _("arrived in part, the last of it on %(day)s; the rest is missing") % {"day": day}
    if one.is_late:
        return _("arrived on %(day)s, later than promised") % {"day": day}
    return _("arrived on %(day)s") % {"day": day}


def _stands(one: CheckIn, today: date) -> str:
    if one.state != CheckInState.DUE:
        return str(CheckInState(one.state).label)
    if one.due_on > today:
        return _("%(way)s, on %(day)s") % {
            "way": one.get_way_display(), "day": date_format(one.due_on, "j F")
        }  # fmt: skip
    return _("%(way)s, now") % {"way": one.get_way_display()}
