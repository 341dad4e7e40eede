"""The continuity card as a file: pages for print and a table, in an archive with a password."""

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.core.formulas import marked, marked_phone
from regulars.core.typesetting import typeset
from regulars.recovery.queries.cards import Line
from regulars.team.models import Business

FILE = "regulars-continuity-card.zip"
TEMPLATE = "recovery/paper/card.typ"


def archive(
    lines: Sequence[Line], business: Business, password: str, *, more: int, at: datetime
) -> bytes:
    """The archive; AES-256, as common tools open it."""
    import pyzipper

    kept = io.BytesIO()
    with pyzipper.AESZipFile(
        kept, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as packed:
        packed.setpassword(password.encode())
        packed.writestr("continuity-card.pdf", pages(lines, business, more=more, at=at))
        packed.writestr("continuity-card.csv", table(lines))
    return kept.getvalue()


def pages(lines: Sequence[Line], business: Business, *, more: int, at: datetime) -> bytes:
    written = date_format(timezone.localtime(at), "j F Y, H:i")
    return typeset(
        TEMPLATE,
        {
            "title": _("%(business)s: whom to call") % {"business": business.name},
            "language": (get_language() or "en")[:2],
            "foot": _("Written by Regulars on %(when)s") % {"when": written},
            "written": _("As it stood on %(when)s. Call from the top.") % {"when": written},
            "more": _("%(count)s more are not on it.") % {"count": more} if more else "",
            "heads": _heads(),
            "empty": _("Nobody is in the core yet."),
            "lines": [_cells(line) for line in lines],
        },
    )


def table(lines: Sequence[Line]) -> bytes:
    """The same as a table for a spreadsheet."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_heads())
    for line in lines:
        name, phones, *rest = _cells(line)
        rows.writerow([marked(name), marked_phone(phones), *map(marked, rest)])
    return text.getvalue().encode("utf-8-sig")


def _heads() -> list[str]:
    return [
        _("Name"), _("Telephone"), _("Looked after by"), _("Last talk"), _("Waits for"),
        _("What to say"),
    ]  # fmt: skip


def _cells(line: Line) -> list[str]:
    return [line.name, line.phones, line.manager, line.last_talk, line.waits_for, line.to_say]


def put_into(folder: Path, content: bytes) -> None:
    """Put the archive into its folder: whoever looks finds the one before or this one, whole."""
    number, name = tempfile.mkstemp(prefix=".regulars-card-", suffix=".part", dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def is_public(folder: Path) -> bool:
    """Whether everybody could read what lies there."""
    return folder.resolve().is_relative_to((settings.HOME / "public").resolve())
