"""What every engine does alike: Arrow with the types that were asked for, tables by their names."""

from collections.abc import Iterator
from typing import Any


def table_of(backend: Any, name: str, schema: Any) -> Any:
    """A table that is there, for Ibis, with the types we gave it: no engine is asked again."""
    from ibis.expr import operations

    return operations.DatabaseTable(
        name=name, schema=schema, source=backend, namespace=operations.Namespace()
    ).to_expr()


def batches_of(arriving: Any, schema: Any) -> Iterator[Any]:
    """The batches of a table or a stream of Arrow, in the types of the schema."""
    import pyarrow as pa

    wanted = schema.to_pyarrow()
    batches = arriving.to_batches() if isinstance(arriving, pa.Table) else arriving
    for batch in batches:
        columns = [_cast(pa, batch.column(name), wanted.field(name).type) for name in wanted.names]
        yield pa.RecordBatch.from_arrays(columns, schema=wanted)


def _cast(pa: Any, column: Any, wanted: Any) -> Any:
    # Where all are empty SQLite names a type of numbers, which becomes no day.
    if column.null_count == len(column):
        return pa.nulls(len(column), wanted)
    return column.cast(wanted)
