"""Campaigns in words: what they are, where they stand, who hears of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words, number
from regulars.messaging.models import Mailing
from regulars.outreach.choices import CampaignState, Means
from regulars.outreach.models import Campaign
from regulars.outreach.queries.campaigns import Called, is_over


def stands(campaign: Campaign, today: date, called: Called, *, has_left: bool) -> str:
    """Where it stands, as somebody would say it."""
    if campaign.state == CampaignState.DRAFT:
        return _("Not approved yet")
    if campaign.state == CampaignState.STOPPED:
        return _("Stopped for good") if campaign.was_approved else _("Thrown away; nobody got it")
    if campaign.state == CampaignState.PAUSED:
        return _("Paused")
    if campaign.starts_at is not None and today < campaign.starts_at.date():
        return _("Begins %(day)s") % {"day": day_words(campaign.starts_at)}
    if is_over(campaign, today, has_left=has_left):
        return _("Over")
    if called.meant:
        return _("Going on: %(done)s of %(meant)s spoken with") % {
            "done": number(called.done), "meant": number(called.meant),
        }  # fmt: skip
    return _("Going on")


def calls_sentence(campaign: Campaign, count: int) -> str:
    """How many are called, before it is approved."""
    if not campaign.calls:
        return ""
    if not count:
        return _("Nobody of them can be called: it takes a telephone number, and no “no” to calls.")
    places = {"count": number(count)}
    if campaign.means == Means.BOTH:
        said = ngettext(
            "One more is called, who is worth the most.",
            "%(count)s more are called, those worth the most.",
            count,
        )
        return said % places
    said = ngettext(
        "One of them is called, who is worth the most; the others hear nothing of it.",
        "%(count)s of them are called, those worth the most; the others hear nothing of it.",
        count,
    )
    return said % places


def when_words(campaign: Campaign, mailing: Mailing | None, other_clocks: int) -> list[str]:
    """From when until when; `other_clocks`: how many live by another clock than ours."""
    lines = []
    if campaign.starts_at and campaign.by_their_clock and mailing and mailing.local_time:
        lines += _by_their_clock(campaign.starts_at, mailing.local_time, other_clocks)
    elif campaign.starts_at is None:
        lines.append(_("It begins as soon as somebody approves it."))
    else:
        lines.append(
            _("It begins %(day)s.")
            % {"day": f"{day_words(campaign.starts_at)}, {_time(campaign.starts_at)}"}
        )
    if campaign.writes:
        lines.append(
            _("No message arrives in the quiet hours of where a customer lives: it waits for their"
              " morning.")
        )  # fmt: skip
    if campaign.calls and campaign.calls_until:
        lines.append(
            _("They are called until %(day)s; whom somebody spoke with before is done.")
            % {"day": day_words(campaign.calls_until)}
        )
    return lines


def _by_their_clock(starts_at: datetime, hour: time, other_clocks: int) -> list[str]:
    places = {"day": day_words(starts_at), "hour": f"{hour:%H:%M}"}
    said = _("From %(day)s on each gets the message at %(hour)s by the clock of where they live.")
    if not other_clocks:
        return [said % places, _("As far as is known, all of them live by yours.")]
    many = ngettext(
        "One of them lives by another clock than yours.",
        "%(count)s of them live by another clock than yours.",
        other_clocks,
    )
    return [said % places, many % {"count": number(other_clocks)}]


def _time(moment: datetime) -> str:
    from django.utils import timezone
    from django.utils.formats import time_format

    return str(time_format(timezone.localtime(moment), "H:i"))


def no_control_words(campaign: Campaign) -> str:
    """What cannot be known of it, where a person calls."""
    if campaign.means == Means.CALL:
        return _(
            "Nobody is left out of calls by lot: what a person does for somebody is never withheld."
            " So nobody will know whether the calls helped."
        )
    if campaign.means == Means.BOTH:
        return _(
            "Nobody is left out of calls by lot: what is said of a lot is about the messages alone."
        )
    return ""


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in the list."""

    campaign: Campaign
    stands: str
    is_draft: bool
    meant: str


def row_of(campaign: Campaign, today: date, called: Mapping[int, Called], *, has_left: bool) -> Row:
    theirs = called.get(campaign.pk, Called())
    return Row(
        campaign, stands(campaign, today, theirs, has_left=has_left),
        campaign.state == CampaignState.DRAFT, _("for “%(segment)s”") % {
            "segment": campaign.segment_name
        },
    )  # fmt: skip
