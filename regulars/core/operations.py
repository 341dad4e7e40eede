"""Operations that can be undone, and the tables whose rows they may touch.

Each room registers its tables in `undoing.py`; `before_images.py` keeps what was there before,
`undo.py` puts it back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.models import Operation
from regulars.core.registry import Registry

KEPT_FOR = timedelta(days=30)
# What is kept of a column and put back is exact on both databases for these; a decimal of more
# digits than a double holds would not be on SQLite.
EXACT = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField",
    "DateTimeField", "DecimalField", "FileField", "ForeignKey", "IntegerField", "JSONField",
    "OneToOneField", "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField",
    "SlugField", "SmallIntegerField", "TextField", "TimeField", "UUIDField",
}  # fmt: skip
DIGITS = 15


class UndoneAlready(Refusal):
    """This has been undone before."""


class TooLateToUndo(Refusal):
    """What was there before is no longer kept."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows operations may touch.

    `part_of` names the foreign key to the row that these belong to: an address goes and stays with
    its customer. `changed_at` names the column that moves when somebody changes a row. Columns
    `left_out` are never kept.
    """

    model: type[models.Model]
    left_out: tuple[str, ...] = ()
    part_of: str = ""
    changed_at: str = ""

    @property
    def columns(self) -> list[str]:
        named = [field.column or "" for field in self.model._meta.concrete_fields]
        return [column for column in named if column not in self.left_out]


tables: Registry[Table] = Registry("tables that operations touch")


@dataclass(frozen=True, slots=True)
class Follower:
    """Rows that come about by themselves beside another, and go with it.

    `in_use` is a condition on the follower's row `t`, by which it is more than that: somebody's
    word, which keeps the row that it stands beside. `{subject_id}` in it is the operation's.
    """

    model: type[models.Model]
    in_use: str = "1 = 0"


followers: Registry[Follower] = Registry("followers of rows")


def register_table(
    model: type[models.Model], *, left_out: tuple[str, ...] = (), part_of: str = "",
    changed_at: str = "",
) -> Table:  # fmt: skip
    """Let operations touch the rows of a table."""
    table = Table(model, left_out, part_of, changed_at)
    for field in model._meta.concrete_fields:
        digits = getattr(field, "max_digits", None) or 0
        if field.column not in left_out and (
            field.get_internal_type() not in EXACT or digits > DIGITS
        ):
            raise ValueError(f"{field} could not be put back exactly")
    return tables.register(model._meta.label_lower, table)


def register_follower(model: type[models.Model], *, in_use: str = "1 = 0") -> Follower:
    """Say that rows of this table come about by themselves."""
    return followers.register(model._meta.label_lower, Follower(model, in_use))


def begin_operation(
    kind: str, *, subject_id: int | None, by: Actor, at: datetime, words: str = ""
) -> Operation:
    """Begin something that can be undone for 30 days."""
    return Operation.objects.create(
        kind=kind, subject_id=subject_id, made_at=at, made_by_id=by.member_id,
        made_by_name=by.name, words=words, keep_until=at + KEPT_FOR,
    )  # fmt: skip


def operation_of(kind: str, subject_id: int) -> Operation | None:
    """The newest operation of this kind on this thing."""
    return Operation.objects.filter(kind=kind, subject_id=subject_id).order_by("-id").first()


def ongoing_operation(kind: str, *, subject_id: int, by: Actor, at: datetime) -> Operation:
    """The operation of something that may be killed and go on: begun once, found again."""
    known = operation_of(kind, subject_id)
    return known or begin_operation(kind, subject_id=subject_id, by=by, at=at)


def refuse_to_undo(operation: Operation, *, at: datetime) -> None:
    """Say no to undoing what has been undone, or what is too long ago."""
    if operation.undone_at is not None:
        raise UndoneAlready(
            _("This has been undone already."), _("Do it again if you want it back.")
        )
    if operation.emptied_at is not None or operation.keep_until <= at:
        raise TooLateToUndo(
            _("It is too late to undo this: what was there before is kept for 30 days."),
            _("A backup from before may still hold it."),
        )
