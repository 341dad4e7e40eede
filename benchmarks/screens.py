"""How long Today, the list, a search and a customer's page take with 100,000 customers.

`./dev bench screens` makes a business once in var/bench (100,000 customers, 1,000,000 touches,
300,000 orders, 20 members; counted and planned by the product), then asks for every screen a
hundred times through the whole of Django, as a member who has signed in, and prints JSON: median
and 95th percentile in milliseconds, and the size of the page as it is sent. Customers, words and
pages are drawn by lot, the same lot every time. SQLite as the product runs it, with every check.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from _kept_business import ROOT, opened, options_of
from _made_quickly import DRAWN, copy_until, made_quickly

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
VERSION = 4
CHUNK = 20_000
GIVEN = [
    "Ruth", "Tomasz", "Ciarán", "Zoë", "Maren", "Oscar", "Thea", "Hugo", "Ife", "Nora", "Kenneth",
    "Idris", "Beatrix", "Edmund", "Vera", "Jasper", "Olga", "Priya", "Søren", "Ana",
]  # fmt: skip
STEMS = ("Cal", "Ash", "Win", "Ab", "Ark", "Mor", "Bel", "Tho", "Ox", "Lin")
ENDS = (
    "loway", "down", "slow", "ernathy", "wright", "ley", "den", "field", "ton", "by", "ford",
    "well", "stead", "wood", "cote", "mere", "worth", "ham", "gate", "sey",
)  # fmt: skip
FAMILY = [f"{stem}{end}" for stem in STEMS for end in ENDS]
CHANNELS = ["call", "visit", "note", "email"]


def main() -> None:
    options = _options()
    with opened("screens", options, NOW) as home:
        _make_once(home, options.customers, options.touches)
        figures = _measured(options.rounds, options.customers)
    print(json.dumps(figures, indent=2))
    slow = [
        name for name, one in figures["screens"].items() if one["median"] > 50 or one["p95"] > 150
    ]
    sys.exit(f"too slow: {', '.join(slow)}" if slow else 0)


def _options() -> argparse.Namespace:
    parser = options_of(__doc__)
    parser.add_argument("--touches", type=int, default=10, help="of each customer")
    parser.add_argument("--rounds", type=int, default=100)
    return parser.parse_args()


# The business


def _make_once(home: Path, customers: int, touches: int) -> None:
    from django.core.management import call_command

    stamp = home / f"made-{VERSION}-{_tables()}"
    if stamp.exists():
        return
    shutil.rmtree(home)
    home.mkdir()
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    from django.db import transaction

    with made_quickly():
        with transaction.atomic():
            members = _members()
        lot, drawn = random.Random(7), min(customers, DRAWN)
        for low in range(1, drawn + 1, CHUNK):
            with transaction.atomic():
                _fill(range(low, min(drawn, low + CHUNK - 1) + 1), members, lot, touches)
        with transaction.atomic():
            _copy_all_until(customers)
    with transaction.atomic():
        _set_clocks()
        _catch_up()
    _count_and_plan()
    stamp.touch()
    print(f"made in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _tables() -> str:
    """A short name of the migrations: a business made before one of them is made anew."""
    from django.db.migrations.loader import MigrationLoader

    known = sorted(MigrationLoader(None).disk_migrations or [])
    return hashlib.sha256(repr(known).encode()).hexdigest()[:12]


def _members() -> list[int]:
    from tests.factories.team import make_business, make_member

    make_business()
    made = [make_member("owner", name="Nora Lindqvist")]
    made += [make_member("manager", name=f"Manager {n:02}", email=f"m{n}@bench.example")
             for n in range(1, 20)]  # fmt: skip
    return [member.pk for member in made]


def _fill(ids: range, members: list[int], lot: random.Random, touches: int) -> None:
    from regulars.conversations.models import Touch
    from regulars.core.bulk import write_rows
    from regulars.customers.models import ContactPoint, Customer
    from regulars.orders.models import Order

    at = _stored(NOW)
    write_rows(
        Customer,
        ["id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
         "manager_id", "source", "created_at", "updated_at"],
        (_customer(pk, members, lot, at) for pk in ids),
    )  # fmt: skip
    write_rows(
        ContactPoint,
        ["customer_id", "kind", "value", "normal", "seal", "label", "street", "postcode", "city",
         "region", "country", "is_primary", "state", "source", "created_at"],
        ((pk, kind, value, value, value, "", "", "", "", "", "", True, "usable", "bench", at)
         for pk in ids for kind, value in (("email", _email(pk)), ("phone", _phone(pk)))),
    )  # fmt: skip
    write_rows(
        Touch,
        ["customer_id", "channel", "direction", "purpose", "outcome", "happened_at", "recorded_at",
         "member_id", "body", "said", "source"],
        _touches(ids, members, lot, at, touches),
    )  # fmt: skip
    write_rows(
        Order,
        ["customer_id", "source", "external_id", "kind", "status", "placed_at", "placed_on",
         "total_minor", "shipping_minor", "currency", "line_count"],
        _orders(ids, lot),
    )  # fmt: skip


def _copy_all_until(customers: int) -> None:
    from regulars.conversations.models import Touch
    from regulars.customers.models import ContactPoint, Customer
    from regulars.orders.models import Order

    copy_until(Customer, customers)
    copy_until(ContactPoint, customers)
    copy_until(Touch, customers)
    copy_until(Order, customers, {"external_id": "t.external_id || '/' || k.n"})


def _stored(moment: datetime) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(moment)


def _email(pk: int) -> str:
    return f"person{pk}@bench.example"


def _phone(pk: int) -> str:
    return f"+441632{pk:06}"


def _customer(pk: int, members: list[int], lot: random.Random, at: Any) -> tuple[Any, ...]:
    from regulars.customers.naming import search_text_of, sort_name_of

    given, family = lot.choice(GIVEN), lot.choice(FAMILY)
    name = f"{given} {family}"
    search = search_text_of([name], [_email(pk)], [_phone(pk)])
    manager = None if lot.random() < 0.05 else lot.choice(members)
    return (pk, "person", name, given, family, sort_name_of("person", name, given, family), search,
            "Likes the corner table.", manager, "bench", at, at)  # fmt: skip


def _touches(
    ids: range, members: list[int], lot: random.Random, at: Any, each: int
) -> Iterator[tuple[Any, ...]]:
    for pk in ids:
        for _ in range(each):
            moment = NOW - timedelta(minutes=lot.randint(60, 800 * 1440))
            words = "Asked how it was, and what comes next."
            yield (pk, lot.choice(CHANNELS), "out", "serve", "reached", _stored(moment), at,
                   lot.choice(members), words, "", "bench")  # fmt: skip


def _orders(ids: range, lot: random.Random) -> Iterator[tuple[Any, ...]]:
    for pk in ids:
        gap = lot.randint(5, 90)
        day = TODAY - timedelta(days=lot.randint(0, 200))
        for number in range(3):
            placed = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            yield (pk, "bench", f"{pk}-{number}", "sale", "", _stored(placed), _day(day),
                   lot.randint(300, 9000), 0, "GBP", 0)  # fmt: skip
            day -= timedelta(days=max(1, round(gap * lot.uniform(0.6, 1.6))))


def _day(day: date) -> Any:
    from django.db import connection

    return connection.ops.adapt_datefield_value(day)


def _set_clocks() -> None:
    from regulars.core.bulk import run_sql

    run_sql(
        "INSERT INTO conversations_clock (customer_id, last_touch_at, last_channel)"
        " SELECT customer_id, happened_at, channel FROM (SELECT customer_id, happened_at, channel,"
        " row_number() OVER (PARTITION BY customer_id ORDER BY happened_at DESC, id DESC) AS place"
        " FROM conversations_touch) AS ranked WHERE place = 1"
    )


def _catch_up() -> None:
    """PostgreSQL counts on from the keys that were given."""
    from django.core.management.color import no_style
    from django.db import connection

    from regulars.customers.models import Customer

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Customer]):
            cursor.execute(statement)


def _count_and_plan() -> None:
    from regulars.core.actor import SYSTEM
    from regulars.insight.actions import refresh_facts
    from regulars.planning.actions import make_plans

    refresh_facts(by=SYSTEM, at=NOW)
    make_plans(day=TODAY, by=SYSTEM, at=NOW)


# The screens


def _measured(rounds: int, customers: int) -> dict[str, Any]:
    from django.test import Client

    from regulars.team.models import Member

    client = Client(headers={"Accept-Encoding": "gzip"}, SERVER_NAME="127.0.0.1")
    client.force_login(Member.objects.get(role="owner"))
    lot = random.Random(11)
    screens: dict[str, Callable[[], str]] = {
        "today": lambda: "/",
        "today, what came of it": lambda: "/?act=done",
        "today, as a device keeps it": lambda: "/today/kept",
        "list": lambda: "/customers/",
        "list by value": lambda: "/customers/?sort=value",
        "list by due day": lambda: "/customers/?sort=due",
        "list by tier": lambda: "/customers/?sort=tier",
        "list of a tier": lambda: f"/customers/?tier={lot.choice(['core', 'slipping', 'lapsed'])}",
        "list of a manager": lambda: f"/customers/?manager={lot.randint(2, 19)}&sort=last",
        "search of a name": lambda: f"/customers/?q={lot.choice(GIVEN)}+{lot.choice(FAMILY)[:4]}",
        "search of a beginning": lambda: f"/customers/?q={lot.choice(GIVEN)[:2]}",
        "search of a number": lambda: f"/customers/?q=01632+{lot.randint(1, customers):06}",
        "customer page": lambda: f"/customers/{lot.randint(1, customers)}/",
    }
    figures = {name: _timed(client, address, rounds) for name, address in screens.items()}
    deep = _deep_page(client, pages=40)
    figures["list, forty pages on"] = _timed(client, lambda: deep, rounds)
    return {"rounds": rounds, "customers": customers, "load": os.getloadavg(), "screens": figures}


def _timed(client: Any, address: Callable[[], str], rounds: int) -> dict[str, float]:
    client.get(address())
    times, busy, sizes = [], [], []
    for _ in range(rounds):
        url = address()
        headers = {"HX-Request": "true"} if "q=" in url else {}
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(url, headers=headers)
        times.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        assert answer.status_code == 200, (url, answer.status_code)
        sizes.append(len(answer.content))
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[18], 1),
        # Without waiting for a processor that others use.
        "cpu_median": round(statistics.median(busy), 1),
        "most_kb": round(max(sizes) / 1024, 1),
    }


def _deep_page(client: Any, *, pages: int) -> str:
    import html
    import re

    url = "/customers/"
    for _ in range(pages):
        found = re.search(
            r'href="([^"]+)" rel="next"',
            client.get(url, headers={"Accept-Encoding": ""}).content.decode(),
        )
        assert found is not None
        url = html.unescape(found[1])
    return url


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
