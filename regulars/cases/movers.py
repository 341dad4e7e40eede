"""What either of two complained of, the one who stays complained of."""

from regulars.cases.models import Case, PerkGiven
from regulars.core.movers import Reparent, register_mover

register_mover(Reparent(Case))
register_mover(Reparent(PerkGiven))
