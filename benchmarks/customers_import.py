"""Bring in a list of customers from CSV, with what undoing needs, and undo it.

`./dev bench customers_import [--customers N] [--again]` makes its own database under a scratch
folder, or takes DATABASE_URL. `--again` brings a second file in that changes every customer.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

HEADING = "Customer ID,First name,Last name,Email,Phone,Street,Postcode,City,Country,Note"
GIVEN, FAMILY = "Ma Jo An Lu Pe Ka Ro Sa".split(), "Wil Har Sto Bre Cal Fen Gra Lo".split()


def write_file(path: Path, count: int, *, later: bool) -> None:
    """A list as a shop has it: number, name, address, phone, place, note; one in ten is vague."""
    given = [one + two for one in GIVEN for two in ("ria", "han", "nika", "cia", "ter")]
    family = [one + two for one in FAMILY for two in ("son", "ris", "kes", "wer", "loway", "ham")]
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{HEADING}\n")
        for n in range(1, count + 1):
            first, last = given[n % len(given)], family[n // len(given) % len(family)]
            mail = f"{first}.{last}.{n}@example.com".lower() if n % 10 else ""
            phone = f"+44 20 7{n % 10}{(n // 10) % 100000:05d}" if n % 3 else ""
            note = f"note {n % 7}{' changed' if later else ''}" if n % 4 or later else ""
            out.write(
                f"C{n:07d},{first},{last},{mail},{phone},{n % 300} High Street,"
                f"N{n % 20} {n % 9}AB,Town {n % 500},GB,{note}\n"
            )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--again", action="store_true")
    options.add_argument("--profile", action="store_true")
    told = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        os.environ["REGULARS_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
        run(Path(folder), told)


def run(folder: Path, told: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from regulars.cli.readiness import business_at_hand

    call_command("migrate", verbosity=0)
    business_at_hand("GBP")
    numbers = [bring_in(folder, told, later=False)]
    if told.again:
        numbers.append(bring_in(folder, told, later=True))
    for number in reversed(numbers):
        undo(number, told.customers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of memory: {peak:.0f} MB")


def bring_in(folder: Path, told: argparse.Namespace, *, later: bool) -> int:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.intake import actions
    from regulars.intake.actions import NewFile

    path = folder / f"customers-{int(later)}.csv"
    write_file(path, told.customers, later=later)
    begun = time.perf_counter()
    with path.open("rb") as file:
        item = actions.begin_import(
            "customers", [NewFile("customers", path.name, file)], by=COMMAND, at=clock.now()
        )
    actions.check_now(item, by=COMMAND, at=clock.now())
    checked = time.perf_counter()
    actions.bring_in_now(item, by=COMMAND, at=clock.now())
    ended = time.perf_counter()
    said = {name: item.report[name] for name in ("rows", "created", "updated", "rejected")}
    print(f"{'changed' if later else 'new'}: {said}")
    print(f"  looking {checked - begun:.1f} s, bringing in {ended - checked:.1f} s,"
          f" together {told.customers / (ended - begun):,.0f} rows/s")  # fmt: skip
    return int(item.pk)


def undo(import_id: int, count: int) -> None:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.intake import actions
    from regulars.intake.queries import import_for

    begun = time.perf_counter()
    actions.undo_now(import_for(COMMAND, import_id), by=COMMAND, at=clock.now())
    took = time.perf_counter() - begun
    print(f"undone: {took:.1f} s, {count / took:,.0f} rows/s")


if __name__ == "__main__":
    main()
