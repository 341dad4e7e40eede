"""How long it takes to find whom a price undercuts: 1,000,000 customers, 10,000,000 rows of goods.

    ./dev bench prices [--customers N] [--json]

Each customer has ten orders within two years, of one row each, of 1,000 products; one row in ten is
of the product that is bought most. Prices are planned for a usual product and for that one, a tenth
below what everybody paid. Measured is the check as the job does it, once, to the last row written.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
# A usual product; what is bought most may take so much longer.
MOST_SECONDS, MOST_SECONDS_LOVED = 1.0, 30.0
EACH, PRODUCTS = 10, 1000
LOVED, USUAL = "L1", "P7"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        _make_up(arguments.customers)
        found = {"benchmark": "prices", "customers": arguments.customers, **_measure()}
    print(json.dumps(found) if arguments.json else _in_words(found))
    is_quick = found["usual_seconds"] <= MOST_SECONDS
    return 0 if is_quick and found["loved_seconds"] <= MOST_SECONDS_LOVED else 1


def _open(folder: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        os.environ["REGULARS_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _make_up(customers: int) -> None:
    """Written by the database itself, without the indexes that only others ask."""
    from django.db import connection, transaction

    from regulars.core.bulk import run_sql
    from regulars.orders.models import Order, OrderLine
    from regulars.team.models import Business

    Business.objects.create(
        pk=1, name="Measured", currency="GBP", time_zone="Europe/London", live_since=AT.date()
    )
    with connection.schema_editor() as editor:
        for model in (Order, OrderLine):
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    with transaction.atomic():
        for statement in _statements(customers):
            run_sql(statement)
    with connection.schema_editor() as editor:
        for index in OrderLine._meta.indexes:
            editor.add_index(OrderLine, index)
    if connection.vendor == "postgresql":
        run_sql("ANALYZE")


def _statements(customers: int) -> Iterator[str]:
    from django.db import connection

    from regulars.customers.models import Customer

    is_sqlite = connection.vendor == "sqlite"
    series = (
        "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {most})"
        " SELECT n FROM c) g"
        if is_sqlite
        else "generate_series(1, {most}) AS g(n)"
    )
    day = (
        "date('{day}', '-' || (n * 7919 % 730) || ' days')"
        if is_sqlite
        else "DATE '{day}' - (n * 7919 % 730)::integer"
    ).format(day=AT.date().isoformat())
    one = Customer(name="C", sort_name="c", created_at=AT, updated_at=AT, source="till")
    names, values = [], []
    for field in Customer._meta.concrete_fields:
        if field.primary_key:
            continue
        value = field.get_db_prep_save(getattr(one, field.attname), connection)
        if value is not None:
            names.append(connection.ops.quote_name(str(field.column)))
            values.append(f"'{value}'" if not isinstance(value, bool | int) else str(value))
    people, goods = series.format(most=customers), series.format(most=customers * EACH)
    yield (
        f"INSERT INTO customers_customer (id, {', '.join(names)})"
        f" SELECT n, {', '.join(values)} FROM {people}"
    )
    yield (
        "INSERT INTO orders_order (id, customer_id, source, external_id, kind, status, placed_at,"
        " placed_on, total_minor, shipping_minor, currency, line_count, is_quiet) SELECT n,"
        f" 1 + (n - 1) / {EACH}, 'till', 'T' || (10000000 + n), 'sale', '', '{AT:%F %T}', {day},"
        f" 1000, 0, 'GBP', 1, {'0' if is_sqlite else 'FALSE'} FROM {goods}"
    )
    yield (
        "INSERT INTO orders_orderline (order_id, line_no, sku, description, quantity, total_minor)"
        f" SELECT n, 1, CASE WHEN n % 10 = 0 THEN '{LOVED}' ELSE 'P' || (n * 31 % {PRODUCTS}) END,"
        f" '', 1 + n % 2, 1000 * (1 + n % 2) FROM {goods}"
    )


def _measure() -> dict[str, Any]:
    from django.db import connection

    from regulars.core.actor import SYSTEM
    from regulars.prices.actions.checking import check_prices
    from regulars.prices.actions.planning import PriceDraft, plan_price
    from regulars.prices.choices import PriceKind
    from regulars.prices.models import Concern

    found: dict[str, Any] = {"database": connection.vendor}
    for name, product in (("usual", USUAL), ("loved", LOVED)):
        draft = PriceDraft(product, PriceKind.LIST, 900, "GBP", AT.date())
        price = plan_price(draft, by=SYSTEM, at=AT)
        begun = time.perf_counter()
        check_prices([price.pk], at=AT)
        found[f"{name}_seconds"] = round(time.perf_counter() - begun, 2)
        found[f"{name}_concerned"] = Concern.objects.filter(price=price).count()
    return found | {"python": platform.python_version(), "cores": os.cpu_count()}


def _in_words(found: dict[str, Any]) -> str:
    return (
        f"{found['customers']:,} customers on {found['database']}: a usual product in"
        f" {found['usual_seconds']} s ({found['usual_concerned']:,} concerned), what is bought most"
        f" in {found['loved_seconds']} s ({found['loved_concerned']:,} concerned)"
    )


if __name__ == "__main__":
    sys.exit(main())
