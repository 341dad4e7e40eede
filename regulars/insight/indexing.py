"""The indexes of the facts, which an empty table of SQLite is filled without (engines/clerk.py).

Whoever is killed while they are made leaves some of them out: so they are looked for before each
count, like the watch, and made where one is missing.
"""

from django.db import connection

from regulars.core.bulk import rows_of, run_sql
from regulars.insight.models import CustomerFacts


def statements() -> dict[str, str]:
    """Each index by name, as the SQL that makes it; nothing on PostgreSQL, which keeps them."""
    if connection.vendor == "postgresql":
        return {}
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    return {
        index.name: str(index.create_sql(CustomerFacts, editor))
        for index in CustomerFacts._meta.indexes
    }


def mend_indexes() -> list[str]:
    """Make those that are missing; gives their names."""
    known = statements()
    if not known:
        return []
    there = {name for (name,) in rows_of("SELECT name FROM sqlite_master WHERE type = 'index'")}
    missing = [name for name in known if name not in there]
    for name in missing:
        run_sql(known[name])
    return missing
