"""Whoever stays takes over how the lot fell; where it fell for both, each keeps their own."""

from regulars.core.movers import Reparent, register_mover
from regulars.verdicts.models import Lot

register_mover(Reparent(Lot, same=("trial_id",)))
