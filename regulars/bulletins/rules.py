"""Who may write bulletins, and who may tell customers of them."""

from django.utils.translation import gettext as _

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor
from regulars.core.errors import NotAllowed


def may_publish(actor: Actor) -> bool:
    """What stands on a public page in the business's name: owners and managers."""
    return actor.role in (OWNER, MANAGER)


def may_note_questions(actor: Actor) -> bool:
    """Whoever talks to customers hears what they ask."""
    return actor.role != VIEWER


def require_publish(actor: Actor) -> None:
    if not may_publish(actor):
        raise NotAllowed(
            _("Only an owner or a manager publishes bulletins."), _("Ask one of them.")
        )
