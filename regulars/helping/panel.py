"""How we can help one customer, as their page shows it."""

from datetime import datetime
from typing import Any

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.helping.choices import Need
from regulars.helping.forms import AskedForm
from regulars.helping.models import HelpRequest
from regulars.helping.queries import is_noter, requests_of
from regulars.helping.words import Said, said

MOST_OPEN, MOST_OVER = 10, 3


def panel_of(customer: Customer, actor: Actor, form: AskedForm | None = None) -> dict[str, Any]:
    """What waits for us, what they said last, and a place to write down what they say now."""
    at = clock.now()
    rows = requests_of(customer)
    found = [*rows.open()[:MOST_OPEN], *rows.exclude(state="open")[:MOST_OVER]]
    return {
        "customer": customer,
        "told": [_of(one, customer, at) for one in found],
        "may_note": is_noter(actor) and customer.archived_at is None,
        "form": form or AskedForm(auto_id="help-%s"),
        "needs": [str(label) for value, label in Need.choices if value != Need.OTHER],
    }


def _of(one: HelpRequest, customer: Customer, at: datetime) -> Said:
    one.customer = customer
    return said(one, at)
