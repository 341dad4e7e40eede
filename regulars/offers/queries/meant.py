"""Whom a wave means, and whom it meant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from regulars.core.actor import SYSTEM
from regulars.customers.choices import Kind
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.choices import Tier
from regulars.insight.queries import with_tier
from regulars.lists.queries.segments import members_of
from regulars.offers.models import Wave


def customers_meant(wave: Wave) -> CustomerQuerySet:
    """Who is in these tiers, or in this segment, just now; departments of ours buy nothing."""
    on_list = Customer.objects.on_the_list()
    if wave.is_public:
        return on_list.none()
    if wave.segment is not None:
        return members_of(wave.segment, SYSTEM).exclude(kind=Kind.DEPARTMENT)
    shown: Any = with_tier(on_list)
    found: CustomerQuerySet = shown.filter(shown_tier__in=wave.tiers)
    return found.exclude(kind=Kind.DEPARTMENT)


def customers_by_wave(waves: Sequence[Wave]) -> CustomerQuerySet:
    """Whom a wave, or several by tier, means just now, with its number as `meant_by`."""
    if len(waves) == 1:
        return customers_meant(waves[0]).annotate(meant_by=Value(waves[0].pk))
    shown: Any = with_tier(Customer.objects.on_the_list())
    cases = [When(shown_tier__in=wave.tiers, then=Value(wave.pk)) for wave in waves]
    tiers = [tier for wave in waves for tier in wave.tiers]
    found: CustomerQuerySet = shown.filter(shown_tier__in=tiers).annotate(meant_by=Case(*cases))
    return found.exclude(kind=Kind.DEPARTMENT)


def meant_in_words(wave: Wave) -> str:
    """Whom a wave means: “Core and Active”, “segment Bread on Fridays”, “everybody”."""
    if wave.is_public:
        return _("everybody")
    if wave.segment is not None:
        return _("segment “%(name)s”") % {"name": wave.segment.name}
    names = [str(Tier(one).label) for one in wave.tiers if one in Tier.values]
    if len(names) > 1:
        return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}
    # Of an offer that came from a file, the customers are named there.
    return names[0] if names else _("those whom a file names")


def live_waves_at(at: datetime) -> list[Wave]:
    """Waves that whoever fits now comes into: open, live, of offers that stand."""
    waves = Wave.objects.open_at(at).filter(
        Q(offer__planned_at__lte=at), is_live=True, offer__ended_at=None
    )
    return list(waves.select_related("offer", "segment").in_order())
