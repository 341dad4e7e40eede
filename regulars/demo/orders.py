"""Writing two years of the till: what everyone bought, and what was sold without a name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core.bulk import fresh_ids, write_rows
from regulars.customers.choices import Kind
from regulars.demo.baskets import Basket, Line, filled, worth_of
from regulars.demo.habits import Habit, days_of
from regulars.demo.personas import Persona
from regulars.demo.prices import number_of
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import TOLD, told_baskets
from regulars.demo.team import IFE, NORA, TOMASZ
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine, Seller
from regulars.team.models import Member

CHUNK = 1_000
ORDER_COLUMNS = (
    "id", "customer_id", "source", "external_id", "kind", "status", "placed_at", "placed_on",
    "promised_on", "delivered_at", "total_minor", "shipping_minor", "currency", "line_count",
    "seller_id",
)  # fmt: skip
LINE_COLUMNS = ("order_id", "line_no", "sku", "description", "quantity", "total_minor")
COUNTER_SALES = "Counter sales, no name given"
# Who stood at the till on Saturdays and Sundays; she has gone to university since.
WEEKENDS = "Marta (weekends)"


@dataclass(frozen=True, slots=True)
class Sale:
    """One line of the till before it is written; `key` is empty for a sale without a name."""

    key: str
    placed_at: datetime
    basket: Basket
    kind: OrderKind = OrderKind.SALE
    promised_on: date | None = None
    delivered_at: datetime | None = None


def sales(people: Sequence[Persona], scene: Scene) -> list[Sale]:
    """All of two years, in the order of the till."""
    every = [sale for person in people if person.habit for sale in _bought(person, scene)]
    every += _sold_without_a_name(scene)
    return sorted(every, key=lambda sale: (sale.placed_at, sale.key, sale.kind))


def spent_in_a_year(till: Sequence[Sale], scene: Scene) -> Counter[str]:
    """What each customer spent in the last twelve months, by key."""
    since = scene.moment(scene.ago(365), 0, 0)
    spent: Counter[str] = Counter()
    for sale in till:
        if sale.key and sale.placed_at >= since:
            spent[sale.key] += worth_of(sale.basket)
    return spent


def write_orders(
    every: Sequence[Sale],
    ids: Mapping[str, int],
    staff: Mapping[str, Member],
    scene: Scene,
    *,
    tell: Callable[[int], None],
) -> None:
    """Write the till in chunks that hold nobody up; `tell` hears how many are written."""
    sellers = _sellers(staff)
    for start in range(0, len(every), CHUNK):
        chunk = every[start : start + CHUNK]
        with transaction.atomic():
            numbered = list(zip(fresh_ids(Order, len(chunk)), chunk, strict=True))
            write_rows(Order, ORDER_COLUMNS, (
                _order(pk, number, sale, ids, sellers, scene)
                for number, (pk, sale) in enumerate(numbered, start + 1)
            ))  # fmt: skip
            write_rows(OrderLine, LINE_COLUMNS, (
                line for pk, sale in numbered for line in _lines(pk, sale.basket)
            ))  # fmt: skip
        tell(start + len(chunk))


def _bought(person: Persona, scene: Scene) -> Iterator[Sale]:
    assert person.habit is not None
    lot = scene.lot(f"purchases of {person.key}")
    days = days_of(person.habit, scene, lot)
    told = told_baskets(person.key, days, scene)
    for day in days:
        basket = told.get(day) or filled(person.habit.basket, lot)
        sale = _sale(person, person.habit, day, basket, scene, lot)
        yield sale
        yield from _besides(person, sale, day, scene, lot)


def _sale(
    person: Persona, habit: Habit, day: date, basket: Basket, scene: Scene, lot: Random
) -> Sale:
    if person.kind == Kind.ORGANISATION:
        # The round leaves the slip at half past five and is there by seven.
        return Sale(
            person.key,
            scene.moment(day, 5, lot.randint(10, 40)),
            basket,
            promised_on=day,
            delivered_at=scene.moment(day, 6, lot.randint(20, 59)),
        )
    placed_at = scene.moment(day, lot.choice((7, 8, 8, 9, 9, 10, 11, 13, 15)), lot.randint(0, 59))
    if not habit.ahead:
        return Sale(person.key, placed_at, basket)
    ready_on = day + timedelta(days=habit.ahead)
    fetched = scene.moment(ready_on, 10, lot.randint(0, 59)) if ready_on < scene.day else None
    return Sale(person.key, placed_at, basket, promised_on=ready_on, delivered_at=fetched)


def _besides(person: Persona, sale: Sale, day: date, scene: Scene, lot: Random) -> Iterator[Sale]:
    """Now and then a second visit on the same day, or something taken back."""
    if person.habit and person.habit.basket == "coffee" and lot.random() < 0.06:
        yield Sale(person.key, scene.moment(day, 14, lot.randint(0, 59)), filled("bread", lot))
    if person.kind == Kind.PERSON and person.key not in TOLD and lot.random() < 0.0012:
        back = tuple(Line(line.what, -line.quantity, -line.total_minor) for line in sale.basket)
        later = sale.placed_at + timedelta(minutes=lot.randint(20, 240))
        yield Sale(person.key, later, back, OrderKind.CANCELLATION)


def _sold_without_a_name(scene: Scene) -> Iterator[Sale]:
    lot = scene.lot("counter")
    for ago in range((scene.day - scene.first_day).days, 0, -1):
        day = scene.ago(ago)
        if scene.is_open(day):
            taken = 10 * round(lot.uniform(850, 1_450) * scene.busy(day))
            yield Sale("", scene.moment(day, 16, 5), (Line(COUNTER_SALES, 1, taken),))


def _order(
    pk: int,
    number: int,
    sale: Sale,
    ids: Mapping[str, int],
    sellers: Mapping[str, int],
    scene: Scene,
) -> tuple[Any, ...]:
    return (
        pk, ids[sale.key] if sale.key else None, SOURCE, f"J-{number:06}", sale.kind.value, "",
        _stored(sale.placed_at), sale.placed_at.date(), sale.promised_on,
        _stored(sale.delivered_at), worth_of(sale.basket), 0, scene.currency, len(sale.basket),
        sellers[_seller_of(sale)] if sale.key else None,
    )  # fmt: skip


def _sellers(staff: Mapping[str, Member]) -> dict[str, int]:
    """Who sells, and where: three of the team, and one who is none of it any more."""
    Seller.objects.filter(source=SOURCE).delete()
    here = [(key, staff[key].name, staff[key]) for key in (NORA, TOMASZ, IFE) if key in staff]
    shop, where = _("The shop"), {TOMASZ: _("The round")}
    rows = [
        Seller(source=SOURCE, words=words, member=member, region=where.get(key, shop))
        for key, words, member in here
    ]
    gone = Seller(source=SOURCE, words=WEEKENDS, is_told=True, region=shop)
    Seller.objects.bulk_create([*rows, gone])
    made = {key: row.pk for (key, *_rest), row in zip(here, rows, strict=True)}
    return {key: made.get(key, gone.pk) for key in (NORA, TOMASZ, IFE, WEEKENDS)}


def _seller_of(sale: Sale) -> str:
    """The round and Tuesdays are Tomasz's, weekends Marta's, mornings Ife's; else it is Nora."""
    weekday = sale.placed_at.weekday()
    if sale.placed_at.hour < 7 or weekday == 1:
        return TOMASZ
    if weekday > 4:
        return WEEKENDS
    return IFE if sale.placed_at.hour < 10 else NORA


def _lines(order_id: int, basket: Basket) -> Iterator[tuple[Any, ...]]:
    for number, line in enumerate(basket, 1):
        yield order_id, number, number_of(line.what), line.what, line.quantity, line.total_minor


def _stored(moment: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
