"""Whose call would bring a goal nearer, once two customers turn out to be one."""

from regulars.core.movers import Reparent, register_mover
from regulars.goals.models import GoalCall

register_mover(Reparent(GoalCall, same=("goal_id",)))
