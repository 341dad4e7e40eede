"""Bring in 209,029 rows of a wholesaler's invoices: SQLite in a file, synchronous=FULL, all checks.

    REGULARS_TEST_DATA=… python -m benchmarks.online_retail

Three imports, each into an empty database, by the same steps as `regulars import orders`; prints
one line of JSON with the median. At most 15 seconds are allowed.
"""

import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

RUNS, LIMIT = 3, 15.0
FILE = Path("purchases") / "online_retail" / "online_retail_2010-12_2011-05.csv.gz"


def main() -> int:
    """Measure, print, and fail when it took too long or took other rows."""
    folder = os.environ.get("REGULARS_TEST_DATA")
    if not folder:
        print("REGULARS_TEST_DATA must name the folder of real data.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"REGULARS_HOME": home, "DJANGO_SETTINGS_MODULE": "regulars.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        seconds, steps = _measure(Path(folder) / FILE, Path(home))
    median = statistics.median(seconds)
    print(json.dumps({
        "benchmark": "online_retail", "rows": 209_029, "seconds": round(median, 2),
        "rows_per_second": round(209_029 / median), "runs": [round(run, 2) for run in seconds],
        "steps": {name: round(took, 2) for name, took in steps.items()}, "limit_seconds": LIMIT,
        "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
        "synchronous": "FULL",
    }))  # fmt: skip
    return 0 if median <= LIMIT else 1


def _measure(file: Path, home: Path) -> tuple[list[float], dict[str, float]]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,), "the database must not lose what it acknowledged"
    seconds, steps = [], {"check": 0.0, "bring_in": 0.0}
    for _run in range(RUNS):
        steps = _bring_in(file)
        seconds.append(sum(steps.values()))
        call_command("flush", interactive=False, verbosity=0)
    return seconds, steps


def _bring_in(file: Path) -> dict[str, float]:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.intake import actions
    from regulars.intake.actions import NewFile
    from regulars.orders.models import OrderLine

    began = time.perf_counter()
    with file.open("rb") as content:
        handed = [NewFile("orders", file.name, content)]
        item = actions.begin_import("orders", handed, by=COMMAND, at=clock.now())
    actions.check_now(item, by=COMMAND, at=clock.now())
    checked = time.perf_counter()
    actions.bring_in_now(item, by=COMMAND, at=clock.now())
    done = time.perf_counter()
    report = item.report
    assert (report["created"], report["orders"], report["customers"]) == (209_029, 10_783, 2_767)
    assert OrderLine.objects.count() == 209_029
    return {"check": checked - began, "bring_in": done - checked}


if __name__ == "__main__":
    sys.exit(main())
