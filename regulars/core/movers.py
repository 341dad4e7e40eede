"""What moves when two customers turn out to be one: every room registers its tables.

A table that means a customer and is named here by nobody fails `tests/house/test_movers.py`, so
that a room added later cannot be forgotten. Everything moves inside the transaction of the merge,
with what was there before kept (`before_images`), so that unmerging hands it back.
"""

# Statements are put together from names of models and columns; every value is bound.
# ruff: noqa: S608

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django.db import models

from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import rows_of, run_sql, table_of
from regulars.core.models import Image, Operation
from regulars.core.registry import Registry


class Mover(Protocol):
    """Moves one table's rows from the customer who goes to the one who stays."""

    @property
    def model(self) -> type[models.Model]: ...

    @property
    def column(self) -> str: ...

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        """Returns how many rows had to stay, because the other one has the same already."""
        ...

    def left_out(self) -> str:
        """Why rows of this table do not move, where they do not."""
        ...


@runtime_checkable
class Parting(Protocol):
    """A mover with something to do when two are taken apart again, besides handing back."""

    def part(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> None: ...


movers: Registry[Mover] = Registry("movers")


@dataclass(frozen=True, slots=True)
class Reparent:
    """Rows that go over as they are; one that the other has already (`same`) stays behind.

    `same` names columns that must not come twice; `clash` is a condition of its own on the row `t`
    that would move and the row `o` that is there, in place of it. `is_kept_back` says of `t` alone
    that it stays.
    """

    model: type[models.Model]
    column: str = "customer_id"
    same: tuple[str, ...] = ()
    clash: str = ""
    is_kept_back: str = ""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        where, values = self._movable(from_id, to_id)
        table = table_of(self.model)
        with changing(operation, self.model, [self.column], (where, values)):
            run_sql(f"UPDATE {table} AS t SET {self.column} = %(to)s WHERE {where}", values)
        left = rows_of(f"SELECT count(*) FROM {table} t WHERE t.{self.column} = %(from)s", values)
        return int(left[0][0])

    def left_out(self) -> str:
        return ""

    def _movable(self, from_id: int, to_id: int) -> tuple[str, dict[str, int]]:
        where = f"t.{self.column} = %(from)s"
        clash = self.clash or " AND ".join(f"o.{name} = t.{name}" for name in self.same)
        if clash:
            where += (
                f" AND NOT EXISTS (SELECT 1 FROM {table_of(self.model)} o"
                f" WHERE o.{self.column} = %(to)s AND {clash})"
            )
        if self.is_kept_back:
            where += f" AND NOT ({self.is_kept_back})"
        return where, {"from": from_id, "to": to_id}


Combine = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class OneEach:
    """One row a customer: the one who stays gets a copy, or takes over what `combine` sets.

    The row of the one who goes is left as it was.
    """

    model: type[models.Model]
    combine: Combine
    column: str = "customer_id"
    # The column that says when it was last written, where one does.
    moment: str = ""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        rows = {row.pk: row for row in self.model._default_manager.filter(pk__in=[from_id, to_id])}
        if from_id not in rows:
            return 0
        if to_id not in rows:
            copy = rows[from_id]
            copy.pk = to_id
            copy.save(force_insert=True)
            remember_created(operation, self.model, [to_id])
            return 0
        with changing(operation, self.model, self._others(), [to_id]):
            self.combine(rows[to_id], rows[from_id])
            rows[to_id].save()
        return 0

    def left_out(self) -> str:
        return ""

    def keep_if_changed(self, operation: Operation, from_id: int, to_id: int) -> int:
        """Before it is undone: a copy that somebody has changed since stays. How many those are."""
        made = Image.objects.filter(
            operation=operation, model_label=self.model._meta.label_lower,
            deed=Image.Deed.CREATED, low_id=to_id,
        )  # fmt: skip
        rows = {
            row.pop(self.column): row
            for row in self.model._default_manager.filter(pk__in=[from_id, to_id]).values()
        }
        if not made.exists() or rows.get(from_id) == rows.get(to_id):
            return 0
        return made.delete()[0]

    def _others(self) -> Sequence[str]:
        fields = self.model._meta.concrete_fields
        return [field.column or "" for field in fields if not field.primary_key]


@dataclass(frozen=True, slots=True)
class Redirect:
    """Rows on their way elsewhere: they follow at once, and are not handed back."""

    model: type[models.Model]
    column: str = "customer_id"

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        run_sql(
            f"UPDATE {table_of(self.model)} SET {self.column} = %s WHERE {self.column} = %s",
            [to_id, from_id],
        )
        return 0

    def left_out(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Stays:
    """A table whose rows stay where they are, and why."""

    model: type[models.Model]
    why: str
    column: str = "customer_id"

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        return 0

    def left_out(self) -> str:
        return self.why


def register_mover(mover: Mover) -> Mover:
    """Say what becomes of a table's rows when their customer is merged into another."""
    return movers.register(name_of(mover.model, mover.column), mover)


def name_of(model: type[models.Model], column: str) -> str:
    return f"{model._meta.label_lower}.{column}"


def later(one: Any, other: Any) -> Any:
    """The later of two moments, days or numbers, of which either may be lacking."""
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
