"""The table of what customers expect, which an operation may touch."""

from regulars.care.models import Expectation
from regulars.core.operations import register_table

register_table(Expectation)
