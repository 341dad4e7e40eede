"""Writing a campaign: what it is, for whom, by which means, from when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.selling_words import asks_how_to_help, what_sells
from regulars.departures.actions.winning import write_letter
from regulars.departures.choices import Give, Reason
from regulars.departures.models import Letter
from regulars.lists.models import Segment
from regulars.messaging.actions.mailings import (
    cancel_mailing,
    send_by_their_clock,
    write_mailing,
)
from regulars.messaging.actions.texts import use_words
from regulars.messaging.audiences import Among
from regulars.messaging.choices import MailingState
from regulars.offers.actions.telling import tell_wave
from regulars.offers.checking import check_way
from regulars.offers.choices import Way
from regulars.offers.models import Wave
from regulars.outreach.choices import (
    CAMPAIGN_AUDIENCE,
    PURPOSES,
    CampaignKind,
    CampaignState,
    Means,
)
from regulars.outreach.errors import (
    CampaignNotOpen,
    CampaignUnclear,
    NobodyMeant,
    OtherCurrency,
    SegmentGone,
    StartsInThePast,
)
from regulars.outreach.models import Campaign
from regulars.outreach.queries.campaigns import mailing_of
from regulars.outreach.queries.people import people_of
from regulars.outreach.rules import require_plan
from regulars.team.queries import the_named_business

# What waits for its turn that long was meant for another week.
GOOD_FOR_HOURS = 7 * 24
MOST_CALLS, MOST_DAYS = 500, 60
LONGEST_TO_SAY = 2_000
AHEAD = timedelta(days=366)
# Nowhere is a day begun earlier.
FIRST_OF_ALL = timezone(timedelta(hours=14))


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What somebody wants: the words, for whom, how, from when."""

    name: str
    kind: CampaignKind
    means: Means
    segment: Segment
    purpose: Purpose = Purpose.ASK
    subject: str = ""
    body: str = ""
    starts_at: datetime | None = None
    # Of its message: that hour by the clock of where each of them lives.
    by_their_clock: bool = False
    # Calls: how many at most, until which day, and what to say.
    most_calls: int = 0
    calls_until: date | None = None
    to_say: str = ""
    # Of a wave of an offer; of a letter to those who left.
    wave: Wave | None = None
    reason: Reason | None = None
    give: Give = Give.NOTHING
    gift: str = ""
    cost_minor: int = 0

    @property
    def calls(self) -> bool:
        return self.means != Means.MESSAGE

    @property
    def is_by_their_clock(self) -> bool:
        return self.by_their_clock and self.means != Means.CALL

    @property
    def leaves_at(self) -> datetime | None:
        """From when its message may leave: by their clocks, once it is that hour anywhere."""
        if self.starts_at is None or not self.is_by_their_clock:
            return self.starts_at
        return datetime.combine(*_on_our_wall(self.starts_at), FIRST_OF_ALL)

    @property
    def said_purpose(self) -> Purpose:
        if self.kind == CampaignKind.OFFER:
            return Purpose.SELL
        if self.kind == CampaignKind.WIN_BACK:
            return Purpose.ASK if self.give == Give.NOTHING else Purpose.SELL
        return self.purpose


@transaction.atomic
def write_campaign(
    draft: CampaignDraft, *, by: Actor, at: datetime, instead_of: Campaign | None = None
) -> Campaign:
    """Write down a campaign; nobody is written to or called before somebody approves it.

    `instead_of` is a campaign that is still being written: it is thrown away.
    """
    require_plan(by)
    _check(draft, at)
    if instead_of is not None:
        throw_away(instead_of, by=by, at=at)
    campaign = Campaign.objects.create(
        name=draft.name.strip()[:120], kind=draft.kind, means=draft.means,
        purpose=draft.said_purpose, segment=draft.segment, segment_name=draft.segment.name,
        wave=draft.wave if draft.kind == CampaignKind.OFFER else None,
        to_say=draft.to_say.strip() if draft.calls else "",
        most_calls=draft.most_calls if draft.calls else 0,
        calls_until=draft.calls_until if draft.calls else None,
        starts_at=draft.starts_at, by_their_clock=draft.is_by_their_clock, created_at=at,
        created_by_id=by.member_id,
    )  # fmt: skip
    if campaign.writes:
        _write_to_them(campaign, draft, by=by, at=at)
        _by_their_clock(campaign, by=by, at=at)
    elif not people_of(campaign).exists():
        raise _nobody(campaign)
    audit.record("wrote campaign", campaign, by=by, at=at, kind=draft.kind, means=draft.means)
    return campaign


