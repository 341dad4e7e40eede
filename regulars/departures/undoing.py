"""The table of departures, which an operation may touch."""

from regulars.core.operations import register_table
from regulars.departures.models import Departure

register_table(Departure)
