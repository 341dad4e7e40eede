"""Writing Parquet, a chunk of plain values at a time."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from regulars.engines.lightness import lightly

# Whole digits and decimals of an amount: no currency has more than four.
DIGITS, DECIMALS = 30, 4


def write_parquet(
    path: Path, columns: Sequence[tuple[str, str]], chunks: Iterable[Sequence[Sequence[Any]]]
) -> None:
    """Columns are a heading and one of text, phone, count, amount, day, moment, flag."""
    with lightly("pyarrow.dataset"):
        import pyarrow as pa
        from pyarrow import parquet

    types = {
        "count": pa.int64(), "amount": pa.decimal128(DIGITS, DECIMALS), "day": pa.date32(),
        "moment": pa.timestamp("us", tz="UTC"), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(name, types.get(kind, pa.string())) for name, kind in columns])
    kinds = [kind for _name, kind in columns]
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        for rows in chunks:
            if rows:
                file.write_table(pa.table(_arrays(pa, schema, kinds, rows), schema=schema))


def _arrays(pa: Any, schema: Any, kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    made = []
    for at, kind in enumerate(kinds):
        values: list[Any] = [row[at] for row in rows]
        if kind in ("text", "phone"):
            values = [None if value is None else str(value) for value in values]
        elif kind == "amount":
            values = [None if value is None else _exact(value) for value in values]
        made.append(pa.array(values, type=schema.field(at).type))
    return made


def _exact(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-DECIMALS))
