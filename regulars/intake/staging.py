"""The rows of the files into staging: read in chunks, written in short transactions."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core.column_sets import (
    Batch,
    Field,
    FieldKind,
    Preparing,
    Terms,
    Untaken,
    column_sets,
)
from regulars.core.pace import Pace
from regulars.intake.looking import mapped_fields, role_of, table_of
from regulars.intake.models import ImportFile, RowProblem, UntakenRow
from regulars.intake.parsing import Cut, Setting, Unreadable, Values, reader_of
from regulars.intake.reading import Row
from regulars.intake.reading_ahead import WORTH_ROWS, made_ahead
from regulars.intake.slips import Fit, fit_of, has_surplus, mended
from regulars.intake.survey import CHUNK, by_column, chunks, rows_below
from regulars.intake.values.reach import Reach, read_phone, region_of, why_doubtful

# More would fill the disk with complaints about one wrong column.
MOST_PROBLEMS = 100_000
# Rows that were made ready and wait for one another: 15 MB.
MOST_TOGETHER = 20_000
# Row, column, value, why, and whether the row is not taken for it.
Problem = tuple[int, str, str, str, bool]


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
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_countries(self) -> bool:
        return any(item.name == "country" for item, _at, _reader in self.fields)


@dataclass(slots=True)
class Stretch:
    """Some rows of a file as they were read: ready for staging, or as the lines of it."""

    count: int
    batch: Batch | None
    lines: bytes
    problems: list[Problem]
    # The rows that may not be taken.
    rows: list[Row]
    mended: int = 0


def stage_file(file: ImportFile, terms: Terms, progress: Callable[[int], None]) -> Tally:
    """Stage one file to its end."""
    plan, tally = _plan(file, terms), Tally()
    # Nobody waits for the only writer of PostgreSQL.
    pace = Pace(MOST_TOGETHER if connection.vendor == "postgresql" else CHUNK, MOST_TOGETHER)
    _plan_mending(plan)
    for some in _together(_stretches(plan, terms), pace):
        begun, count = time.perf_counter(), sum(one.count for one in some)
        with transaction.atomic():
            _write(plan, terms, tally, some)
        pace.learn(count, time.perf_counter() - begun)
        tally.rows += count
        tally.mended += sum(one.mended for one in some)
        progress(count)
    return tally


def _together(stretches: Iterator[Stretch], pace: Pace) -> Iterator[list[Stretch]]:
    """As many stretches as go into one transaction; those made here one by one, they are large."""
    held: list[Stretch] = []
    for one in stretches:
        held.append(one)
        if one.batch is not None or sum(each.count for each in held) >= pace.size:
            yield held
            held = []
    if held:
        yield held


def _write(plan: Plan, terms: Terms, tally: Tally, some: Sequence[Stretch]) -> None:
    columns = column_sets[plan.file.of.kind]
    lines = [one.lines for one in some if one.lines]
    if lines and isinstance(columns, Preparing):
        columns.stage_prepared(lines, terms)
    for one in some:
        if one.batch is not None and one.batch.rows:
            one.problems += _untaken(plan, columns.stage(one.batch, terms))
        _keep_untaken(plan.file, tally, one)
        _write_problems(plan.file, tally, one.problems)


def _stretches(plan: Plan, terms: Terms) -> Iterator[Stretch]:
    """The file in stretches; a large one is read ahead, where that needs no database."""
    columns, names = column_sets[plan.file.of.kind], [item.name for item, _at, _r in plan.fields]
    if (
        plan.file.reading.get("row_count", 0) >= WORTH_ROWS
        and isinstance(columns, Preparing)
        and columns.may_prepare(names)
    ):
        return made_ahead(lambda *which: _prepared(plan, terms, columns, *which))
    return _read(plan, 0, 1)


def _read(plan: Plan, first: int, step: int) -> Iterator[Stretch]:
    rows: Iterator[Row] = rows_below(
        table_of(plan.file), has_heading=plan.file.reading["has_heading"]
    )
    for chunk in islice(chunks(rows, CHUNK), first, None, step):
        plan.problems, plan.mended = [], 0
        batch = _batch(plan, chunk)
        yield Stretch(len(chunk), batch, b"", plan.problems, chunk, plan.mended)


def _prepared(
    plan: Plan, terms: Terms, columns: Preparing, first: int, step: int
) -> Iterator[Stretch]:
    for one in _read(plan, first, step):
        assert one.batch is not None
        one.lines, untaken = columns.prepare(one.batch, terms)
        one.batch = None
        one.problems += _untaken(plan, untaken)
        lost = _rejected(one.problems)
        one.rows = [row for row in one.rows if row[0] in lost]
        yield one


def _untaken(plan: Plan, rows: Sequence[Untaken]) -> list[Problem]:
    return [_problem(plan, row, name, "", why, is_rejected=True) for row, name, why in rows]


def _rejected(problems: Sequence[Problem]) -> set[int]:
    return {row for row, _column, _value, _why, is_rejected in problems if is_rejected}


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
    plan.problems.append(_problem(plan, row, name, value, why, is_rejected=is_rejected))


def _problem(
    plan: Plan, row: int, name: str, value: str, why: str, *, is_rejected: bool
) -> Problem:
    column = plan.file.mapping.get(name, "")
    return row, column[:200], value.replace("\0", "")[:500], why, is_rejected


def _keep_untaken(file: ImportFile, tally: Tally, one: Stretch) -> None:
    rejected = _rejected(one.problems)
    if rejected and tally.problems < MOST_PROBLEMS:
        UntakenRow.objects.bulk_create(
            [
                UntakenRow(file=file, row_no=number, cells=cells)
                for number, cells in one.rows
                if number in rejected
            ],
            batch_size=1000,
        )


def _write_problems(file: ImportFile, tally: Tally, problems: Sequence[Problem]) -> None:
    tally.rejected += len(_rejected(problems))
    room = max(0, MOST_PROBLEMS - tally.problems)
    RowProblem.objects.bulk_create(
        [
            RowProblem(
                file=file, row_no=row, column=column, value=value, message=why,
                is_rejected=is_rejected,
            )
            for row, column, value, why, is_rejected in problems[:room]
        ],
        batch_size=1000,
    )  # fmt: skip
    tally.problems += len(problems)
