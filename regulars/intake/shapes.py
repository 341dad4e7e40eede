"""Files of one shape: which columns they have, and how they were taken the last time."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.column_sets import folded
from regulars.core.errors import Refusal
from regulars.intake.models import Import, ImportFile, KnownShape
from regulars.intake.rules import require_import

# What was chosen for one file and goes for the next of its shape.
LONGEST_NAME = 255
KEPT = ("mend", "policies", "clear", "sheet")
# And for the whole import.
CHOSEN = ("keys", "ticks")


def shape_of(names: Sequence[str]) -> str:
    """A file's shape: its headings in their order, whatever their case and signs."""
    return hashlib.sha256("\n".join(folded(name) for name in names).encode()).hexdigest()


def known_shape(item: Import, file: ImportFile) -> KnownShape | None:
    """How a file of these headings was taken; one without a heading has no shape."""
    if not file.reading.get("has_heading"):
        return None
    shape = shape_of(file.reading["names"])
    return KnownShape.objects.filter(kind=item.kind, role=file.role, shape=shape).first()


def take_as_before(item: Import, file: ImportFile, known: KnownShape) -> None:
    """Take a file as those of its shape were taken (unsaved)."""
    by_fold = {folded(name): name for name in reversed(file.reading["names"])}
    file.mapping = {
        field: by_fold[folded(name)]
        for field, name in known.mapping.items()
        if folded(name) in by_fold
    }
    file.choices = known.choices | file.choices
    file.reading["remembered_at"] = known.used_at.isoformat()
    item.settings = {k: v for k, v in known.settings.items() if k in CHOSEN} | item.settings


def remember_shapes(item: Import, *, at: datetime) -> None:
    """Keep how the files of an import were taken, for the next of their shape."""
    settings: dict[str, Any] = {k: v for k, v in item.settings.items() if k in CHOSEN}
    for file in item.files.all():
        if file.reading.get("has_heading"):
            taken = {
                "mapping": file.mapping, "settings": settings, "used_at": at,
                "choices": {k: v for k, v in file.choices.items() if k in KEPT},
            }  # fmt: skip
            KnownShape.objects.update_or_create(
                kind=item.kind, role=file.role, shape=shape_of(file.reading["names"]),
                defaults=taken, create_defaults=taken | {"name": file.name},
            )  # fmt: skip


@transaction.atomic
def rename_shape(known: KnownShape, name: str, *, by: Actor, at: datetime) -> None:
    """Call a remembered way of taking files as the business calls it: “the till's list”."""
    require_import(by)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refusal(
            _("A name is one to %(most)s signs long.") % {"most": LONGEST_NAME},
            _("Write what you call these files."),
        )
    KnownShape.objects.filter(pk=known.pk).update(name=name)
    audit.record("renamed", known, by=by, at=at)


@transaction.atomic
def forget_shape(known: KnownShape, *, by: Actor, at: datetime) -> None:
    """Forget how files of one shape were taken: the next of them is guessed anew."""
    require_import(by)
    audit.record("forgot", known, by=by, at=at)
    known.delete()


def forget_shapes_of(item: Import) -> None:
    """Forget how the files of an import were taken, unless a later one was taken so as well."""
    for file in item.files.all():
        shape = shape_of(file.reading.get("names", ()))
        same = KnownShape.objects.filter(kind=item.kind, role=file.role, shape=shape)
        same.filter(used_at__lte=item.started_at).delete()
