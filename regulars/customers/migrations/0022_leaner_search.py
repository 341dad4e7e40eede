"""The index of search without what nobody asks it: where in the text a word stands, and how many
words there are. Half of what bringing in a customer cost in it was for these.
"""

from typing import Any

from django.db import migrations

INDEX = (
    "CREATE VIRTUAL TABLE customers_search USING fts5(search_text, content='customers_customer',"
    " content_rowid='id', tokenize='ascii', prefix='2 3'{})"
)
REBUILD = "INSERT INTO customers_search (customers_search) VALUES ('rebuild')"


def _make(editor: Any, more: str) -> None:
    # The triggers that keep it stand with the table of customers, and stay.
    if editor.connection.vendor == "sqlite":
        for statement in ("DROP TABLE customers_search", INDEX.format(more), REBUILD):
            editor.execute(statement)


def lean(_apps: Any, editor: Any) -> None:
    _make(editor, ", detail=none, columnsize=0")


def full(_apps: Any, editor: Any) -> None:
    _make(editor, "")


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_what_was_noted_beside")]
    operations = [migrations.RunPython(lean, full)]
