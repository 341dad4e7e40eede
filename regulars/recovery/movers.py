"""Each of two was a customer when it happened; the next count looks at the one who stays."""

from regulars.core.movers import Stays, register_mover
from regulars.recovery.models import Return

register_mover(Stays(Return, "each of the two was there before; only who is on the list is shown"))
