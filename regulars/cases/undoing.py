"""The table of cases that an operation may touch."""

from regulars.cases.models import Case
from regulars.core.operations import register_table

register_table(Case)
