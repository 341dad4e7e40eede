"""PostgreSQL behind Ibis: the instance's own database, or the one whose address is given."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import connection

from regulars.engines.correspondence import postgres_words
from regulars.engines.errors import EngineOutOfReach, NoPostgresToCountOn
from regulars.engines.lightness import without_other_dialects
from regulars.engines.speaking import speak_postgres
from regulars.engines.tables import batches_of, table_of


class PostgresEngine:
    """Tables are temporary ones of a connection of its own: they go when it closes."""

    def __init__(self, address: str) -> None:
        self._connection = opened(address)
        without_other_dialects()
        import ibis

        self.backend = ibis.postgres.from_connection(self._connection)
        speak_postgres(self.backend)
        # Compiling our long expressions takes longer than running them.
        self._do("SET jit = off")
        self._do(f"SET work_mem = '{max(4, settings.ENGINE_MEMORY_MB // 8)}MB'")
        self._do(f"SET temp_buffers = '{max(8, settings.ENGINE_MEMORY_MB // 8)}MB'")

    def take_in(self, name: str, arriving: Any, schema: Any) -> Any:
        from pyarrow import BufferOutputStream, csv

        types = ", ".join(f'"{column}" {self._type(t)}' for column, t in schema.items())
        self._do(f'CREATE TEMPORARY TABLE "{name}" ({types})')
        plain = csv.WriteOptions(include_header=False)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT csv)') as copy,
        ):
            for batch in batches_of(arriving, schema):
                lines = BufferOutputStream()
                csv.write_csv(batch, lines, plain)
                copy.write(memoryview(lines.getvalue()))
        return self._known(name, schema)

    def keep(self, name: str, expression: Any) -> Any:
        self._do(f'CREATE TEMPORARY TABLE "{name}" AS {self._typed(expression)}')
        return self._known(name, expression.schema())

    def arrow(self, expression: Any) -> Any:
        from pyarrow import csv

        wanted = expression.schema().to_pyarrow()
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({self._typed(expression)}) TO STDOUT (FORMAT csv)") as copy,
        ):
            lines = BytesIO(b"".join(copy))
        if not lines.getbuffer().nbytes:
            return wanted.empty_table()
        return csv.read_csv(
            lines,
            csv.ReadOptions(column_names=wanted.names),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=wanted, null_values=[""], true_values=["t"], false_values=["f"],
                strings_can_be_null=True, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip

    def close(self) -> None:
        self._connection.close()

    def _known(self, name: str, schema: Any) -> Any:
        # Without figures about a table the planner takes it for small, and loops where it could
        # hash.
        self._do(f'ANALYZE "{name}"')
        return table_of(self.backend, name, schema)

    def _typed(self, expression: Any) -> str:
        """A sum of whole numbers is a numeric here: give each column the type that Ibis names."""
        columns = ", ".join(
            f'CAST("{column}" AS {self._type(t)}) AS "{column}"'
            for column, t in expression.schema().items()
        )
        # Names come from our own metrics, never from outside.
        return f"SELECT {columns} FROM ({self.backend.compile(expression)}) AS counted"  # noqa: S608

    def _type(self, type_: Any) -> str:
        return str(self.backend.compiler.type_mapper.to_string(type_))

    def _do(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)


def opened(address: str) -> Any:
    """A connection to the PostgreSQL that counts."""
    import psycopg

    own = ":" not in address
    if own and connection.vendor != "postgresql":
        raise NoPostgresToCountOn
    words = postgres_words(connection.settings_dict) if own else address
    try:
        return psycopg.connect(words, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise EngineOutOfReach("PostgreSQL", str(error)) from error
