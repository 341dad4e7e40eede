"""The page of one campaign: who hears of it and why not, when, who calls, what came of it."""

from datetime import datetime
from typing import Any

from regulars.messaging import lots
from regulars.messaging.choices import MailingState
from regulars.messaging.looking import look_at
from regulars.messaging.models import Mailing
from regulars.messaging.queries import progress_of, why_held_for_everybody, why_nothing_leaves
from regulars.messaging.screens import watched
from regulars.outreach.brought import Said, brought_words, no_lot_words
from regulars.outreach.choices import CampaignState
from regulars.outreach.models import Campaign, Learned
from regulars.outreach.queries.campaigns import (
    Called,
    called_by,
    has_left,
    is_over,
    is_planner,
    is_seer_of_what_it_brought,
    mailing_of,
    other_clocks_count,
    waiting_in,
)
from regulars.outreach.queries.people import callers_of, people_of, to_be_called
from regulars.outreach.words import (
    calls_sentence,
    no_control_words,
    stands,
    when_words,
)
from regulars.team.models import Member
from regulars.team.queries import the_named_business
from regulars.verdicts.queries import latest_of, trial_of


def page_of(campaign: Campaign, member: Member, at: datetime) -> dict[str, Any]:
    """What the page says, for whoever looks at it."""
    mailing, today = mailing_of(campaign), the_named_business().day_of(at)
    called = called_by([campaign]).get(campaign.pk, Called())
    all_left = has_left(mailing, waiting_in([mailing] if mailing else []))
    elsewhere = other_clocks_count(campaign) if campaign.by_their_clock else 0
    shown: dict[str, Any] = {
        "campaign": campaign, "mailing": mailing, "may_plan": is_planner(member.actor),
        "stands": stands(campaign, today, called, has_left=all_left),
        "when": when_words(campaign, mailing, elsewhere),
        "is_draft": campaign.state == CampaignState.DRAFT,
        "is_going": campaign.state in (CampaignState.RUNNING, CampaignState.PAUSED)
        and not is_over(campaign, today, has_left=all_left),
        "is_gone": campaign.segment is None or campaign.segment.archived_at is not None,
        "lots": lots.said_of(mailing, member.actor) if mailing else [],
        "no_control": no_control_words(campaign), "called": called,
        "lines": [line for line in campaign.to_say.splitlines() if line.strip()],
    }  # fmt: skip
    if shown["is_draft"]:
        return shown | _before(campaign, mailing, member, at)
    return shown | _after(campaign, mailing, member, at)


def _before(
    campaign: Campaign, mailing: Mailing | None, member: Member, at: datetime
) -> dict[str, Any]:
    """The look at a draft: whom it would reach now."""
    called = to_be_called(campaign, at)
    shown: dict[str, Any] = {
        "people_count": people_of(campaign).count(), "call_count": len(called),
        "calls_sentence": calls_sentence(campaign, len(called)),
        "callers": callers_of(called),
    }  # fmt: skip
    if mailing is not None and mailing.state == MailingState.DRAFT:
        shown["look"] = look_at(mailing, as_seen_by=member, shown_id="")
    look = shown.get("look")
    writes = look is not None and look.leaving and not look.is_grave
    shown["may_begin"] = bool(called or writes) and not (look is not None and look.is_grave)
    return shown


def _after(
    campaign: Campaign, mailing: Mailing | None, member: Member, at: datetime
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    # Of what nobody has heard, nothing is asked yet.
    first = campaign.first_at or campaign.approved_at
    has_begun = first is not None and (campaign.stopped_at or at) >= first
    if has_begun and is_seer_of_what_it_brought(member.actor):
        shown["brought"] = _brought(campaign, mailing)
    if mailing is None or mailing.approved_at is None:
        return shown
    halted = why_nothing_leaves() or why_held_for_everybody(mailing)
    return shown | {"watched": watched(mailing, progress_of(mailing), halted=halted)}


def _brought(campaign: Campaign, mailing: Mailing | None) -> Said:
    trial = trial_of(mailing.occasion) if mailing else None
    if trial is None and campaign.writes:
        return no_lot_words()
    learned = Learned.objects.filter(campaign=campaign).first()
    return brought_words(campaign, learned, latest_of(trial) if trial else None)
