"""How long the day's lists take: 1,000,000 customers, 100 managers, 16 kinds of reason.

    ./dev bench plan [--customers N] [--managers N] [--postgres URL] [--at FOLDER] [--json]

At most 8 s and 3 GiB from SQLite and from PostgreSQL; 100,000 customers in at most 1 s; one list
made anew after a tick in at most 100 ms. The business is made up with a fixed seed: everybody has
facts, four in five were touched within 400 days, nine in ten have a phone, seven in ten an address,
six in ten an e-mail address, three in ten permission. Kinds of reason that the product does not
have are made up, each for one customer in sixty. Three days are planned one after the other, the
second of them over the lists of the first; the median counts. The first day of all, which also
spreads the first touches, is shown beside it. With `--at`, or a database that holds one already,
the business is made once and used again.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from _made_quickly import made_quickly
from _plans_made import TODAY, fill_up_reasons, make_business_of

MOST = {100_000: 1.0, 1_000_000: 8.0}
MOST_GIB, MOST_TICK_MS, TICKS = 3.0, 100.0, 15


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--managers", type=int, default=100)
    parser.add_argument("--postgres", help="DATABASE_URL of a PostgreSQL database of its own")
    parser.add_argument("--at", type=Path, help="keep the business in this folder")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    kept = nullcontext(str(asked.at)) if asked.at else tempfile.TemporaryDirectory(prefix="bench-")
    with kept as folder:
        _open(Path(folder), asked.postgres)
        _make_once(asked.customers, asked.managers)
        found = _measure() | {"customers": asked.customers, "managers": asked.managers}
    found["at_most_seconds"] = MOST.get(asked.customers, 8.0)
    print(json.dumps(found) if asked.json else _in_words(found))
    is_quick = found["median_seconds"] <= found["at_most_seconds"]
    is_small = found["peak_gib"] <= MOST_GIB
    return 0 if is_quick and is_small and found["tick_ms"] <= MOST_TICK_MS else 1


def _open(folder: Path, postgres: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["REGULARS_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    if postgres:
        os.environ["DATABASE_URL"] = postgres
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _make_once(customers: int, managers: int) -> None:
    from regulars.planning.models import Plan
    from regulars.team.models import Business

    if not Business.objects.exists():
        began = time.perf_counter()
        with made_quickly():
            make_business_of(customers, managers)
        print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    Plan.objects.all().delete()


def _measure() -> dict[str, Any]:
    from django.db import connection

    from regulars.planning.models import PlanItem

    kinds = fill_up_reasons()
    seconds, cpu, lost = [], [], []
    for ahead in range(4):
        took, processor, most = _plan(TODAY + timedelta(days=ahead))
        lost.append(most)
        seconds.append(took)
        cpu.append(processor)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    ticks, tick_cpu = _tick()
    return {
        "benchmark": "plan",
        "kinds": kinds,
        "median_seconds": round(statistics.median(seconds[1:]), 3),
        "seconds": [round(one, 3) for one in seconds[1:]],
        "cpu_seconds": round(statistics.median(cpu[1:]), 3),
        # The share of a list that a choice among everybody would gain more, at most.
        "lost_at_most": round(max(lost), 4),
        "first_day_seconds": round(seconds[0], 3),
        "peak_gib": round(peak, 2),
        "tick_ms": round(statistics.median(ticks), 1),
        "slowest_tick_ms": round(max(ticks), 1),
        "tick_cpu_ms": round(statistics.median(tick_cpu), 1),
        "items": PlanItem.objects.count(),
        "database": connection.vendor,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def _plan(day: date) -> tuple[float, float, float]:
    from regulars.core.actor import COMMAND
    from regulars.planning.actions import make_plans

    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    began, began_cpu = time.perf_counter(), time.process_time()
    made = make_plans(day=day, by=COMMAND, at=at)
    took = time.perf_counter() - began, time.process_time() - began_cpu, made.lost
    print(f"{day}: {took[0]:.2f} s, processor {took[1]:.2f} s, {made}", file=sys.stderr)
    return took


def _tick() -> tuple[list[float], list[float]]:
    """Milliseconds from "not now" to the list as it is then, on as many lists."""
    from regulars.planning.actions import put_off_item
    from regulars.planning.models import PlanItem

    day = TODAY + timedelta(days=3)
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    firsts = PlanItem.objects.filter(plan__day=day, position=1, state="open")
    ticks, cpu = [], []
    for item in firsts.select_related("plan__member", "customer", "touch")[:TICKS]:
        began, began_cpu = time.perf_counter(), time.process_time()
        put_off_item(item, by=item.plan.member.actor, at=at)
        ticks.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - began_cpu) * 1000)
    return ticks, cpu


def _in_words(found: dict[str, Any]) -> str:
    return (
        f"{found['customers']:,} customers, {found['managers']} managers, {found['kinds']} kinds of"
        f" reason, {found['database']}: {found['median_seconds']:.2f} s (of {found['seconds']},"
        f" processor {found['cpu_seconds']:.2f} s), at most {found['at_most_seconds']} s;"
        f" first day {found['first_day_seconds']:.2f} s; {found['peak_gib']} GiB, at most"
        f" {MOST_GIB}; one list after a tick {found['tick_ms']} ms (processor"
        f" {found['tick_cpu_ms']} ms, slowest {found['slowest_tick_ms']} ms), at most"
        f" {MOST_TICK_MS:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
