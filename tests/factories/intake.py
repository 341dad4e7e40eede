"""Files as people hand them over, and imports made of them."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from regulars.core.actor import COMMAND, Actor
from regulars.intake import actions
from regulars.intake.actions import NewFile
from regulars.intake.models import Import

A_DAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def make_file(content: str | bytes, *, role: str = "customers", name: str = "list.csv") -> NewFile:
    held = content.encode() if isinstance(content, str) else content
    return NewFile(role, name, io.BytesIO(held))


def bring(
    kind: str,
    content: str | bytes | dict[str, str | bytes],
    *,
    by: Actor = COMMAND,
    at: datetime = A_DAY,
    dry: bool = False,
    **more: Any,
) -> Import:
    """Bring in one file, or several by role; `dry` stops at "look before it happens"."""
    files = content if isinstance(content, dict) else {kind: content}
    handed = [make_file(held, role=role, name=f"{role}.csv") for role, held in files.items()]
    item = actions.begin_import(kind, handed, by=by, at=at, **more)
    actions.check_now(item, by=by, at=at)
    if not dry:
        actions.bring_in_now(item, by=by, at=at)
    return item


def counts(item: Import) -> tuple[int, int, int, int, int]:
    """Created, updated, unchanged, rejected, skipped."""
    report: dict[str, int] = item.report
    created, updated, unchanged = report["created"], report["updated"], report["unchanged"]
    return created, updated, unchanged, report["rejected"], report["skipped"]


def make_workbook(rows: list[list[object]], *, date_columns: tuple[int, ...] = ()) -> bytes:
    """An XLSX of one sheet, as small as Excel takes it."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for at, value in enumerate(row):
            place = f"{chr(65 + at)}{number}"
            if isinstance(value, int | float):
                style = ' s="1"' if at in date_columns else ""
                cells.append(f'<c r="{place}"{style}><v>{value}</v></c>')
            else:
                text = escape(str(value))
                cells.append(
                    f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
                )
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    parts = WORKBOOK | {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}'
        "</sheetData></worksheet>"
    }
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return held.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = {
    "[Content_Types].xml": f'<Types xmlns="{PACK}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACK}/relationships"><Relationship Id="r1"'
    f' Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
    '<sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACK}/relationships">'
    f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
