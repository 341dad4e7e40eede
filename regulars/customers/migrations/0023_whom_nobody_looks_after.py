"""Whom nobody looks after are found at once on PostgreSQL, also where there is nobody.

Ids only grow, so that what comes in is written at the end of it. SQLite, which counts no rows,
would take it for a way to read the whole list, and sort that.
"""

from typing import Any

from django.db import migrations

ADD = (
    "CREATE INDEX customers_alone ON customers_customer (id)"
    " WHERE archived_at IS NULL AND manager_id IS NULL"
)


def add(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ADD)


def drop(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX customers_alone")


class Migration(migrations.Migration):
    dependencies = [("customers", "0022_leaner_search")]
    operations = [migrations.RunPython(add, drop)]
