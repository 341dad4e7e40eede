"""Who may see why customers left, and write it down."""

from django.db.models import Exists, OuterRef

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customers_for, unseen_by
from regulars.departures.errors import OnlyWinners
from regulars.departures.models import Departure, DepartureQuerySet

# What lists call it: where one of these is hidden from a role, every page of it is.
LISTED = ("departures", "departures.reason", "departures.words", "departures.left_on")


def may_see(actor: Actor) -> bool:
    """Everybody, unless an owner hid it from their role."""
    return not is_hidden(actor, *LISTED)


def may_note(actor: Actor) -> bool:
    """Everybody but viewers, of customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see(actor)


def may_win_back(actor: Actor) -> bool:
    """Owners and managers, as with every list that is written to."""
    return actor.role in (OWNER, MANAGER) and may_see(actor)


def may_see_costs(actor: Actor) -> bool:
    """What customers cost is for those who see the whole list."""
    return actor.role in (OWNER, MANAGER, VIEWER) and may_see(actor)


def require_win_back(actor: Actor) -> None:
    if not may_win_back(actor):
        raise OnlyWinners


def visible_to(actor: Actor) -> DepartureQuerySet:
    """Those of customers whom this person may see."""
    # Asked of each departure that was found, and not of every customer.
    return Departure.objects.filter(Exists(customers_for(actor).filter(pk=OuterRef("customer"))))


def counted_for(actor: Actor) -> DepartureQuerySet:
    """The same, to be counted: whoever sees everybody but a few, counts all without those."""
    unseen = unseen_by(actor)
    if unseen is None:
        return visible_to(actor)
    return Departure.objects.exclude(customer__in=unseen.values("pk"))
