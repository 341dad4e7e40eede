"""Questions asked with every page or answer: their SQL is made once, not each time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=models.Model)


class Place(Expression):
    """Where a value will stand in the SQL."""

    def __init__(self, nth: int, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.nth = nth

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Made:
    """The SQL for one kind of database, where values stand in it, and how a row is read."""

    sql: str
    params: Sequence[Any]
    names: Sequence[str]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]


class Prepared(Generic[Row]):
    """A query of which only the values differ from one time to the next.

    Django makes a query's SQL anew each time it is asked, which takes longer than a database in
    the same process takes to answer. `make` is given a place for each value, of the type that
    `fields` says, and returns rows of one model, without `select_related` or annotations.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]], *fields: "Field[Any, Any]") -> None:
        self._make, self._fields = make, fields
        # By the kind of database.
        self._made: dict[str, _Made] = {}
        self._model: type[Row] | None = None

    def all(self, *values: Any) -> list[Row]:
        made = self._made.get(connection.vendor) or self._compiled()
        assert self._model is not None
        params = [
            self._fields[one.nth].get_db_prep_value(values[one.nth], connection)
            if isinstance(one, Place) else one
            for one in made.params
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(made.sql, params)
            rows = cursor.fetchall()
        return [
            self._model.from_db(connection.alias, made.names, _converted(row, made)) for row in rows
        ]

    def first(self, *values: Any) -> Row | None:
        found = self.all(*values)
        return found[0] if found else None

    def _compiled(self) -> _Made:
        places = [Place(nth, field) for nth, field in enumerate(self._fields)]
        rows = self._make(*places)
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        told = compiler.klass_info or {}
        if told.get("related_klass_infos") or compiler.annotation_col_map:
            raise TypeError("a prepared query has the rows of one model, and nothing besides")
        names = [column.target.attname for column, _sql, _alias in compiler.select]
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        self._model = rows.model
        self._made[connection.vendor] = made = _Made(
            sql, params, names,
            [(nth, ways, column) for nth, (ways, column) in converters.items()],
        )  # fmt: skip
        return made


def _converted(row: Sequence[Any], made: _Made) -> Sequence[Any]:
    if not made.converters:
        return row
    values = list(row)
    for nth, ways, column in made.converters:
        for way in ways:
            values[nth] = way(values[nth], column, connection)
    return values
