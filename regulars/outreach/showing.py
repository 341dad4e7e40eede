"""The page of one campaign: who hears of it and why not, when, who calls, what came of it."""

from datetime import datetime
from typing import Any

from regulars.messaging import lots
from regulars.messaging.choices import MailingState
from regulars.messaging.looking import look_at
from regulars.messaging.models import Mailing
from regulars.messaging.queries import progress_of, why_held_for_everybody, why_nothing_leaves
from regulars.messaging.screens import watched
from regulars.outreach.choices import CampaignState
from regulars.outreach.models import Campaign
from regulars.outreach.queries.campaigns import Called, called_by, is_over, is_planner, mailing_of
from regulars.outreach.queries.people import callers_of, people_of, to_be_called
from regulars.outreach.words import (
    caller_words,
    calls_sentence,
    no_control_words,
    stands,
    when_words,
)
from regulars.team.models import Member
from regulars.team.queries import the_named_business


def page_of(campaign: Campaign, member: Member, at: datetime) -> dict[str, Any]:
    """What the page says, for whoever looks at it."""
    mailing, today = mailing_of(campaign), the_named_business().day_of(at)
    called = called_by([campaign]).get(campaign.pk, Called())
    shown: dict[str, Any] = {
        "campaign": campaign, "mailing": mailing, "may_plan": is_planner(member.actor),
        "stands": stands(campaign, today, mailing, called), "when": when_words(campaign),
        "is_draft": campaign.state == CampaignState.DRAFT,
        "is_going": campaign.state in (CampaignState.RUNNING, CampaignState.PAUSED)
        and not is_over(campaign, today, mailing),
        "is_gone": campaign.segment is None or campaign.segment.archived_at is not None,
        "lots": lots.said_of(mailing, member.actor) if mailing else [],
        "no_control": no_control_words(campaign), "called": called,
        "lines": [line for line in campaign.to_say.splitlines() if line.strip()],
    }  # fmt: skip
    if shown["is_draft"]:
        return shown | _before(campaign, mailing, member, at)
    return shown | _after(mailing)


def _before(
    campaign: Campaign, mailing: Mailing | None, member: Member, at: datetime
) -> dict[str, Any]:
    """The look at a draft: whom it would reach now."""
    called = to_be_called(campaign, at)
    shown: dict[str, Any] = {
        "people_count": people_of(campaign).count(), "call_count": len(called),
        "calls_sentence": calls_sentence(campaign, len(called)),
        "callers": [caller_words(one) for one in callers_of(called)],
    }  # fmt: skip
    if mailing is not None and mailing.state == MailingState.DRAFT:
        shown["look"] = look_at(mailing, as_seen_by=member, shown_id="")
    look = shown.get("look")
    writes = look is not None and look.leaving and not look.is_grave
    shown["may_begin"] = bool(called or writes) and not (look is not None and look.is_grave)
    return shown


def _after(mailing: Mailing | None) -> dict[str, Any]:
    if mailing is None or mailing.approved_at is None:
        return {}
    halted = why_nothing_leaves() or why_held_for_everybody(mailing)
    return {"watched": watched(mailing, progress_of(mailing), halted=halted)}
