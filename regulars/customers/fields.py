"""What a text may say of a customer: names, their household, who looks after them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.core.template_fields import Column, TemplateField, register_field
from regulars.customers.models import Customer, CustomerQuerySet


def _read(customer_ids: Sequence[int], paths: Sequence[str]) -> Iterable[Sequence[Any]]:
    """Columns of the customers, or of what they point to."""
    return Customer.objects.filter(pk__in=customer_ids).values_list("pk", *paths)


def _column(path: str) -> Column:
    return Column(_read, path)


def _without(empty: Q) -> Callable[[], CustomerQuerySet]:
    return lambda: Customer.objects.on_the_list().filter(empty)


register_field(TemplateField(
    "first_name", _("First name"), _("Ruth"), _("neighbour"),
    _column("given_name"), _without(Q(given_name="")),
))  # fmt: skip
register_field(TemplateField(
    "full_name", _("Full name"), _("Ruth Calloway"), "", _column("name"), _without(Q(name="")),
))  # fmt: skip
register_field(TemplateField(
    "family_name", _("Family name"), _("Calloway"), "",
    _column("family_name"), _without(Q(family_name="")),
))  # fmt: skip
register_field(TemplateField(
    "household", _("Household"), _("8 Weir Cottages"), _("your household"),
    _column("household__name"), _without(Q(household=None)),
))  # fmt: skip
register_field(TemplateField(
    "customer_since", _("Customer since"), date(2021, 3, 14).isoformat(), "",
    _column("since_on"), _without(Q(since_on=None)),
))  # fmt: skip
register_field(TemplateField(
    "manager_name", _("Who looks after them"), _("Tomasz Wilk"), _("one of us"),
    _column("manager__name"), _without(Q(manager=None)),
))  # fmt: skip
register_field(TemplateField(
    "manager_phone", _("Telephone of who looks after them"), _("+44 20 7946 0321"), "",
    _column("manager__phone"), _without(Q(manager=None) | Q(manager__phone="")),
))  # fmt: skip
