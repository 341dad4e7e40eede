"""The list: what Django looks for here, from the files that hold it."""

from regulars.customers.models.assignments import Assignment, ManagerChange
from regulars.customers.models.people import (
    Customer,
    CustomerQuerySet,
    Household,
    Reference,
    Service,
)
from regulars.customers.models.points import ContactPoint
from regulars.customers.models.staged import StagedCustomer

__all__ = [
    "Assignment",
    "ContactPoint",
    "Customer",
    "CustomerQuerySet",
    "Household",
    "ManagerChange",
    "Reference",
    "Service",
    "StagedCustomer",
]
