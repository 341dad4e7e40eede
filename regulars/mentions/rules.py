"""Who may see what is said about us in public, and who answers it."""

from django.db.models import Exists, OuterRef, Q

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customers_for
from regulars.mentions.models import Mention, MentionQuerySet

# What lists call them: where one of these is hidden from a role, every page of them is.
LISTED = ("mentions", "mentions.words", "mentions.mark", "mentions.last_on")


def may_see(actor: Actor) -> bool:
    """Everybody, unless an owner hid them from their role."""
    return not is_hidden(actor, *LISTED)


def may_answer(actor: Actor) -> bool:
    """Everybody but viewers."""
    return may_see(actor) and actor.role in (OWNER, MANAGER, HELPER)


def visible_to(actor: Actor) -> MentionQuerySet:
    """What nobody's name is on stands in public anyway; else those of customers whom this person
    may see, and those that are theirs to answer."""
    if not may_see(actor):
        return Mention.objects.none()
    theirs = Q(customer=None) | Q(Exists(customers_for(actor).filter(pk=OuterRef("customer"))))
    if actor.member_id is not None:
        theirs |= Q(owner=actor.member_id)
    return Mention.objects.filter(theirs)
