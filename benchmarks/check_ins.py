"""How long it takes to start a check-in for each of a million customers, and to find none again.

    ./dev bench check_ins [--customers N] [--json]

Each customer agreed to mail and has one order, which arrived two days ago, late by a day. On
SQLite, or on the PostgreSQL that DATABASE_URL names. What is measured is the product's own
`start_check_ins`, as the job of the day calls it: once with everything to do, once with nothing.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from _made_quickly import DRAWN, copy_until, made_quickly
from _mailing import URL, make_business_with


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        at = _made_up(Path(folder), said.customers)
        found = _measure(said.customers, at)
    print(json.dumps(found) if said.json else json.dumps(found, indent=2))
    return 0 if found["first"]["check_ins"] == said.customers else 1


def _made_up(folder: Path, customers: int) -> datetime:
    os.environ["REGULARS_HOME"], os.environ["PUBLIC_URL"] = str(folder), URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command
    from django.db import transaction

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from regulars.consent.models import ConsentState
    from regulars.core import clock
    from regulars.core.bulk import count_anew
    from regulars.customers.models import ContactPoint, Customer
    from regulars.orders.models import Order
    from regulars.team.models import Business

    at = clock.now()
    with made_quickly():
        make_business_with(min(customers, DRAWN), at=at)
        Business.objects.update(live_since=at.date() - timedelta(days=30))
        _order_for_each(at)
        with transaction.atomic():
            for model in (Customer, ContactPoint, ConsentState):
                copy_until(model, customers)
            copy_until(Order, customers, {"external_id": f"t.id + k.n * {DRAWN}"})
    count_anew(Customer, ContactPoint, ConsentState, Order)
    return at


def _order_for_each(at: datetime) -> None:
    from regulars.customers.models import Customer
    from regulars.orders.models import Order

    came = at - timedelta(days=2)
    Order.objects.bulk_create(
        (
            Order(
                customer_id=pk, source="shop", external_id=str(pk), placed_at=came,
                placed_on=came.date(), promised_on=came.date() - timedelta(days=1),
                delivered_at=came, total_minor=1_840, currency="GBP",
            )
            for pk in Customer.objects.order_by("pk").values_list("pk", flat=True)
        ),
        batch_size=5_000,
    )  # fmt: skip


def _measure(customers: int, at: datetime) -> dict[str, Any]:
    from django.db import connection

    from regulars.care.actions.check_ins import start_check_ins

    load, told = os.getloadavg(), {}
    for name in ("first", "again"):
        begun, spent = time.perf_counter(), time.process_time()
        started = start_check_ins(at=at)
        told[name] = {
            "check_ins": started.check_ins,
            "seconds": round(time.perf_counter() - begun, 1),
            "cpu_seconds": round(time.process_time() - spent, 1),
        }
    return {
        "benchmark": "check_ins", "database": connection.vendor, "customers": customers,
        "load_before": load, "load_after": os.getloadavg(), **told,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
