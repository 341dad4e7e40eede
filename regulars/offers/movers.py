"""What either of two was offered is offered to the one who stays, once."""

from regulars.core.movers import Redirect, Reparent, Stays, register_mover
from regulars.offers.models import Chosen, Code, Redemption, StagedUse

register_mover(Reparent(Chosen, same=("offer_id",)))
register_mover(Reparent(Redemption))
register_mover(Stays(Code, "It is worked out with that number; the till knows who they are now."))
register_mover(Redirect(StagedUse))
