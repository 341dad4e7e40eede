"""Does the forecast of goals hold: 8 times in 10 what comes lies within its band?

    REGULARS_TEST_DATA=… ./dev bench foretelling [--judge] [--seeds N] [--json]

Sums of one to eight weeks that were not seen, of shops made up in two ways (_weeks_made.py) and,
where REGULARS_TEST_DATA names them, of a wholesaler's real half year and of CDNOW's customers.
**The judging seeds are others than those on which it was tuned**, and `--judge` alone uses them.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _weeks_made import Told, cdnow, retail, rhythm_shops, street_shops

from regulars.insight.fitting.smoothing import ahead

TUNING, JUDGING = 0, 1000
LEAST_HELD, MOST_HELD, LEAST_PERIODS = 0.75, 0.85, 400
# Weeks added up, and how far apart they are asked about.
LENGTHS, CUTS, APART = (1, 2, 4, 8), 4, 4


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
    parser.add_argument("--seeds", type=int, default=6, help="shops of each trade")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    return parser.parse_args()


def shops(first: int, count: int) -> Iterator[Told]:
    data = os.environ.get("REGULARS_TEST_DATA")
    folder = Path(data) / "purchases" if data else None
    real = chain(retail(folder), cdnow(folder)) if folder else ()
    few = range(first, first + max(1, count // 3))
    return chain(street_shops(range(first, first + count)), rhythm_shops(few), real)


def judged(first: int, count: int) -> dict[str, Any]:
    held: dict[str, list[bool]] = defaultdict(list)
    for told in shops(first, count):
        group = told.name if told.is_real else "rhythms" if " " in told.name else "trades"
        for weeks, is_held in _asked(told):
            held[group].append(is_held)
            held[f"{weeks} weeks"].append(is_held)
            held["all"].append(is_held)
    shares = {name: round(float(np.mean(each)), 3) for name, each in sorted(held.items())}
    every = shares.pop("all")
    return {
        "benchmark": "foretelling", "periods": len(held["all"]), "held": every, "held_of": shares,
        "periods_of": {name: len(held[name]) for name in shares},
        "holds": LEAST_HELD <= every <= MOST_HELD and len(held["all"]) >= LEAST_PERIODS,
    }  # fmt: skip


def _asked(told: Told) -> Iterator[tuple[int, bool]]:
    for values, floor in ((told.customers, 0.5), (told.revenue, _basket(told) / 2)):
        for cut in range(told.cut, told.cut + CUTS * APART, APART):
            past = values[:cut][told.usual[:cut]].astype(np.float64)
            for weeks in LENGTHS:
                usual = told.usual[cut : cut + weeks]
                if len(usual) < weeks or not usual.all():
                    continue
                found = ahead(past, np.ones(weeks), floor=floor)
                if found is not None:
                    came = float(values[cut : cut + weeks].sum())
                    yield weeks, found.low <= came <= found.high


def _basket(told: Told) -> float:
    usual = float(np.median(told.customers[: told.cut]))
    return max(0.02, float(np.median(told.revenue[: told.cut])) / max(1.0, usual))


def _tell(report: dict[str, Any]) -> None:
    for name, share in report["held_of"].items():
        print(f"{name:15s} {share:.1%} of {report['periods_of'][name]}")
    print(
        f"{report['periods']} periods ({report['seeds']} seeds): the band holds"
        f" {report['held']:.1%}\n{report['wall_seconds']} s, {report['cpu_seconds']} s of processor"
    )


if __name__ == "__main__":
    sys.exit(main())
