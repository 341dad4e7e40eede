"""The index that search uses: FTS5 kept by triggers on SQLite, GIN over words on PostgreSQL."""

from typing import Any

from django.db import migrations

# `search_text` holds folded letters and digits behind blanks, so that "ascii", which cuts at
# blanks and changes nothing else, sees the same words as PostgreSQL below.
SQLITE = (
    (
        "CREATE VIRTUAL TABLE customers_search USING fts5(search_text, content='customers_customer',"
        " content_rowid='id', tokenize='ascii', prefix='2 3')"
    ),
    (
        "CREATE TRIGGER customers_search_added AFTER INSERT ON customers_customer BEGIN"
        " INSERT INTO customers_search (rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    (
        "CREATE TRIGGER customers_search_deleted AFTER DELETE ON customers_customer BEGIN"
        " INSERT INTO customers_search (customers_search, rowid, search_text)"
        " VALUES ('delete', old.id, old.search_text); END"
    ),
    (
        "CREATE TRIGGER customers_search_changed AFTER UPDATE OF search_text ON customers_customer"
        " WHEN old.search_text <> new.search_text BEGIN"
        " INSERT INTO customers_search (customers_search, rowid, search_text)"
        " VALUES ('delete', old.id, old.search_text);"
        " INSERT INTO customers_search (rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    "INSERT INTO customers_search (customers_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER customers_search_added",
    "DROP TRIGGER customers_search_deleted",
    "DROP TRIGGER customers_search_changed",
    "DROP TABLE customers_search",
)
POSTGRESQL = (
    (
        "CREATE INDEX customers_search ON customers_customer USING gin ("
        "array_to_tsvector(array_remove(string_to_array(search_text, ' '), '')))"
    ),
)
POSTGRESQL_BACK = ("DROP INDEX customers_search",)


def add(_apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(_apps: Any, editor: Any) -> None:
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
