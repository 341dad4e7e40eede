"""What either of two complained of, the one who stays complained of."""

from regulars.cases.models import Case
from regulars.core.movers import Reparent, register_mover

register_mover(Reparent(Case))
