"""Going through a whole file once: which column is what, and how its values are written."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.column_sets import Field, FieldKind
from regulars.core.errors import Refusal
from regulars.intake.headings import column_names, guess_by_names, has_heading
from regulars.intake.reading import MOST_COLUMNS, Row, TableFile
from regulars.intake.slips import fit_of, has_surplus, mended
from regulars.intake.values.amounts import (
    Separators,
    currency_in,
    currency_of_rows,
    is_number,
)
from regulars.intake.values.identifiers import all_floats

# Small enough for a transaction of 100 ms on SQLite, and for the memory of a laptop.
CHUNK = 2000
SHOWN_ROWS = 8
SAMPLE_VALUES = 60
MOST_DISTINCT = 20_000
TWO_NUMBERS = re.compile(
    r"^\s*'?(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(?:\d{4}|\d{2})\b", re.ASCII
)
DATE_LIKE = re.compile(
    r"^\s*'?(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\s*$"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?[\s-]+[^\W\d]{3,9}\.?[\s,-]+\d{2,4}\b"
    r"|[^\W\d]{3,9}\.?\s+\d{1,2},?\s+\d{4})"
)
MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "BZ", "FM", "MH", "PW", "PR", "GU"})


@dataclass(slots=True)
class Column:
    """What a column was seen to hold."""

    name: str
    filled: int = 0
    day_first: int = 0
    month_first: int = 0
    unsure: int = 0
    # One date that tells which comes first, by whether it is the day.
    telling: dict[bool, str] = field(default_factory=dict)
    has_dots: bool = False
    is_float: bool = True
    separators: Separators = field(default_factory=Separators)
    distinct: set[str] = field(default_factory=set)
    sample: list[str] = field(default_factory=list)
    # What a full sample was found to hold: it stays what it is.
    found: dict[str, float] = field(default_factory=dict)

    def look_at(self, values: set[str], filled: int) -> None:
        self.filled += filled
        values.discard("")
        if len(self.sample) < SAMPLE_VALUES:
            self.sample.extend(sorted(values)[: SAMPLE_VALUES - len(self.sample)])
        if len(self.distinct) < MOST_DISTINCT:
            values -= self.distinct
            self.distinct |= values
        self.is_float = self.is_float and all_floats(values)
        if self._settled("dates", DATE_LIKE.match) > 0.3:
            self._look_at_dates(values)
        elif self._settled("numbers", is_number) > 0.3:
            self.separators.look_at(values)

    def _settled(self, what: str, test: Callable[[str], object]) -> float:
        if what in self.found:
            return self.found[what]
        share = self.share(test)
        if len(self.sample) >= SAMPLE_VALUES:
            self.found[what] = share
        return share

    def _look_at_dates(self, values: Iterable[str]) -> None:
        for value in values:
            if found := TWO_NUMBERS.match(value):
                first, second = int(found[1]), int(found[2])
                self.day_first += first > 12 >= second
                self.month_first += second > 12 >= first
                self.unsure += first != second and first <= 12 and second <= 12
                if (first > 12) != (second > 12):
                    self.telling.setdefault(first > 12, value.strip()[:40])
                self.has_dots = self.has_dots or "." in found[0]

    def share(self, test: Callable[[str], object]) -> float:
        return sum(bool(test(value)) for value in self.sample) / max(1, len(self.sample))

    @property
    def is_of_dates(self) -> bool:
        return self.share(DATE_LIKE.match) > 0.9

    @property
    def is_of_numbers(self) -> bool:
        return self.share(is_number) > 0.9 and not self.is_of_dates


@dataclass(slots=True)
class Survey:
    """A file as it was found: its names of columns, its first rows, how many rows, each column."""

    names: list[str]
    has_heading: bool
    shown: list[Row]
    row_count: int
    columns: list[Column]
    heading_width: int = 0
    surplus_count: int = 0
    # Where rows with a cell too many slipped: the column, how many rows, and one of them mended.
    slips: list[dict[str, Any]] = field(default_factory=list)

    @property
    def slips_are_errors(self) -> bool:
        """Where most rows have more cells than the heading, these are columns without a name."""
        return 2 * self.surplus_count <= self.row_count

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def survey_of(table: TableFile, fields: Sequence[Field], *, most_rows: int | None = None) -> Survey:
    """Look at a file's first rows for its heading, then at all rows (or `most_rows` of them)."""
    first = list(islice(table.records(), 50))
    if not first:
        raise Refusal(_("The file has no rows."), _("Export it again and check that it has rows."))
    width = min(MOST_COLUMNS, max(len(cells) for _number, cells in first))
    is_heading = has_heading([cells for _number, cells in first], fields)
    names = column_names(first[0][1], width, is_heading=is_heading)
    survey = Survey(names, is_heading, [], 0, [Column(name) for name in names])
    survey.heading_width = len(first[0][1]) if is_heading else 0
    for chunk in chunks(rows_below(table, has_heading=is_heading), CHUNK):
        survey.shown.extend(chunk[: SHOWN_ROWS - len(survey.shown)])
        survey.row_count += len(chunk)
        _look_at(survey, chunk)
        if most_rows is not None and survey.row_count >= most_rows:
            break
    if not survey.row_count:
        raise Refusal(
            _("The file has a heading and no rows below it."),
            _("Export it again and check that it has rows."),
        )
    if survey.surplus_count and survey.slips_are_errors:
        survey.slips = _slips_of(table, survey, most_rows)
    return survey


