"""The rows of the files into staging: read in chunks, each written in one short transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.column_sets import Batch, Field, FieldKind, Terms, column_sets
from regulars.intake.looking import mapped_fields, role_of, table_of
from regulars.intake.models import ImportFile, RowProblem, UntakenRow
from regulars.intake.parsing import Cut, Setting, Unreadable, Values, reader_of
from regulars.intake.reading import Row
from regulars.intake.slips import Fit, fit_of, has_surplus, mended
from regulars.intake.survey import CHUNK, by_column, chunks, rows_below
from regulars.intake.values.reach import Reach, read_phone, region_of, why_doubtful

# More would fill the disk with complaints about one wrong column.
MOST_PROBLEMS = 100_000


@dataclass(slots=True)
class Tally:
    """Rows of one file: read, and not taken."""

    rows: int = 0
    rejected: int = 0
    problems: int = 0
    mended: int = 0


@dataclass(slots=True)
class Plan:
    """Which cell of a row becomes which field, through which reader."""

    file: ImportFile
    width: int
    fields: list[tuple[Field, int, Values]]
    # More filled cells than this are a slip; nought where the file itself is so.
    heading_width: int = 0
    home: str = ""
    # How rows that slipped are put together again, where somebody chose that.
    fit: Fit | None = None
    places: frozenset[int] = frozenset()
    sign: str = ""
    mended: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def has_countries(self) -> bool:
        return any(item.name == "country" for item, _at, _reader in self.fields)


def stage_file(file: ImportFile, terms: Terms, progress: Callable[[int], None]) -> Tally:
    """Stage one file to its end."""
    plan, tally, columns = _plan(file, terms), Tally(), column_sets[file.of.kind]
    rows: Iterator[Row] = rows_below(table_of(file), has_heading=file.reading["has_heading"])
    _plan_mending(plan)
    for chunk in chunks(rows, CHUNK):
        batch = _batch(plan, chunk)
        with transaction.atomic():
            for row, name, why in columns.stage(batch, terms) if batch.rows else ():
                _complain(plan, row, name, "", why, is_rejected=True)
            _keep_untaken(plan, tally, chunk)
            _write_problems(plan, tally)
        tally.rows += len(chunk)
        progress(len(chunk))
    tally.mended = plan.mended
    return tally


def columns_to_mend(file: ImportFile) -> list[str]:
    """Where slipped cells are put together: all that was found out, or those that were chosen."""
    told = file.choices.get("mend", False)
    found = [slip["column"] for slip in file.reading.get("slips", ())]
    return found if told is True else [name for name in found if name in (told or ())]


def _plan_mending(plan: Plan) -> None:
    names: list[str] = plan.file.reading["names"]
    chosen = columns_to_mend(plan.file)
    table = table_of(plan.file)
    if chosen and plan.heading_width and table.parting:
        plan.places = frozenset(names.index(name) for name in chosen)
        plan.sign = table.parting.sign
        plan.fit = fit_of(rows_below(table, has_heading=True), plan.heading_width)


def _plan(file: ImportFile, terms: Terms) -> Plan:
    reading: dict[str, Any] = file.reading
    setting = Setting(
        terms.zone,
        terms.country,
        terms.at.astimezone(ZoneInfo(terms.zone)).date(),
        has_serials=reading["has_serials"],
    )
    names = reading["names"]
    fields = [
        (item, names.index(file.mapping[item.name]), _reader(item, reading, setting))
        for item in mapped_fields(role_of(file), file.mapping)
    ]
    return Plan(file, len(names), fields, reading.get("heading_width", 0), terms.country)


def _reader(item: Field, reading: dict[str, Any], setting: Setting) -> Values:
    return reader_of(item, reading["styles"].get(item.name, {}), setting)


def _batch(plan: Plan, chunk: list[Row]) -> Batch:
    chunk = _without_slips(plan, chunk)
    rows = [number for number, _cells in chunk]
    cells = by_column(chunk, plan.width)
    columns = {
        item.name: reader.column(cells[at])
        for item, at, reader in plan.fields
        if item.kind != FieldKind.PHONE or not plan.has_countries
    }
    _read_phones_abroad(plan, cells, columns)
    bad: set[int] = set()
    for item, at, reader in plan.fields:
        if reader.has_bad or reader.has_doubtful:
            bad |= _look_for_bad(plan, item, rows, columns[item.name], cells[at])
    if bad:
        kept = [at for at in range(len(rows)) if at not in bad]
        rows = [rows[at] for at in kept]
        columns = {name: [values[at] for at in kept] for name, values in columns.items()}
    return Batch(plan.file.role, rows, columns, plan.file.mapping)


def _without_slips(plan: Plan, chunk: list[Row]) -> list[Row]:
    """The rows that fit below the heading; of the others nobody knows what stands where."""
    width = plan.heading_width
    if not width or not any(has_surplus(cells, width) for _number, cells in chunk):
        return chunk
    kept: list[Row] = []
    for number, cells in chunk:
        if not has_surplus(cells, width):
            kept.append((number, cells))
        elif (place := _place_of(plan, cells)) is not None:
            plan.mended += 1
            kept.append((number, mended(cells, place, width, plan.sign)))
        else:
            _complain(plan, number, "", "", _more_cells(len(cells), width), is_rejected=True)
    return kept


def _place_of(plan: Plan, cells: Sequence[str]) -> int | None:
    place = plan.fit.place_of(cells, plan.sign) if plan.fit else None
    return place if place in plan.places else None


def _more_cells(count: int, width: int) -> str:
    return _(
        "The row has %(count)s cells, but the heading names %(width)s: a cell that holds the sign "
        "that parts the cells has to stand in quotation marks."
    ) % {"count": count, "width": width}


def _read_phones_abroad(plan: Plan, cells: list[Sequence[str]], columns: dict[str, Any]) -> None:
    """Read phone numbers by the country that stands in their own row."""
    for item, at, reader in plan.fields if plan.has_countries else ():
        if item.kind == FieldKind.PHONE:
            columns[item.name] = read = [
                read_phone(text, region_of(country) or plan.home) if text.strip(" '") else None
                for text, country in zip(cells[at], columns["country"], strict=True)
            ]
            reader.has_doubtful = any(reach is not None and reach.is_doubtful for reach in read)


def _look_for_bad(
    plan: Plan, item: Field, rows: list[int], values: list[Any], texts: Any
) -> set[int]:
    """Report what could not be read; returns the places of the rows that cannot be taken."""
    bad: set[int] = set()
    for at, value in enumerate(values):
        if value is None or value.__class__ is str or not (why := _why(value)):
            continue
        is_rejected = isinstance(value, Unreadable) and not item.is_dispensable
        _complain(plan, rows[at], item.name, texts[at], why, is_rejected=is_rejected)
        if is_rejected:
            bad.add(at)
        elif isinstance(value, Unreadable):
            values[at] = None
    return bad


def _why(value: Any) -> str:
    match value:
        case Unreadable(sentence=sentence):
            return sentence
        case Reach(is_doubtful=True):
            return why_doubtful(value)
        case Cut():
            return value.why
        case _:
            return ""


def _complain(plan: Plan, row: int, name: str, value: str, why: str, *, is_rejected: bool) -> None:
    column = plan.file.mapping.get(name, "")
    plan.problems.append(RowProblem(
        file=plan.file, row_no=row, column=column[:200], value=value.replace("\0", "")[:500],
        message=why, is_rejected=is_rejected,
    ))  # fmt: skip


def _keep_untaken(plan: Plan, tally: Tally, chunk: list[Row]) -> None:
    rejected = {problem.row_no for problem in plan.problems if problem.is_rejected}
    if rejected and tally.problems < MOST_PROBLEMS:
        UntakenRow.objects.bulk_create(
            [
                UntakenRow(file=plan.file, row_no=number, cells=cells)
                for number, cells in chunk
                if number in rejected
            ],
            batch_size=1000,
        )


def _write_problems(plan: Plan, tally: Tally) -> None:
    tally.rejected += len({p.row_no for p in plan.problems if p.is_rejected})
    room = max(0, MOST_PROBLEMS - tally.problems)
    RowProblem.objects.bulk_create(plan.problems[:room], batch_size=1000)
    tally.problems += len(plan.problems)
    plan.problems.clear()
