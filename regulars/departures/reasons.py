"""Somebody who lapsed by their own rhythm, and is worth a call: ask why, and sell nothing."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Exists, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.conversations.models import Clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.departures.choices import DepartureState, Reason
from regulars.departures.models import Departure
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.insight.queries import latest_refresh, tiers_of_the_list
from regulars.team.queries import the_named_business

# As pressing as a cadence that is due: they wait for nothing, and few come back for a call.
URGENCY = 1.0
# Whoever left longer ago than this has settled elsewhere; a letter costs less of our day.
FRESH = timedelta(days=180)


def lapsed_unasked(asked: ReasonDay) -> QuerySet[Customer, Any]:
    """Who has lapsed since we went live, is worth no less than customers are on average, and was
    not asked: nobody knows why, and nobody has spoken with them since.
    """
    since = max(the_named_business().live_since, asked.day - FRESH)
    known = Departure.objects.filter(customer=OuterRef("pk")).filter(
        Q(state=DepartureState.STANDING) & ~Q(reason=Reason.UNKNOWN)
        | Q(state=DepartureState.STAYS, recorded_on__gte=OuterRef("facts__lapsed_on"))
    )
    spoken = Clock.objects.filter(
        customer=OuterRef("pk"), last_personal_at__date__gte=OuterRef("facts__lapsed_on")
    )
    set_by_hand = TierOverride.objects.filter(customer=OuterRef("pk"))
    lapsed = Customer.objects.filter(
        ~Exists(known), ~Exists(spoken), ~Exists(set_by_hand), ~Q(kind=Kind.DEPARTMENT),
        facts__tier=Tier.LAPSED, facts__lapsed_on__gte=since, facts__lapsed_on__lte=asked.day,
        facts__crowd_sales=0, facts__stake_minor__gte=worth_asking(),
    )  # fmt: skip
    # By the key of the facts: half of a long list looks at its own alone.
    return lapsed.order_by().values(
        customer_id=F("facts__customer_id"), overdue=Value(1.0, output_field=FloatField()),
        due_on=F("facts__lapsed_on"), subject=Cast("pk", CharField()),
    )  # fmt: skip


def worth_asking() -> int:
    """What a year of a customer is worth on average, by the last count; at least something."""
    lines = tiers_of_the_list(latest_refresh())
    count = sum(one.customer_count for one in lines)
    return max(1, sum(one.stake_minor for one in lines) // count if count else 1)


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """Since when they have been silent, beside how often they came; and one question."""
    found = CustomerFacts.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told(one) for one in found}


def _told(one: CustomerFacts) -> Told:
    said = {
        "days": max(1, round(one.usual_gap_days or 1)),
        "last": date_format(one.last_on, "j F") if one.last_on else "",
    }
    sentence = _(
        "They used to come every %(days)s days, and were last here on %(last)s: ask why they stay"
        " away."
    )
    lines = (
        Line(_("“We have missed you. Is it something that we did?”"), _("Then listen.")),
        Line(_("“What would have to be different?”")),
        Line(
            _("Thank them, also where it hurts. Sell nothing here, and promise no price."),
            _("Whoever is asked with an offer in hand tells you what brings the offer."),
        ),
    )
    page = f"{reverse('customers:detail', args=[one.pk])}#departure"
    return Told(sentence % said, lines, page, _("Write down why"))


register_source(
    ReasonSource(
        name="lapsed_why", purpose="serve", urgency=URGENCY, rows=lapsed_unasked,
        describe=describe, listed=("departures.reason", "insight.last_on"),
        label=gettext_lazy("Lapsed: ask why"),
    )
)  # fmt: skip
