"""The tables of orders that an operation may touch, so that it can be undone."""

from regulars.core.operations import register_table
from regulars.orders.models import CreditEntry, Order, OrderLine

register_table(Order)
register_table(OrderLine, part_of="order")
register_table(CreditEntry)
