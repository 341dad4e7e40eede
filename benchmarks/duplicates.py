"""How well duplicates are found, and how fast: real lists with the truth, and made-up ones.

    ./dev bench duplicates [--people N] [--json]

No list here is one that the levels of `likeness` were set on (those: `febrl_dataset1`, the people
of `splink_fake_1000` with odd numbers, made-up lists of other seeds). `febrl_dataset2` and the even
people of `splink_fake_1000` come from the folder that REGULARS_TEST_DATA names; lists of 30 (forty
of them), 1,000 and 100,000 people are made up with fixed seeds, one in ten written down again with
noise, among households, couples with one address and namesakes in one house. A list is mapped to
what an import can bring: names, one e-mail, one telephone, street, postcode and town; birthdays and
the number of `febrl` as fields of the business's own. Beside ours: exact keys, `recordlinkage`
(where REGULARS_RECORDLINKAGE names a Python that has it: it needs another pandas than ours) and
Splink as its documentation sets it up for people, trained on the list, at a probability of 0.5.

Recall "where the fields allow": of the made-up lists, copies that kept two of name, e-mail,
telephone, street and birthday unspoiled; of `fake_1000`, pairs that agree in two of first name,
family name, e-mail, town and birthday, and, as the stricter reading, pairs that both fill the same
four of those five, whatever stands in them. Of `febrl_dataset2`, all.

With `--people N`, one look through so many is timed instead: seconds, processor seconds, and the
most memory that this process and its children had together.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import combinations
from pathlib import Path
from threading import Event, Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _finding_peers import (
    Pairs,
    by_recordlinkage,
    exact,
    groups_of,
    pair_of,
    plain_splink,
    scored,
)
from _list_of_people import AT, fake, febrl, put_on_the_list
from _made_up_people import Made, made_up

LEAST_PRECISION, LEAST_MERGES, LEAST_RECALL = 0.995, 600, 0.97
LEAST_AGREEING, LEAST_FILLED = 2, 4
FIELDS = ("given", "family", "email", "city", "born")
# Other seeds than the levels were set on.
SEED, SMALL_SEEDS = 700_001, range(700_100, 700_140)
MOST_SECONDS, MOST_MEGABYTES = 90, 4_096


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=0, help="time one scan of so many instead")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        found = _speed(arguments.people) if arguments.people else _quality()
    print(json.dumps(found) if arguments.json else json.dumps(found, indent=1))
    return 0 if found["holds"] else 1


def _open(folder: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        os.environ["REGULARS_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


# Quality


def _quality() -> dict[str, Any]:
    lists: dict[str, list[Made]] = {}
    if data := os.environ.get("REGULARS_TEST_DATA"):
        lists["febrl_dataset2"] = febrl(Path(data))
        lists["splink_fake_1000"] = [one for one in fake(Path(data)) if one.whose % 2 == 0]
    for count in (1_000, 100_000):
        lists[f"made up, {count:,}"] = made_up(count, seed=SEED)
    rows = {name: _judged(name, records) for name, records in lists.items()}
    small = [_judged("", made_up(30, seed=seed), beside=False) for seed in SMALL_SEEDS]
    rows["made up, 30 (40 lists)"] = _summed(small)
    merges = sum(row["merges"] for row in rows.values())
    right = sum(row["merges_right"] for row in rows.values())
    return {
        "benchmark": "duplicates",
        "lists": rows,
        "merges": merges,
        "precision_of_merges": right / merges,
        "holds": right >= LEAST_PRECISION * merges
        and merges >= LEAST_MERGES
        and all(row["recall_where_allowed"] >= LEAST_RECALL for row in rows.values()),
    }


def _judged(name: str, records: list[Made], *, beside: bool = True) -> dict[str, Any]:
    from regulars.customers.models import Customer
    from regulars.customers.sieves import found_by_engine
    from regulars.customers.sifting import SMALL, likenesses, sifted_here
    from regulars.customers.verdicts import clusters_of

    ids = put_on_the_list(records)
    listed = Customer.objects.on_the_list()
    alike = (
        sifted_here(likenesses(listed))
        if len(records) <= SMALL
        else found_by_engine(None, step=lambda _word: None)
    )
    place = {pk: number for number, pk in enumerate(ids)}
    proposed = {pair_of(place[one.low], place[one.high]) for one in alike}
    groups = [[place[pk] for pk in group] for group in clusters_of(alike)]
    merges = [(group[0], other) for group in groups for other in group[1:]]
    true, allowed = _truth(records), _allowed(name, records)
    told: dict[str, Any] = {
        "records": len(records),
        "true_pairs": len(true),
        "allowed_pairs": len(allowed),
        "proposals": len(proposed),
        "found": len(proposed & true),
        "allowed_found": len(proposed & allowed),
        "merges": len(merges),
        "merges_right": sum(records[a].whose == records[b].whose for a, b in merges),
        "largest_group": max(map(len, groups), default=0),
    }
    if name == "splink_fake_1000":
        filled = {(a, b) for a, b in true if _filled(records[a], records[b]) >= LEAST_FILLED}
        told["recall_where_filled"] = len(proposed & filled) / len(filled)
    if beside:
        told |= {
            "exact": scored(exact(records), true),
            "recordlinkage": by_recordlinkage(records, true),
            "splink": plain_splink(records, true),
        }
    return _with_shares(told)


def _with_shares(told: dict[str, Any]) -> dict[str, Any]:
    return told | {
        "recall": told["found"] / max(1, told["true_pairs"]),
        "recall_where_allowed": told["allowed_found"] / max(1, told["allowed_pairs"]),
        "precision_of_proposals": told["found"] / max(1, told["proposals"]),
        "precision_of_merges": told["merges_right"] / max(1, told["merges"]),
    }


def _summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    counts = [name for name, value in rows[0].items() if isinstance(value, int)]
    summed = {name: sum(row[name] for row in rows) for name in counts}
    return _with_shares(summed | {"largest_group": max(row["largest_group"] for row in rows)})


def _truth(records: list[Made]) -> Pairs:
    return {
        pair
        for group in groups_of(("whose", one.whose) for one in records)
        for pair in combinations(group, 2)
    }


def _allowed(name: str, records: list[Made]) -> Pairs:
    true = _truth(records)
    if name == "febrl_dataset2":
        return true
    if name == "splink_fake_1000":
        return {(a, b) for a, b in true if _agreeing(records[a], records[b]) >= LEAST_AGREEING}
    # Of two copies of one record, each must have kept enough to be known by.
    copies = [one.is_copy and len(one.kept) < LEAST_AGREEING for one in records]
    return {(a, b) for a, b in true if not copies[a] and not copies[b]}


def _agreeing(one: Made, other: Made) -> int:
    return sum(bool(getattr(one, f)) and getattr(one, f) == getattr(other, f) for f in FIELDS)


def _filled(one: Made, other: Made) -> int:
    return sum(bool(getattr(one, f)) and bool(getattr(other, f)) for f in FIELDS)


# Speed


def _speed(count: int) -> dict[str, Any]:
    from regulars.core.actor import COMMAND
    from regulars.customers.actions.finding import find_duplicates

    put_on_the_list(made_up(count, seed=SEED))
    began, worked = time.perf_counter(), _processor_seconds()
    with most_memory() as most:
        found = find_duplicates(by=COMMAND, at=AT)
    seconds, memory = time.perf_counter() - began, max(most) >> 20
    is_million = count >= 1_000_000
    return {
        "benchmark": "duplicates, speed", "customers": count, "seconds": round(seconds, 1),
        "processor_seconds": round(_processor_seconds() - worked, 1), "proposals": found.open,
        "automatic": found.automatic, "memory_mb": memory,
        "holds": not is_million or (seconds <= MOST_SECONDS and memory <= MOST_MEGABYTES),
    }  # fmt: skip


def _processor_seconds() -> float:
    """Of this process and of those it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """Bytes that this process and its children hold, looked at ten times a second."""
    seen, is_over = [_bytes_held()], Event()

    def look() -> None:
        while not is_over.wait(0.1):
            seen.append(_bytes_held())

    looking = Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


def _bytes_held() -> int:
    held, page = 0, resource.getpagesize()
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        # A child may end while we look.
        with suppress(OSError):
            held += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return held


if __name__ == "__main__":
    sys.exit(main())
