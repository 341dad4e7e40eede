"""The tables of the list that an operation may touch, so that it can be undone."""

from regulars.core.operations import register_follower, register_table
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Duplicate,
    Household,
    Interest,
    Merge,
    Reference,
    Relation,
    Tag,
)

# What others point to stands first.
register_table(Household)
register_table(Tag)
register_table(CustomField)
register_table(Customer, changed_at="updated_at")
register_table(ContactPoint, part_of="customer")
register_table(Reference, part_of="customer")
register_table(CustomerTag, part_of="customer")
register_table(CustomValue, part_of="customer")
register_table(Interest, part_of="customer")
register_table(Relation)
# A pair is about two customers: it goes with either.
register_follower(Duplicate)
# The record of a merge that was taken back holds nobody.
register_follower(Merge, in_use="t.undone_at IS NULL")