def _write_to_them(campaign: Campaign, draft: CampaignDraft, *, by: Actor, at: datetime) -> None:
    """The mailing of the campaign, by the way of whatever it sends."""
    among: Among = (CAMPAIGN_AUDIENCE, {"campaign": campaign.pk})
    if draft.kind == CampaignKind.WIN_BACK:
        _write_the_letter(campaign, draft, among, by=by, at=at)
        return
    if not people_of(campaign).exists():
        raise _nobody(campaign)
    if draft.wave is not None and draft.kind == CampaignKind.OFFER:
        tell_wave(
            draft.wave, subject=draft.subject, body=draft.body, by=by, at=at, among=among,
            not_before=draft.leaves_at,
        )  # fmt: skip
        return
    version = use_words(
        subject=draft.subject, body=draft.body, purpose=campaign.purpose, by=by, at=at
    )
    write_mailing(
        name=campaign.name, version=version, purpose=campaign.purpose, audience=among[0],
        definition=among[1], by=by, at=at, not_before=draft.leaves_at,
        expires_after_hours=GOOD_FOR_HOURS,
    )  # fmt: skip


def _write_the_letter(
    campaign: Campaign, draft: CampaignDraft, among: Among, *, by: Actor, at: datetime
) -> None:
    def linked(letter: Letter) -> Among:
        campaign.letter = letter
        campaign.save(update_fields=["letter"])
        return among

    assert draft.reason is not None
    write_letter(
        draft.reason, give=draft.give, gift=draft.gift, cost_minor=draft.cost_minor, by=by, at=at,
        among=linked, not_before=draft.leaves_at,
    )  # fmt: skip


def _by_their_clock(campaign: Campaign, *, by: Actor, at: datetime) -> None:
    mailing = mailing_of(campaign) if campaign.by_their_clock else None
    if mailing is None or campaign.starts_at is None:
        return
    day, hour = _on_our_wall(campaign.starts_at)
    # What is told of a wave is worth sending until the wave ends, and no longer.
    of_wave = campaign.kind == CampaignKind.OFFER
    send_by_their_clock(
        mailing, day=day, hour=hour, by=by, at=at,
        good_for_hours=mailing.expires_after_hours if of_wave else GOOD_FOR_HOURS,
    )  # fmt: skip


def _on_our_wall(moment: datetime) -> tuple[date, time]:
    """The day and the hour that whoever wrote it meant."""
    local = moment.astimezone(ZoneInfo(the_named_business().time_zone))
    return local.date(), local.time()


def _nobody(campaign: Campaign) -> NobodyMeant:
    if campaign.kind == CampaignKind.OFFER:
        return NobodyMeant(
            _("Nobody in “%(segment)s” is meant by that wave.")
            % {"segment": campaign.segment_name},
            _("Choose another wave or another segment."),
        )
    return NobodyMeant(
        _("There is nobody in “%(segment)s” now.") % {"segment": campaign.segment_name},
        _("Choose another segment, or look at its filter."),
    )


@transaction.atomic
def throw_away(campaign: Campaign, *, by: Actor, at: datetime) -> Campaign:
    """Throw away a campaign that nobody has approved."""
    require_plan(by)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != CampaignState.DRAFT:
        raise CampaignNotOpen
    mailing = mailing_of(campaign)
    if mailing is not None and mailing.state == MailingState.DRAFT:
        cancel_mailing(mailing, by=by, at=at)
    campaign.state, campaign.stopped_at = CampaignState.STOPPED, at
    campaign.save(update_fields=["state", "stopped_at"])
    audit.record("threw away campaign", campaign, by=by, at=at)
    return campaign


def _check(draft: CampaignDraft, at: datetime) -> None:
    if not draft.name.strip():
        raise CampaignUnclear(_("The campaign has no name."), _("Say in a few words what it is."))
    if draft.segment.archived_at is not None:
        raise SegmentGone
    _check_what(draft)
    _check_when(draft, at)
    if draft.calls:
        _check_calls(draft, at)


