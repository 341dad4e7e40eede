"""What a text may say of a customer: names, their household, who looks after them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.core import list_fields
from regulars.core.list_fields import FieldKind, ListField, Many, register_list_field
from regulars.core.template_fields import Column, TemplateField, register_field
from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.naming import normal_phone
from regulars.team.models import Member
from regulars.team.queries import the_business


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


THEM, REACHED = _("About them"), _("How to reach them")


def _kinds() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in Kind.choices]


def _members() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Member.objects.values_list("pk", "name")]


def _comparable_phone(text: str) -> str:
    """A whole number in its international form; of a part, the digits that every form has."""
    business = the_business()
    normal = normal_phone(text, business.country if business else "")
    return normal if normal.startswith("+") else normal.lstrip("0")


def _points(kind: PointKind, value: str, **over: Any) -> Many:
    return Many(
        "customers.ContactPoint", value, where={"kind": kind}, order=("-is_primary", "pk"), **over
    )


def _listed(name: str, label: Any, kind: FieldKind, source: Any, **over: Any) -> None:
    group = over.pop("group", THEM)
    register_list_field(ListField(f"customer.{name}", label, group, kind, source, **over))


_listed(
    "name", _("Name"), FieldKind.TEXT, list_fields.Column("name", sort="sort_name"),
    sortable=True, is_plain=True, editable="name",
)  # fmt: skip
_listed("first_name", _("First name"), FieldKind.TEXT, list_fields.Column("given_name"))
_listed("family_name", _("Family name"), FieldKind.TEXT, list_fields.Column("family_name"))
_listed(
    "kind", _("Kind"), FieldKind.CHOICE, list_fields.Column("kind"),
    choices=_kinds, is_plain=True, editable="kind",
)  # fmt: skip
_listed(
    "manager", _("Looked after by"), FieldKind.CHOICE, list_fields.Column("manager_id", cast=int),
    choices=_members, knows_me=True, is_plain=True, editable="manager",
)  # fmt: skip
_listed("household", _("Household"), FieldKind.TEXT, list_fields.Column("household__name"))
_listed(
    "since_on", _("Customer since"), FieldKind.DAY, list_fields.Column("since_on"),
    sortable=True, editable="since_on",
)  # fmt: skip
_listed("about", _("About them, in our words"), FieldKind.TEXT, list_fields.Column("about"),
        editable="about")  # fmt: skip
_listed("source", _("Where they came from"), FieldKind.TEXT, list_fields.Column("source"))
_listed(
    "added_at", _("On the list since"), FieldKind.DAY,
    list_fields.Column("created_at", is_moment=True), sortable=True,
)  # fmt: skip
_listed(
    "email", _("E-mail"), FieldKind.TEXT, _points(PointKind.EMAIL, "normal", shown="value"),
    group=REACHED, editable="email",
)  # fmt: skip
_listed(
    "phone", _("Phone"), FieldKind.TEXT,
    _points(PointKind.PHONE, "normal", shown="value", cast=_comparable_phone),
    group=REACHED, editable="phone",
)  # fmt: skip
for _name, _label in (
    ("street", _("Street")), ("city", _("Town")), ("postcode", _("Postcode")),
    ("region", _("Region")), ("country", _("Country")),
):  # fmt: skip
    _listed(_name, _label, FieldKind.TEXT, _points(PointKind.ADDRESS, _name), group=REACHED)
_listed(
    "reference", _("Reference in other systems"), FieldKind.TEXT,
    Many("customers.Reference", "value"), group=REACHED,
)  # fmt: skip
