"""Where an engine's SQL means something else than DuckDB's: mended as expressions become SQL.

Compilers of Ibis with a few words of their own; their methods carry the names that Ibis looks for.
"""

from math import isfinite
from typing import Any

# Of e: so far out that nobody sees the difference, and not so far that a product falls out.
LEAST, MOST = -500, 300


def speak_postgres(backend: Any) -> None:
    """Powers that no number can hold are cut off at 10^-217 and 10^130; truth counts as 1 and 0."""
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.postgres import PostgresCompiler
    from ibis.expr import datatypes, operations

    class Postgres(PostgresCompiler):  # type: ignore[misc]
        __slots__ = ()

        def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
            if dtype.is_floating() and isfinite(value):
                return self.cast(sge.convert(value), dtype)
            return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

        def visit_Power(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
            # A whole power of a plain number may be one of something negative: no logarithm.
            if isinstance(op.right, operations.Literal) and op.right.dtype.is_integer():
                return super().visit_Power(op, left=left, right=right)
            # Of nought there is none either, and it is worked out even where nobody asks for it.
            logarithm = self.f.ln(self.f.nullif(left, 0))
            exponent = sge.Mul(this=sge.paren(right), expression=logarithm)
            powered = self.f.exp(self.f.greatest(LEAST, self.f.least(MOST, exponent)))
            of_nought = self.if_(sge.paren(right).eq(0), 1.0, 0.0)
            return self.if_(sge.paren(left).eq(0), of_nought, powered)

        def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802
            # Truth becomes an int4 here, and nothing else.
            if op.arg.dtype.is_boolean() and to.is_numeric():
                arg = self.cast(arg, datatypes.int32)
            return super().visit_Cast(op, arg=arg, to=to)

    backend.compiler = Postgres()


def speak_spark(backend: Any) -> None:
    """What is written 7.0 is no decimal: days over 7.0 would come out with six places."""
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Spark(PySparkCompiler):  # type: ignore[misc]
        __slots__ = ()

        def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
            if dtype.is_floating() and isfinite(value):
                return self.cast(sge.convert(value), dtype)
            return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    backend.compiler = Spark()
