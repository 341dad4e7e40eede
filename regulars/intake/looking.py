"""Opening the files of an import: which column is what, and how each is read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.column_sets import Role, Terms, column_sets
from regulars.core.errors import Refusal
from regulars.intake.containers import beginning_of
from regulars.intake.models import Import, ImportFile
from regulars.intake.reading import TableFile, open_table
from regulars.intake.storing import folder_of
from regulars.intake.survey import Survey, guess_mapping, reading_of, survey_of

# Enough to guess by, and never long for a web request.
FIRST_LOOK, FIRST_BYTES = 2000, 4 << 20


def role_of(file: ImportFile) -> Role:
    roles = column_sets[file.of.kind].roles
    return next(role for role in roles if role.name == file.role)


def table_of(file: ImportFile, *, is_first_look: bool = False) -> TableFile:
    folder = folder_of(file.of_id)
    path = whole = folder / file.stored_as
    if is_first_look:
        path = beginning_of(whole, folder, FIRST_BYTES)
    sheet = file.choices.get("sheet", "")
    return open_table(path, name=file.name, folder=folder, is_beginning=path != whole, sheet=sheet)


@contextmanager
def _named(file: ImportFile) -> Iterator[None]:
    """With several files, the sentence has to say which."""
    try:
        yield
    except Refusal as no:
        raise Refusal(f"{file.name}: {no.sentence}", no.remedy) from no


def first_look(file: ImportFile, given: dict[str, str] | None = None) -> None:
    """Look at the first rows, guess the columns, and keep both with the file (unsaved)."""
    role = role_of(file)
    with _named(file):
        table = table_of(file, is_first_look=True)
        survey = survey_of(table, role.fields, most_rows=FIRST_LOOK)
        guessed = guess_mapping(survey, role.fields, lambda columns: _by_content(file, columns))
        file.mapping = _named_columns(given, survey) if given else guessed
    file.reading = {
        "has_heading": survey.has_heading,
        "names": survey.names,
        "shown": [[number, cells[: len(survey.names)]] for number, cells in survey.shown],
        "description": table.description,
        "guessed": guessed,
        "sheets": list(table.sheets),
        "sheet": table.sheet,
        "remarks": list(table.remarks),
        "slips": survey.slips,
    }


def _by_content(file: ImportFile, columns: Sequence[Any]) -> dict[str, str]:
    return column_sets[file.of.kind].guess_by_content(file.role, columns)


def _named_columns(given: dict[str, str], survey: Survey) -> dict[str, str]:
    """A mapping whose columns may be called by their names in any case, or by their numbers."""
    by_name = {name.casefold(): name for name in reversed(survey.names)}
    found = {}
    for field, column in given.items():
        name = by_name.get(str(column).strip().casefold())
        if name is None and str(column).isdigit() and 0 < int(column) <= len(survey.names):
            name = survey.names[int(column) - 1]
        if name is None:
            raise Refusal(
                _("It has no column “%(column)s”.") % {"column": column},
                _("Its columns are: %(names)s.") % {"names": ", ".join(survey.names)},
            )
        found[field] = name
    return found


def look_at_all(file: ImportFile, terms: Terms) -> int:
    """Go through the whole file to settle how each chosen column is read; returns its rows."""
    role = role_of(file)
    with _named(file):
        table = table_of(file)
        survey = survey_of(table, role.fields)
    mapping = {field: name for field, name in file.mapping.items() if name in survey.names}
    reading = reading_of(
        survey, table, role.fields, mapping, country=terms.country, home_currency=terms.currency
    )
    file.mapping, file.reading = mapping, file.reading | asdict(reading)
    file.save(update_fields=["mapping", "reading"])
    return survey.row_count


def mapping_of(item: Import) -> dict[str, dict[str, str]]:
    """Role to field to column, of all files of an import."""
    found: dict[str, dict[str, str]] = {}
    for file in item.files.order_by("id"):
        found.setdefault(file.role, {}).update(file.mapping)
    return found


def unused_columns(file: ImportFile) -> list[str]:
    used = set(file.mapping.values())
    return [name for name in file.reading.get("names", []) if name not in used]
