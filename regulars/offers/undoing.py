"""The tables of offers that an operation may touch."""

from regulars.core.operations import register_table
from regulars.offers.models import Chosen, Redemption

register_table(Chosen)
register_table(Redemption)
