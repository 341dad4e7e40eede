"""Orders go over with the customer who placed them."""

from regulars.core.movers import Redirect, Reparent, register_mover
from regulars.orders.models import Order, StagedOrder

register_mover(Reparent(Order))
register_mover(Redirect(StagedOrder))
