"""How long the gate takes over a whole list: 1,000,000 customers, SQLite. At most 3 s.

    ./dev bench gate [--customers N] [--json]

The business is made up with a fixed seed: six in ten have an e-mail address, seven in ten of these
agreed or said no, everybody has wishes and a standing, one in ten wants to hear less often, one in
two hundred pauses, one in two hundred is held, one address in a hundred is stopped, and one in four
lives by another clock. The same rows are asked about three times for what teaches and for what
sells; the median of the slower one counts. Beside it: a window of 64 by key, as the sender asks,
and the taking of its places.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
MOST_SECONDS = 3.0
MOST_TAKING_MS = 1.5
SEED = 20261124
WINDOW = 64
PUBLIC_URL = "https://measured.example"
STRETCH = 20_000
ZONES = ("America/New_York", "Asia/Tokyo", "Europe/Lisbon", "Australia/Sydney")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        _make_up(arguments.customers)
        found = {"benchmark": "gate", "customers": arguments.customers, **_measure()}
    print(json.dumps(found) if arguments.json else _in_words(found))
    return 0 if found["seconds"] <= MOST_SECONDS else 1


def _open(folder: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        os.environ["REGULARS_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    os.environ["PUBLIC_URL"] = PUBLIC_URL
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _measure() -> dict[str, Any]:
    from django.db import connection

    from regulars.messaging.gate import counts_by_verdict

    found: dict[str, Any] = {"database": connection.vendor, "at_most_seconds": MOST_SECONDS}
    for purpose in ("educate", "sell"):
        took = _times(3, partial(counts_by_verdict, "email", purpose, AT))
        found[f"{purpose}_seconds"] = [round(one, 2) for one in took]
        found[f"{purpose}_verdicts"] = dict(counts_by_verdict("email", purpose, AT))
    found["seconds"] = max(
        statistics.median(found[f"{purpose}_seconds"]) for purpose in ("educate", "sell")
    )
    return found | _windows() | {"python": platform.python_version(), "cores": os.cpu_count()}


def _windows() -> dict[str, Any]:
    """Windows by key, and the taking of their places, each in a transaction of its own."""
    from django.db import transaction

    from regulars.messaging.counting import take_places
    from regulars.messaging.gate import verdicts_for_messages
    from regulars.messaging.models import Message

    asking, taking = [], []
    rows = list(Message.objects.order_by("id").values_list("pk", "customer_id"))
    for start in range(0, len(rows), WINDOW):
        some = rows[start : start + WINDOW]
        with transaction.atomic():
            keys = [pk for pk, _customer_id in some]
            asking += _times(1, partial(verdicts_for_messages, keys, AT))
            places = [(whose, "email", "educate", f"message:{pk}") for pk, whose in some]
            taking += _times(1, partial(take_places, places, AT))
    return {
        "by_key_ms": round(1000 * statistics.median(asking), 2),
        "taking_ms": round(1000 * statistics.median(taking), 2),
        "at_most_taking_ms": MOST_TAKING_MS,
    }


def _times(count: int, what: Callable[[], object]) -> list[float]:
    took = []
    for _turn in range(count):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return took


def _in_words(found: dict[str, Any]) -> str:
    return (
        f"{found['customers']:,} customers, {found['database']}: {found['seconds']:.2f} s"
        f" (teaching {found['educate_seconds']}, selling {found['sell_seconds']}); at most"
        f" {found['at_most_seconds']} s. A window of {WINDOW}: {found['by_key_ms']} ms by key,"
        f" {found['taking_ms']} ms to take its places (at most {found['at_most_taking_ms']}).\n"
        f"{found['educate_verdicts']}\n{found['sell_verdicts']}"
    )


def _make_up(count: int) -> None:
    from django.db import transaction

    from regulars.core import instance
    from regulars.core.actor import COMMAND
    from regulars.team.models import Business

    Business.objects.create(
        id=1, name="Measured", currency="GBP", time_zone="Europe/London", country="GB",
        live_since=date(2026, 9, 1),
    )  # fmt: skip
    instance.settle_identity()
    instance.prove_public_url(PUBLIC_URL, by=COMMAND, at=AT)
    dice = random.Random(SEED)
    for start in range(1, count + 1, STRETCH):
        with transaction.atomic():
            _make_up_some(range(start, min(start + STRETCH, count + 1)), dice)
        print(f"{min(start + STRETCH, count + 1) - 1:,} customers", end="\r", file=sys.stderr)
    with transaction.atomic():
        _make_up_messages(min(count, 50 * WINDOW))


def _make_up_some(ids: range, dice: random.Random) -> None:
    from regulars.consent.models import ConsentState, Suppression, Wish
    from regulars.core.bulk import write_rows
    from regulars.customers.models import ContactPoint, Customer
    from regulars.messaging.models import Hold, Standing
    from regulars.messaging.outbox import stored

    made = stored(AT - timedelta(days=80))
    point = (
        "customer_id", "kind", "value", "normal", "seal", "label", "street", "postcode", "city",
        "region", "country", "is_primary", "state", "source", "created_at",
    )  # fmt: skip
    mailed = [one for one in ids if dice.random() < 0.6]
    empty = [""] * 6
    write_rows(
        Customer,
        ("id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
         "source", "created_at", "updated_at"),
        ((one, "person", f"Customer {one}", "Customer", str(one), f"{one} customer",
          f"customer {one} customer{one}@measured.example", "", "bench", made, made)
         for one in ids),
    )  # fmt: skip
    write_rows(
        ContactPoint, point,
        ((one, "email", f"c{one}@m.example", f"c{one}@m.example", f"{one:032x}", *empty, True,
          "usable", "bench", made) for one in mailed),
    )  # fmt: skip
    write_rows(
        ContactPoint, point,
        ((one, "phone", f"+44{one:010}", f"+44{one:010}", f"p{one:031x}", *empty, True, "usable",
          "bench", made) for one in ids if dice.random() < 0.7),
    )  # fmt: skip
    decided = ((one, "email", "", "granted" if dice.random() < 0.9 else "withdrawn", made)
               for one in mailed if dice.random() < 0.7)  # fmt: skip
    write_rows(
        ConsentState, ("customer_id", "channel", "purpose", "decision", "changed_at"), decided
    )
    write_rows(
        Suppression, ("channel", "seal", "why", "detail", "since"),
        (("email", f"{one:032x}", "bounced", "", made) for one in mailed if dice.random() < 0.01),
    )  # fmt: skip
    write_rows(Wish, _WISHES, (_wish(one, dice) for one in ids))
    write_rows(Standing, _STANDS, (_standing(one, dice) for one in ids))
    write_rows(
        Hold, ("customer_id", "kind", "stops", "why", "source", "since"),
        ((one, "case", "selling", "", "bench", made) for one in ids if dice.random() < 0.005),
    )  # fmt: skip


_WISHES = (
    "customer_id", "time_zone", "zone_source", "channel", "topics", "every_days", "paused_until",
    "last_purchase_on", "changed_at",
)  # fmt: skip
_STANDS = (
    "customer_id", "last_contact_at", "free_from", "email_free_from", "text_free_from", "balance",
    "rarest_days",
)  # fmt: skip


def _wish(one: int, dice: random.Random) -> tuple[Any, ...]:
    from regulars.messaging.outbox import stored

    zone = dice.choice(ZONES) if dice.random() < 0.25 else ""
    paused = stored(AT + timedelta(days=9)) if dice.random() < 0.005 else None
    bought = (AT - timedelta(days=dice.randrange(1, 1500))).date().isoformat()
    less = 30 if dice.random() < 0.1 else None
    return one, zone, "address" if zone else "", "", "[]", less, paused, bought, stored(AT)


def _standing(one: int, dice: random.Random) -> tuple[Any, ...]:
    from regulars.messaging.outbox import stored

    last = AT - timedelta(hours=dice.randrange(1, 4000))
    free = stored(last + timedelta(days=7)) if last > AT - timedelta(days=5) else None
    # By our own cadences every second one hears from us at most every two weeks.
    return one, stored(last), free, None, None, dice.randrange(0, 7), 14 if one % 2 else None


def _make_up_messages(count: int) -> None:
    from regulars.messaging.models import Message, TemplateVersion

    version = TemplateVersion.objects.create(
        purpose="educate", subject="Measured", body="", html="", text="", sha256="", created_at=AT
    )
    Message.objects.bulk_create(
        Message(
            customer_id=one, channel="email", purpose="educate", occasion="bench",
            version=version, address="x@m.example", seal=f"{one:032x}", not_before=AT,
            expires_at=AT + timedelta(days=1), created_at=AT, state_at=AT,
        )
        for one in range(1, count + 1)
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
