"""Messages go over; two meant for one occasion stay two, each on its own card."""

from regulars.core.movers import OneEach, Reparent, later, register_mover
from regulars.messaging.models import Contact, Hold, Message, Standing


def _strictest(survivor: Standing, merged: Standing) -> None:
    """Who heard from us twice has heard from us: the later moment and the lower balance."""
    survivor.last_contact_at = later(survivor.last_contact_at, merged.last_contact_at)
    survivor.free_from = later(survivor.free_from, merged.free_from)
    survivor.email_free_from = later(survivor.email_free_from, merged.email_free_from)
    survivor.text_free_from = later(survivor.text_free_from, merged.text_free_from)
    survivor.balance = min(survivor.balance, merged.balance)
    survivor.rarest_days = max(survivor.rarest_days or 0, merged.rarest_days or 0) or None


register_mover(Reparent(Message, same=("channel", "occasion")))
register_mover(Reparent(Contact))
register_mover(Reparent(Hold))
register_mover(OneEach(Standing, _strictest))
