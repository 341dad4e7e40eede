"""What was there before: kept set by set while an operation works, put back when it is undone.

Call everything here inside the transaction that changes the rows; `undo.py` puts back.
"""

# Statements are put together from names of models and columns; every value is bound.
# ruff: noqa: S608

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.models import F

from regulars.core.bulk import ISLANDS, rows_of, run_sql
from regulars.core.image_sql import (
    Field,
    column_of,
    differ,
    differing,
    fields_of,
    is_numbered,
    is_postgresql,
    key_column,
    key_of,
    named_by,
    quote,
    table_of,
    whole,
)
from regulars.core.models import Image, Operation
from regulars.core.operations import Table, tables

# Rows of one stretch: what undoing takes away in one short transaction.
STRETCH = 2500
IMAGE = "core_image (operation_id, model_label, low_id, high_id, key, deed, before, after)"

Keys = Sequence[Any] | tuple[str, Sequence[Any] | dict[str, Any]]
_numbers = itertools.count(1)


def remember_created(operation: Operation, model: type[models.Model], ids: Sequence[int]) -> None:
    """Keep which rows an operation made; ids that follow one another are kept as stretches."""
    remember_stretches(operation, model, list(stretches(ids)))


def remember_stretches(
    operation: Operation, model: type[models.Model], made: Sequence[tuple[int, int]]
) -> int:
    """Keep which rows an operation made, told as (first, last) of each stretch of ids."""
    label = _label(_table(model))
    pieces = [
        (start, min(high, start + STRETCH - 1))
        for low, high in made
        for start in range(low, high + 1, STRETCH)
    ]
    images = [
        Image(
            operation=operation, model_label=label, low_id=low, high_id=high,
            deed=Image.Deed.CREATED,
        )
        for low, high in pieces
    ]  # fmt: skip
    Image.objects.bulk_create(images, batch_size=500)
    count = sum(high - low + 1 for low, high in made)
    _count(operation, count)
    return count


def stretches(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers as (first, last) of those that follow one another, each of a bounded length."""
    low = high = None
    for pk in sorted(ids):
        if low is not None and high is not None and pk == high + 1 and pk - low < STRETCH:
            high = pk
            continue
        if low is not None and high is not None:
            yield low, high
        low = high = pk
    if low is not None and high is not None:
        yield low, high


def create_rows(
    operation: Operation,
    model: type[models.Model],
    insert: str,
    values: Sequence[Any] | dict[str, Any],
) -> int:
    """Run an `INSERT … SELECT` and keep which rows it made; returns how many."""
    key = key_column(model)
    if is_postgresql():
        # Others are given numbers in between, so only the statement itself knows its own.
        made_rows = f"WITH made AS ({insert} RETURNING {key} AS id)"
        found = rows_of(f"{made_rows} {ISLANDS}", values)
    else:
        # One writer at a time, and numbers only grow: what is above the mark is ours.
        mark = rows_of(f"SELECT coalesce(max({key}), 0) FROM {table_of(model)}")[0][0]
        count = run_sql(insert, values)
        made = f"FROM {table_of(model)} WHERE {key} > {mark}"
        found = rows_of(f"SELECT (SELECT min({key}) {made}), (SELECT max({key}) {made})")
        if not count or found[0][1] - found[0][0] + 1 != count:
            # Rows that were there already leave gaps.
            found = rows_of(f"WITH made AS (SELECT {key} AS id {made}) {ISLANDS}")
    return remember_stretches(operation, model, [(low, high) for low, high in found])


def remember_deleted(operation: Operation, model: type[models.Model], keys: Keys) -> int:
    """Keep whole rows that are about to be deleted; returns how many there are."""
    table = _table(model)
    where, values = _chosen(model, keys)
    kept = run_sql(
        f"INSERT INTO {IMAGE} SELECT {operation.pk}, '{_label(table)}', {named_by(model, 't')},"
        f" 'deleted', {whole(fields_of(model, table.columns), 't')}, NULL"
        f" FROM {table_of(model)} t WHERE {where} ORDER BY t.{key_column(model)}",
        values,
    )
    _count(operation, kept)
    return kept


@contextmanager
def changing(
    operation: Operation, model: type[models.Model], columns: Sequence[str], keys: Keys
) -> Iterator[None]:
    """Keep what these columns of these rows hold before the block, and what they hold after it.

    `keys` are keys, or a condition on the table's rows `t` with its values. Rows that come out of
    the block as they went in leave nothing behind. Give all rows at once, not one after the other.
    """
    table = _table(model)
    fields, key = _fields(table, columns), key_column(model)
    where, values = _chosen(model, keys)
    aside = f"regulars_before_{next(_numbers)}"
    names = ", ".join(f"t.{quote(column_of(field))}" for field in fields)
    run_sql(
        f"CREATE TEMPORARY TABLE {aside} AS SELECT t.{key} AS row_key, {names}"
        f" FROM {table_of(model)} t WHERE {where}",
        values,
    )
    yield
    changed = " OR ".join(differ(field, "b", "t") for field in fields)
    kept = run_sql(
        f"INSERT INTO {IMAGE} SELECT {operation.pk}, '{_label(table)}', {named_by(model, 't')},"
        f" 'changed', {differing(fields, 'b', 'b', 't')}, {differing(fields, 't', 'b', 't')}"
        f" FROM {aside} b JOIN {table_of(model)} t ON t.{key} = b.row_key"
        f" WHERE {changed} ORDER BY t.{key}"
    )
    run_sql(f"DROP TABLE {aside}")
    _count(operation, kept)


def _table(model: type[models.Model]) -> Table:
    return tables[model._meta.label_lower]


def _fields(table: Table, columns: Sequence[str]) -> list[Field]:
    """These columns, and with them the one that tells when a row was changed."""
    named = [*columns, *([table.changed_at] if table.changed_at else [])]
    return list(dict.fromkeys(fields_of(table.model, named)))


def _label(table: Table) -> str:
    return table.model._meta.label_lower


def _count(operation: Operation, more: int) -> None:
    if more:
        Operation.objects.filter(pk=operation.pk).update(count=F("count") + more)


def _chosen(model: type[models.Model], keys: Keys) -> tuple[str, Any]:
    """The condition that picks the rows, and its values."""
    if isinstance(keys, tuple) and len(keys) == 2 and isinstance(keys[0], str):
        return keys[0], keys[1]
    key = key_of(model)
    column = f"t.{quote(column_of(key))}"
    listed = [key.get_db_prep_value(one, connection) for one in keys]
    if is_postgresql():
        return f"{column} = ANY(%s)", [listed]
    if is_numbered(model):
        return f"{column} IN ({', '.join(str(int(one)) for one in listed) or 'NULL'})", []
    return f"{column} IN ({', '.join(['%s'] * len(listed)) or 'NULL'})", listed
