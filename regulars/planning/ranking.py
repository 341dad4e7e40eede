"""The most worthy of each list, and how many there are: the end of the statement of the day."""

# The pieces hold numbers and names of this room alone; every value is bound.

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from django.db import connection

from regulars.consent.choices import Channel
from regulars.core.bulk import run_sql
from regulars.planning.day_sql import UNREACHABLE
from regulars.planning.priors import MINUTES, SHORTLISTED, WAITING_KEPT
from regulars.planning.reading import Part, Row, fetched, rows_of_parts

# By which means a day fills up quickest: where nobody may be written to, and where somebody may.
DEPTH_BY = {0: Channel.CALL, 1: Channel.EMAIL}

# By number alone, so that little is sorted. The last of those who are alike says how many they are.
_RANKED = """, placed AS (
  SELECT customer_id, member_id, means, worth,
    row_number() OVER alike AS place, lead(customer_id) OVER alike AS next_id
  FROM worthy
  WINDOW alike AS (PARTITION BY member_id, means ORDER BY worth DESC, customer_id)
)
SELECT customer_id, member_id, means, CASE WHEN next_id IS NULL THEN place ELSE 0 END,
  CAST(worth AS double precision)
FROM placed
WHERE next_id IS NULL OR means <> {unreachable} AND place <=
  CASE WHEN means = 1 THEN {depth_written} ELSE {depth} END
"""
# SQLite ranks many in a third of that time by an index of a table that goes with the connection.
_WORTHS = "SELECT member_id, means, worth, customer_id FROM worthy"
_LAID_ASIDE = "CREATE TEMP TABLE planning_worths AS {statement}"
_SORTED = """
CREATE INDEX temp.planning_worths_ranked
ON planning_worths (member_id, means, worth DESC, customer_id)
"""
_SIZES = "SELECT member_id, means, count(*) FROM planning_worths GROUP BY member_id, means"
_FIRST = """
SELECT customer_id, CAST(worth AS double precision) FROM planning_worths
WHERE member_id = %(member_id)s AND means = %(means)s
ORDER BY worth DESC, customer_id LIMIT %(depth)s
"""

# How many of each member are looked at, by whether they may be written to.
Depths = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Those on one member's list who are reached alike: the most worthy, and how many in all."""

    member_id: int
    means: int
    customer_ids: list[int]
    count: int
    # What anybody else of them is worth at most; nothing where there is nobody else.
    cut: float


def depths_of(minutes: Mapping[int, int]) -> Depths:
    """How many of the most worthy of each member are looked at closely.

    Half as many again as fit at so many minutes each, those who are shown waiting, and more where
    the members are few.
    """
    shared = SHORTLISTED // max(1, len(minutes))
    return {
        means: {
            member_id: max(3 * left // (2 * MINUTES[by]) + WAITING_KEPT, shared)
            for member_id, left in minutes.items()
        }
        for means, by in DEPTH_BY.items()
    }


def ranking(depths: Depths, parts: Sequence[Part]) -> str:
    """What the statement of the day ends with."""
    if _is_beside(parts):
        return _WORTHS
    return _RANKED.format(
        unreachable=UNREACHABLE,
        depth=_by_member(depths[0]),
        depth_written=_by_member(depths[1]),
    )


def ranked_of_parts(statement: str, parts: Sequence[Part], depths: Depths) -> list[Ranked]:
    """What the statement, which ends with `ranking`, answers for all its parts together."""
    answer = partial(_ranked_beside, depths=depths) if _is_beside(parts) else fetched
    answers = rows_of_parts([(statement, part) for part in parts], answer)
    return list(_together(chain.from_iterable(answers), depths))


def _is_beside(parts: Sequence[Part]) -> bool:
    # Of several parts each has a connection of its own, which ends with it.
    return len(parts) > 1 and connection.vendor == "sqlite"


def _ranked_beside(statement: str, values: Mapping[str, Any], *, depths: Depths) -> list[Row]:
    run_sql(_LAID_ASIDE.format(statement=statement), dict(values))
    run_sql(_SORTED)
    rows: list[Row] = []
    for member_id, means, count in fetched(_SIZES, {}):
        depth = 1 if means == UNREACHABLE else depths[means][member_id]
        first = fetched(_FIRST, {"member_id": member_id, "means": means, "depth": depth})
        rows += [(pk, member_id, means, 0, worth) for pk, worth in first[1:]]
        rows.append((first[0][0], member_id, means, count, first[0][1]))
    return rows


def _together(rows: Iterable[Row], depths: Depths) -> Iterable[Ranked]:
    groups: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for pk, member_id, means, count, worth in rows:
        groups[member_id, means].append((-float(worth), pk))
        counts[member_id, means] += count
    for (member_id, means), theirs in groups.items():
        count = counts[member_id, means]
        depth = 0 if means == UNREACHABLE else depths[means][member_id]
        kept = sorted(theirs)[:depth]
        cut = -kept[-1][0] if 0 < len(kept) < count else 0.0
        yield Ranked(member_id, means, [pk for _worth, pk in kept], count, cut)


def _by_member(depths: Mapping[int, int]) -> str:
    """A number for each member; a database goes through the cases of a choice one by one."""
    found: dict[int, list[int]] = {}
    for member_id, depth in depths.items():
        found.setdefault(depth, []).append(member_id)
    *others, (most, _theirs) = sorted(found.items(), key=lambda one: len(one[1]))
    cases = " ".join(
        f"WHEN member_id IN ({', '.join(map(str, ids))}) THEN {depth}" for depth, ids in others
    )
    return f"CASE {cases} ELSE {most} END" if cases else str(most)
