"""Why one customer left, as their page shows it."""

from typing import Any

from regulars.core.actor import Actor
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.departures.choices import LET_GO
from regulars.departures.forms import DepartureForm
from regulars.departures.queries.leaving import departures_of, is_closed, is_noter
from regulars.departures.words import said

MOST = 4


def panel_of(customer: Customer, actor: Actor, form: DepartureForm | None = None) -> dict[str, Any]:
    """What stands, what stood before, and a place to write down what we hear now.

    A department of ours leaves nobody: only what was written before it became one is shown.
    """
    rows = [said(one) for one in departures_of(customer)[:MOST]]
    is_ours = customer.kind == Kind.DEPARTMENT
    if is_ours and not rows and form is None:
        return {"is_hidden": True}
    standing = next((one for one in rows if one.departure.is_standing), None)
    is_gone = standing is not None and standing.departure.reason in LET_GO
    first = {"left_on": standing.departure.left_on} if standing else None
    return {
        "customer": customer,
        "standing": standing,
        "earlier": [one for one in rows if one is not standing],
        "is_let_go": is_gone,
        "may_say_goodbye": is_gone and not is_closed(customer),
        "may_note": is_noter(actor) and customer.archived_at is None,
        "may_write": not is_ours or form is not None,
        "form": form or DepartureForm(auto_id="left-%s", initial=first),
    }
