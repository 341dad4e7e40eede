"""Who may bring files in."""

from django.utils.translation import gettext as _

from regulars.core.actor import MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed


def may_import(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def require_import(actor: Actor) -> None:
    """Refuse everybody else, saying who may."""
    if not may_import(actor):
        raise NotAllowed(
            _("Only the owner and managers bring in files."),
            _("Ask one of them to bring this one in."),
        )
