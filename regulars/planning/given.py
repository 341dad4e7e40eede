"""Reasons that rooms below give: their queries in one piece of SQL, their words for a list."""

# Statements are put together from what the ORM compiled; every value is bound.
# ruff: noqa: S608

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from regulars.consent.choices import Purpose
from regulars.core.reasons import ReasonDay, Told, reason_sources
from regulars.messaging.models import Rules
from regulars.planning.priors import MOST_OVERDUE

if TYPE_CHECKING:
    from regulars.planning.models import PlanItem
    from regulars.planning.silences import Silenced

_NOBODY = """
SELECT CAST(NULL AS bigint) AS customer_id, 0 AS place, CAST(NULL AS text) AS reason,
  1.0 AS overdue, 1.0 AS pressing, CAST(NULL AS date) AS due_on, CAST(NULL AS text) AS subject
WHERE 1 = 0
"""
# A place for a value, and no sign that was doubled.
_PLACE = re.compile(r"(?<!%)%s")


def given_rows(asked: ReasonDay, silent: "Silenced") -> tuple[str, dict[str, Any]]:
    """Every reason of every source, one below the other, with the values bound in it by name."""
    least = "min" if connection.vendor == "sqlite" else "least"
    parts: list[str] = []
    values: dict[str, Any] = {}
    for place, source in enumerate(reason_sources):
        if source.name in silent.everywhere:
            continue
        try:
            sql, bound = _named(source.rows(asked), f"given{place}_")
        except EmptyResultSet:
            # It knows without a look that it has nobody.
            continue
        values |= bound
        parts.append(
            f"SELECT customer_id, {place} AS place, '{source.name}' AS reason, overdue,"
            f" {source.urgency} * {least}(overdue, {MOST_OVERDUE}) AS pressing, due_on,"
            f" subject FROM ({sql}) s{place} WHERE overdue > 0{silent.but_for(source.name)}"
            f"{where_balanced(source.purpose)}"
            " AND customer_id > %(after)s AND customer_id <= %(until)s"
        )
    return " UNION ALL ".join(parts) or _NOBODY, values


def where_balanced(purpose: str) -> str:
    """A condition in SQL: who was served often enough since we last sold, where this sells.

    The same balance that the gate asks about messages; calls and visits count in it like these.
    """
    if purpose != Purpose.SELL:
        return ""
    needed = (Rules.objects.filter(pk=1).first() or Rules()).serve_per_sell
    return (
        " AND customer_id IN (SELECT b.customer_id FROM messaging_standing b"
        f" WHERE b.balance >= {int(needed)})"
        if needed
        else ""
    )


def _named(rows: "QuerySet[Any, Any]", prefix: str) -> tuple[str, dict[str, Any]]:
    """A query with its values by name, so that it can stand inside another."""
    sql, bound = rows.query.sql_with_params()
    values = {f"{prefix}{nth}": value for nth, value in enumerate(bound)}
    names = iter(values)
    return _PLACE.sub(lambda _match: f"%({next(names)})s", sql), values


def tell(items: "Iterable[PlanItem]") -> None:
    """Put what the sources say of these items in them: one question a source, however many."""
    by_source: dict[str, list[PlanItem]] = defaultdict(list)
    for item in items:
        if item.reason in reason_sources:
            by_source[item.reason].append(item)
    for name, theirs in by_source.items():
        told = reason_sources[name].describe({str(one.values.get("subject", "")) for one in theirs})
        for one in theirs:
            one.told = told.get(str(one.values.get("subject", "")), Told(""))
