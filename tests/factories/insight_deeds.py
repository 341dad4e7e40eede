"""What may happen to the books between two counts of insight."""

from collections.abc import Callable
from datetime import datetime, timedelta

from regulars.customers.choices import Kind, RelationKind
from regulars.customers.models import Customer, Relation
from regulars.insight.models import CustomerFacts, Refresh
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Closure
from tests.factories.insight import add_orders, days_ago, make_buyer, make_stranger

# To whom, when, how many days away, how much.
Deed = Callable[[Customer, datetime, int, int], object]


def make_shop() -> None:
    """Ten customers of all kinds, one of whom was there before anybody else."""
    for model in (Refresh, CustomerFacts, Relation, Order, Customer, Closure):
        model.objects.all().delete()
    make_buyer(700, 30, last=days_ago(40), name="the first")
    for place in range(7):
        make_buyer(
            *[place * 5 + 3] * (place % 5 + 1), last=days_ago(place * 11),
            spend=place * 700 + 100, kind=Kind.DEPARTMENT if place > 4 else Kind.PERSON,
        )  # fmt: skip
    make_stranger()
    make_stranger(Kind.ORGANISATION)


def do(deed: str, who: int, at: datetime, days: int, much: int) -> None:
    """Let it happen to one of them; the first is left alone."""
    others = Customer.objects.order_by("pk")[1:]
    DEEDS[deed](others[who % len(others)], at, days, much)


def _buys(one: Customer, at: datetime, days: int, much: int) -> None:
    add_orders(one, at.date() - timedelta(days=days % 4), spend=much)


def _buys_late(one: Customer, at: datetime, days: int, much: int) -> None:
    add_orders(one, at.date() - timedelta(days=days * 12), spend=much)


def _buys_ahead(one: Customer, at: datetime, days: int, much: int) -> None:
    add_orders(one, at.date() + timedelta(days=days % 30 + 1), spend=much)


def _buys_abroad(one: Customer, at: datetime, days: int, much: int) -> None:
    add_orders(one, at.date() - timedelta(days=days), spend=much, currency="USD")


def _takes_back(one: Customer, at: datetime, days: int, much: int) -> None:
    day = at.date() - timedelta(days=days)
    add_orders(one, day, spend=-abs(much), kind=OrderKind.CANCELLATION)


def _undone(one: Customer, _at: datetime, days: int, _much: int) -> None:
    theirs = Order.objects.filter(customer=one).order_by("pk").values_list("pk", flat=True)
    Order.objects.filter(pk__in=list(theirs[: days % 3 + 1])).delete()


def _edited(one: Customer, _at: datetime, _days: int, much: int) -> None:
    Order.objects.filter(customer=one).update(total_minor=much)


def _merged(one: Customer, at: datetime, _days: int, _much: int) -> None:
    another = Customer.objects.exclude(pk=one.pk).order_by("-pk")[0]
    Order.objects.filter(customer=one).update(customer=another)
    Customer.objects.filter(pk=one.pk).update(archived_at=at)


def _joins(_one: Customer, at: datetime, days: int, much: int) -> None:
    add_orders(make_stranger(), at.date() - timedelta(days=days), spend=much)


def _leaves(one: Customer, at: datetime, _days: int, _much: int) -> None:
    Customer.objects.filter(pk=one.pk).update(archived_at=at)


def _comes_back(_one: Customer, _at: datetime, _days: int, _much: int) -> None:
    Customer.objects.update(archived_at=None)


def _becomes(one: Customer, _at: datetime, days: int, _much: int) -> None:
    Customer.objects.filter(pk=one.pk).update(kind=Kind.values[days % 3])


def _is_served(one: Customer, at: datetime, days: int, _much: int) -> None:
    departments = Customer.objects.filter(kind=Kind.DEPARTMENT).exclude(pk=one.pk)
    Relation.objects.create(
        kind=RelationKind.SERVES, of=departments.order_by("pk")[0], to=one, created_at=at,
        since_on=at.date() - timedelta(days=days), until_on=at.date() + timedelta(days=days % 9),
    )  # fmt: skip


def _is_served_no_more(_one: Customer, _at: datetime, _days: int, _much: int) -> None:
    Relation.objects.all().delete()


DEEDS: dict[str, Deed] = {
    "buys": _buys,
    "buys late": _buys_late,
    "buys ahead": _buys_ahead,
    "buys abroad": _buys_abroad,
    "takes back": _takes_back,
    "undone": _undone,
    "edited": _edited,
    "merged": _merged,
    "joins": _joins,
    "leaves": _leaves,
    "comes back": _comes_back,
    "becomes": _becomes,
    "is served": _is_served,
    "is served no more": _is_served_no_more,
}
