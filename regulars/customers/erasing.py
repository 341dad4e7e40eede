"""Erasing a customer: the row stays without a name, so that what was sold still adds up."""

from django.db import models

from regulars.core.erasers import (
    Erasing,
    blank_rows,
    erase_rows,
    let_stay,
    register_eraser,
)
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Duplicate,
    Household,
    Interest,
    ManagerChange,
    Merge,
    Reference,
    Relation,
    StagedCustomer,
)

PAIRS: tuple[tuple[type[models.Model], tuple[str, str]], ...] = (
    (Relation, ("of", "to")),
    (Duplicate, ("low", "high")),
    (Merge, ("survivor", "merged")),
)
OWN = (ContactPoint, Reference, CustomerTag, CustomValue, Interest)


def erase(erasing: Erasing) -> None:
    """Everything that says who they were."""
    for own in OWN:
        erase_rows(own, erasing)
    for pair, ends in PAIRS:
        for end in ends:
            erase_rows(pair, erasing, of=end)
    StagedCustomer.objects.filter(customer_id__in=erasing.customer_ids).delete()
    members = Customer.objects.filter(pk__in=erasing.customer_ids).exclude(household=None)
    households = list(members.values_list("household", flat=True))
    blank_rows(
        Customer, erasing, of="pk", name="", given_name="", family_name="", sort_name="",
        search_text="", about="", household=None, manager=None, since_on=None, deleted_by=None,
        erased_at=erasing.at, updated_at=erasing.at, merged_into=None,
    )  # fmt: skip
    Customer.objects.filter(pk__in=erasing.customer_ids, archived_at=None).update(
        archived_at=erasing.at
    )
    Household.objects.filter(pk__in=households, members=None).delete()


register_eraser(
    "customers", (*OWN, *(model for model, _ends in PAIRS), StagedCustomer, Customer), erase
)
let_stay(ManagerChange, "Who looked after a number before: it names nobody but our own people.")
