"""Who may take files out."""

from django.utils.translation import gettext as _

from regulars.core.actor import MANAGER, OWNER, Actor
from regulars.core.errors import NotAllowed
from regulars.exports.choices import What


def may_export(actor: Actor, what: str = What.CUSTOMERS) -> bool:
    """Owners everything, managers the list and what was bought."""
    if what == What.EVERYTHING:
        return actor.role == OWNER
    return actor.role in (OWNER, MANAGER)


def require_export(actor: Actor, what: str = What.CUSTOMERS) -> None:
    """Refuse everybody else, saying who may."""
    if may_export(actor, what):
        return
    if what == What.EVERYTHING:
        raise NotAllowed(_("Only the owner takes everything out."), _("Ask the owner for it."))
    raise NotAllowed(
        _("Only the owner and managers take lists out."), _("Ask one of them for this one.")
    )
