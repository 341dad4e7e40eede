"""Campaigns for the team: what they are, where they stand, who was called."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from regulars.consent.models import Wish
from regulars.core.actor import Actor
from regulars.messaging.choices import OPEN, MailingState
from regulars.messaging.models import Mailing, Message
from regulars.outreach.choices import CAMPAIGN_AUDIENCE, CampaignState, Means
from regulars.outreach.errors import CampaignNotFound
from regulars.outreach.models import Campaign, CampaignCall, CampaignQuerySet, Learned
from regulars.outreach.queries.people import people_of
from regulars.outreach.rules import may_plan, may_see_campaigns, may_see_what_it_brought, visible_to
from regulars.team.queries import the_named_business


def campaigns_for(actor: Actor, at: datetime) -> CampaignQuerySet:
    rows = visible_to(actor, at).select_related("segment", "created_by", "approved_by")
    return rows.select_related("wave__offer", "letter").order_by("-created_at", "-pk")


def campaign_for(actor: Actor, campaign_id: int, at: datetime) -> Campaign:
    found = campaigns_for(actor, at).filter(pk=campaign_id).first()
    if found is None:
        raise CampaignNotFound
    return found


def mailings_of(campaigns: Sequence[Campaign]) -> dict[int, Mailing]:
    """The mailing of each that was not thrown away, else the latest; one question for all.

    Whoever changes the words of a draft makes another mailing of it, for the same campaign.
    """
    ids = [one.pk for one in campaigns]
    ours = Q(audience=CAMPAIGN_AUDIENCE, definition__campaign__in=ids)
    narrowed = Q(definition__among__0=CAMPAIGN_AUDIENCE, definition__among__1__campaign__in=ids)
    found: dict[int, Mailing] = {}
    rows = Mailing.objects.filter(ours | narrowed).select_related("version", "approved_by")
    for one in rows.order_by("pk"):
        said = one.definition
        of = said["campaign"] if one.audience == CAMPAIGN_AUDIENCE else said["among"][1]["campaign"]
        known = found.get(of)
        if known is None or one.state != MailingState.CANCELLED:
            found[of] = one
    return found


def waiting_in(mailings: Iterable[Mailing]) -> frozenset[int]:
    """Those of them of which a message has still to leave; one question for all."""
    ids = [one.pk for one in mailings]
    waits = Message.objects.filter(mailing=OuterRef("pk"), state__in=OPEN)
    return frozenset(Mailing.objects.filter(Exists(waits), pk__in=ids).values_list("pk", flat=True))


def has_left(mailing: Mailing | None, waiting: Collection[int]) -> bool:
    """Whether all of its messages left, if there are any."""
    return mailing is None or (mailing.expanded_at is not None and mailing.pk not in waiting)


def other_clocks_count(campaign: Campaign) -> int:
    """How many of those meant are known to live by another clock than ours."""
    elsewhere = Wish.objects.exclude(time_zone__in=("", the_named_business().time_zone))
    return people_of(campaign).filter(pk__in=elsewhere.values("customer")).count()


def mailing_of(campaign: Campaign) -> Mailing | None:
    return mailings_of([campaign]).get(campaign.pk)


@dataclass(frozen=True, slots=True)
class Called:
    """How many are to be called, and with how many somebody has spoken since it began."""

    meant: int = 0
    done: int = 0


def called_by(campaigns: Sequence[Campaign]) -> Mapping[int, Called]:
    """By campaign; one question for all."""
    spoken = Q(customer__clock__last_personal_at__gte=F("campaign__starts_at"))
    rows: Any = (
        CampaignCall.objects.filter(campaign__in=[one.pk for one in campaigns]).order_by()
        .values("campaign").annotate(meant=Count("pk"), done=Count("pk", filter=spoken))
    )  # fmt: skip
    return {row["campaign"]: Called(row["meant"], row["done"]) for row in rows}


def learned_of(campaigns: Sequence[Campaign]) -> Mapping[int, dict[str, Any]]:
    """What the last look says that each brought: a word, and the margin of each customer."""
    rows = Learned.objects.filter(campaign__in=[one.pk for one in campaigns])
    return {
        one.campaign_id: {
            "word": one.word, "look": one.look, "is_last": one.is_last,
            "as_of": one.as_of.isoformat(), "currency": one.currency,
            **{key: one.margin.get(key) for key in ("difference", "low", "high", "given_minor")},
        }
        for one in rows
    }  # fmt: skip


def is_over(campaign: Campaign, today: date, *, has_left: bool) -> bool:
    """Whether nothing more comes of it by itself; `has_left`: all of its messages, if any."""
    if campaign.state == CampaignState.STOPPED:
        return True
    if campaign.state != CampaignState.RUNNING:
        return False
    calls_over = campaign.calls_until is None or campaign.calls_until < today
    return calls_over and (campaign.means == Means.CALL or has_left)


def is_seer(actor: Actor) -> bool:
    return may_see_campaigns(actor)


def is_planner(actor: Actor) -> bool:
    return may_plan(actor)


def is_seer_of_what_it_brought(actor: Actor) -> bool:
    return may_see_what_it_brought(actor)
