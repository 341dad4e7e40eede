"""Files of one shape: which columns they have, and how they were taken the last time."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from regulars.core.column_sets import folded
from regulars.intake.models import Import, ImportFile, KnownShape

# What was chosen for one file and goes for the next of its shape.
KEPT = ("mend", "policies", "clear", "sheet")


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
    if "keys" in known.settings:
        item.settings = {"keys": known.settings["keys"]} | item.settings


def remember_shapes(item: Import, *, at: datetime) -> None:
    """Keep how the files of an import were taken, for the next of their shape."""
    settings: dict[str, Any] = {k: v for k, v in item.settings.items() if k == "keys"}
    for file in item.files.all():
        if file.reading.get("has_heading"):
            KnownShape.objects.update_or_create(
                kind=item.kind, role=file.role, shape=shape_of(file.reading["names"]),
                defaults={
                    "mapping": file.mapping, "settings": settings, "used_at": at,
                    "choices": {k: v for k, v in file.choices.items() if k in KEPT},
                },
            )  # fmt: skip
