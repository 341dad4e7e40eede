"""What the whole database holds, table by table, as one short text each."""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connection, models

from regulars.core.bulk import rows_of

# Audit, event rows, jobs and who is to be counted again, and the records of operations themselves.
LEFT_OUT = {
    "core.auditentry", "core.event", "core.eventcursor", "core.job", "core.instance",
    "insight.recount",
    "core.operation", "core.image", "intake.import", "intake.importfile", "intake.rowproblem",
    "intake.knownshape",
    "customers.merge", "customers.duplicate", "customers.bulkchange",
}  # fmt: skip
# Equal or stricter: compared by itself.
CONSENT = {"consent.consentevent", "consent.consentstate", "consent.suppression"}


def digests() -> dict[str, str]:
    """A digest of every table that undoing has to leave as it was, and of what search finds."""
    found = {
        model._meta.label_lower: _digest(rows_as_held(model))
        for model in apps.get_models()
        if model.__module__.startswith("regulars.")
        and model._meta.label_lower not in LEFT_OUT | CONSENT
    }
    if connection.vendor == "sqlite":
        # The index of search itself, word by word.
        index = "fts5vocab('main', 'customers_search', 'instance')"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE VIRTUAL TABLE temp.seen USING {index}")
            found["words of search"] = _digest(
                rows_of("SELECT term, doc FROM temp.seen ORDER BY 1, 2")
            )
            cursor.execute("DROP TABLE temp.seen")
    return found


def rows_as_held(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """The rows as the database holds them, not as Django reads them."""
    is_sqlite = connection.vendor == "sqlite"
    columns = ", ".join(
        f'"{field.column}", typeof("{field.column}")' if is_sqlite else f'"{field.column}"::text'
        for field in model._meta.concrete_fields
    )
    key = model._meta.pk
    assert key is not None
    return rows_of(f'SELECT {columns} FROM "{model._meta.db_table}" ORDER BY "{key.column}"')


def _digest(rows: list[tuple[Any, ...]]) -> str:
    return f"{len(rows)}:{hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"
