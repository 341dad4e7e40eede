"""What one customer said about us in public, as their page shows it."""

from typing import Any

from regulars.core import clock
from regulars.customers.models import Customer
from regulars.mentions.queries import mentions_of
from regulars.mentions.words import all_told

MOST = 3


def panel_of(customer: Customer) -> dict[str, Any]:
    """The last few, with what we answered."""
    return {"customer": customer, "said": all_told(list(mentions_of(customer)[:MOST]), clock.now())}
