"""What a database is told once on every connection."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def tell(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """PostgreSQL compiles no statement: the long ones that weigh a whole list took four times as
    long, most of it the compiler's; short ones are never compiled.
    """
    if connection.vendor == "postgresql":
        # Beside Django's cursors: it is nobody's question, and counts as none.
        connection.connection.execute("SET jit = off")


connection_created.connect(tell, dispatch_uid="regulars.connecting")
