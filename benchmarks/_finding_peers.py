"""What duplicates are found by beside ours: exact keys, `recordlinkage`, and Splink by itself."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _made_up_people import Made

Pair = tuple[int, int]
Pairs = set[Pair]
COLUMNS = ("given", "family", "email", "phone", "street", "postcode", "city", "born", "number")
# What plain Splink and recordlinkage compare at all: the same for both.
BLOCKS = (
    ("email",), ("phone",), ("born", "given"), ("born", "family"), ("given", "family"),
    ("street",), ("postcode", "family"), ("number",),
)  # fmt: skip
# The Python that has recordlinkage: it needs pandas 2, and Splink here lives with pandas 3.
RECORDLINKAGE = "REGULARS_RECORDLINKAGE"


def pair_of(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def groups_of(keys: Iterable[object]) -> list[list[int]]:
    found: dict[object, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key:
            found[key].append(place)
    return list(found.values())


def exact(records: list[Made]) -> Pairs:
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
        for group in groups_of(map(key, records))
        if len(group) < 50
        for pair in combinations(group, 2)
    }


def scored(pairs: Pairs, true: Pairs) -> dict[str, float]:
    right = len(pairs & true)
    return {"precision": right / max(1, len(pairs)), "recall": right / max(1, len(true))}


def plain_splink(records: list[Made], true: Pairs) -> dict[str, float]:
    """Splink as its documentation links people: trained here, nothing of ours in it."""
    import logging

    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    values: dict[str, list[Any]] = {
        name: [getattr(one, name) or None for one in records] for name in COLUMNS
    }
    filled = [name for name in COLUMNS if any(values[name])]
    table = pa.table(
        {"unique_id": list(range(len(records)))} | {name: values[name] for name in filled}
    )
    comparisons: list[Any] = [cl.JaroWinklerAtThresholds(name) for name in filled]
    rules: list[Any] = [
        block_on(*some)
        for some in BLOCKS
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
    return scored({pair_of(row["unique_id_l"], row["unique_id_r"]) for row in found}, true)


def filled_blocks(records: list[Made]) -> tuple[list[str], list[list[str]]]:
    """The columns that the list has anything in, and the blocks made of those alone."""
    filled = [name for name in COLUMNS if any(getattr(one, name) for one in records)]
    return filled, [list(some) for some in BLOCKS if set(some) <= set(filled)]


def by_recordlinkage(records: list[Made], true: Pairs) -> dict[str, float] | None:
    """recordlinkage as its documentation finds duplicates; None where no Python has it."""
    python = os.environ.get(RECORDLINKAGE)
    if not python:
        return None
    filled, blocks = filled_blocks(records)
    rows = [[getattr(one, name) or None for name in filled] for one in records]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as told:
        json.dump({"columns": filled, "blocks": blocks, "rows": rows}, told)
        told.flush()
        script = Path(__file__).with_name("_by_recordlinkage.py")
        answer = subprocess.run(
            [python, str(script), told.name], check=True, capture_output=True, text=True
        )
    return scored({pair_of(left, right) for left, right in json.loads(answer.stdout)}, true)