def _slips_of(table: TableFile, survey: Survey, most_rows: int | None) -> list[dict[str, Any]]:
    """Go through the file once more, for the rows that have a cell too many."""
    width = survey.heading_width
    fit = fit_of(rows_below(table, has_heading=True), width)
    sign = table.parting.sign if table.parting else ""
    places: Counter[int] = Counter()
    examples: dict[int, str] = {}
    for _number, cells in islice(rows_below(table, has_heading=True), most_rows):
        if has_surplus(cells, width) and (place := fit.place_of(cells, sign)) is not None:
            places[place] += 1
            examples.setdefault(place, mended(cells, place, width, sign)[place])
    return [
        {"column": survey.names[place], "rows": rows, "example": examples[place][:200]}
        for place, rows in places.most_common()
    ]


def rows_below(table: TableFile, *, has_heading: bool) -> Iterator[Row]:
    """The rows that hold facts: all, or all but the heading."""
    records = table.records()
    if has_heading:
        next(records, None)
    return records


def chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def by_column(chunk: Sequence[Row], width: int) -> list[Sequence[str]]:
    """The cells of some rows, column by column; rows that are too short are filled with blanks."""
    columns = list(zip_longest(*(cells for _number, cells in chunk), fillvalue=""))
    missing = ("",) * len(chunk)
    return [columns[at] if at < len(columns) else missing for at in range(width)]


def _look_at(survey: Survey, chunk: list[Row]) -> None:
    for column, cells in zip(survey.columns, by_column(chunk, len(survey.names)), strict=True):
        column.look_at(set(cells), len(cells) - cells.count(""))
    if survey.heading_width and max(len(cells) for _number, cells in chunk) > survey.heading_width:
        survey.surplus_count += sum(
            has_surplus(cells, survey.heading_width) for _number, cells in chunk
        )


@dataclass(slots=True)
class Reading:
    """How to read a file: kept with the import, shown on the screen, used by the staging."""

    has_heading: bool
    names: list[str]
    row_count: int
    description: str
    styles: dict[str, dict[str, Any]]
    currency: str
    assumed: list[str]
    # Rows with more cells than this are not taken; nought where the file itself is so.
    heading_width: int = 0
    has_serials: bool = False
    slips: list[dict[str, Any]] = field(default_factory=list)


def guess_mapping(
    survey: Survey,
    fields: Sequence[Field],
    by_content: Callable[[Sequence[Column]], dict[str, str]],
) -> dict[str, str]:
    """Field to column: by name where the columns have names, by what they hold where not."""
    if not survey.has_heading:
        return by_content(survey.columns)
    samples = {column.name: column.sample for column in survey.columns}
    return guess_by_names(survey.names, fields, samples)


