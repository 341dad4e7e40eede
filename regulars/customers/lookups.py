"""Finding words by their beginnings in `search_text`, by the index that each database has."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup

# The expression of the index of migration 0002; PostgreSQL uses it only when it is the same.
VECTOR = "array_to_tsvector(array_remove(string_to_array({text}, ' '), ''))"


class Words(Lookup):
    """`Words(F("search_text"), ["ru", ("cal", "kal")])`: every word; of several, one is enough.

    Words are letters and digits, as `naming` makes them.
    """

    lookup_name = "words"
    prepare_rhs = False

    def as_sqlite(
        self, compiler: Any, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[str]]:
        quote = connection.ops.quote_name
        own_id = f"{quote(self.lhs.alias)}.{quote('id')}"
        found = "SELECT rowid FROM customers_search WHERE customers_search MATCH %s"
        return f"{own_id} IN ({found})", [
            " AND ".join(
                "(" + " OR ".join(f'"{word}"*' for word in words) + ")" for words in self._words()
            )
        ]

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[str]]:
        text, values = self.process_lhs(compiler, connection)
        return f"{VECTOR.format(text=text)} @@ %s::tsquery", [*map(str, values), self._sought()]

    def _sought(self) -> str:
        return " & ".join(
            "(" + " | ".join(f"'{word}':*" for word in words) + ")" for words in self._words()
        )

    def _words(self) -> Sequence[Sequence[str]]:
        given: Sequence[str | Sequence[str]] = self.rhs
        sought = [(words,) if isinstance(words, str) else words for words in given]
        each = [word for words in sought for word in words]
        if not all(sought) or not each or not all(w.isalnum() or _is_plain(w) for w in each):
            raise ValueError("words hold letters and digits only; naming.sought_words makes them")
        return sought


class WordsByIndex(Words):
    """The same, always by the index.

    Where a few are wanted PostgreSQL would rather read the table until it meets them: a rare word
    is then sought in everybody.
    """

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[str]]:
        quote = connection.ops.quote_name
        own_id = f"{quote(self.lhs.alias)}.{quote('id')}"
        found = (
            "WITH found AS MATERIALIZED (SELECT id FROM customers_customer"  # noqa: S608
            f" WHERE {VECTOR.format(text='search_text')} @@ %s::tsquery) SELECT id FROM found"
        )
        return f"{own_id} IN ({found})", [self._sought()]


def _is_plain(word: str) -> bool:
    return not set(word) & set("\"'\\:*&|!()<> ")
