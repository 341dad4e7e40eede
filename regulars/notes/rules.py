"""Who may see the note desk, and who may write on it."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customers_for
from regulars.notes.models import Note, NoteQuerySet

# A label tells all of an address: whoever may not see a part of it prints none.
ADDRESS = tuple(
    f"customer.{part}" for part in ("street", "postcode", "city", "region", "country")
)  # fmt: skip
# What was written to a customer is hidden where touches are.
WORDS = ("touch", "conversation.notes")


def may_see_desk(actor: Actor) -> bool:
    """Everybody, unless an owner hid touches from their role."""
    return not is_hidden(actor, *WORDS)


def may_write_notes(actor: Actor) -> bool:
    """Everybody but viewers, to customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER) and may_see_desk(actor)


def may_see_addresses(actor: Actor) -> bool:
    return not is_hidden(actor, *ADDRESS)


def visible_to(actor: Actor) -> NoteQuerySet:
    """Notes to customers whom this person may see."""
    # Asked of each note that was found, and not of every customer.
    return Note.objects.filter(Exists(customers_for(actor).filter(pk=OuterRef("customer"))))


def require_write(actor: Actor) -> None:
    if not may_write_notes(actor):
        raise NotAllowed(_("You may look at the note desk, and write nothing."))
