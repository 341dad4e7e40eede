"""Foreign keys that point to customers, as PostgreSQL asks them when customers go for good.

Of each customer that goes, each of some forty keys is asked whether somebody still points there.
As Django makes them ("no action", deferred) each looks first whether another row has taken the
customer's number, and then for whoever points to it: with "restrict" only for the latter. Nothing
else differs for us, because whatever points to a customer goes first anyway; what is added is
looked at when the transaction ends, as before.
"""

from typing import Any

from django.db import connections

from regulars.customers.models import Customer

LOOSE = (
    "SELECT c.conrelid::regclass::text, quote_ident(c.conname), quote_ident(a.attname)"
    " FROM pg_constraint c"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
    " WHERE c.contype = 'f' AND c.confdeltype = 'a' AND c.confrelid = %s::regclass"
    " ORDER BY c.conname"
)


def tighten_keys(*, using: str = "default", **_told: Any) -> None:
    """After migrations: keys that came new are made as the others are."""
    connection = connections[using]
    table = Customer._meta.db_table
    if connection.vendor != "postgresql":
        return
    if table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(LOOSE, [table])
        for pointing, name, column in cursor.fetchall():
            # Looked through in a second step, during which others go on writing.
            cursor.execute(
                f"ALTER TABLE {pointing} DROP CONSTRAINT {name}, ADD CONSTRAINT {name}"
                f" FOREIGN KEY ({column}) REFERENCES {table} (id) ON DELETE RESTRICT"
                " DEFERRABLE INITIALLY DEFERRED NOT VALID"
            )
            cursor.execute(f"ALTER TABLE {pointing} VALIDATE CONSTRAINT {name}")
