"""The tables of the list that an operation may touch, so that it can be undone."""

from regulars.core.operations import register_table
from regulars.customers.models import ContactPoint, Customer, Household, Reference, Service

# What others point to stands first.
register_table(Household)
register_table(Customer, changed_at="updated_at")
register_table(ContactPoint, part_of="customer")
register_table(Reference, part_of="customer")
register_table(Service)
