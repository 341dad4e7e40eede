"""Who may be written to, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Decision
from regulars.consent.errors import OptInClosed, SuppressionNotFound
from regulars.consent.models import (
    ConsentEvent,
    ConsentState,
    GroundChoice,
    OptInRequest,
    Suppression,
    Wish,
)
from regulars.consent.rules import may_decide_grounds, may_lift
from regulars.core.actor import Actor
from regulars.customers.models import Customer


def permitted(channel: str) -> "QuerySet[ConsentState, int]":
    """Ids of the customers who agreed to all of this channel, as a set for other queries."""
    granted = ConsentState.objects.filter(channel=channel, purpose="", decision=Decision.GRANTED)
    return granted.values_list("customer_id", flat=True)


def standing_of(customer: Customer) -> dict[str, ConsentState]:
    """Where a customer stands for all of a channel; one without a row was never asked about."""
    states = ConsentState.objects.filter(customer=customer, purpose="")
    return {state.channel: state for state in states}


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one customer's permission."""

    states: Sequence[ConsentState]
    events: Sequence[ConsentEvent]
    wish: Wish | None
    suppressions: Sequence[Suppression]


# More decisions than anybody makes; a page shows the newest of them.
MOST_EVENTS = 500


def record_of(customer: Customer) -> Record:
    """Where a customer stands, every decision with the newest first, wishes, closed addresses."""
    seals = customer.contact_points.exclude(seal="").values("seal")
    # What the cards said that were merged into this one counts among what this customer said.
    cards = Q(customer=customer) | Q(customer__merged_into=customer)
    events = ConsentEvent.objects.filter(cards).select_related("recorded_by")
    return Record(
        list(ConsentState.objects.filter(customer=customer).order_by("channel", "purpose")),
        list(events.order_by("-id")[:MOST_EVENTS]),
        Wish.objects.filter(customer=customer).first(),
        list(Suppression.objects.filter(seal__in=seals).order_by("-since", "-id")),
    )


def suppression_of(customer: Customer, suppression_id: int) -> Suppression:
    """A closed address of this customer."""
    seals = customer.contact_points.exclude(seal="").values("seal")
    found = Suppression.objects.filter(pk=suppression_id, seal__in=seals).first()
    if found is None:
        raise SuppressionNotFound
    return found


def opt_in_request(request_id: int) -> OptInRequest:
    """What somebody asked for by a public form."""
    found = OptInRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise OptInClosed(_("This was not asked for."), _("Fill in the form again."))
    return found


def own_grounds() -> dict[tuple[str, str], GroundChoice]:
    """The grounds that an owner chose over the presets."""
    chosen = GroundChoice.objects.select_related("decided_by")
    return {(one.channel, one.purpose): one for one in chosen}


def is_decider_of_grounds(actor: Actor) -> bool:
    return may_decide_grounds(actor)


def is_lifter(actor: Actor) -> bool:
    return may_lift(actor)