def _check_what(draft: CampaignDraft) -> None:
    if draft.kind == CampaignKind.OFFER:
        _check_offer(draft)
    elif draft.kind == CampaignKind.WIN_BACK:
        if draft.reason is None:
            raise CampaignUnclear(
                _("It is not said why those left whom it wins back."), _("Choose the reason.")
            )
        if draft.means == Means.CALL:
            raise CampaignUnclear(
                _("A letter to those who left goes out as a message."),
                _("Choose messages, or calls to some and a message to the others. Whom nobody has"
                  " asked why comes onto Today by itself."),
            )  # fmt: skip
        return
    elif draft.purpose not in PURPOSES:
        raise CampaignUnclear(
            _("Campaigns are not for that."),
            _("Amends and reassurance are made one by one, by a person."),
        )
    if draft.means != Means.CALL and not (draft.subject.strip() and draft.body.strip()):
        raise CampaignUnclear(
            _("There are no words for the message."), _("Write its subject and what you say.")
        )


def _check_offer(draft: CampaignDraft) -> None:
    wave = draft.wave
    if wave is None:
        raise CampaignUnclear(_("It is not said which offer it is."), _("Choose a wave."))
    ours = the_named_business().currency
    if wave.offer.currency != ours:
        raise OtherCurrency(
            _("The offer is in %(theirs)s, and your books are in %(ours)s.")
            % {"theirs": wave.offer.currency, "ours": ours},
            _("What it brought could not be told. Write the offer anew in %(ours)s.")
            % {"ours": ours},
        )
    if draft.means != Means.CALL:
        check_way(wave, Way.EMAIL)
    if draft.calls:
        check_way(wave, Way.CALL)


def _check_when(draft: CampaignDraft, at: datetime) -> None:
    if draft.starts_at is None:
        if draft.is_by_their_clock:
            raise CampaignUnclear(
                _("At which hour of theirs it arrives is not said."),
                _("Choose when it begins: each gets it at that hour of where they live."),
            )
        return
    if draft.starts_at < at:
        raise StartsInThePast(
            _("That moment is over."), _("Choose one that is to come, or leave it empty.")
        )
    if draft.starts_at > at + AHEAD:
        raise CampaignUnclear(
            _("That is more than a year ahead."), _("Choose a day within a year.")
        )


def _asks_with_strings(draft: CampaignDraft) -> bool:
    """Whether callers would ask how we can help, and sell in the same breath."""
    is_asking = draft.kind == CampaignKind.MESSAGE and draft.purpose == Purpose.ASK
    return is_asking and asks_how_to_help(draft.to_say) and what_sells(draft.to_say) is not None


def _check_calls(draft: CampaignDraft, at: datetime) -> None:
    first = first_day_of_calls(draft.starts_at, draft.wave, at)
    problems: list[tuple[Any, str, str]] = [
        (not draft.to_say.strip(), _("Nobody knows what to say on the telephone."),
         _("Write a line or two for whoever calls.")),
        (len(draft.to_say) > LONGEST_TO_SAY, _("That is too much to say on the telephone."),
         _("At most %(most)s signs.") % {"most": LONGEST_TO_SAY}),
        (_asks_with_strings(draft),
         _("It asks how you can help, and offers something: then nobody believes the question."),
         _("Take the offer out of what is said on the telephone.")),
        (not 1 <= draft.most_calls <= MOST_CALLS, _("How many are called is not said."),
         _("At most %(most)s: calls are made by people.") % {"most": MOST_CALLS}),
        (draft.calls_until is None, _("Until when they are called is not said."),
         _("Choose a day.")),
    ]  # fmt: skip
    for is_wrong, sentence, remedy in problems:
        if is_wrong:
            raise CampaignUnclear(sentence, remedy)
    assert draft.calls_until is not None
    if not first <= draft.calls_until <= first + timedelta(days=MOST_DAYS):
        raise StartsInThePast(
            _("The calls would be over before they begin, or go on for more than %(most)s days.")
            % {"most": MOST_DAYS},
            _("Choose a day soon after it begins."),
        )


def start_of(starts_at: datetime | None, wave: Wave | None, at: datetime) -> datetime:
    """When it begins: as it was said, and never before it may or before its wave is open."""
    return max(at, starts_at or at, wave.opens_at if wave else at)


def first_day_of_calls(starts_at: datetime | None, wave: Wave | None, at: datetime) -> date:
    return the_named_business().day_of(start_of(starts_at, wave, at))
