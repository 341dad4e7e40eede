"""The watch over the books: the database itself notes who is to be counted again.

Triggers write a row of `Recount` whenever something changes that facts are counted from: an import,
an undo, a merge, an edit, a room of tomorrow, somebody at the database. SQLite loses triggers where
a migration makes a table anew; so nothing but a count of everyone is made where one is missing, and
that puts them up first.
"""

# Statements are put together from the names below.
# ruff: noqa: S608

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from regulars.core.bulk import ISLANDS, rows_of, run_sql
from regulars.core.pace import REST, Pace

NOTED = "insight_recount"
PREFIX = "insight_again"
# How many go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST = 20_000


@dataclass(frozen=True, slots=True)
class Watched:
    """A table, the column that names the customer, and the columns that facts are counted from.

    Rows count only where `if_so` holds of them (`{row}` stands for the row).
    """

    table: str
    customer: str
    columns: tuple[str, ...]
    if_so: str = ""

    def counts(self, row: str) -> str:
        known = f"{row}.{self.customer} IS NOT NULL"
        return f"{known} AND {self.if_so.format(row=row)}" if self.if_so else known

    def differs(self, word: str) -> str:
        return " OR ".join(f"old.{name} {word} new.{name}" for name in self.columns)

    def name(self, deed: str) -> str:
        return f"{PREFIX}_{self.table}_{deed}"


WATCHED = (
    Watched(
        "orders_order", "customer_id",
        ("customer_id", "kind", "placed_on", "total_minor", "currency"),
    ),
    Watched("customers_customer", "id", ("kind", "archived_at")),
    Watched(
        "customers_relation", "of_id", ("kind", "of_id", "to_id", "since_on", "until_on"),
        "{row}.kind = 'serves'",
    ),
)  # fmt: skip
DEEDS = {"added": ("INSERT", ("new",)), "gone": ("DELETE", ("old",)), "changed": ("UPDATE", ())}


def is_watched() -> bool:
    """Whether every change has been noted since the watch was put up."""
    if connection.vendor == "postgresql":
        found = rows_of(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
        )
    else:
        found = rows_of("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return {one.name(deed) for one in WATCHED for deed in DEEDS} <= {name for (name,) in found}


@transaction.atomic
def put_up_watch() -> None:
    """From now on the database notes who is to be counted again."""
    statements = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
    with connection.cursor() as cursor:
        for one in WATCHED:
            for statement in statements(one):
                cursor.execute(statement)


def _for_sqlite(one: Watched) -> Iterator[str]:
    for deed, (word, rows) in DEEDS.items():
        when = one.counts(rows[0]) if rows else one.differs("IS NOT")
        of = f" OF {', '.join(one.columns)}" if deed == "changed" else ""
        named = " UNION ".join(
            f"SELECT {row}.{one.customer} WHERE {one.counts(row)}" for row in rows or ("old", "new")
        )
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {one.name(deed)} AFTER {word}{of} ON {one.table}"
            f" WHEN {when} BEGIN INSERT INTO {NOTED} (customer_id) {named}; END"
        )


def _for_postgresql(one: Watched) -> Iterator[str]:
    """Once a statement for what is added and goes, which is many rows at once."""
    for deed, (word, rows) in DEEDS.items():
        table = f"{rows[0]} TABLE AS moved" if rows else ""
        named = " UNION ".join(
            f"SELECT {row}.{one.customer} WHERE {one.counts(row)}" for row in ("old", "new")
        )
        if rows:
            named = f"SELECT DISTINCT moved.{one.customer} FROM moved WHERE {one.counts('moved')}"
        yield (
            f"CREATE OR REPLACE FUNCTION {one.name(deed)}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN INSERT INTO {NOTED} (customer_id) {named}; RETURN NULL; END$$"
        )
        each = (
            f"REFERENCING {table} FOR EACH STATEMENT" if rows
            else f"FOR EACH ROW WHEN ({one.differs('IS DISTINCT FROM')})"
        )  # fmt: skip
        yield (
            f"CREATE OR REPLACE TRIGGER {one.name(deed)} AFTER {word} ON {one.table} {each}"
            f" EXECUTE FUNCTION {one.name(deed)}()"
        )


def noted() -> list[tuple[int, int]]:
    """What has been noted so far, as (first, last) of notes that follow one another."""
    return rows_of(f"WITH made AS (SELECT id FROM {NOTED}) {ISLANDS}")


def strike_off(notes: list[tuple[int, int]]) -> None:
    """Those have been counted; what was noted meanwhile stays."""
    for low, high in notes:
        for first, last in Pace(ROWS_AT_FIRST, rest=REST).pieces(low, high):
            run_sql(f"DELETE FROM {NOTED} WHERE id BETWEEN %s AND %s", [first, last])
