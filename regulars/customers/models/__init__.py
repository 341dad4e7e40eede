"""The list: what Django looks for here, from the files that hold it."""

from regulars.customers.models.assignments import Assignment, ManagerChange
from regulars.customers.models.bulk import BulkChange
from regulars.customers.models.custom import CustomField, CustomValue
from regulars.customers.models.duplicates import Duplicate, Merge
from regulars.customers.models.interests import Interest
from regulars.customers.models.people import Customer, CustomerQuerySet, Household, Reference
from regulars.customers.models.points import ContactPoint
from regulars.customers.models.relations import Relation, RelationQuerySet
from regulars.customers.models.staged import StagedCustomer, StagedDetail
from regulars.customers.models.tags import CustomerTag, Tag

__all__ = [
    "Assignment",
    "BulkChange",
    "ContactPoint",
    "CustomField",
    "CustomValue",
    "Customer",
    "CustomerQuerySet",
    "CustomerTag",
    "Duplicate",
    "Household",
    "Interest",
    "ManagerChange",
    "Merge",
    "Reference",
    "Relation",
    "RelationQuerySet",
    "StagedCustomer",
    "StagedDetail",
    "Tag",
]
