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
# A pair that was found, until somebody has decided about it.
register_follower(Duplicate, in_use="t.state <> 'open'")
