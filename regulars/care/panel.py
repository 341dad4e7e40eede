"""What one customer expects, as their page shows it."""

from typing import Any

from regulars.care.choices import Matter
from regulars.care.queries.expectations import expectations_of, is_noter
from regulars.core.actor import Actor
from regulars.customers.models import Customer

SHOWN = 4


def panel_of(customer: Customer, actor: Actor, problem: str = "") -> dict[str, Any]:
    """The newest answer, the ones before, and the buttons by which it is written down."""
    return {
        "customer": customer,
        "said": list(expectations_of(customer)[:SHOWN]),
        "may_note": is_noter(actor) and customer.archived_at is None,
        "matters": [(one.value, one.label) for one in Matter if one != Matter.OTHER],
        "problem": problem,
    }
