"""Pairs of records, scored by Splink on an engine: the rules come from outside, as SQL."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engines.opening import Counter, Wanted

PEOPLE, PAIRS, ALIKE = "regulars_people", "regulars_pairs", "regulars_alike"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One level of a comparison; `m` and `u` are how often it is seen among the same and others."""

    sql: str
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: its levels from the strictest down, and the shares of all that is left."""

    name: str
    unknown_sql: str
    outcomes: Sequence[Outcome]
    different: tuple[float, float]

    def as_settings(self) -> dict[str, Any]:
        levels = [{"sql_condition": self.unknown_sql, "is_null_level": True}]
        levels += [_level(one.sql, one.m, one.u) for one in self.outcomes]
        levels += [_level("ELSE", *self.different)]
        return {"output_column_name": self.name, "comparison_levels": levels}


def _level(sql: str, m: float, u: float) -> dict[str, Any]:
    return {
        "sql_condition": sql,
        "m_probability": m,
        "u_probability": u,
        "fix_m_probability": True,
        "fix_u_probability": True,
    }


@dataclass(frozen=True, slots=True)
class Pairing:
    """What to fetch, how to make people and the pairs worth a look, and how to compare them.

    `statements` make the tables PEOPLE (with an `id`) and PAIRS (`low`, `high`) of what was
    fetched; `least` is asked for the score that a pair must reach, given how many people there
    are; `answer` is a select over ALIKE (`low`, `high`, `score`, `is_NAME` for each comparison)
    and whatever the statements made.
    """

    wanted: Sequence[Wanted]
    statements: Sequence[str]
    comparisons: Sequence[Compared]
    least: Callable[[int], float]
    answer: str


def alike_pairs(
    counter: Counter, pairing: Pairing, *, step: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Fetch, pair, score; rows of the answer. `step` hears what is being done."""
    api = counter.splink()
    step("fetching")
    counter.load_all(pairing.wanted)
    counter.end_loading()
    step("pairing")
    for statement in pairing.statements:
        counter.run(statement)
    count = counter.run(f"SELECT count(*) FROM {PEOPLE}").fetchone()[0]  # noqa: S608
    step("scoring")
    _score(counter, api, pairing, pairing.least(int(count)))
    step("reading")
    return _rows(counter.run(pairing.answer))


def _score(counter: Counter, api: Any, pairing: Pairing, least: float) -> None:
    logging.getLogger("splink").setLevel(logging.ERROR)
    from splink import Linker

    linker = Linker(
        api.register(PEOPLE, table_name="people"), _settings(pairing), None, validate_settings=False
    )
    pairs = api.register(f"{PAIRS}_keyed", table_name="pairs")
    counter.run(
        f"CREATE TABLE {PAIRS}_keyed AS SELECT low AS join_key_l, high AS join_key_r,"  # noqa: S608
        f" '0' AS match_key FROM {PAIRS}"
    )
    linker.table_management.register_blocked_pairs_for_predict(pairs)
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    levels = ", ".join(f"gamma_{one.name} AS is_{one.name}" for one in pairing.comparisons)
    counter.run(
        f"CREATE TABLE {ALIKE} AS SELECT id_l AS low, id_r AS high, match_weight AS score,"  # noqa: S608
        f" {levels} FROM {scored.physical_name}"
    )


def _settings(pairing: Pairing) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        # Even odds: the score is what the comparisons count, and nothing besides.
        "probability_two_random_records_match": 0.5,
        "blocking_rules_to_generate_predictions": ["l.id = r.id"],
        "comparisons": [one.as_settings() for one in pairing.comparisons],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
    }


def _rows(answer: Any) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in answer.description]
    while found := answer.fetchmany(10_000):
        yield from (dict(zip(names, row, strict=True)) for row in found)
