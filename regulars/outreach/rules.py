"""Who sees campaigns, and who plans them."""

from datetime import datetime

from django.db.models import Q

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.core.list_fields import is_hidden
from regulars.lists.queries.segments import segments_for
from regulars.outreach.errors import OnlyPlanners, OnlyWhoServes
from regulars.outreach.models import Campaign, CampaignQuerySet


def may_see_campaigns(actor: Actor) -> bool:
    """They are of the whole list; a helper finds their own calls on Today."""
    return actor.role in (OWNER, MANAGER, VIEWER)


def may_see_what_it_brought(actor: Actor) -> bool:
    """It follows from orders."""
    return may_see_campaigns(actor) and not is_hidden(actor, "order")


def may_see_help(actor: Actor) -> bool:
    """Whoever finds on Today whom to thank reads there what they offered: of their customers."""
    return may_see_campaigns(actor) or actor.role == HELPER


def may_thank(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER, HELPER)


def require_thanks(actor: Actor) -> None:
    if not may_thank(actor):
        raise OnlyWhoServes


def may_plan(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def require_plan(actor: Actor) -> None:
    if not may_plan(actor):
        raise OnlyPlanners


def visible_to(actor: Actor, at: datetime) -> CampaignQuerySet:
    """Those whose segment asks for nothing that is hidden from this person."""
    if not may_see_campaigns(actor):
        return Campaign.objects.none()
    known = segments_for(actor, at)
    gone = Q(segment=None) | Q(segment__archived_at__isnull=False)
    return Campaign.objects.filter(gone | Q(segment__in=known.values("pk")))
