"""The tables of goals that an operation may touch."""

from regulars.core.operations import register_table
from regulars.goals.models import GoalCall

register_table(GoalCall)
