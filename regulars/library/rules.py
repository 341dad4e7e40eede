"""Who may write what stands on the shelf, and who may share it."""

from django.utils.translation import gettext as _

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import is_hidden

# What tells why an article fits somebody; hidden from a role, it is not told to them here either.
SAID = ("customer.interests", "customer.needs")
BOUGHT = ("order",)


def may_keep(actor: Actor) -> bool:
    """What is told in the business's name: owners and managers."""
    return actor.role in (OWNER, MANAGER)


def may_share(actor: Actor) -> bool:
    """Everybody but viewers, with customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER)


def may_see_fits(actor: Actor) -> bool:
    return not is_hidden(actor, *SAID)


def may_see_bought(actor: Actor) -> bool:
    return not is_hidden(actor, *BOUGHT)


def require_keep(actor: Actor) -> None:
    if not may_keep(actor):
        raise NotAllowed(
            _("Only an owner or a manager changes the library."), _("Ask one of them.")
        )


def require_share(actor: Actor) -> None:
    if not may_share(actor):
        raise NotAllowed(_("You may look, and share nothing. An owner can change that."))
