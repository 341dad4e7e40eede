"""What was promised to either of two is promised to the one who stays."""

from regulars.core.movers import Reparent, register_mover
from regulars.promises.models import Promise

register_mover(Reparent(Promise))
