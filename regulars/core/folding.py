"""Letters as they are compared: without accents and case, alike on both databases."""

import re
import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Func, TextField

# Marks above and below Latin, Greek and Cyrillic letters, once letter and mark are apart.
MARKS = "\u0300-\u036f"
_MARKS = re.compile(f"[{MARKS}]")
FUNCTION = "regulars_folded"


def folded(text: str | None) -> str | None:
    if text is None or (text.isascii() and text.islower()):
        return text
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().replace("ß", "ss")


class Folded(Func):
    """`Folded("city")`: the value as `folded` makes it."""

    function = FUNCTION
    arity = 1
    output_field = TextField()

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        # Unlike `unaccent`, this needs no extension.
        marks = r"[\u0300-\u036f]"
        template = (
            f"replace(lower(regexp_replace(normalize(%(expressions)s, NFKD), '{marks}', '', 'g')),"
            " 'ß', 'ss')"
        )
        sql, values = self.as_sql(compiler, connection, template=template, **context)
        return sql, list(values)


def teach(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """SQLite knows the case of ASCII letters alone."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, folded, deterministic=True)


connection_created.connect(teach, dispatch_uid="regulars.folding")
