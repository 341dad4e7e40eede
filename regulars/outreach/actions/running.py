"""Letting a campaign begin, having it wait, and stopping it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.messaging.actions.mailings import (
    approve_mailing,
    cancel_mailing,
    is_another_list,
    pause_mailing,
    resume_mailing,
)
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing
from regulars.outreach.actions.planning import first_day_of_calls, start_of
from regulars.outreach.choices import CampaignKind, CampaignState
from regulars.outreach.errors import (
    CampaignChanged,
    CampaignNotOpen,
    CampaignUnclear,
    NobodyMeant,
    SegmentGone,
)
from regulars.outreach.events import CampaignApproved, CampaignStopped
from regulars.outreach.models import Campaign, CampaignCall
from regulars.outreach.queries.campaigns import mailing_of
from regulars.outreach.queries.people import to_be_called
from regulars.outreach.rules import require_plan


@transaction.atomic
def approve_campaign(
    campaign: Campaign, *, seen_calls: int, seen_messages: int, seen_left_out: int = 0, by: Actor,
    at: datetime,
) -> Campaign:  # fmt: skip
    """Let a campaign begin for as many as the approver has seen counted.

    Whom it calls is chosen now, and stays; its message leaves from its day on, by the outbox.
    """
    require_plan(by)
    campaign = _locked(campaign, CampaignState.DRAFT)
    _check(campaign)
    called = to_be_called(campaign, at)
    if is_another_list(seen_calls, len(called)):
        raise CampaignChanged(
            _("Whom it calls has changed: it was %(seen)s, and is %(now)s now.")
            % {"seen": seen_calls, "now": len(called)},
            _("Look at it once more, then approve it."),
        )
    campaign.starts_at = start_of(campaign.starts_at, campaign.wave, at)
    _give_calls(campaign, called, at)
    campaign.state, campaign.approved_at = CampaignState.RUNNING, at
    campaign.approved_by_id = by.member_id
    campaign.save()
    fault("campaign.called")
    written = _send(campaign, len(called), seen_messages, seen_left_out, by=by, at=at)
    audit.record("approved campaign", campaign, by=by, at=at, called=len(called), written=written)
    announce(CampaignApproved(campaign.pk, len(called), written), at=at)
    fault("campaign.before_commit")
    return campaign


def _check(campaign: Campaign) -> None:
    if campaign.segment is None or campaign.segment.archived_at is not None:
        raise SegmentGone
    if campaign.kind == CampaignKind.OFFER and campaign.wave is None:
        raise CampaignUnclear(
            _("The wave of this campaign was taken away since."),
            _("Throw the campaign away, and write it for another wave."),
        )


def _give_calls(campaign: Campaign, called: list[int], at: datetime) -> None:
    if not campaign.calls:
        return
    first = first_day_of_calls(campaign.starts_at, campaign.wave, at)
    if campaign.calls_until is None or campaign.calls_until < first:
        raise CampaignChanged(
            _("The day until which they are called is over."),
            _("Write the campaign anew with another day."),
        )
    campaign.calls_from = first
    if not called and not campaign.writes:
        raise NobodyMeant(
            _("Nobody of them can be called."),
            _("It takes a telephone number, and nobody who said no to calls. Choose messages."),
        )
    CampaignCall.objects.bulk_create(
        [CampaignCall(campaign=campaign, customer_id=pk) for pk in called]
    )


def _send(
    campaign: Campaign, called: int, seen: int, left_out: int, *, by: Actor, at: datetime
) -> int:
    """Approve its mailing, unless somebody did so on the mailing's own page."""
    if not campaign.writes:
        return 0
    mailing = mailing_of(campaign)
    if mailing is None or mailing.state == MailingState.CANCELLED:
        raise CampaignUnclear(
            _("The message of this campaign was thrown away since."),
            _("Write the campaign anew."),
        )
    if mailing.state != MailingState.DRAFT:
        return mailing.approved_count or 0
    if called and not _meant(mailing):
        # Everybody of a short list is called: there is nobody left to write to.
        cancel_mailing(mailing, by=by, at=at)
        return 0
    approved = approve_mailing(
        mailing, seen_count=seen, seen_left_out=left_out, by=by, at=at
    )  # fmt: skip
    return approved.approved_count or 0


def _meant(mailing: Mailing) -> bool:
    return audiences[mailing.audience].customers(mailing.definition).exists()


@transaction.atomic
def pause_campaign(campaign: Campaign, *, by: Actor, at: datetime) -> Campaign:
    """Let it wait: nobody is called, and what has not left does not."""
    require_plan(by)
    campaign = _locked(campaign, CampaignState.RUNNING)
    mailing = mailing_of(campaign)
    if mailing is not None and mailing.state == MailingState.RUNNING:
        pause_mailing(mailing, by=by, at=at)
    campaign.state = CampaignState.PAUSED
    campaign.save(update_fields=["state"])
    audit.record("paused campaign", campaign, by=by, at=at)
    return campaign


@transaction.atomic
def go_on_with_campaign(campaign: Campaign, *, by: Actor, at: datetime) -> Campaign:
    """Let it go on from where it stood."""
    require_plan(by)
    campaign = _locked(campaign, CampaignState.PAUSED)
    mailing = mailing_of(campaign)
    if mailing is not None and mailing.state == MailingState.PAUSED:
        resume_mailing(mailing, by=by, at=at)
    campaign.state = CampaignState.RUNNING
    campaign.save(update_fields=["state"])
    audit.record("resumed campaign", campaign, by=by, at=at)
    return campaign


@transaction.atomic
def stop_campaign(campaign: Campaign, *, by: Actor, at: datetime) -> Campaign:
    """Stop it for good: whoever was not called or written to by now is not, because of it."""
    require_plan(by)
    campaign = _locked(campaign, CampaignState.RUNNING, CampaignState.PAUSED)
    mailing = mailing_of(campaign)
    if mailing is not None and mailing.state != MailingState.CANCELLED:
        cancel_mailing(mailing, by=by, at=at)
    campaign.state, campaign.stopped_at = CampaignState.STOPPED, at
    campaign.save(update_fields=["state", "stopped_at"])
    audit.record("stopped campaign", campaign, by=by, at=at)
    announce(CampaignStopped(campaign.pk), at=at)
    return campaign


def _locked(campaign: Campaign, *states: CampaignState) -> Campaign:
    # Whoever approves it a second time in the same second finds it going on already.
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("segment", "wave")
    campaign = rows.get(pk=campaign.pk)
    if campaign.state not in states:
        raise CampaignNotOpen
    return campaign
