"""How long a refresh takes for 100,000 customers and 1,000,000 orders, database to database.

`./dev bench insight_refresh` makes the books once in a scratch folder, then runs `regulars insight
refresh` as a process of its own: the wall time includes starting Python and all imports. Each round
counts into an empty table (every row is written), then once more with nothing new. SQLite with
synchronous=FULL, as the product runs; `--postgres URL` for PostgreSQL.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parent.parent
PEAK_MB = 1024
OPENED = (
    "import django; django.setup(); from regulars.engines.duck import open_duckdb; open_duckdb()"
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        env = {**os.environ, "REGULARS_HOME": folder, "DATABASE_URL": options.postgres or ""}
        env["REGULARS_NOW"] = f"{AS_OF.isoformat()}T12:00:00+00:00"
        env["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
        _run(env, "-m", "regulars.cli", "init")
        made = _run(env, __file__, "--fill", str(options.customers), str(options.orders))
        print(f"{made['customers']:,} customers, {made['orders']:,} orders; load", *os.getloadavg())
        bare = [_timed(env, "-c", "import django; django.setup()") for _ in range(3)]
        heavy = [_timed(env, "-c", OPENED) for _ in range(3)]
        print(f"start and Django {_spread(bare)}; with an engine opened {_spread(heavy)}")
        first, again = [], []
        for _ in range(options.rounds):
            _run(env, __file__, "--empty")
            first.append(_timed(env, "-m", "regulars.cli", "insight", "refresh", "--json"))
            again.append(_timed(env, "-m", "regulars.cli", "insight", "refresh", "--json"))
        print(f"every row written: {_spread(first)}")
        print(f"nothing new:       {_spread(again)}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / PEAK_MB
        print(f"peak memory of one process {peak:.0f} MB; load", *os.getloadavg())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", help="DATABASE_URL of an empty PostgreSQL database")
    return parser.parse_args()


def _run(env: dict[str, str], *command: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, *command], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    said = done.stdout.strip()
    found: dict[str, Any] = json.loads(said) if said.startswith(b"{") else {}
    return found


def _timed(env: dict[str, str], *command: str) -> tuple[float, float]:
    """Wall and CPU seconds, those of the processes it starts included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _run(env, *command)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _spread(times: list[tuple[float, float]]) -> str:
    walls, cpus = zip(*times, strict=True)
    return (
        f"median {statistics.median(walls):.2f} s wall"
        f" ({min(walls):.2f} to {max(walls):.2f}), {statistics.median(cpus):.2f} s CPU"
    )


def _fill(customers: int, orders: int) -> None:
    """Books with rhythms: gaps and amounts log-normal, frequencies skewed as in real lists."""
    import numpy as np
    from django.db import connection, transaction

    from regulars.team.models import Business

    Business.objects.get_or_create(
        id=1, defaults={"name": "Bench", "currency": "GBP", "live_since": AS_OF}
    )
    chance = np.random.default_rng(7)
    share = chance.gamma(0.6, size=customers) + 0.02
    counts = 1 + chance.multinomial(orders - customers, share / share.sum())
    who = np.repeat(np.arange(1, customers + 1), counts)
    usual = np.minimum(1000 / counts, 60) * chance.lognormal(0, 0.4, customers)
    gaps = np.maximum(1, usual[who - 1] * chance.lognormal(0, 0.5, orders)).astype(int)
    total = np.cumsum(gaps)
    start = np.concatenate([[0], np.cumsum(counts)[:-1]])
    since = total - np.repeat(total[start], counts)
    before = np.minimum(since, 1400) + np.repeat(chance.integers(0, 60, customers), counts)
    spend = chance.lognormal(7.5, 1, customers)[who - 1] * chance.lognormal(0, 0.4, orders)
    # As a till writes them: in order of time, not of customer.
    order = np.argsort(-before, kind="stable")
    moment = datetime(2026, 1, 1, tzinfo=UTC).isoformat(sep=" ")
    days = [(AS_OF - timedelta(days=d)).isoformat() for d in range(1500)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO customers_customer (id, kind, name, given_name, family_name, sort_name,"
            " search_text, about, source, created_at, updated_at)"
            " VALUES (%s, %s, %s, '', '', %s, '', '', 'bench', %s, %s)",
            [
                (i, "person" if i % 10 else "organisation", f"C{i}", f"c{i:07}", moment, moment)
                for i in range(1, customers + 1)
            ],
        )
        cursor.executemany(
            "INSERT INTO orders_order (customer_id, source, external_id, kind, status, placed_at,"
            " placed_on, total_minor, shipping_minor, currency, line_count)"
            " VALUES (%s, 'bench', %s, %s, '', %s, %s, %s, 0, 'GBP', 1)",
            [
                (
                    int(who[i]), str(n), "sale" if n % 50 else "cancellation",
                    f"{days[before[i]]} 10:00:00+00:00", days[before[i]],
                    int(spend[i]) if n % 50 else -int(spend[i]),
                )
                for n, i in enumerate(order)
            ],
        )  # fmt: skip
    print(json.dumps({"customers": customers, "orders": orders}))


def _inside(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    if arguments[0] == "--fill":
        _fill(int(arguments[1]), int(arguments[2]))
    else:
        from regulars.insight.models import CustomerFacts

        CustomerFacts.objects.all().delete()


if __name__ == "__main__":
    if sys.argv[1:2] in (["--fill"], ["--empty"]):
        _inside(sys.argv[1:])
    else:
        main()
