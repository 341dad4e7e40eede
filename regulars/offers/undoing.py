"""The tables of offers that an operation may touch; a use that goes gives back what it took."""

from regulars.core.operations import register_table
from regulars.offers.models import Chosen, Code, Offer, Redemption, Wave

# What points to others comes after them.
for model in (Offer, Wave, Code, Chosen, Redemption):
    register_table(model)
