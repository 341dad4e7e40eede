"""The statements of undoing: what is in use, what goes, what comes back, what stays as it is."""

# Statements are put together from names of models and columns; every value is bound.
# ruff: noqa: S608

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from regulars.core.before_images import IMAGE
from regulars.core.bulk import rows_of, run_sql
from regulars.core.image_sql import (
    Field,
    column_of,
    fields_of,
    has,
    is_made_by,
    is_numbered,
    is_postgresql,
    is_row_of_image,
    is_still,
    key_column,
    quote,
    read,
    table_of,
)
from regulars.core.models import Image, Operation
from regulars.core.operations import Table, followers, tables

EXAMPLES_A_BATCH = 20


@dataclass(slots=True)
class Outcome:
    """What became of some images: counts by what happened, and some rows that were left alone."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)


def users_of(model: type[models.Model]) -> list[tuple[type[models.Model], Field]]:
    """The tables that point to this one, each with its foreign key, hidden ones too."""
    relations = model._meta.get_fields(include_hidden=True)
    return [
        (relation.related_model, relation.field)
        for relation in relations
        if isinstance(relation, models.ManyToOneRel)
    ]


# What is in use


def may_be_in_use(table: Table) -> bool:
    """Whether anybody could use or change rows of a table in a way that keeps them."""
    label = table.model._meta.label_lower
    return bool(table.changed_at or label in followers or users_of(table.model))


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of a table that an operation made: from `low` to `high`, mostly without a gap."""

    low: int
    high: int
    is_whole: bool
    # Whether some of them are known to be in use.
    keeps_any: bool = False


def take_stock(operation: Operation, table: Table, low: int, high: int) -> None:
    """Find rows of a stretch that somebody changed or used since: they will be kept."""
    model, label = table.model, table.model._meta.label_lower
    key, made = key_column(model), _made_by(operation)
    found: list[tuple[str, str, list[Any]]] = []
    if table.changed_at:
        at = connection.ops.adapt_datetimefield_value(operation.made_at)
        is_later = f"t.{quote(table.changed_at)} > %s"
        found.append(("", _among_rows(model, key, is_later), [low, high, at]))
    # A merge fills what it makes; in an import, what is filled was filled by somebody since.
    if label in followers and operation.kind == "import":
        is_more = _means_more(operation, label)
        found.append(("", _among_rows(model, key, is_more), [low, high]))
    for user, foreign_key in users_of(model):
        is_use = _is_use(operation, user, foreign_key, made)
        used = _among_rows(user, quote(column_of(foreign_key)), is_use)
        found.append((user._meta.label_lower, used, [low, high]))
    if found:
        _keep(operation, label, found)


def _among_rows(model: type[models.Model], column: str, condition: str) -> str:
    return (
        f"SELECT DISTINCT t.{column} AS id FROM {table_of(model)} t"
        f" WHERE t.{column} BETWEEN %s AND %s AND {condition}"
    )


def _made_by(operation: Operation) -> dict[str, Made]:
    """What an operation made, by the name of the table."""
    of_it = f"FROM core_image WHERE operation_id = {operation.pk}"
    found = rows_of(
        "SELECT model_label, min(low_id), max(high_id), sum(high_id - low_id + 1)"
        f" {of_it} AND deed = 'created' AND low_id IS NOT NULL GROUP BY model_label"
    )
    asked = " UNION ALL ".join(
        f"SELECT '{label}' WHERE EXISTS (SELECT 1 {of_it} AND model_label = '{label}'"
        " AND deed = 'kept')"
        for label, *_told in found
    )
    keeping = {label for (label,) in rows_of(asked)} if asked else set()
    return {
        label: Made(low, high, high - low + 1 == count, label in keeping)
        for label, low, high, count in found
    }


def _is_use(
    operation: Operation, user: type[models.Model], foreign_key: Field, made: Mapping[str, Made]
) -> str:
    """Whether row `t` of a table means that somebody uses what it points to."""
    label = user._meta.label_lower
    if label in followers:
        return _means_more(operation, label)
    if label not in tables:
        return "1 = 1"
    # A row that points there only since this operation will point elsewhere again.
    ours = (
        f"EXISTS (SELECT 1 FROM core_image i WHERE i.operation_id = {operation.pk}"
        f" AND i.model_label = '{label}' AND i.deed = 'changed' AND {is_row_of_image(user)}"
        f" AND {has(foreign_key)} AND {is_still(foreign_key)})"
    )
    if not is_numbered(user) or label not in made:
        return f"NOT {ours}"
    key = f"t.{key_column(user)}"
    is_made = _is_among(operation, user, key, made[label])
    if made[label].keeps_any:
        is_made += f" AND NOT {is_kept(operation, user, key)}"
    return f"NOT ({is_made}) AND NOT {ours}"


