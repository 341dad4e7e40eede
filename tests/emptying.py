"""After a test that commits: only the tables that hold rows are emptied.

Django's own way empties every table and writes content types and permissions down anew, which
takes longer than most of these tests.
"""

from typing import Any

from django.db import connections, transaction

# Written by the migrations, and changed by no test.
STEADY = {"django_content_type", "auth_permission"}
# Written by the database itself while others are emptied (regulars/insight/watch.py): goes last.
LAST = "insight_recount"


def empty_what_was_filled(case: Any) -> None:
    """In place of `TransactionTestCase._fixture_teardown`."""
    for alias in case._databases_names(include_mirrors=False):
        empty_tables(connections[alias])


def empty_tables(connection: Any) -> None:
    found = _filled_tables(connection)
    if not found:
        return
    filled = [connection.ops.quote_name(table) for table in (*found, LAST)]
    # References point from one filled table to another: all of them are empty in the end.
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(using=connection.alias),
        connection.cursor() as cursor,
    ):
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")


def _filled_tables(connection: Any) -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = sorted(set(tables) - STEADY)
    quote = connection.ops.quote_name
    has_rows = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in asked]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(has_rows))
        return [name for (name,) in cursor.fetchall()]
