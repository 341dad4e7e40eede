"""The table of cases that an operation may touch."""

from regulars.cases.models import Case, PerkGiven
from regulars.core.operations import register_table

register_table(Case)
register_table(PerkGiven)
