"""The index over what was written down of touches: FTS5 kept by triggers, GIN on PostgreSQL."""

from typing import Any

from django.db import migrations

# Most touches have no words: those are left alone.
HAS_WORDS = "(new.body <> '' OR new.said <> '')"
HAD_WORDS = "(old.body <> '' OR old.said <> '')"
TAKE_OUT = (
    "INSERT INTO conversations_words (conversations_words, rowid, body, said)"
    " VALUES ('delete', old.id, old.body, old.said);"
)
PUT_IN = "INSERT INTO conversations_words (rowid, body, said) VALUES (new.id, new.body, new.said);"
CHANGED = "(old.body <> new.body OR old.said <> new.said)"
SQLITE = (
    (
        "CREATE VIRTUAL TABLE conversations_words USING fts5(body, said,"
        " content='conversations_touch', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    ),
    (
        "CREATE TRIGGER conversations_words_added AFTER INSERT ON conversations_touch"
        f" WHEN {HAS_WORDS} BEGIN {PUT_IN} END"
    ),
    (
        "CREATE TRIGGER conversations_words_deleted AFTER DELETE ON conversations_touch"
        f" WHEN {HAD_WORDS} BEGIN {TAKE_OUT} END"
    ),
    (
        "CREATE TRIGGER conversations_words_out AFTER UPDATE OF body, said ON conversations_touch"
        f" WHEN {HAD_WORDS} AND {CHANGED} BEGIN {TAKE_OUT} END"
    ),
    (
        "CREATE TRIGGER conversations_words_in AFTER UPDATE OF body, said ON conversations_touch"
        f" WHEN {HAS_WORDS} AND {CHANGED} BEGIN {PUT_IN} END"
    ),
    (
        "INSERT INTO conversations_words (rowid, body, said) SELECT id, body, said"
        " FROM conversations_touch WHERE body <> '' OR said <> ''"
    ),
)
SQLITE_BACK = (
    "DROP TRIGGER conversations_words_added",
    "DROP TRIGGER conversations_words_deleted",
    "DROP TRIGGER conversations_words_out",
    "DROP TRIGGER conversations_words_in",
    "DROP TABLE conversations_words",
)
# As in `conversations/lookups.py`: PostgreSQL uses the index only for the same expression.
POSTGRESQL = (
    (
        "CREATE INDEX conversations_words ON conversations_touch USING gin ("
        "to_tsvector('simple', lower(regexp_replace(normalize(body || ' ' || said, NFKD),"
        " '[\\u0300-\\u036f]', '', 'g')))) WHERE body <> '' OR said <> ''"
    ),
)
POSTGRESQL_BACK = ("DROP INDEX conversations_words",)


def add(_apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(_apps: Any, editor: Any) -> None:
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_carrying_messages")]
    operations = [migrations.RunPython(add, drop)]
