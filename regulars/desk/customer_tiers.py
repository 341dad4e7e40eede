"""How a customer's tier came about, and whether they buy for less, as their page tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.desk.seeing import Sight
from regulars.insight.choices import Tier, TierWhy
from regulars.insight.models import TierChange
from regulars.insight.queries import buying_less_of, sentence_of_change, tier_changes_of
from regulars.team.models import Business

MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """“Became slipping on 3 November”, and why."""

    tier: str
    words: str
    on: date
    why: str
    reason: str
    by: str


def changes_shown(customer: Customer, sight: Sight) -> Sequence[ChangeShown]:
    """The latest changes, newest first; nothing where the tier is hidden from whoever looks."""
    if not sight.tier or not sight.sees("tier_held"):
        return ()
    return [_shown(one) for one in tier_changes_of(customer, MOST_SHOWN)]


def _shown(change: TierChange) -> ChangeShown:
    return ChangeShown(
        tier=change.to_tier,
        words=_words(change),
        on=change.changed_on,
        why=sentence_of_change(change),
        reason=change.reason if change.why == TierWhy.SET else "",
        by=change.set_by.name if change.set_by and change.why == TierWhy.SET else "",
    )


def _words(change: TierChange) -> str:
    if change.why == TierWhy.GONE:
        return _("Left the list")
    label = str(Tier(change.to_tier).label).lower()
    if not change.from_tier:
        return _("Was %(tier)s") % {"tier": label}
    return _("Became %(tier)s") % {"tier": label}


def override_end(customer: Customer) -> date | None:
    """Until when somebody's word holds."""
    override = getattr(customer, "tier_override", None)
    return override.until_on if override else None


def less_shown(customer: Customer, business: Business, sight: Sight) -> str:
    """Whether somebody who still comes buys for less; nothing where their money is hidden."""
    if not sight.rhythm or not sight.year_spend or not sight.tier:
        return ""
    return buying_less_of(customer, business.currency)
