"""Bring in a list of customers from CSV: new, the same again, half of it changed; then undo.

`./dev bench customers_import [--rows N] [--part new|again|half] [--others] [--kind orders]` makes
its own database under a scratch folder, or takes DATABASE_URL (an empty database). Each stage says
rows a second by the clock, CPU of this process a row (and that of PostgreSQL's own for it, where it
is on this machine), and the longest transaction, for which others wait on SQLite, with the
checkpoint that may follow it, for which nobody does. With `--others` it works as if other processes
of the instance were running, for whose sake SQLite's transactions are cut short. With `--kind
orders` each row is a line of an order, two to an order, of customers who have twenty each.
"""

import argparse
import fcntl
import os
import resource
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADING = "Customer ID,First name,Last name,Email,Phone,Street,Postcode,City,Country,Note"
GIVEN, FAMILY = "Ma Jo An Lu Pe Ka Ro Sa".split(), "Wil Har Sto Bre Cal Fen Gra Lo".split()


def write_file(path: Path, count: int, *, later: bool) -> None:
    """A list as a shop has it: number, name, address, phone, place, note; one in ten is vague.

    The later one says something else of every second customer.
    """
    given = [one + two for one in GIVEN for two in ("ria", "han", "nika", "cia", "ter")]
    family = [one + two for one in FAMILY for two in ("son", "ris", "kes", "wer", "loway", "ham")]
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{HEADING}\n")
        for n in range(1, count + 1):
            first, last = given[n % len(given)], family[n // len(given) % len(family)]
            mail = f"{first}.{last}.{n}@example.com".lower() if n % 10 else ""
            phone = f"+44 20 7{n % 10}{(n // 10) % 100000:05d}" if n % 3 else ""
            is_changed = later and n % 2
            note = f"note {n % 7}{' changed' if is_changed else ''}" if n % 4 or is_changed else ""
            out.write(
                f"C{n:07d},{first},{last},{mail},{phone},{n % 300} High Street,"
                f"N{n % 20} {n % 9}AB,Town {n % 500},GB,{note}\n"
            )


def write_orders(path: Path, count: int, *, later: bool) -> None:
    """Orders as a till writes them out; the later file has other prices for every second one."""
    with path.open("w", encoding="utf-8") as out:
        out.write("Order,Date,Customer ID,Item,Quantity,Price\n")
        for n in range(count):
            nth = n // 2
            price = 3.4 + n % 7 + (nth % 2 if later else 0)
            day = f"202{nth % 4}-{1 + nth % 12:02d}-{1 + nth % 28:02d}"
            out.write(f"o{nth},{day},k{nth % (count // 40 + 1)},Loaf {n % 50},1,{price:.2f}\n")


WRITERS = {"customers": write_file, "orders": write_orders}


@dataclass(slots=True)
class Stages:
    """What each stage of some work took: seconds by the clock, of CPU here, and of PostgreSQL."""

    name: str = ""
    begun: tuple[float, ...] = (0.0, 0.0, 0.0)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * 3))
    longest: tuple[float, str] = (0.0, "")
    spent: list[float] = field(default_factory=list)
    written: int = 0

    def enter(self, name: str) -> None:
        now = time.perf_counter(), time.process_time(), server_cpu()
        if self.name:
            for at in range(3):
                self.took[self.name][at] += now[at] - self.begun[at]
        self.name, self.begun = name, now

    def tell(self, what: str, rows: int) -> None:
        self.enter("")
        whole = [sum(one[at] for one in self.took.values()) for at in range(3)]
        for name, (clock, cpu, server) in [*self.took.items(), (what, whole)]:
            lead = "" if name == what else "  "
            more = f" and {1e6 * server / rows:.1f} µs of the server's" if server else ""
            print(f"{lead}{name + ':':{32 - len(lead)}} {rows / clock:>9,.0f} rows/s by the clock,"
                  f" {1e6 * cpu / rows:6.1f} µs of CPU a row{more}")  # fmt: skip
        used = resource.getrusage(resource.RUSAGE_SELF)
        peak, written = used.ru_maxrss / 1024, used.ru_oublock * 512 - self.written
        self.written += written
        took, name = self.longest
        nearly_all = sorted(self.spent)[int(len(self.spent) * 0.99)] if self.spent else 0.0
        print(f"  longest transaction with what follows it {1000 * took:.0f} ms ({name}), 99 of 100"
              f" at most {1000 * nearly_all:.0f} ms,"
              f" {written / rows / 1024:.1f} KB written a row, peak of memory {peak:.0f} MB,"
              f" load {os.getloadavg()[0]:.1f}")  # fmt: skip
        self.took.clear()
        self.longest = 0.0, ""
        self.spent.clear()

    def count(self, seconds: float) -> None:
        self.spent.append(seconds)
        self.longest = max(self.longest, (seconds, self.name))


