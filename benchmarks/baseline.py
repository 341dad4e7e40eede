"""Does the baseline hold: 8 weeks in 10 within its band, and few dull stretches called disruptions?

    REGULARS_TEST_DATA=… ./dev bench baseline [--judge] [--seeds N] [--json]

Shops made up in two ways (_weeks_made.py), of half a year to four years, some with an earlier
disruption in their books, and a wholesaler's real half year (where REGULARS_TEST_DATA names it).
Each is asked, as the product asks, about sixteen weeks that it has not seen: as they would have
been, which the makers of the shop know. Then as many days as a closure lasts (10 to 60) are taken
away: that must be called a disruption. **The judging seeds are others than those on which the
baseline was tuned**, and `--judge` alone uses them.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _weeks_made import Told, retail, rhythm_shops, street_shops

from regulars.insight.baseline import Books, Stretch, baseline, is_out_of_the_ordinary
from regulars.insight.calendar import OpenDays

TUNING, JUDGING = 0, 1000
LEAST_HELD, MOST_HELD, MOST_FALSE, LEAST_WEEKS = 0.75, 0.85, 0.05, 400
LOOKED_AT = 4


def main() -> int:
    options = _options()
    began, processor = time.perf_counter(), time.process_time()
    report = judged(JUDGING if options.judge else TUNING, options.seeds)
    report["seeds"] = "judging" if options.judge else "tuning"
    report["wall_seconds"] = round(time.perf_counter() - began, 1)
    report["cpu_seconds"] = round(time.process_time() - processor, 1)
    print(json.dumps(report)) if options.json else _tell(report)
    return 0 if report["holds"] else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judge", action="store_true", help="the seeds that were kept apart")
    parser.add_argument("--seeds", type=int, default=24, help="shops of each trade")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    return parser.parse_args()


def shops(first: int, count: int) -> Iterator[Told]:
    data = os.environ.get("REGULARS_TEST_DATA")
    few = range(first, first + max(1, count // 3))
    real = retail(Path(data) / "purchases") if data else []
    return chain(street_shops(range(first, first + count)), rhythm_shops(few), real)


def judged(first: int, count: int) -> dict[str, Any]:
    held: dict[str, list[bool]] = defaultdict(list)
    called: dict[str, list[bool]] = defaultdict(list)
    found: list[bool] = []
    for told in shops(first, count):
        rows = _asked(told)
        group = "real" if told.is_real else told.name
        for what in ("customers", "spend"):
            held[f"{group}, {what}"] += _held(told, rows, what)
        called[group].append(is_out_of_the_ordinary(rows[LOOKED_AT - 1]))
        found.append(_is_found(told))
    every = [one for each in held.values() for one in each]
    dull = [one for each in called.values() for one in each]
    share, false = float(np.mean(every)), float(np.mean(dull))
    return {
        "benchmark": "baseline", "weeks": len(every) // 2, "held": round(share, 3),
        "held_of": {name: round(float(np.mean(each)), 3) for name, each in held.items()},
        "held_customers": _share(held, "customers"), "held_spend": _share(held, "spend"),
        "dull_stretches": len(dull), "called_disruptions": round(false, 3),
        "closures": len(found), "closures_found": round(float(np.mean(found)), 3),
        "holds": LEAST_HELD <= share <= MOST_HELD and false <= MOST_FALSE
        and len(every) // 2 >= LEAST_WEEKS,
    }  # fmt: skip


def _share(held: dict[str, list[bool]], what: str) -> float:
    of_it = [one for name, each in held.items() if name.endswith(what) for one in each]
    return round(float(np.mean(of_it)), 3)


def books_of(told: Told, taken_weeks: float = 0.0) -> Books:
    """The books of a shop, with so many weeks from the cut on taken away."""
    last = date.fromordinal(int(told.middles[-1]) + 3)
    weeks, count = {}, len(told.middles)
    for place in range(count):
        since = place - told.cut
        left = 1 - min(1.0, max(0.0, taken_weeks - since)) if since >= 0 else 1.0
        customers, revenue = float(told.customers[place]), float(told.revenue[place])
        weeks[count - 1 - place] = round(customers * left), round(revenue * 100 * left)
    apart = [place for place in range(told.cut) if not told.usual[place]]
    stretches = [
        Stretch(_day(told, place) - timedelta(days=3), _day(told, place) + timedelta(days=3))
        for place in apart
    ]
    stretches.append(Stretch(_since(told), None))
    return Books(weeks, {}, _day(told, 0) - timedelta(days=3), last, OpenDays([]), stretches)


def _day(told: Told, place: int) -> date:
    return date.fromordinal(int(told.middles[place]))


def _since(told: Told) -> date:
    return _day(told, told.cut) - timedelta(days=3)


def _asked(told: Told, taken_weeks: float = 0.0) -> list[dict[str, Any]]:
    rows = baseline(books_of(told, taken_weeks), _since(told))
    return [row for row in rows if row["state"] == "since"]


def _held(told: Told, rows: list[dict[str, Any]], what: str) -> list[bool]:
    unit = "_minor" if what == "spend" else ""
    low, high, seen = f"{what}_low{unit}", f"{what}_high{unit}", f"{what}{unit}"
    usual = told.usual[told.cut :]
    pairs = zip(rows, usual, strict=False)
    return [bool(row[low] <= row[seen] <= row[high]) for row, is_usual in pairs
            if is_usual and row[low] is not None]  # fmt: skip


def _is_found(told: Told) -> bool:
    rows = _asked(told, told.closed_weeks)
    return any(is_out_of_the_ordinary(row) for row in rows[: int(told.closed_weeks) + LOOKED_AT])


def _tell(report: dict[str, Any]) -> None:
    for name, share in report["held_of"].items():
        print(f"{name:30s} {share:.1%}")
    print(
        f"{report['weeks']} weeks ({report['seeds']} seeds): the band holds {report['held']:.1%}"
        f" (customers {report['held_customers']:.1%}, money {report['held_spend']:.1%})\n"
        f"{report['dull_stretches']} dull stretches: {report['called_disruptions']:.1%} called"
        f" disruptions; {report['closures_found']:.1%} of {report['closures']} closures found\n"
        f"{report['wall_seconds']} s, {report['cpu_seconds']} s of processor"
    )


if __name__ == "__main__":
    sys.exit(main())