def reading_of(
    survey: Survey,
    table: TableFile,
    fields: Sequence[Field],
    mapping: dict[str, str],
    *,
    country: str,
    home_currency: str,
) -> Reading:
    """Settle how each chosen column is read, and say what had to be assumed."""
    reading = Reading(
        survey.has_heading, survey.names, survey.row_count, table.description, {}, "",
        list(table.remarks), survey.heading_width if survey.slips_are_errors else 0,
        bool(table.sheets), survey.slips,
    )  # fmt: skip
    for item in fields:
        column = survey.column(mapping.get(item.name, ""))
        if column is not None:
            reading.styles[item.name] = _style_of(item, column, country, reading.assumed)
            if item.kind == FieldKind.AMOUNT and not reading.currency:
                reading.currency = currency_in(column.sample, home=home_currency)
    told = survey.column(mapping.get("currency", ""))
    if told is not None:
        reading.currency = currency_of_rows(told.sample, home=home_currency) or reading.currency
    return reading


def _style_of(item: Field, column: Column, country: str, assumed: list[str]) -> dict[str, Any]:
    match item.kind:
        case FieldKind.MOMENT:
            return {"day_first": _is_day_first(column, country, assumed)}
        case FieldKind.AMOUNT | FieldKind.QUANTITY:
            return {"decimal": _decimal_of(column, country, assumed)}
        case FieldKind.IDENTIFIER:
            return {"is_float": column.is_float and column.filled > 0}
        case _:
            return {}


def _is_day_first(column: Column, country: str, assumed: list[str]) -> bool:
    if column.day_first != column.month_first:
        is_day_first = column.day_first > column.month_first
        if column.unsure:
            assumed.append(_told_order(column, is_day_first=is_day_first))
        return is_day_first
    if not any(TWO_NUMBERS.match(value) for value in column.sample):
        return True
    if column.has_dots:
        assumed.append(
            _("The dates of “%(column)s” are read with the day first, because they are written "
              "with dots.") % {"column": column.name}
        )  # fmt: skip
        return True
    is_day_first = country not in MONTH_FIRST_COUNTRIES
    assumed.append(_assumed_order(column.name, country, is_day_first=is_day_first))
    return is_day_first


def _told_order(column: Column, *, is_day_first: bool) -> str:
    places = {"column": column.name, "example": column.telling[is_day_first]}
    if is_day_first:
        return _(
            "The dates of “%(column)s” are read with the day first: some could be either, but "
            "others, such as “%(example)s”, can only be read so."
        ) % places  # fmt: skip
    return _(
        "The dates of “%(column)s” are read with the month first: some could be either, but "
        "others, such as “%(example)s”, can only be read so."
    ) % places  # fmt: skip


def _assumed_order(name: str, country: str, *, is_day_first: bool) -> str:
    places = {"column": name, "country": country}
    if not country:
        return _(
            "The dates of “%(column)s” could be day or month first; they are read with the day "
            "first, as most of the world writes them, because the business has no country yet."
        ) % places  # fmt: skip
    if is_day_first:
        return _(
            "The dates of “%(column)s” could be day or month first; they are read with the day "
            "first, because that is how they are written in the business's country (%(country)s)."
        ) % places  # fmt: skip
    return _(
        "The dates of “%(column)s” could be day or month first; they are read with the month "
        "first, because that is how they are written in the business's country (%(country)s)."
    ) % places  # fmt: skip


def _decimal_of(column: Column, country: str, assumed: list[str]) -> str:
    told = column.separators.told
    if told or not column.separators.ambiguous:
        return told or "."
    decimal = _decimal_in(country)
    # One sign before exactly three digits everywhere: as likely thousands as thousandths.
    assumed.append(
        _("The numbers of “%(column)s” could be read in two ways; a %(sign)s parts the decimals, "
          "as in the business's country.")
        % {"column": column.name, "sign": _("comma") if decimal == "," else _("point")}
    )  # fmt: skip
    return decimal


def _decimal_in(country: str) -> str:
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages
    from babel.numbers import get_decimal_symbol

    languages = get_official_languages(country) if country else ()
    try:
        return get_decimal_symbol(Locale(languages[0], country)) if languages else "."
    except (UnknownLocaleError, ValueError):
        return "."