def _is_among(operation: Operation, model: type[models.Model], key: str, made: Made) -> str:
    """Whether the row with this key is one that the operation made: mostly they are all in a row,
    and to compare two numbers costs less than to look for each row's stretch.
    """
    if made.is_whole:
        return f"{key} BETWEEN {made.low} AND {made.high}"
    return is_made_by(operation, model, key)


def _means_more(operation: Operation, label: str) -> str:
    """Whether follower `t` is more than that."""
    return f"({followers[label].in_use.replace('{subject_id}', str(operation.subject_id))})"


def is_kept(operation: Operation, model: type[models.Model], key: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM core_image k WHERE k.operation_id = {operation.pk}"
        f" AND k.model_label = '{model._meta.label_lower}' AND k.deed = 'kept'"
        f" AND k.low_id = {key})"
    )


def _keep(
    operation: Operation, label: str, found: Sequence[tuple[str, str, Sequence[Any]]]
) -> None:
    """Write down, by one statement, which rows are in use, and by what."""
    chosen = " UNION ALL ".join(
        f"SELECT q.id, '{used_by}' AS used_by FROM ({sql}) q" for used_by, sql, _values in found
    )
    why = "'{\"used_by\": \"' || min(u.used_by) || '\"}'"
    why = f"({why})::jsonb" if is_postgresql() else why
    run_sql(
        f"INSERT INTO {IMAGE} SELECT {operation.pk}, '{label}', u.id, u.id, '', 'kept', NULL, {why}"
        f" FROM ({chosen}) u WHERE NOT {is_kept(operation, tables[label].model, 'u.id')}"
        " GROUP BY u.id",
        [value for _used_by, _sql, values in found for value in values],
    )


# Taking away what was made


def take_away(operation: Operation, table: Table, image: Image) -> Outcome:
    """Delete the rows of one stretch that nobody uses, with what came about beside them."""
    assert image.low_id is not None
    assert image.high_id is not None
    # Once more, in this transaction: somebody may have begun to use one a moment ago.
    take_stock(operation, table, image.low_id, image.high_id)
    model = table.model
    key, stretch = key_column(model), [image.low_id, image.high_id]
    chosen = f"t.{key} BETWEEN %s AND %s{_unless_kept(operation, table, stretch)}"
    for user, foreign_key in users_of(model):
        if user._meta.label_lower in followers:
            _take_follower(user, foreign_key, model, chosen, stretch)
    gone = run_sql(f"DELETE FROM {table_of(model)} AS t WHERE {chosen}", stretch)
    there = f"SELECT count(*) FROM {table_of(model)} WHERE {key} BETWEEN %s AND %s"
    return Outcome(Counter(taken_away=gone, in_use=rows_of(there, stretch)[0][0]))


def _unless_kept(operation: Operation, table: Table, stretch: list[int]) -> str:
    """The condition that leaves rows in use alone, with what they are part of; mostly none is."""
    model, key = table.model, f"t.{key_column(table.model)}"
    kept = "SELECT 1 FROM core_image WHERE operation_id = %s AND model_label = %s AND deed = 'kept'"
    label = model._meta.label_lower
    unless = ""
    if rows_of(f"{kept} AND low_id BETWEEN %s AND %s LIMIT 1", [operation.pk, label, *stretch]):
        unless = f" AND NOT {is_kept(operation, model, key)}"
    if not table.part_of:
        return unless
    foreign_key = model._meta.get_field(table.part_of)
    assert isinstance(foreign_key, models.ForeignKey)
    whole: type[models.Model] = foreign_key.related_model
    if rows_of(f"{kept} LIMIT 1", [operation.pk, whole._meta.label_lower]):
        unless += f" AND NOT {is_kept(operation, whole, f't.{quote(column_of(foreign_key))}')}"
    return unless


def _take_follower(
    user: type[models.Model], foreign_key: Field, model: type[models.Model], chosen: str,
    stretch: list[int],
) -> None:  # fmt: skip
    """Delete what came about beside the chosen rows; found by its own key: few have any."""
    column = quote(column_of(foreign_key))
    run_sql(
        f"DELETE FROM {table_of(user)} AS f WHERE f.{column} BETWEEN %s AND %s AND EXISTS"
        f" (SELECT 1 FROM {table_of(model)} t WHERE t.{key_column(model)} = f.{column}"
        f" AND {chosen})",
        [*stretch, *stretch],
    )


# Bringing back what was deleted


