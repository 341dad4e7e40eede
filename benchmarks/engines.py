"""The whole count on Parquet: DuckDB and Spark side by side, and what ten times as much costs.

`./dev bench engines` makes books of 100,000 and 1,000,000 customers with ten orders each as Parquet
under `var/` (kept for the next time), then counts each on each engine in a process of its own:
rhythm, patterns, stakes, dates and tiers of every customer, written to Parquet again.
`--customers 10000000 --engines duckdb --memory 12000` is the large one.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from _books_on_parquet import books_of

ROOT = Path(__file__).resolve().parent.parent

PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = _options()
    if options.count:
        _count_here(Path(options.count), options.engines[0])
        return
    found: dict[tuple[str, int], tuple[float, float, float]] = {}
    print("load", *os.getloadavg())
    for customers in options.customers:
        books = books_of(Path(options.folder), customers)
        for engine in options.engines:
            found[engine, customers] = _measured(books, engine, options)
            wall, cpu, peak = found[engine, customers]
            print(
                f"{engine:8} {customers:>10,} customers: {wall:7.1f} s, {cpu:7.1f} s of processor,"
                f" {peak:5.1f} GB at most", flush=True,
            )  # fmt: skip
        _compared(books, options.engines)
    _said(found, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", default=["duckdb", "spark"])
    parser.add_argument("--memory", type=int, default=4096, help="megabytes for an engine")
    parser.add_argument("--folder", default=str(ROOT / "var" / "bench" / "engines"))
    parser.add_argument("--count", help="count these books here; what the command itself starts")
    return parser.parse_args()


def _said(
    found: dict[tuple[str, int], tuple[float, float, float]], options: argparse.Namespace
) -> None:
    """Ratios between engines, and the growth of each from one size to the next."""
    first, *others = options.engines
    for customers in options.customers:
        for other in others:
            wall, cpu = (
                found[other, customers][n] / found[first, customers][n] for n in (0, 1)
            )  # fmt: skip
            print(f"{customers:,}: {other} takes {wall:.1f} times as long, {cpu:.1f} the processor")
    for engine in options.engines:
        for small, large in zip(options.customers, options.customers[1:], strict=False):
            wall, cpu = (found[engine, large][n] / found[engine, small][n] for n in (0, 1))
            print(f"{engine}: {large / small:.0f} times as many: {wall:.1f} times, {cpu:.1f} CPU")
    print("load", *os.getloadavg())


# One count in a process of its own, watched from outside


def _measured(books: Path, engine: str, options: argparse.Namespace) -> tuple[float, float, float]:
    """Seconds, seconds of processor and gigabytes, those of all the processes it starts."""
    env = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "regulars.config.settings",
        "REGULARS_HOME": str(books.parent / "home"), "DATABASE_URL": "",
        "REGULARS_ENGINE_MEMORY_MB": str(options.memory), "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    began = time.monotonic()
    command = [sys.executable, __file__, "--count", str(books), "--engines", engine]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    watched = _Watch(process.pid)
    watched.start()
    if process.wait():
        raise SystemExit(f"{engine} failed on {books}")
    watched.join()
    return time.monotonic() - began, watched.cpu, watched.peak / 1e9


class _Watch(threading.Thread):
    """Looks at a process and all below it ten times a second, as long as it is there."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self.cpu, self.peak = pid, 0.0, 0

    def run(self) -> None:
        spent: dict[int, float] = {}
        while Path(f"/proc/{self._pid}/stat").exists():
            memory = 0
            for pid in _family(self._pid):
                seen = _seen(pid)
                if seen is None:
                    continue
                spent[pid], resident = seen
                memory += resident
            self.peak = max(self.peak, memory)
            self.cpu = sum(spent.values())
            if _is_over(self._pid):
                return
            time.sleep(0.1)


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def _seen(pid: int) -> tuple[float, int] | None:
    """Seconds of processor and bytes at hand."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(words[11]) + int(words[12])) / TICKS, int(words[21]) * PAGE


def _is_over(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _count_here(books: Path, engine: str) -> None:
    """The product's own count over tables of Parquet; its facts go to Parquet beside them."""
    import django

    django.setup()
    from _books_on_parquet import AS_OF, counted_on_parquet, write_facts

    from regulars.insight.calendar import OpenDays
    from regulars.insight.counting import Count

    began = time.monotonic()
    count = Count(AS_OF, "GBP", OpenDays([]), is_onward=False)
    with counted_on_parquet(count, books, engine=engine) as result:
        worked = time.monotonic() - began
        write_facts(result, books / f"facts_{engine}")
        written = time.monotonic() - began
        facts = result.facts
        sums = facts.agg(
            customers=facts.count(),
            purchases=facts.purchase_count.sum().cast("int64"),
            stake_minor=facts.stake_minor.sum().cast("int64"),
            year_spend_minor=facts.year_spend_minor.sum().cast("int64"),
            gaps=facts.usual_gap_days.sum(),
            core=(facts.tier == "core").sum().cast("int64"),
            lost=(facts.tier == "lost").sum().cast("int64"),
        )
        found: dict[str, Any] = result.counter.rows(sums)[0]
    (books / f"facts_{engine}.json").write_text(json.dumps(found, default=str))
    print(f"  counted in {worked:.1f} s, written by {written:.1f} s", flush=True)


def _compared(books: Path, engines: list[str]) -> None:
    found = [json.loads((books / f"facts_{engine}.json").read_text()) for engine in engines]
    for one in found[1:]:
        for name, value in found[0].items():
            is_near = isinstance(value, float) and abs(one[name] / value - 1) < 1e-9
            if one[name] != value and not is_near:
                raise SystemExit(f"{name}: {value} and {one[name]}")
    print(f"  the same on {', '.join(engines)}: {found[0]}")


if __name__ == "__main__":
    main()
