"""The table of what was read, which an operation may touch."""

from regulars.core.operations import register_follower, register_table
from regulars.learning.models import Reading

register_table(Reading)
# It comes about by itself, and goes with what it was read of.
register_follower(Reading)
