"""What an owner sets: how long customers of each tier wait at most, and what each tier gets."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.errors import CaseEmpty, LevelUnclear
from regulars.cases.models import Perk, ServiceLevel
from regulars.cases.rules import may_set_levels
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed

LONGEST_PERK = 300
# In minutes of opening hours.
LONGEST_WAIT = 365 * 24 * 60


@transaction.atomic
def set_level(
    tier: str, *, answer_minutes: int, resolve_minutes: int, by: Actor, at: datetime
) -> ServiceLevel:
    """Say how long customers of a tier wait at most; cases opened from now on go by it."""
    if not may_set_levels(by):
        raise NotAllowed(_("Only an owner says how long customers wait at most."))
    if not 1 <= answer_minutes <= resolve_minutes <= LONGEST_WAIT:
        raise LevelUnclear(
            _("An answer comes before it is put right, and both within a year."),
            _("Give whole hours, the first not longer than the second."),
        )
    values = {"answer_minutes": answer_minutes, "resolve_minutes": resolve_minutes}
    level, _is_new = ServiceLevel.objects.update_or_create(tier=tier, defaults=values)
    audit.record("set level", level, by=by, at=at, tier=tier)
    return level


@transaction.atomic
def add_perk(*, tier: str, words: str, by: Actor, at: datetime) -> Perk:
    """Say what customers of a tier get from us, beyond what everybody gets."""
    if not may_set_levels(by):
        raise NotAllowed(_("Only an owner says what customers of a tier get."))
    words = " ".join(words.split())[:LONGEST_PERK]
    if not words:
        raise CaseEmpty(_("Say what they get."))
    perk, is_new = Perk.objects.get_or_create(tier=tier, words=words, ended_at=None)
    if is_new:
        audit.record("added perk", perk, by=by, at=at, tier=tier)
    return perk


@transaction.atomic
def end_perk(perk: Perk, *, by: Actor, at: datetime) -> None:
    """Customers of a tier get this no longer; that they did is kept."""
    if not may_set_levels(by):
        raise NotAllowed(_("Only an owner says what customers of a tier get."))
    perk.ended_at = perk.ended_at or at
    perk.save(update_fields=["ended_at"])
    audit.record("ended perk", perk, by=by, at=at, tier=perk.tier)
