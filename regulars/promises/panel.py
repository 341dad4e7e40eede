"""The promises of one customer, as their page shows them."""

from typing import Any

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.customers.queries.relations import served_count
from regulars.promises.forms import Due, PromiseForm, here_at
from regulars.promises.queries import (
    is_promiser,
    is_settler,
    kept_rate,
    promises_behind,
    promises_of,
)
from regulars.promises.words import rate_words, told

# Enough to see how we keep our word; the rest is on the page of promises.
MOST_OPEN, MOST_DONE = 20, 3


def panel_of(customer: Customer, actor: Actor, form: PromiseForm | None = None) -> dict[str, Any]:
    """What is open, what became of the last ones, how many of all were kept."""
    at = clock.now()
    rows = promises_of(customer)
    found = list(rows.open()[:MOST_OPEN]) + list(rows.exclude(settled_at=None)[:MOST_DONE])
    for one in found:
        one.customer = customer
    today = here_at(at).today
    behind = promises_behind(actor, customer, today)[:MOST_OPEN]
    is_department = customer.kind == Kind.DEPARTMENT
    return {
        "customer": customer,
        "behind": [told(one, at, may_settle=False) for one in behind],
        "served": served_count(customer, today) if is_department else 0,
        "told": [
            told(one, at, may_settle=is_settler(actor, one), with_dates=True) for one in found
        ],
        "rate": rate_words(kept_rate(None, at, rows)) if found else "",
        "may_promise": is_promiser(actor) and customer.archived_at is None,
        "form": form or PromiseForm(here=here_at(at)),
        "quick": Due.choices,
    }
