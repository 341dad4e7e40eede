"""Customers by tier, one column each; carrying a card over says by hand who somebody is to us."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for, is_changeable
from regulars.desk.customer_list import Wanted, count_of, in_tier, page_for
from regulars.desk.customer_rows import shown_tier
from regulars.desk.seeing import Sight, sight_of
from regulars.insight.choices import Tier
from regulars.team.queries import signed_in_member

# So many cards a column: who looks for somebody in particular searches.
CARDS = 12


@dataclass(frozen=True, slots=True)
class Card:
    customer: Customer
    override: str
    is_changeable: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One tier: its first customers, worth most first, and how many there are."""

    tier: str
    label: str
    count: int
    cards: list[Card]
    more: str


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """All tiers side by side."""
    actor = signed_in_member(request).actor
    sight = sight_of(actor)
    if not sight.tier:
        raise NotAllowed(_("Tiers are hidden from your role."), _("An owner can show them."))
    lanes = [_lane(actor, tier, sight) for tier in Tier]
    return render(request, "desk/customers/tiers.html", {
        "lanes": lanes, "tiers": [(tier.value, tier.label) for tier in Tier],
    })  # fmt: skip


def _lane(actor: Actor, tier: Tier, sight: Sight) -> Lane:
    # Worth most first, to who may know what they are worth.
    wanted = Wanted(tier=tier.value, sort="tier" if sight.orders_by("tier") else "name")
    rows = in_tier(customers_for(actor).on_the_list(), tier.value)
    cards = [
        Card(one, shown_tier(one)[1], is_changeable(actor, one))
        for one in page_for(rows, wanted).rows[:CARDS]
    ]
    count = count_of(actor, wanted).count
    more = wanted.address() if count > len(cards) else ""
    return Lane(tier.value, str(tier.label), count, cards, more)
