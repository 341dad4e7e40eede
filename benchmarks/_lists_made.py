"""The business that `lists.py` asks: made set by set, the same lot every time."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

GIVEN = [
    "Ruth", "Tomasz", "Ciarán", "Zoë", "Maren", "Oscar", "Thea", "Hugo", "Ife", "Nora", "Kenneth",
    "Idris", "Beatrix", "Edmund", "Vera", "Jasper", "Olga", "Priya", "Søren", "Ana",
]  # fmt: skip
STEMS = ("Cal", "Ash", "Win", "Ab", "Ark", "Mor", "Bel", "Tho", "Ox", "Lin", "Har", "Pen", "Ston",
         "Ever", "Brad", "Hol", "Kings", "Marl", "Nor", "Quin")  # fmt: skip
ENDS = (
    "loway", "down", "slow", "ernathy", "wright", "ley", "den", "field", "ton", "by", "ford",
    "well", "stead", "wood", "cote", "mere", "worth", "ham", "gate", "sey",
)  # fmt: skip
FAMILY = [f"{stem}{end}" for stem in STEMS for end in ENDS]
CHUNK = 20_000
ORDERS = 5


def make_business_of(count: int, now: datetime, cities: list[str], goods: list[str]) -> None:
    from django.db import transaction

    from tests.factories.team import make_business, make_member

    make_business()
    members = [make_member("owner", name="Nora Lindqvist").pk]
    members += [make_member("manager", name=f"Manager {n:02}", email=f"m{n}@bench.example").pk
                for n in range(1, 20)]  # fmt: skip
    lot = random.Random(7)
    for low in range(0, count, CHUNK):
        with transaction.atomic():
            _fill(range(low, min(count, low + CHUNK)), lot, now, cities, goods, members)
    _counted(now)


def _fill(
    nths: range,
    lot: random.Random,
    now: datetime,
    cities: list[str],
    goods: list[str],
    members: list[int],
) -> None:
    from regulars.consent.models import ConsentState
    from regulars.conversations.models import Touch
    from regulars.core.bulk import fresh_ids, write_rows
    from regulars.customers.models import ContactPoint, Customer
    from regulars.orders.models import Order, OrderLine

    at = _stored(now)
    ids = fresh_ids(Customer, len(nths))
    write_rows(Customer, [
        "id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
        "since_on", "source", "created_at", "updated_at", "manager_id",
    ], (
        (*_customer(pk, nth, lot, now, at), members[pk % len(members)])
        for pk, nth in zip(ids, nths, strict=True)
    ))  # fmt: skip
    write_rows(ContactPoint, [
        "customer_id", "kind", "value", "normal", "seal", "label", "street", "postcode", "city",
        "region", "country", "is_primary", "state", "source", "created_at",
    ], _points(ids, nths, lot, at, cities))  # fmt: skip
    write_rows(
        ConsentState, ["customer_id", "channel", "purpose", "decision", "changed_at"],
        ((pk, "email", "", "granted" if lot.random() < 0.6 else "withdrawn", at) for pk in ids),
    )  # fmt: skip
    orders = fresh_ids(Order, len(ids) * ORDERS)
    write_rows(Order, [
        "id", "customer_id", "source", "external_id", "kind", "status", "placed_at", "placed_on",
        "total_minor", "shipping_minor", "currency", "line_count",
    ], _orders(orders, ids, nths, lot, now))  # fmt: skip
    write_rows(
        OrderLine, ["order_id", "line_no", "sku", "description", "quantity", "total_minor"],
        ((pk, 1, "", lot.choice(goods), 1, 400) for pk in orders),
    )  # fmt: skip
    write_rows(Touch, [
        "customer_id", "channel", "direction", "purpose", "outcome", "happened_at", "recorded_at",
        "body", "said", "source",
    ], _touches(ids, lot, now, at))  # fmt: skip


def _stored(moment: datetime) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(moment)


def _day(day: date) -> Any:
    from django.db import connection

    return connection.ops.adapt_datefield_value(day)


def _customer(pk: int, nth: int, lot: random.Random, now: datetime, at: Any) -> tuple[Any, ...]:
    from regulars.customers.naming import search_text_of, sort_name_of

    given, family = lot.choice(GIVEN), lot.choice(FAMILY)
    name = f"{given} {family}"
    found = search_text_of([name], [f"person{nth}@bench.example"], [f"+441632{nth:07}"])
    about = "Likes the corner table." if nth % 3 else ""
    since = now.date() - timedelta(days=lot.randint(0, 4000))
    return (pk, "person", name, given, family, sort_name_of("person", name, given, family), found,
            about, _day(since), "bench", at, at)  # fmt: skip


def _points(
    ids: list[int], nths: range, lot: random.Random, at: Any, cities: list[str]
) -> Iterator[tuple[Any, ...]]:
    for pk, nth in zip(ids, nths, strict=True):
        email, phone, city = f"person{nth}@bench.example", f"+441632{nth:07}", lot.choice(cities)
        yield (pk, "email", email, email, email, "", "", "", "", "", "", True, "usable", "b", at)
        yield (pk, "phone", phone, phone, phone, "", "", "", "", "", "", True, "usable", "b", at)
        if nth % 5:
            street = f"{nth % 90} Weir Road"
            yield (pk, "address", street, f"{street} {city}".casefold(), "", "", street,
                   f"LS{nth % 40}", city, "", "GB", True, "usable", "b", at)  # fmt: skip


def _orders(
    orders: list[int], ids: list[int], nths: range, lot: random.Random, now: datetime
) -> Iterator[tuple[Any, ...]]:
    numbers = iter(orders)
    for pk, nth in zip(ids, nths, strict=True):
        gap = lot.randint(5, 120)
        placed = now - timedelta(days=lot.randint(0, 300))
        for place in range(ORDERS):
            yield (next(numbers), pk, "bench", f"B{nth}-{place}", "sale", "", _stored(placed),
                   _day(placed.date()), lot.randint(300, 9000), 0, "GBP", 1)  # fmt: skip
            placed -= timedelta(days=max(1, round(gap * lot.uniform(0.6, 1.6))))


def _touches(
    ids: list[int], lot: random.Random, now: datetime, at: Any
) -> Iterator[tuple[Any, ...]]:
    words = ["Asked how it was.", "Wants a birthday cake in May.", "No gluten, please.",
             "Liked the corner table.", "Will come by on Saturday."]  # fmt: skip
    for pk in ids:
        moment = now - timedelta(minutes=lot.randint(60, 800 * 1440))
        body = lot.choice(words) if lot.random() < 0.3 else ""
        yield (pk, lot.choice(["call", "visit", "note"]), "out", "serve", "reached",
               _stored(moment), at, body, "", "bench")  # fmt: skip


def _counted(now: datetime) -> None:
    from django.core.management.color import no_style
    from django.db import connection

    from regulars.core.actor import SYSTEM
    from regulars.core.bulk import run_sql
    from regulars.customers.models import Customer
    from regulars.insight.actions import refresh_facts
    from regulars.orders.models import Order

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Customer, Order]):
            cursor.execute(statement)
    run_sql(
        "INSERT INTO conversations_clock (customer_id, last_touch_at, last_channel)"
        " SELECT customer_id, max(happened_at), 'call' FROM conversations_touch"
        " GROUP BY customer_id"
    )
    refresh_facts(by=SYSTEM, at=now)
    if connection.vendor == "postgresql":
        # As it does by itself; on SQLite the product never has its planner count.
        run_sql("ANALYZE")
