"""Lots go over when two customers are made one, and are handed back."""

from regulars.core.operations import register_table
from regulars.verdicts.models import Lot

register_table(Lot)
