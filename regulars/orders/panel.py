"""The store credit of one customer, as their page shows it."""

from typing import Any

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.orders.choices import CreditKind
from regulars.orders.forms import SpendForm
from regulars.orders.queries import (
    credit_entries,
    credit_of,
    is_spender,
    last_orders,
    returned_of,
)
from regulars.team.queries import the_named_business

MOST, MOST_ORDERS = 8, 10


def panel_of(customer: Customer, actor: Actor, form: SpendForm | None = None) -> dict[str, Any]:
    """What they have, each movement of it, and the way to spend it; nothing where nothing moved."""
    entries = list(credit_entries(customer)[:MOST])
    if not entries:
        return {"customer": customer}
    currency = the_named_business().currency
    credit, returned = credit_of(customer, currency), returned_of(entries)
    may_spend = is_spender(actor) and customer.archived_at is None
    return {
        "customer": customer, "credit": credit, "may_spend": may_spend and credit.minor > 0,
        "entries": [
            (one, may_spend and one.kind == CreditKind.SPENT and one.source not in returned)
            for one in entries
        ],
        "form": form or spend_form(customer, currency),
    }  # fmt: skip


def spend_form(customer: Customer, currency: str, given: Any = None) -> SpendForm:
    orders = list(last_orders(customer, MOST_ORDERS))
    return SpendForm(given, currency=currency, orders=orders)
