"""Whom a mailing about a price is meant for: those for whom it was made right."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.customers.models import Customer, CustomerQuerySet
from regulars.prices.models import Concern, Righting

RIGHTED = "prices-righted"


class Righted:
    """{"righting": id}: each for whom it was made right, and not taken back."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        theirs = Concern.objects.filter(
            righting=definition["righting"], taken_back_at=None, customer=OuterRef("pk")
        )
        return Customer.objects.on_the_list().filter(Exists(theirs))

    def words(self, definition: dict[str, Any]) -> str:
        found = Righting.objects.select_related("price").filter(pk=definition["righting"]).first()
        name = str(found.price) if found else "…"
        return _("those who paid more than the new price of “%(price)s”") % {"price": name}
