"""What was sold stays, for the books: it names no customer, only a number without a name."""

from regulars.core.erasers import Erasing, let_stay, register_eraser
from regulars.orders.models import CreditEntry, Order, StagedOrder


def erase(erasing: Erasing) -> None:
    """What waits in an import."""
    StagedOrder.objects.filter(customer_id__in=erasing.customer_ids).delete()


register_eraser("orders", (StagedOrder,), erase)
let_stay(Order, "The books have to keep what was sold; the customer behind it has no name.")
let_stay(CreditEntry, "The books have to keep what was owed; the customer behind it has no name.")
