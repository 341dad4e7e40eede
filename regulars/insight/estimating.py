"""What goes for everybody, told from a count of everyone; or taken from an earlier one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from regulars.customers.choices import Kind
from regulars.engines.opening import Counter
from regulars.insight.basis import Bar, CoreBars
from regulars.insight.choices import Tier
from regulars.insight.rhythm import (
    LEAST_CUSTOMERS_OF_A_GROUP,
    NOBODYS_STAKE,
    Cell,
    GroupRhythm,
    GroupStake,
    group_rhythm,
    group_stake,
)

EVERYONE = "everyone"
Row = dict[str, Any]


def group_rhythms(rows: list[Row]) -> dict[str, GroupRhythm]:
    """The rhythm that goes for each kind: its own when it has enough customers, else everyone's."""
    kinds: dict[str, list[Cell]] = {kind: [] for kind in Kind.values}
    for row in rows:
        kinds[row.pop("kind")].append(Cell(**row))
    everyone = group_rhythm(cell for cells in kinds.values() for cell in cells)
    of_kinds = {kind: group_rhythm(cells) for kind, cells in kinds.items()}
    return {
        kind: group if group.customer_count >= LEAST_CUSTOMERS_OF_A_GROUP else everyone
        for kind, group in of_kinds.items()
    }


def group_stakes(counter: Counter, standing: Any, end_on: date) -> dict[str, GroupStake]:
    from regulars.insight.metrics import stake

    sums = _by_kind(counter, standing, lambda seen: stake.yearly_sums(seen, books_end_on=end_on))
    return {
        kind: group_stake(row) if row["customer_count"] else NOBODYS_STAKE
        for kind, row in sums.items()
    }


def _by_kind(counter: Counter, table: Any, metric: Callable[[Any], Any]) -> dict[str, Row]:
    """A metric's row for each kind: its own when it has enough customers, else everyone's."""
    import ibis

    nobody: Row = {"customer_count": 0}
    own = {row["kind"]: row for row in counter.rows(metric(table))}
    all_together = counter.rows(metric(table.mutate(kind=ibis.literal(EVERYONE))))
    everyone = all_together[0] if all_together else nobody
    return {
        kind: own[kind]
        if own.get(kind, nobody)["customer_count"] >= LEAST_CUSTOMERS_OF_A_GROUP
        else everyone
        for kind in Kind.values
    }


def middles(counter: Counter, dated: Any) -> Mapping[str, int]:
    """The middle stake of each kind: what those without orders are taken for."""
    from regulars.insight.metrics import stake

    found = _by_kind(counter, dated, stake.middle_stakes)
    return {kind: round(row.get("stake_minor") or 0) for kind, row in found.items()}


def core_bars(counter: Counter, held: Any, as_of: date) -> CoreBars:
    from regulars.insight.metrics import tiers

    enter, keep = (
        counter.rows(tiers.core_bar(held, as_of=as_of, is_kept=is_kept))
        for is_kept in (False, True)
    )
    return CoreBars(Bar(**enter[0]) if enter else None, Bar(**keep[0]) if keep else None)


def sums_of_tiers(counter: Counter, facts: Any, before: Any = None) -> dict[str, list[int]]:
    """By tier: customers, their year, their stake; or by how much that moved since `before`."""
    from regulars.insight.metrics.standing import sums_of_tiers as metric

    sums = {str(tier): [0, 0, 0] for tier in Tier.values}
    for table, sign in ((facts, 1), (before, -1)):
        for row in counter.rows(metric(table)) if table is not None else ():
            tier, *numbers = row.values()
            both = zip(sums[tier], numbers, strict=True)
            sums[tier] = [kept + sign * int(one) for kept, one in both]
    return {tier: numbers for tier, numbers in sums.items() if any(numbers)}
