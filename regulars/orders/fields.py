"""What a text may say of a customer's last purchase."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from regulars.core.list_fields import (
    Column,
    EventPart,
    FieldKind,
    ListEvent,
    ListField,
    Many,
    register_list_event,
    register_list_field,
)
from regulars.core.template_fields import TemplateField, Value, register_field
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.orders.queries import known_sellers


def _last_days(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    sales = Order.objects.filter(customer_id__in=customer_ids, kind=OrderKind.SALE)
    rows = sales.order_by().values_list("customer_id").annotate(last=Max("placed_on"))
    return {pk: last for pk, last in rows if pk is not None}


def _last_items(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """The dearest thing of their last purchase."""
    rows = Customer.objects.filter(pk__in=customer_ids).annotate(last=_last_sale())
    by_order = {order: pk for pk, order in rows.values_list("pk", "last") if order}
    lines = OrderLine.objects.filter(order_id__in=by_order).exclude(description="")
    dear_last = lines.order_by("total_minor", "-line_no").values_list("order_id", "description")
    return {by_order[order]: description for order, description in dear_last}


def _last_sale() -> Subquery:
    theirs = Order.objects.filter(customer=OuterRef("pk"), kind=OrderKind.SALE)
    return Subquery(theirs.order_by("-placed_at", "-pk").values("pk")[:1])


def _without_an_item() -> CustomerQuerySet:
    lines = OrderLine.objects.filter(order_id=OuterRef("last")).exclude(description="")
    return Customer.objects.on_the_list().annotate(last=_last_sale()).filter(~Exists(lines))


def _without_a_sale() -> CustomerQuerySet:
    has = Order.objects.filter(customer__isnull=False, kind=OrderKind.SALE)
    return Customer.objects.on_the_list().exclude(pk__in=has.values("customer_id"))


register_field(TemplateField(
    "last_purchase_on", _("Day of their last purchase"), "2026-11-14", "",
    _last_days, _without_a_sale, listed=("insight.last_on", "order"),
))  # fmt: skip
register_field(TemplateField(
    "last_item", _("What they bought last"), _("Dark rye, large"), _("your last order"),
    _last_items, _without_an_item, listed=("order",),
))  # fmt: skip


BOUGHT = _("What they bought")


def _lines(value: str) -> Many:
    return Many("orders.OrderLine", value, customer="order")


def _weekdays() -> list[tuple[str, str]]:
    return [(str(day + 1), str(words)) for day, words in WEEKDAYS.items()]


def _sellers() -> list[tuple[str, str]]:
    return [(str(one.pk), str(one)) for one in known_sellers()]


# The day of the week is asked of the order itself, as of a row beside it.
WEEKDAY = EventPart(
    "weekday", _("Weekday"), FieldKind.CHOICE,
    Many("orders.Order", "placed_on__iso_week_day", customer="pk", cast=int), _weekdays,
)  # fmt: skip
register_list_event(ListEvent(
    "order", _("Orders"), _("order"), _("orders"), "orders.Order", "placed_on",
    parts=(
        EventPart("goods", _("Goods"), FieldKind.TEXT, _lines("description")),
        EventPart("article", _("Article number"), FieldKind.TEXT, _lines("sku")),
        EventPart("total", _("Total"), FieldKind.MONEY, Column("total_minor")),
        EventPart("status", _("Status"), FieldKind.TEXT, Column("status")),
        EventPart("source", _("Where it was placed"), FieldKind.TEXT, Column("source")),
        EventPart("promised_on", _("Promised for"), FieldKind.DAY, Column("promised_on")),
        EventPart(
            "delivered_at", _("Delivered on"), FieldKind.DAY,
            Column("delivered_at", is_moment=True),
        ),
        EventPart("delivery_way", _("Way of delivery"), FieldKind.TEXT, Column("delivery_way")),
        EventPart(
            "sold_by", _("Sold by"), FieldKind.CHOICE, Column("seller_id", cast=int), _sellers
        ),
        WEEKDAY,
    ),
    where={"kind": OrderKind.SALE}, comes_in_sets=True,
))  # fmt: skip
register_list_event(ListEvent(
    "taken_back", _("Cancellations"), _("cancellation"), _("cancellations"), "orders.Order",
    "placed_on", parts=(EventPart("goods", _("Goods"), FieldKind.TEXT, _lines("description")),),
    where={"kind": OrderKind.CANCELLATION}, comes_in_sets=True,
))  # fmt: skip
register_list_event(ListEvent(
    "entry", _("Entries in the books"), _("entry in the books"), _("entries in the books"),
    "orders.Order", "placed_on",
    parts=(EventPart("total", _("Total"), FieldKind.MONEY, Column("total_minor")), WEEKDAY),
    comes_in_sets=True,
))  # fmt: skip
register_list_field(ListField(
    "order.number", _("Order number"), BOUGHT, FieldKind.TEXT,
    Many("orders.Order", "external_id", order=("-placed_at", "-pk")),
))  # fmt: skip