def bring_back(table: Table, images: Sequence[Image]) -> Outcome:
    """Write deleted rows again, as far as what they point to is still there."""
    model = table.model
    fields = fields_of(model, table.columns)
    target = ", ".join(quote(column_of(one)) for one in fields)
    source = ", ".join(_returning(one) for one in fields)
    needed = [
        _exists(one, read(one, "before")) for one in fields if one.remote_field and not one.null
    ]
    where = " AND ".join([_among(images), *needed])
    back = run_sql(
        f"INSERT INTO {table_of(model)} ({target}) SELECT {source} FROM core_image i"
        f" WHERE {where} ORDER BY i.id DESC ON CONFLICT DO NOTHING",
        [_default_of(one) for one in fields if _has_plain_default(one)],
    )
    return Outcome(Counter(brought_back=back, lost=len(images) - back))


def _returning(one: Field) -> str:
    value = read(one, "before")
    if one.remote_field and one.null:
        return f"CASE WHEN {_exists(one, value)} THEN {value} END"
    # A column that came with a newer version, after the row was deleted.
    return f"coalesce({value}, %s)" if _has_plain_default(one) else value


def _has_plain_default(one: Field) -> bool:
    return not one.null and not one.remote_field and one.has_default()


def _default_of(one: Field) -> Any:
    return one.get_db_prep_save(one.get_default(), connection)


def _exists(one: Field, value: str) -> str:
    other = one.related_model
    assert isinstance(other, type)
    key = key_column(other)
    return f"EXISTS (SELECT 1 FROM {table_of(other)} o WHERE o.{key} = {value})"


def _among(images: Sequence[Image]) -> str:
    return f"i.id IN ({', '.join(str(image.pk) for image in images)})"


# Putting back what was changed


def restore(table: Table, images: Sequence[Image]) -> Outcome:
    """Put fields back that still hold what the operation wrote; tell of those that do not."""
    model = table.model
    named = sorted({name for image in images for name in image.before})
    fields = fields_of(model, [name for name in named if name in table.columns])
    told = [one for one in fields if column_of(one) != table.changed_at]
    outcome = _changed_since(model, told, images)
    try:
        with transaction.atomic():
            outcome.counts["put_back"] += _restore(model, fields, images)
    except IntegrityError:
        # Something that may stand there once stands elsewhere by now: the others still go back.
        for image in images:
            _restore_alone(model, fields, image, outcome)
    return outcome


def _restore(model: type[models.Model], fields: Sequence[Field], images: Sequence[Image]) -> int:
    if not fields:
        return 0
    values = ", ".join(
        f"{quote(column_of(one))} = CASE WHEN {may_return(one)} THEN {read(one, 'before')}"
        f" ELSE t.{quote(column_of(one))} END"
        for one in fields
    )
    return run_sql(
        f"UPDATE {table_of(model)} AS t SET {values} FROM core_image i"
        f" WHERE {_among(images)} AND {is_row_of_image(model)}"
        f" AND ({' OR '.join(may_return(one) for one in fields)})"
    )


def _restore_alone(
    model: type[models.Model], fields: Sequence[Field], image: Image, outcome: Outcome
) -> None:
    try:
        with transaction.atomic():
            outcome.counts["put_back"] += _restore(model, fields, [image])
    except IntegrityError:
        outcome.counts["left"] += 1
        outcome.examples.append(_example(model, image, "", None))


def may_return(one: Field) -> str:
    """Whether this field of row `t` can be given back what image `i` kept of it."""
    condition = f"{has(one)} AND {is_still(one)}"
    if one.remote_field:
        value = read(one, "before")
        condition += f" AND ({value} IS NULL OR {_exists(one, value)})"
    return f"({condition})"


def _changed_since(
    model: type[models.Model], fields: Sequence[Field], images: Sequence[Image]
) -> Outcome:
    """How many rows are gone or hold something else by now, and what some of them hold."""
    by_id = {image.pk: image for image in images}
    join = f"LEFT JOIN {table_of(model)} t ON {is_row_of_image(model)}"
    key = f"t.{key_column(model)}"
    outcome = Outcome()
    outcome.counts["lost"] += rows_of(
        f"SELECT count(*) FROM core_image i {join} WHERE {_among(images)} AND {key} IS NULL"
    )[0][0]
    for one in fields:
        column = f"t.{quote(column_of(one))}"
        found = rows_of(
            f"SELECT i.id, {column} FROM core_image i {join} WHERE {_among(images)}"
            f" AND {key} IS NOT NULL AND {has(one)} AND NOT {may_return(one)} ORDER BY i.id"
        )
        outcome.counts["left"] += len(found)
        room = EXAMPLES_A_BATCH - len(outcome.examples)
        outcome.examples += [
            _example(model, by_id[pk], column_of(one), now) for pk, now in found[: max(0, room)]
        ]
    return outcome


def _example(model: type[models.Model], image: Image, column: str, now: Any) -> dict[str, Any]:
    return {
        "table": model._meta.label_lower,
        "row": image.low_id if image.low_id is not None else image.key,
        "field": column,
        "ours": None if not column else image.after.get(column),
        "now": None if now is None else str(now),
    }
