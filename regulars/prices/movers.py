"""What either of two paid, was told and got back belongs to the one who stays."""

from regulars.core.movers import Redirect, Reparent, register_mover
from regulars.prices.models import Concern, Price, StagedPrice

register_mover(Reparent(
    Price,
    clash="o.product = t.product AND o.currency = t.currency"
    " AND o.from_quantity = t.from_quantity AND o.opens_on = t.opens_on"
    " AND o.withdrawn_at IS NULL AND t.withdrawn_at IS NULL",
))  # fmt: skip
# Of those for whom nothing was done, one is enough: the next check finds what both of them paid.
register_mover(Reparent(
    Concern, clash="o.price_id = t.price_id AND o.remedy = '' AND t.remedy = ''"
))  # fmt: skip
register_mover(Redirect(StagedPrice))
