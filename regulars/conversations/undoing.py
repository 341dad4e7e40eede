"""The tables of touches that an operation may touch, and what goes with a customer."""

from regulars.conversations.models import Clock, Touch
from regulars.core.operations import register_follower, register_table

register_table(Touch)
register_follower(Clock)
register_table(Clock)
