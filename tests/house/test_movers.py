"""Merging two customers forgets no table: what means a customer has a mover, or says why not."""

from django.apps import apps
from django.db import models

from regulars.core.movers import movers, name_of
from regulars.core.operations import tables
from regulars.customers.models import Customer

# Counts of customers, not customers.
COUNTS = {
    "insight.refresh.customer_count",
    "insight.behind.customer_count",
    "recovery.card.customer_count",
}
# Whether customers are shown something, and not which.
SAYS_WHETHER = {"promises.showing.to_customers"}
# "e:" and an address, or another key of a file: no customer yet.
KEYS = {"orders.stagedbuyer.customer_key"}


def _columns() -> set[str]:
    return {
        name_of(model, field.column or "")
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if _means_a_customer(field)
    }


def _means_a_customer(field: "models.Field[object, object]") -> bool:
    if field.is_relation:
        return field.related_model is Customer
    return "customer" in field.name


def test_every_column_that_means_a_customer_has_a_mover() -> None:
    assert _columns() - COUNTS - SAYS_WHETHER - KEYS == set(movers.names())


def test_every_mover_moves_or_says_why_not() -> None:
    unsaid = [
        name_of(one.model, one.column)
        for one in movers
        if type(one).__name__ == "Stays" and not one.left_out()
    ]

    assert unsaid == []


def test_what_moves_is_kept_as_it_was_before() -> None:
    moving = {
        one.model._meta.label_lower
        for one in movers
        if type(one).__name__ not in {"Stays", "Redirect", "Strictest"}
    }

    assert moving - set(tables.names()) == set()
