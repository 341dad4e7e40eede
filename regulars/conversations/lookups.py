"""Finding touches by the beginnings of words in them, by the index that each database has."""

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

from regulars.conversations.models import TouchQuerySet

# The expression of the index of migration 0003; PostgreSQL uses it only when it is the same.
VECTOR = (
    "to_tsvector('simple', lower(regexp_replace(normalize(body || ' ' || said, NFKD),"
    " '[\\u0300-\\u036f]', '', 'g')))"
)
# Common words stand in very many touches; the newest are what somebody looks for.
NEWEST = 500
# PostgreSQL's index knows no order: it is asked of the last so many touches before all others.
LATELY = 50_000


def with_words(
    touches: TouchQuerySet, words: Sequence[str], *, most: int = NEWEST
) -> TouchQuerySet:
    """Those in which each of these begins a word: the newest that fit, of all touches."""
    if not words or not all(word.isalnum() for word in words):
        return touches.none()
    if connection.vendor == "postgresql":
        sought = " & ".join(f"'{word}':*" for word in words)
        return touches.filter(pk__in=_newest_on_postgres(sought, most))
    sought = " AND ".join(f'"{word}"*' for word in words)
    found = (
        "SELECT rowid FROM conversations_words WHERE conversations_words MATCH %s"
        " ORDER BY rowid DESC LIMIT %s"
    )
    return touches.filter(pk__in=RawSQL(found, (sought, most)))  # noqa: S611


def _newest_on_postgres(sought: str, most: int) -> RawSQL:
    """The older ones are asked only where the newest are too few."""
    fits = (
        "SELECT id FROM conversations_touch WHERE (body <> '' OR said <> '')"  # noqa: S608
        f" AND {VECTOR} @@ %s::tsquery AND id {{}} (SELECT max(id) - {LATELY}"
        " FROM conversations_touch) ORDER BY id DESC LIMIT %s"
    )
    found = f"({fits.format('>')}) UNION ALL ({fits.format('<=')}) LIMIT %s"
    return RawSQL(found, (sought, most, sought, most, most))  # noqa: S611
