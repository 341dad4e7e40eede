"""How well duplicates are found, and how fast: real lists with the truth, and made-up ones.

    ./dev bench duplicates [--speed N] [--json]

`febrl_dataset2` and `splink_fake_1000` come from the folder that REGULARS_TEST_DATA names; lists of
30 (forty of them), 1,000 and 100,000 people are made up with a fixed seed, one in ten written down
again with noise, among households, couples with one address and namesakes in one house. A list is
mapped to what an import can bring: names, one e-mail, one telephone, street, postcode and town;
birthdays and the number of `febrl` as fields of the business's own. Beside ours: exact keys, and
Splink as its documentation sets it up for people, trained on the list, at a probability of 0.5.

Recall "where the fields allow": of the made-up lists, copies that kept two of name, e-mail,
telephone, street and birthday unspoiled; of `fake_1000`, pairs that both fill four of five fields.
"""

import argparse
import csv
import json
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _made_up_people import Made, made_up

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LEAST_PRECISION, LEAST_MERGES, LEAST_RECALL = 0.995, 600, 0.97
FIELDS = ("given", "family", "email", "city", "born")
Pair = tuple[int, int]
Pairs = set[Pair]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speed", type=int, default=0, help="time one scan of so many instead")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        found = _speed(arguments.speed) if arguments.speed else _quality()
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
        lists["febrl_dataset2"] = _febrl(Path(data))
        lists["splink_fake_1000"] = _fake(Path(data))
    lists |= {"made up, 1,000": made_up(1_000), "made up, 100,000": made_up(100_000)}
    rows = {name: _judged(name, records) for name, records in lists.items()}
    small = [_judged("", made_up(30, seed=seed), beside=False) for seed in range(40)]
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

    ids = _listed(records)
    listed = Customer.objects.on_the_list()
    alike = (
        sifted_here(likenesses(listed))
        if len(records) <= SMALL
        else found_by_engine(None, step=lambda _word: None)
    )
    place = {pk: number for number, pk in enumerate(ids)}
    proposed = {_pair(place[one.low], place[one.high]) for one in alike}
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
    if beside:
        told |= {"exact": _scored(_exact(records), true), "splink": _splink(records, true)}
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


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _groups(keys: Iterable[object]) -> list[list[int]]:
    found: dict[object, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key:
            found[key].append(place)
    return list(found.values())


def _truth(records: list[Made]) -> Pairs:
    return {
        pair
        for group in _groups(("whose", one.whose) for one in records)
        for pair in combinations(group, 2)
    }


def _allowed(name: str, records: list[Made]) -> Pairs:
    true = _truth(records)
    if name == "febrl_dataset2":
        return true
    if name == "splink_fake_1000":
        return {
            (a, b)
            for a, b in true
            if sum(bool(getattr(records[a], f) and getattr(records[b], f)) for f in FIELDS) >= 4
        }
    # Of two copies of one record, each must have kept enough to be known by.
    copies = [one.is_copy and len(one.kept) < 2 for one in records]
    return {(a, b) for a, b in true if not copies[a] and not copies[b]}


def _exact(records: list[Made]) -> Pairs:
    """The same e-mail, the same number, or the same names with the same telephone or birthday."""
    keys: list[Callable[[Made], object]] = [
        lambda one: one.email.casefold(),
        lambda one: one.number,
        lambda one: one.phone and (one.given, one.family, one.phone),
        lambda one: one.born and (one.given, one.family, one.born),
    ]
    return {
        pair
        for key in keys
        for group in _groups(map(key, records))
        if len(group) < 50
        for pair in combinations(group, 2)
    }


def _scored(pairs: Pairs, true: Pairs) -> dict[str, float]:
    right = len(pairs & true)
    return {"precision": right / max(1, len(pairs)), "recall": right / max(1, len(true))}


def _splink(records: list[Made], true: Pairs) -> dict[str, float]:
    """Splink as its documentation links people: trained here, nothing of ours in it."""
    import logging

    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = ["given", "family", "email", "phone", "street", "postcode", "city", "born", "number"]
    values: dict[str, list[Any]] = {
        name: [getattr(one, name) or None for one in records] for name in columns
    }
    filled = [name for name in columns if any(values[name])]
    table = pa.table(
        {"unique_id": list(range(len(records)))} | {name: values[name] for name in filled}
    )
    comparisons: list[Any] = [cl.JaroWinklerAtThresholds(name) for name in filled]
    rules: list[Any] = [
        block_on(*some)
        for some in (("email",), ("phone",), ("born", "given"), ("born", "family"),
                     ("given", "family"), ("street",), ("postcode", "family"), ("number",))
        if set(some) <= set(filled)
    ]  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(
        api.register(table),
        SettingsCreator(
            link_type="dedupe_only", comparisons=comparisons,
            blocking_rules_to_generate_predictions=rules,
        ),
        log_level=None,
    )  # fmt: skip
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given", "family")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("given", "family"), block_on("city", "family")):
        # Where a level is never seen among what a rule leaves, training by that rule gives up.
        with suppress(ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_record_list()
    return _scored({_pair(row["unique_id_l"], row["unique_id_r"]) for row in found}, true)


def _febrl(data: Path) -> list[Made]:
    with (data / "dedupe" / "febrl_dataset2.csv").open() as file:
        return [
            Made(
                int(row["rec_id"].split("-")[1]), row["given_name"], row["surname"],
                street=f"{row['street_number']} {row['address_1']}".strip(),
                postcode=row["postcode"], city=row["suburb"], born=_dashed(row["date_of_birth"]),
                number=row["soc_sec_id"],
            )
            for row in csv.DictReader(file, skipinitialspace=True)
        ]  # fmt: skip


def _dashed(day: str) -> str:
    """A day that the calendar has; a field of days takes no other."""
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""


def _fake(data: Path) -> list[Made]:
    with (data / "dedupe" / "splink_fake_1000.csv").open() as file:
        return [
            Made(
                int(row["cluster"]), row["first_name"], row["surname"], email=row["email"],
                city=row["city"], born=row["dob"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


# The list in the database


def _listed(records: list[Made]) -> list[int]:
    """The records as customers, in place of those that were there; their numbers in order."""
    from django.db import transaction

    from regulars.core.bulk import run_sql, table_of, write_rows
    from regulars.customers.models import ContactPoint, Customer, CustomField, CustomValue
    from regulars.customers.naming import sort_name_of

    born, number = (
        CustomField.objects.get_or_create(
            key=key, defaults={"label": label, "kind": kind, "created_at": AT}
        )[0]
        for key, label, kind in (
            ("birthday", "Birthday", "day"), ("own_number", "Social security", "text"),
        )
    )  # fmt: skip
    with transaction.atomic():
        # In one statement each: a list of 100,000 would otherwise come to Python to be deleted.
        for model in (CustomValue, ContactPoint, Customer):
            run_sql(f"DELETE FROM {table_of(model)}")
        ids = list(range(1, len(records) + 1))
        write_rows(
            Customer,
            ("id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
             "source", "created_at", "updated_at"),
            (
                (pk, "person", f"{one.given} {one.family}".strip() or one.email or "?", one.given,
                 one.family, sort_name_of("person", one.family, one.given, one.family), "", "",
                 "bench", _moment(), _moment())
                for pk, one in zip(ids, records, strict=True)
            ),
        )  # fmt: skip
        write_rows(
            ContactPoint,
            ("customer_id", "kind", "value", "normal", "seal", "label", "street", "postcode",
             "city", "region", "country", "is_primary", "state", "source", "created_at"),
            (row for pk, one in zip(ids, records, strict=True) for row in _points(pk, one)),
        )  # fmt: skip
        CustomValue.objects.bulk_create(
            (
                value
                for pk, one in zip(ids, records, strict=True)
                for value in _values(CustomValue, pk, one, born.pk, number.pk)
            ),
            batch_size=5_000,
        )
    return ids


def _moment() -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(AT)


def _points(pk: int, one: Made) -> Iterable[tuple[Any, ...]]:
    tail = (True, "usable", "bench", _moment())
    for kind, value in (("email", one.email), ("phone", one.phone)):
        if value:
            yield (pk, kind, value, value.casefold(), "0" * 32, "", "", "", "", "", "", *tail)
    if one.street or one.postcode or one.city:
        yield (pk, "address", one.street or one.city, f"{one.street}|{one.postcode}|{one.city}", "",
               "", one.street, one.postcode, one.city, "", "", *tail)  # fmt: skip


def _values(model: Any, pk: int, one: Made, born: int, number: int) -> Iterable[Any]:
    if one.born:
        yield model(customer_id=pk, field_id=born, day=date.fromisoformat(one.born))
    if one.number:
        yield model(customer_id=pk, field_id=number, text=one.number)


# Speed


def _speed(count: int) -> dict[str, Any]:
    from regulars.core.actor import COMMAND
    from regulars.customers.actions.finding import find_duplicates

    _listed(made_up(count))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    found = find_duplicates(by=COMMAND, at=AT)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "benchmark": "duplicates, speed", "customers": count, "seconds": round(seconds, 1),
        "proposals": found.open, "automatic": found.automatic, "memory_mb": memory,
        "memory_before_mb": before // 1024, "holds": count < 1_000_000 or seconds <= 90,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
