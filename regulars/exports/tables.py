"""Rows as the tables hold them: the goods of orders, and every table there is."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from regulars.core.money import Money
from regulars.customers.models import ContactPoint, CustomerQuerySet
from regulars.exports.choices import Kind
from regulars.orders.models import OrderLine

CHUNK = 2000
# Never taken out: what proves who somebody is, and what only a run in progress needs.
LEFT_OUT = frozenset({
    "core.Job", "core.EventCursor", "core.Instance", "team.OneTimeLink",
    "customers.StagedCustomer", "orders.StagedOrder", "orders.StagedLine", "orders.StagedBuyer",
    "conversations.StagedTouch",
    "insight.Recount", "insight.Behind", "insight.BehindMember",
    "exports.Export",
})  # fmt: skip
# What opens something: whoever reads the file could use it, and a shared code before its wave.
SECRET_COLUMNS = frozenset({
    "password", "seal", "shared_words", "token_hash", "provider_key", "password_sealed",
    "dkim_key_sealed", "search_text",
})  # fmt: skip
KINDS = (
    (models.BooleanField, Kind.FLAG),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DAY),
    (models.DecimalField, Kind.AMOUNT),
    (models.IntegerField, Kind.COUNT),
)


def order_lines(customers: CustomerQuerySet | None) -> Iterator[list[list[Any]]]:
    """Every line of every order, or of those of some customers, in the order they were kept."""
    lines = OrderLine.objects.select_related("order__customer").order_by("pk")
    if customers is not None:
        lines = lines.filter(order__customer__in=customers.order_by().values("pk"))
    last = 0
    while found := list(lines.filter(pk__gt=last)[:CHUNK]):
        mails = _mails([line.order.customer_id for line in found if line.order.customer_id])
        yield [_line(line, mails) for line in found]
        last = found[-1].pk


def _mails(customer_ids: Sequence[int]) -> dict[int, str]:
    points = ContactPoint.objects.filter(
        customer__in=set(customer_ids), kind="email", is_primary=True
    )
    return dict(points.values_list("customer_id", "value"))


def _line(line: OrderLine, mails: dict[int, str]) -> list[Any]:
    order, buyer = line.order, line.order.customer
    return [
        order.external_id, order.placed_at, order.status, line.sku, line.description,
        line.quantity, Money(line.total_minor, order.currency).major, order.currency,
        order.promised_on, order.delivered_at, buyer.name if buyer else "",
        mails.get(buyer.pk, "") if buyer else "", order.kind, order.source,
        buyer.pk if buyer else None,
    ]  # fmt: skip


def kept_tables() -> list[type[models.Model]]:
    """Every table of every room: one that is made later is taken out without being named here."""
    return [
        model for model in apps.get_models()
        if model.__module__.startswith("regulars.") and model._meta.label not in LEFT_OUT
    ]  # fmt: skip


def columns_of(model: type[models.Model]) -> list[tuple[str, Kind]]:
    return [(field.attname, _kind(field)) for field in _fields(model)]


def rows_of_table(model: type[models.Model]) -> Iterator[list[list[Any]]]:
    """All rows, by their key."""
    fields = _fields(model)
    names = [field.attname for field in fields]
    key = model._meta.pk.attname
    rows = model._default_manager.order_by(key).values_list(key, *names)
    last: Any = None
    while found := list((rows if last is None else rows.filter(**{f"{key}__gt": last}))[:CHUNK]):
        yield [[_plain(value) for value in row[1:]] for row in found]
        last = found[-1][0]


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [
        field for field in model._meta.concrete_fields
        if field.name not in SECRET_COLUMNS and not isinstance(field, models.BinaryField)
    ]  # fmt: skip


def _kind(field: "models.Field[Any, Any]") -> Kind:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return next((kind for made, kind in KINDS if isinstance(field, made)), Kind.TEXT)


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value
