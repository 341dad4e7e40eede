"""How long counting takes, database to database: everyone, after new orders, on a new day.

`./dev bench insight_refresh` makes books of each size in a scratch folder, then runs `regulars
insight refresh` as a process of its own: its wall and processor time include starting Python and
all imports; `inside` is what the refresh itself says it took. Each round counts everyone into an
empty table (every row is written), again with nothing new, on the next day (once as if nobody's
standing changed with it, then as it is), and after 1 % new orders, where nobody else is at work on
the folder; then after 1 % more and into an empty table again beside a second writer, who says that
they are there and asks for SQLite's pen over and over: how long they waited is told. SQLite with
synchronous=FULL, as the product runs; `--postgres URL` for PostgreSQL (one size).
"""

import argparse
import fcntl
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parent.parent
PEAK_MB = 1024
ORDERS_A_CUSTOMER = 10
NEW_ORDERS = 100  # one in so many
ALONE = (
    "everyone", "nothing new", "a new day, nobody's has come", "a new day", "1 % new orders",
)  # fmt: skip
BESIDE = ("1 % new orders, beside a writer", "everyone, beside a writer")
PHASES = (*ALONE, *BESIDE)
OPENED = (
    "import django; django.setup(); from regulars.engines.opening import open_engine\n"
    "with open_engine() as counter: counter.put('one', {'n': [1]}, {'n': 'int64'})"
)
Env = dict[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """Wall and processor seconds, what the refresh says itself, how long another writer waited."""

    wall: float
    cpu: float
    inside: float = 0.0
    waits: tuple[float, ...] = ()
    way: str = ""
    changed: int = 0


def main() -> None:
    options = _options()
    smaller: dict[str, float] = {}
    for customers in options.customers:
        found = _of_a_size(customers, options)
        for phase in PHASES:
            cpu = statistics.median(run.cpu for run in found[phase])
            grown = f"; {cpu / smaller[phase]:.1f} times the size before" if smaller else ""
            print(f"  {phase}: {_spread(found[phase])}{grown}")
        smaller = {phase: statistics.median(run.cpu for run in found[phase]) for phase in PHASES}
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / PEAK_MB
        print(f"  peak memory of one process {peak:.0f} MB; load", *os.getloadavg(), flush=True)


def _of_a_size(customers: int, options: argparse.Namespace) -> dict[str, list[Run]]:
    orders = customers * ORDERS_A_CUSTOMER
    with tempfile.TemporaryDirectory(prefix="regulars-bench-", dir=options.folder) as folder:
        env = {**os.environ, "REGULARS_HOME": folder, "DATABASE_URL": options.postgres or ""}
        env["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
        _today(env, 0)
        _run(env, "-m", "regulars.cli", "init")
        _run(env, __file__, "--fill", str(customers), str(orders))
        print(f"{customers:,} customers, {orders:,} orders; load", *os.getloadavg(), flush=True)
        bare = [_timed(env, "-c", "import django; django.setup()") for _ in range(2)]
        heavy = [_timed(env, "-c", OPENED) for _ in range(2)]
        print(f"  start and Django {_spread(bare)}; with an engine opened {_spread(heavy)}")
        found: dict[str, list[Run]] = {phase: [] for phase in PHASES}
        for number in range(options.rounds):
            _round(env, found, 2 * number, orders // NEW_ORDERS)
    return found


def _round(env: Env, found: dict[str, list[Run]], day: int, new_orders: int) -> None:
    everyone, same, still, next_day, more = ALONE
    more_beside, everyone_beside = BESIDE
    _today(env, day)
    _run(env, __file__, "--empty")
    found[everyone].append(_refreshed(env))
    found[same].append(_refreshed(env))
    _today(env, day + 1)
    _run(env, __file__, "--hold", str(day + 1))
    found[still].append(_refreshed(env))
    _run(env, __file__, "--let-go")
    found[next_day].append(_refreshed(env))
    _run(env, __file__, "--more", str(new_orders), str(day))
    found[more].append(_refreshed(env))
    _run(env, __file__, "--more", str(new_orders), str(day))
    found[more_beside].append(_refreshed(env, is_beside=True))
    _run(env, __file__, "--empty")
    found[everyone_beside].append(_refreshed(env, is_beside=True))


def _today(env: Env, day: int) -> None:
    env["REGULARS_NOW"] = f"{(AS_OF + timedelta(days=day)).isoformat()}T12:00:00+00:00"


def _refreshed(env: Env, *, is_beside: bool = False) -> Run:
    other: AbstractContextManager[list[float]] = (
        _second_writer(env) if is_beside else nullcontext([])
    )
    with other as waits:
        run = _timed(env, "-m", "regulars.cli", "insight", "refresh", "--json")
    return Run(run.wall, run.cpu, run.inside, tuple(waits), run.way, run.changed)


@contextmanager
def _second_writer(env: Env) -> Iterator[list[float]]:
    """Somebody who wants to write all the time, and how long they waited each time."""
    waits, is_over = [0.0], threading.Event()
    home = Path(env["REGULARS_HOME"])

    def ask() -> None:
        books = sqlite3.connect(home / "regulars.sqlite3", timeout=30, isolation_level=None)
        while not is_over.wait(0.02):
            began = time.perf_counter()
            books.execute("BEGIN IMMEDIATE")
            waits.append(time.perf_counter() - began)
            books.execute("ROLLBACK")
        books.close()

    writer = threading.Thread(target=ask)
    # Said as every process of the product says it (core/presence.py).
    here = os.open(home / "company.lock", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(here, fcntl.LOCK_SH)
    if not env["DATABASE_URL"]:
        writer.start()
    yield waits
    is_over.set()
    if writer.is_alive():
        writer.join()
    os.close(here)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where the scratch folder is made")
    parser.add_argument("--postgres", help="DATABASE_URL of an empty PostgreSQL database")
    return parser.parse_args()


def _run(env: dict[str, str], *command: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, *command], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    said = done.stdout.strip()
    found: dict[str, Any] = json.loads(said) if said.startswith(b"{") else {}
    return found


def _timed(env: dict[str, str], *command: str) -> Run:
    """Wall and CPU seconds, those of the processes it starts included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    said = _run(env, *command)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(
        wall, cpu, said.get("seconds", 0.0), way=said.get("way", ""), changed=said.get("changed", 0)
    )


def _spread(runs: list[Run]) -> str:
    walls = [run.wall for run in runs]
    words = (
        f"median {statistics.median(walls):.2f} s wall ({min(walls):.2f} to {max(walls):.2f}),"
        f" {statistics.median(run.cpu for run in runs):.2f} s CPU"
    )
    if not runs[0].way:
        return words
    inside = statistics.median(run.inside for run in runs)
    words += f"; inside {inside:.2f} s; {runs[-1].way}, {runs[-1].changed:,} rows"
    waits = sorted(wait for run in runs for wait in run.waits)
    if not waits:
        return words
    late = waits[min(len(waits) - 1, len(waits) * 99 // 100)]
    return (
        f"{words}; another writer asked {len(waits)} times, waited {1000 * late:.0f} ms"
        f" (99 of 100) and {1000 * waits[-1]:.0f} ms at most"
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
        # Rows scattered over indexes take a quarter of an hour.
        indexes = _taken_off("orders_order", cursor)
        for first in range(0, orders, AT_ONCE):
            cursor.executemany(ADD_ORDER, [
                (
                    int(who[i]), f"{n:09}", "sale" if n % 50 else "cancellation",
                    f"{days[before[i]]} 10:00:00+00:00", days[before[i]],
                    int(spend[i]) if n % 50 else -int(spend[i]),
                )
                for n, i in enumerate(order[first : first + AT_ONCE], first)
            ])  # fmt: skip
        for statement in indexes:
            cursor.execute(statement)
    print(json.dumps({"customers": customers, "orders": orders}))


def _taken_off(table: str, cursor: Any) -> list[str]:
    """What makes the indexes of a table of SQLite again, once they are gone."""
    if cursor.db.vendor != "sqlite":
        return []
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s"
        " AND sql IS NOT NULL",
        [table],
    )
    found = cursor.fetchall()
    for name, _sql in found:
        cursor.execute(f"DROP INDEX {name}")
    return [sql for _name, sql in found]


AT_ONCE = 200_000
ADD_ORDER = (
    "INSERT INTO orders_order (customer_id, source, external_id, kind, status, placed_at,"
    " placed_on, total_minor, shipping_minor, currency, line_count)"
    " VALUES (%s, 'bench', %s, %s, '', %s, %s, %s, 0, 'GBP', 1)"
)


def _more(orders: int, day: int) -> None:
    """Orders of the last days, by customers as they are: who bought much buys more."""
    import numpy as np
    from django.db import connection, transaction

    from regulars.orders.models import Order

    last = Order.objects.latest("pk").pk
    chance = np.random.default_rng(day)
    known = dict(
        Order.objects.filter(pk__in=chance.integers(1, last, 2 * orders).tolist()).values_list(
            "pk", "customer_id"
        )
    )
    today = AS_OF + timedelta(days=day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(ADD_ORDER, [
            (
                customer_id, f"more {last + n}", "sale",
                f"{today - timedelta(days=n % 3)} 10:00:00+00:00",
                (today - timedelta(days=n % 3)).isoformat(), 1000 + n % 7000,
            )
            for n, customer_id in enumerate(list(known.values())[:orders])
        ])  # fmt: skip


HELD = "bench_held"


def _hold(day: int) -> None:
    """As if nobody's standing changed with a day."""
    from regulars.core.bulk import run_sql

    until = AS_OF + timedelta(days=day)
    run_sql(
        f"CREATE TABLE {HELD} AS SELECT customer_id, next_change_on FROM insight_customerfacts"
        " WHERE next_change_on <= %s",
        [until],
    )
    run_sql(
        "UPDATE insight_customerfacts SET next_change_on = %s WHERE next_change_on <= %s",
        [until + timedelta(days=30), until],
    )


def _let_go() -> None:
    """The day is still to come, and changes what it changes."""
    from regulars.core.bulk import run_sql
    from regulars.insight.models import Refresh

    run_sql(
        f"UPDATE insight_customerfacts AS f SET next_change_on = h.next_change_on FROM {HELD} h"
        " WHERE h.customer_id = f.customer_id"
    )
    run_sql(f"DROP TABLE {HELD}")
    Refresh.objects.latest("pk").delete()


def _inside(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    deed, *numbers = arguments
    if deed == "--empty":
        from django.db import connection

        with connection.cursor() as cursor:
            for table in ("customerfacts", "tierchange", "refresh"):
                cursor.execute(f"DELETE FROM insight_{table}")
    else:
        DEEDS[deed](*map(int, numbers))


DEEDS: dict[str, Callable[..., None]] = {
    "--fill": _fill, "--more": _more, "--hold": _hold, "--let-go": _let_go,
}  # fmt: skip

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in {"--empty", *DEEDS}:
        _inside(sys.argv[1:])
    else:
        main()
