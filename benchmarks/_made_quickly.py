"""Filling a scratch database quickly: a part made row by row, the rest copied inside the database.

Indexes are made once, when everything is in.
"""

# Names and definitions are those that the models and the database itself told.

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# So many customers are drawn by lot; more are copies of these, each a little different.
DRAWN = 100_000

_TOLD_BY_SQLITE = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
)
_TOLD_BY_POSTGRESQL = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.schemaname = 'public'
  AND i.indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
ORDER BY i.indexname
"""
# Nothing is at stake that a second run would not make again.
_ALONE = (
    "PRAGMA synchronous = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA cache_size = -500000",
    "PRAGMA temp_store = MEMORY",
)


@contextmanager
def made_quickly() -> Iterator[None]:
    """For a database that is filled once: no index to look after, no key looked up, no waiting."""
    from django.db import connection

    from regulars.core.bulk import rows_of, run_sql

    is_sqlite = connection.vendor == "sqlite"
    for one in _ALONE if is_sqlite else ("SET synchronous_commit = off",):
        run_sql(one)
    indexes = rows_of(_TOLD_BY_SQLITE if is_sqlite else _TOLD_BY_POSTGRESQL)
    for name, _definition in indexes:
        run_sql(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        run_sql(definition.replace("%", "%%"))
    if is_sqlite:
        run_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    # The next connection is an ordinary one again.
    connection.close()


def copy_until(model: Any, customers: int, changed: Mapping[str, str] | None = None) -> None:
    """Copies of everything that the first customers have, until there are so many customers.

    `changed` says in SQL what differs in a copy, by column; `k.n` is the number of the copy.
    """
    from django.db import models

    from regulars.core.bulk import run_sql

    copies = -(-customers // DRAWN) - 1
    if copies < 1:
        return
    is_customer = model._meta.model_name == "customer"
    whose = "id" if is_customer else "customer_id"
    taken: dict[str, str] = {
        field.column: f"t.{field.column}"
        for field in model._meta.concrete_fields
        if is_customer or not isinstance(field, models.AutoField)
    }
    taken |= {whose: f"t.{whose} + k.n * {DRAWN}"} | dict(changed or {})
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(1, copies + 1))
    run_sql(
        f"INSERT INTO {model._meta.db_table} ({', '.join(taken)})"
        f" SELECT {', '.join(taken.values())} FROM ({numbers}) k CROSS JOIN"
        f" {model._meta.db_table} t WHERE t.{whose} <= {DRAWN}"
        f" AND t.{whose} + k.n * {DRAWN} <= {customers}"
    )