STAGES = Stages()


def server_cpu() -> float:
    """Seconds of CPU of the process in which PostgreSQL answers us, where we can see it."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return 0.0
    told = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not told.exists():
        return 0.0
    name, _sign, times = told.read_text().rpartition(") ")
    if "postgres" not in name:
        return 0.0
    return sum(map(int, times.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def watch() -> None:
    """Have the steps that a job names become stages, and measure transactions."""
    from django.db import transaction

    from regulars.core.jobs import RunningJob

    tell = RunningJob.progress

    def progress(self: Any, done: int, total: int | None = None, *, step: str = "") -> None:
        if step and step != STAGES.name:
            STAGES.enter(step)
        tell(self, done, total, step=step)

    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__
    open_since: list[float] = []

    def begin(self: Any) -> None:
        open_since.append(time.perf_counter())
        enter(self)

    def end(self: Any, *why: Any) -> None:
        leave(self, *why)
        STAGES.count(time.perf_counter() - open_since.pop())

    RunningJob.progress = progress  # type: ignore[method-assign]
    transaction.Atomic.__enter__ = begin  # type: ignore[method-assign]
    transaction.Atomic.__exit__ = end  # type: ignore[method-assign]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", "--customers", dest="rows", type=int, default=100_000)
    options.add_argument("--part", choices=("new", "again", "half"), default="half")
    options.add_argument("--others", action="store_true")
    options.add_argument("--kind", choices=tuple(WRITERS), default="customers")
    told = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        os.environ["REGULARS_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
        run(Path(folder), told.rows, told.part, others=told.others, kind=told.kind)


def run(folder: Path, rows: int, part: str, *, others: bool, kind: str = "customers") -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from regulars.cli.readiness import business_at_hand
    from regulars.core.presence import COMPANY_NAME, be_here

    be_here(lambda: None)
    if others:
        fcntl.flock(os.open(folder / COMPANY_NAME, os.O_RDWR), fcntl.LOCK_SH)
    call_command("migrate", verbosity=0)
    business_at_hand("GBP")
    watch()
    work: list[tuple[str, bool]] = [("new", False), ("again", False), ("half", True)]
    upto = 1 + [name for name, _later in work].index(part)
    numbers = [bring_in(folder, kind, rows, name, later=later) for name, later in work[:upto]]
    for number, (name, _later) in reversed(list(zip(numbers, work, strict=False))):
        if name != "again":
            undo(number, rows, name)


def bring_in(folder: Path, kind: str, rows: int, name: str, *, later: bool) -> int:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.intake import actions
    from regulars.intake.actions import NewFile

    path = folder / f"{kind}-{int(later)}.csv"
    WRITERS[kind](path, rows, later=later)
    STAGES.enter("Handing over")
    with path.open("rb") as file:
        item = actions.begin_import(
            kind, [NewFile(kind, path.name, file)], by=COMMAND, at=clock.now()
        )
    actions.check_now(item, by=COMMAND, at=clock.now())
    actions.bring_in_now(item, by=COMMAND, at=clock.now())
    STAGES.tell(f"brought in ({name})", rows)
    print(f"  { ({one: item.report[one] for one in ('rows', 'created', 'updated', 'rejected')}) }")
    return int(item.pk)


def undo(import_id: int, rows: int, name: str) -> None:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.intake import actions
    from regulars.intake.queries import import_for

    STAGES.enter("Putting back")
    done = actions.undo_now(import_for(COMMAND, import_id), by=COMMAND, at=clock.now())
    STAGES.tell(f"undone ({name})", rows)
    print(f"  { ({one: count for one, count in done.report.items() if one != 'examples'}) }")


if __name__ == "__main__":
    main()
