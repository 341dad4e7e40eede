"""Orders and store credit go over with the customer they belong to."""

from regulars.core.movers import Redirect, Reparent, register_mover
from regulars.orders.models import CreditEntry, Order, StagedOrder

register_mover(Reparent(Order))
register_mover(Redirect(StagedOrder))
register_mover(Reparent(CreditEntry))
