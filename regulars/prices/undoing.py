"""The tables of prices, which an operation may touch."""

from regulars.core.operations import register_follower, register_table
from regulars.prices.models import Concern, Price

# What a check found is no change of the price.
register_table(Price, changed_at="changed_at", left_out=(
    "checked_at", "checked_since", "lines_up_to", "open_count", "open_minor", "other_currencies",
))  # fmt: skip
register_table(Concern)
register_follower(Concern, in_use="t.remedy <> ''")
