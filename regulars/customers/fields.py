"""What a text may say of a customer: names, their household, who looks after them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from regulars.core import list_fields
from regulars.core.actor import HELPER
from regulars.core.list_fields import (
    EVERY_ROLE,
    FieldKind,
    ListField,
    Many,
    register_list_field,
)
from regulars.core.list_fields import field_sources as list_sources
from regulars.core.template_fields import Column, TemplateField, register_field
from regulars.core.template_fields import field_sources as said_sources
from regulars.customers.choices import (
    CustomKind,
    InterestKind,
    Kind,
    PointKind,
    PointState,
    RelationKind,
)
from regulars.customers.custom_values import Held, value_shown
from regulars.customers.models import Customer, CustomerQuerySet, CustomField, CustomValue
from regulars.customers.naming import normal_phone
from regulars.customers.queries.custom import column_of, custom_fields, custom_values_of
from regulars.customers.queries.tags import tags_by_name
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
    _column("household__name"), _without(Q(household=None)), listed=("customer.household",),
))  # fmt: skip
register_field(TemplateField(
    "customer_since", _("Customer since"), date(2021, 3, 14).isoformat(), "",
    _column("since_on"), _without(Q(since_on=None)), listed=("customer.since_on",),
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
# The name, which everybody sees, is made of these two.
_listed(
    "first_name", _("First name"), FieldKind.TEXT, list_fields.Column("given_name"), is_plain=True
)
_listed(
    "family_name",
    _("Family name"),
    FieldKind.TEXT,
    list_fields.Column("family_name"),
    is_plain=True,
)
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
    _listed(
        _name, _label, FieldKind.TEXT, _points(PointKind.ADDRESS, _name), group=REACHED,
        editable=_name,
    )  # fmt: skip
_listed(
    "reference", _("Reference in other systems"), FieldKind.TEXT,
    Many("customers.Reference", "value"), group=REACHED,
)  # fmt: skip


# What is noted of customers besides: tags, interests and needs, who they stand to.


def _tags() -> list[tuple[str, str]]:
    return [(str(tag.pk), tag.name) for tag in tags_by_name()]


def _states() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in PointState.choices]


_listed(
    "tags", _("Tags"), FieldKind.CHOICES,
    Many("customers.CustomerTag", "tag_id", order=("tag__folded",), cast=int, is_indexed=True),
    choices=_tags, editable="tags",
)  # fmt: skip
for _heard, _label in ((InterestKind.INTEREST, _("Interests")), (InterestKind.NEED, _("Needs"))):
    _listed(
        f"{_heard}s", _label, FieldKind.TEXT,
        Many(
            "customers.Interest", "topic", where={"kind": _heard, "is_still_true": True},
            order=("topic", "pk"),
        ),
    )  # fmt: skip
# The names of others: who sees only their own customers does not see these.
_SEES_ALL = EVERY_ROLE - {HELPER}
for _name, _label, _of, _other, _kind in (
    ("works_at", _("Works at"), "of", "to", RelationKind.WORKS_AT),
    ("staff", _("Who works there"), "to", "of", RelationKind.WORKS_AT),
    ("referred_by", _("Referred by"), "of", "to", RelationKind.REFERRED_BY),
    ("referred", _("Whom they sent to us"), "to", "of", RelationKind.REFERRED_BY),
    ("served_by", _("Served by"), "to", "of", RelationKind.SERVES),
    ("serves", _("Whom it serves"), "of", "to", RelationKind.SERVES),
):
    _listed(
        _name, _label, FieldKind.TEXT,
        Many(
            "customers.Relation", f"{_other}__name", customer=_of,
            where={"kind": _kind, "until_on": None}, order=(f"{_other}__sort_name", "pk"),
        ),
        group=_("Who stands to them"), roles=_SEES_ALL,
    )  # fmt: skip
_listed(
    "confirmed_on", _("Details last confirmed"), FieldKind.DAY,
    Many("customers.ContactPoint", "verified_at", order=("-verified_at", "pk"), is_moment=True),
    group=REACHED,
)  # fmt: skip
for _point, _label in (
    (PointKind.EMAIL, _("State of the e-mail address")),
    (PointKind.PHONE, _("State of the phone number")),
    (PointKind.ADDRESS, _("State of the address")),
):
    _listed(
        f"{_point}_state", _label, FieldKind.CHOICES, _points(_point, "state"),
        group=REACHED, choices=_states,
    )  # fmt: skip


# Fields of the business's own: made at any time, and there at once.

OWN = _("Fields of our own")
_CASTS: dict[str, Callable[[Any], Any]] = {"number": Decimal, "minor": int}


def _own_listed() -> Iterator[ListField]:
    for field in custom_fields(with_archived=True):
        column = column_of(field.kind)
        yield ListField(
            f"own.{field.key}", field.label, OWN, FieldKind(field.kind),
            Many(
                "customers.CustomValue", column, where={"field_id": field.pk},
                cast=_CASTS.get(column, str), is_indexed=True,
            ),
            editable=f"own.{field.key}", is_archived=field.archived_at is not None,
            choices=_choices_of(field) if field.choices else None,
        )  # fmt: skip


def _choices_of(field: CustomField) -> Callable[[], list[tuple[str, str]]]:
    return lambda: list(field.labels.items())


def _own_said() -> Iterator[TemplateField]:
    for field in custom_fields(with_archived=True):
        yield TemplateField(
            field.name, field.label, _example_of(field), "", Column(_read_own, field.key),
            partial(_without_own, field.pk), is_archived=field.archived_at is not None,
            listed=(f"own.{field.key}",),
        )  # fmt: skip


def _read_own(customer_ids: Sequence[int], keys: Sequence[str]) -> Iterable[Sequence[Any]]:
    fields = [one for one in custom_fields(with_archived=True) if one.key in keys]
    found = custom_values_of(customer_ids, fields)
    known = {one.key: one for one in fields}
    for customer_id, held in found.items():
        yield (
            customer_id,
            *(_said(known[key], held[key]) if key in held and key in known else "" for key in keys),
        )


def _said(field: CustomField, held: Held) -> str | date:
    return held if isinstance(held, date) else value_shown(field, held)


def _without_own(field_id: int) -> CustomerQuerySet:
    has = CustomValue.objects.filter(field=field_id, customer=OuterRef("pk"))
    return Customer.objects.on_the_list().filter(~Exists(has))


def _example_of(field: CustomField) -> str:
    examples = {
        CustomKind.NUMBER: "12", CustomKind.MONEY: "25.00", CustomKind.FLAG: _("Yes"),
        CustomKind.DAY: date(2026, 11, 24).isoformat(), CustomKind.LINK: "https://example.com",
    }  # fmt: skip
    return next(iter(field.labels.values()), str(examples.get(CustomKind(field.kind), field.label)))


list_sources.register("fields of the business's own", _own_listed)
said_sources.register("fields of the business's own", _own_said)
