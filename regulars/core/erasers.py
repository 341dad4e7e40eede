"""Forgetting a customer for good: each room erases what it holds, or says why it stays.

A house test finds every table that names a customer; a room added later cannot be forgotten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from regulars.core.actor import Actor
from regulars.core.image_sql import is_numbered
from regulars.core.models import Image, Operation
from regulars.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Erasing:
    """Who is erased, and whether somebody asked for it: then nobody writes to them again."""

    customer_ids: Sequence[int]
    by: Actor
    at: datetime
    is_asked: bool
    # What was looked for before anything is held up, by the name of whoever looked.
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saying:
    """Columns, as text or JSON, into which somebody's address or name may have been typed.

    `goes`: such a row is not mended but deleted, because it can be worked out anew.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    goes: bool = False


@dataclass(frozen=True, slots=True)
class Eraser:
    """How one room erases customers, and which of its tables that covers."""

    models: tuple[type[models.Model], ...]
    erase: Callable[[Erasing], None]


erasers: Registry[Eraser] = Registry("erasers")
# What takes long to find is looked for before the transaction begins, and only reads.
seekers: Registry[Callable[[Sequence[int]], Any]] = Registry("looking before erasing")
# What people wrote to find somebody, and may say who they were: filters, their words, their names.
sayings: Registry["Saying"] = Registry("sayings looked through when erasing")
# Tables that name a customer and stay as they are, with the reason.
staying: Registry[str] = Registry("tables that stay when a customer is erased")


def register_eraser(
    room: str, covered: tuple[type[models.Model], ...], erase: Callable[[Erasing], None]
) -> None:
    """Say how a room erases customers."""
    erasers.register(room, Eraser(covered, erase))


def look_through(model: type[models.Model], *columns: str, goes: bool = False) -> None:
    """Say that people type into these columns whom they look for."""
    sayings.register(model._meta.label_lower, Saying(model, columns, goes))


def let_stay(model: type[models.Model], why: str) -> None:
    """Say that rows of a table stay: they hold nothing about the person but a number."""
    staying.register(model._meta.label_lower, why)


def seek_all(customer_ids: Sequence[int]) -> dict[str, Any]:
    """Everything that will have to be emptied besides, found without holding anybody up."""
    return {name: seekers[name](customer_ids) for name in seekers.names()}


def erase_all(erasing: Erasing) -> None:
    """Let every room erase what it holds; what points to others goes first."""
    for eraser in reversed(list(erasers)):
        eraser.erase(erasing)


def erase_rows(model: type[models.Model], erasing: Erasing, *, of: str = "customer") -> None:
    """Delete a customer's rows, and what is kept of them for undoing."""
    rows = model._default_manager.filter(**{f"{of}__in": erasing.customer_ids})
    forget_images(model, rows, erasing, of=of)
    rows.delete()


def blank_rows(model: type[models.Model], erasing: Erasing, *, of: str, **blank: Any) -> None:
    """Empty what a customer's rows say; the rows stay, and count."""
    rows = model._default_manager.filter(**{f"{of}__in": erasing.customer_ids})
    forget_images(model, rows, erasing, of=of)
    rows.update(**blank)


def forget_images(
    model: type[models.Model], rows: "models.QuerySet[Any]", erasing: Erasing, *, of: str
) -> None:
    """Nothing that an operation keeps of these rows, or of those it deleted, is left."""
    # By operation, as they are found by: looking through all of them would hold the others up.
    kept = list(Operation.objects.filter(emptied_at=None).values_list("pk", flat=True))
    held = Image.objects.filter(
        operation__in=kept, model_label=model._meta.label_lower,
        deed__in=[Image.Deed.CHANGED, Image.Deed.DELETED],
    )  # fmt: skip
    keys = list(rows.values_list("pk", flat=True))
    if is_numbered(model):
        held.filter(low_id__in=keys).delete()
    else:
        held.filter(key__in=[str(key) for key in keys] + [key.hex for key in keys]).delete()
    if of != "pk":
        whole = held.filter(deed=Image.Deed.DELETED)
        theirs = whole.filter(**{f"before__{of}_id__in": list(erasing.customer_ids)})
        # What another operation changed of a row that one has deleted since.
        gone = [key for key in theirs.values_list("low_id", flat=True) if key is not None]
        held.filter(low_id__in=gone).delete()
        theirs.delete()
