"""Erasing what a customer was told they pay, and that they paid more than others."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.prices.models import Concern, Price, StagedPrice


def erase(erasing: Erasing) -> None:
    """The store credit that they got stays in the books, without a name."""
    StagedPrice.objects.filter(customer_id__in=erasing.customer_ids).delete()
    erase_rows(Concern, erasing)
    erase_rows(Price, erasing)


register_eraser("prices", (Concern, Price, StagedPrice), erase)
