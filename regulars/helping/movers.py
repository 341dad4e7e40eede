"""What either of two asked for was asked by the one who stays."""

from regulars.core.movers import Reparent, register_mover
from regulars.helping.models import HelpRequest

register_mover(Reparent(HelpRequest))
