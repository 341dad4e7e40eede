"""A key that is somebody else's: tables with one row for each customer, laid out by customer.

SQLite keeps the rows of a table in the order of its key only where that is declared "integer"
(https://www.sqlite.org/lang_createtable.html#rowid); Django declares "bigint", which makes a
second index, and each look-up goes through both. With many customers everything that reads these
tables beside the list of customers gets quicker by it, and so does writing them in order.
"""

from typing import TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import OneToOneField

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")


class OneRowEach(OneToOneField[_Set, _Get]):
    """A one-to-one field that is the key of its table, in the order of which SQLite keeps it."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """The column's type: "integer" in SQLite, what the other key has elsewhere."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def get_internal_type(self) -> str:
        """What it is to whoever asks what it holds."""
        return "OneToOneField"
