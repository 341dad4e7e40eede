"""Reading the statement of the day, of a long list by halves side by side."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connection

from regulars.core.bulk import run_sql
from regulars.customers.models import Customer

# From so many customers on, the list is read by halves.
LONG_LIST = 50_000
# What SQLite may keep in memory for each half: what it sorts would go to a file otherwise.
CACHE_KIB = 200_000

Row = Sequence[Any]
Answer = Callable[[str, Mapping[str, Any]], list[Row]]
# From whom on and up to whom, by key.
Part = Mapping[str, int]


def parts_to_read(only: int | None) -> Sequence[Part]:
    """One customer alone, or everybody; of a long list the halves."""
    last = only or Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if only is not None or last < LONG_LIST or connection.in_atomic_block:
        return ({"after": only - 1 if only else 0, "until": last},)
    middle = last // 2
    return ({"after": 0, "until": middle}, {"after": middle, "until": last})


def fetched(statement: str, values: Mapping[str, Any]) -> list[Row]:
    """What a statement answers, with its values."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Row] = cursor.fetchall()
    return rows


def rows_of_parts(
    asked: Sequence[tuple[str, Mapping[str, Any]]], answer: Answer = fetched
) -> list[list[Row]]:
    """What each part's statement answers, with its values; of more than one side by side."""
    if len(asked) == 1:
        return [answer(*asked[0])]
    with ThreadPoolExecutor(max_workers=len(asked)) as readers:
        return list(readers.map(partial(_apart, answer), *zip(*asked, strict=True)))


def _apart(answer: Answer, statement: str, values: Mapping[str, Any]) -> list[Row]:
    # A thread has a connection of its own, which nobody else would close.
    try:
        if connection.vendor == "sqlite":
            run_sql("PRAGMA temp_store = MEMORY")
            run_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
        return answer(statement, values)
    finally:
        connection.close()
