"""How a row is written into an image and read back, in the words of each database.

PostgreSQL keeps `jsonb`. SQLite keeps JSON as text: numbers with a fraction are written as text of
17 digits there, because its JSON would round them to 15.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from regulars.core.models import Operation

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field

# What PostgreSQL's JSON would change (spaces, order of keys) or could not tell from "no value".
AS_TEXT = {"JSONField", "DecimalField", "TimeField", "DateTimeField"}


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def quote(name: str) -> str:
    return connection.ops.quote_name(name)


def column_of(field: Field) -> str:
    assert field.column, "every column has a name"
    return field.column


def table_of(model: type[models.Model]) -> str:
    return quote(model._meta.db_table)


def key_of(model: type[models.Model]) -> Field:
    key = model._meta.pk
    assert key is not None
    return key


def key_column(model: type[models.Model]) -> str:
    return quote(column_of(key_of(model)))


def is_numbered(model: type[models.Model]) -> bool:
    """Whether rows are known by a number, so that stretches of them can be named."""
    return key_of(model).cast_db_type(connection) in ("bigint", "integer")


def fields_of(model: type[models.Model], columns: Sequence[str]) -> list[Field]:
    by_column: dict[str, Field] = {}
    for field in model._meta.concrete_fields:
        by_column[column_of(field)] = by_column[field.name] = field
    return [by_column[column] for column in columns]


def written(field: Field, alias: str) -> str:
    """A column of `alias` as a JSON value, in text."""
    column = f"{alias}.{quote(column_of(field))}"
    if not is_postgresql():
        if field.get_internal_type() != "DecimalField":
            return f"json_quote({column})"
        exact = f"printf('%%!.17g', {column})"
        return f"json_quote(CASE typeof({column}) WHEN 'real' THEN {exact} ELSE {column} END)"
    if field.get_internal_type() in AS_TEXT:
        column += "::text"
    return f"coalesce(to_jsonb({column})::text, 'null')"


def whole(fields: Sequence[Field], alias: str) -> str:
    """All these columns as one JSON object."""
    return _object([f"',\"{field.column}\":' || {written(field, alias)}" for field in fields])


def differing(fields: Sequence[Field], alias: str, one: str, other: str) -> str:
    """Those of these columns in which the two rows differ, as one JSON object."""
    return _object([
        f"CASE WHEN {differ(field, one, other)}"
        f" THEN ',\"{field.column}\":' || {written(field, alias)} ELSE '' END"
        for field in fields
    ])  # fmt: skip


def _object(parts: Sequence[str]) -> str:
    text = f"'{{' || substr({' || '.join(parts)}, 2) || '}}'"
    return f"({text})::jsonb" if is_postgresql() else text


def differ(field: Field, one: str, other: str) -> str:
    column = quote(column_of(field))
    word = "IS DISTINCT FROM" if is_postgresql() else "IS NOT"
    return f"{one}.{column} {word} {other}.{column}"


def read(field: Field, side: str) -> str:
    """A column out of one side (`before`, `after`) of image `i`, as the table holds it."""
    if is_postgresql():
        return f"(i.{side}->>'{field.column}')::{field.cast_db_type(connection)}"
    return f"json_extract(i.{side}, '$.\"{field.column}\"')"


def has(field: Field, side: str = "before") -> str:
    if is_postgresql():
        return f"jsonb_exists(i.{side}, '{field.column}')"
    return f"json_type(i.{side}, '$.\"{field.column}\"') IS NOT NULL"


def is_still(field: Field, alias: str = "t") -> str:
    """Whether the row still holds what the operation left there."""
    word = "IS NOT DISTINCT FROM" if is_postgresql() else "IS"
    return f"{alias}.{quote(column_of(field))} {word} {read(field, 'after')}"


def is_row_of_image(model: type[models.Model], alias: str = "t") -> str:
    """The condition that joins image `i` to its row."""
    key = f"{alias}.{key_column(model)}"
    if is_numbered(model):
        return f"{key} = i.low_id"
    cast = f"::{key_of(model).cast_db_type(connection)}" if is_postgresql() else ""
    return f"{key} = i.key{cast}"


def named_by(model: type[models.Model], alias: str) -> str:
    """`low_id, high_id, key` of a row."""
    key = f"{alias}.{key_column(model)}"
    if is_numbered(model):
        return f"{key}, {key}, ''"
    return f"NULL, NULL, {key}::text" if is_postgresql() else f"NULL, NULL, {key}"


def is_made_by(operation: Operation, model: type[models.Model], key: str) -> str:
    """Whether the row with this key is one that the operation made."""
    # The nearest stretch from below either holds it or none does: stretches never overlap.
    return (
        f"coalesce((SELECT m.high_id FROM core_image m WHERE m.operation_id = {operation.pk}"  # noqa: S608
        f" AND m.model_label = '{model._meta.label_lower}' AND m.deed = 'created'"
        f" AND m.low_id <= {key} ORDER BY m.low_id DESC LIMIT 1), {key} - 1) >= {key}"
    )
