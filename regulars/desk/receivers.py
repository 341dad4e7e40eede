"""What lower rooms must know of the rooms above them, registered at start."""

from collections.abc import Iterable

from django.db.models import Count

from regulars.customers.models import Customer
from regulars.desk.audience import NAME, CustomersList
from regulars.messaging.audiences import audiences
from regulars.orders.models import Order
from regulars.team.queries import amounts_kept, looked_after


def customers_of(member_ids: Iterable[int]) -> dict[int, int]:
    """How many customers each of these members looks after."""
    theirs = Customer.objects.on_the_list().filter(manager_id__in=list(member_ids))
    rows = theirs.order_by().values("manager_id").annotate(count=Count("id"))
    return {row["manager_id"]: row["count"] for row in rows}


def has_orders() -> bool:
    return Order.objects.exists()


looked_after.register("customers", customers_of)
amounts_kept.register("orders", has_orders)
audiences.register(NAME, CustomersList())
