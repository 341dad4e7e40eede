"""Who may be written to, for reading."""

from django.db.models import Exists, OuterRef, QuerySet

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState
from regulars.customers.models import Customer, CustomerQuerySet


def permitted(channel: str) -> "QuerySet[ConsentState, int]":
    """Ids of the customers who agreed to this channel themselves, as a set for other queries."""
    granted = ConsentState.objects.filter(channel=channel, decision=Decision.GRANTED)
    return granted.values_list("customer_id", flat=True)


def customers_without_permission(channel: str) -> CustomerQuerySet:
    """Everybody on the list who has not agreed to this channel, a mere claim included."""
    granted = ConsentState.objects.filter(
        customer=OuterRef("pk"), channel=channel, decision=Decision.GRANTED
    )
    return Customer.objects.on_the_list().filter(~Exists(granted))


def standing_of(customer: Customer) -> dict[str, ConsentState]:
    """Where a customer stands, by channel; a channel without a row was never asked about."""
    return {state.channel: state for state in ConsentState.objects.filter(customer=customer)}
