"""The cases of one customer, as their page shows them, and what we gave to put things right."""

from typing import Any

from regulars.cases.forms import OpenForm
from regulars.cases.models import Perk, PerkGiven
from regulars.cases.queries import cases_of, is_opener, make_goods_of, perks_of
from regulars.cases.treating import given_to
from regulars.cases.words import all_told
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer

MOST, MOST_GIVEN = 5, 5


def panel_of(customer: Customer, actor: Actor, form: OpenForm | None = None) -> dict[str, Any]:
    """What they wait for, what became of the last ones, and what they got."""
    return {
        "customer": customer,
        "told": all_told(list(cases_of(customer)[:MOST]), clock.now()),
        "given": list(make_goods_of(customer)[:MOST_GIVEN]),
        "perks": _treated(customer, actor),
        "may_open": is_opener(actor) and customer.archived_at is None,
        "form": form or OpenForm(auto_id="case-%s"),
    }


def _treated(customer: Customer, actor: Actor) -> list[tuple[Perk, PerkGiven | None]]:
    """What they get from us, each with when they got it last within a year."""
    theirs = perks_of(customer, actor)
    given = given_to(customer, theirs, clock.now()) if theirs else {}
    return [(one, given.get(one.pk)) for one in theirs]
