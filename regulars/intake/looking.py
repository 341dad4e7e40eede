"""Opening the files of an import: which column is what, and how each is read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.column_sets import Field, Preset, Role, Terms, column_sets, folded
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


def mapped_fields(role: Role, mapping: Mapping[str, str]) -> list[Field]:
    """The fields that have a column; the second column of one is a field “name#2” of its own."""
    by_name = {item.name: item for item in role.fields}
    bases = {key: key.partition("#")[0] for key in mapping}
    wanted = [key for key in mapping if bases[key] in by_name and (
        key == bases[key] or by_name[bases[key]].repeats)]  # fmt: skip
    order = {name: at for at, name in enumerate(by_name)}
    wanted.sort(key=lambda key: (order[bases[key]], key))
    return [replace(by_name[bases[key]], name=key) for key in wanted]


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
        preset = preset_of(role, survey.names) if survey.has_heading else None
        guessed = _but_for(preset, guessed) | _told_by(preset, survey.names, guessed)
        file.mapping = _named_columns(given, survey) if given else guessed
    file.reading = {
        "has_heading": survey.has_heading,
        "names": survey.names,
        "shown": [[number, cells[: len(survey.names)]] for number, cells in survey.shown],
        "description": table.description,
        "guessed": guessed,
        "maker": preset.maker if preset else "",
        "sheets": list(table.sheets),
        "sheet": table.sheet,
        "remarks": list(table.remarks),
        "slips": survey.slips,
    }


def preset_of(role: Role, names: Sequence[str]) -> Preset | None:
    """The known export that these headings belong to."""
    there = {folded(name) for name in names}
    return next(
        (preset for preset in role.presets for told in preset.told_by
         if all(folded(heading) in there for heading in told)), None,
    )  # fmt: skip


def _told_by(
    preset: Preset | None, names: Sequence[str], guessed: Mapping[str, str]
) -> dict[str, str]:
    by_fold = {folded(name): name for name in reversed(names)}
    told = preset.columns.items() if preset else ()
    found = {field: by_fold[folded(name)] for field, name in told if folded(name) in by_fold}
    # A column stands for one field: what is known goes before what is guessed.
    kept = _but_for(preset, guessed)
    elsewhere = {column for field, column in kept.items() if field not in found}
    return {field: column for field, column in found.items() if column not in elsewhere}


def _but_for(preset: Preset | None, guessed: Mapping[str, str]) -> dict[str, str]:
    """The guesses without the columns that mean something else in this export."""
    left = {folded(name) for name in preset.left_out} if preset else set()
    return {field: column for field, column in guessed.items() if folded(column) not in left}


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
        survey, table, mapped_fields(role, mapping), mapping, country=terms.country,
        home_currency=terms.currency,
    )  # fmt: skip
    # Rows put right by hand are read as the file that they come from.
    file.mapping, file.reading = (
        mapping,
        file.reading | asdict(reading) | file.choices.get("as", {}),
    )
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
