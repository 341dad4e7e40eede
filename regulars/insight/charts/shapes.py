"""The four drawings of the pages: bars, a line with its band, bands of rows, streams."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from regulars.insight.charts.sheet import Sheet

Words = Callable[[float], str]
# About how wide a letter of a label is.
LETTER = 7


def steps_of(most: float) -> list[float]:
    """Round numbers from nought to just above the most: what an axis is marked with."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 4
    power: float = 10.0 ** int(log10(rough) // 1)
    step = next(power * by for by in (1, 2, 2.5, 5, 10) if power * by >= rough)
    marks = [0.0]
    while marks[-1] < most:
        marks.append(marks[-1] + step)
    return marks


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `beside` is marked across it, where there is something to lay it beside."""

    label: str
    value: float
    said: str
    look: str = "fill-1"
    beside: float | None = None


def bars(width: float, rows: Sequence[Bar], words: Words) -> Sheet:
    """Bars from nought up; a short line across each is what it is laid beside."""
    height = 300.0 if width > 500 else 240.0
    left, top, floor = 62.0, 14.0, height - 30
    sheet = Sheet(width, height)
    most = max((max(row.value, row.beside or 0.0) for row in rows), default=0.0)
    marks = steps_of(most)

    def up(value: float) -> float:
        return floor - (floor - top) * max(0.0, value) / marks[-1]

    for mark in marks:
        sheet.line(left, up(mark), width - 4, up(mark), "grid")
        sheet.text(left - 8, up(mark) + 4, words(mark), anchor="end")
    room = (width - 4 - left) / max(1, len(rows))
    widest = max((len(row.label) for row in rows), default=0) * LETTER + LETTER
    every = max(1, -(-int(widest) // int(room)))
    for place, row in enumerate(rows):
        x = left + room * place
        y = up(row.value)
        sheet.rect(x + room * 0.14, y, room * 0.72, floor - y, row.look, row.said)
        if row.beside is not None:
            sheet.line(x + room * 0.04, up(row.beside), x + room * 0.96, up(row.beside), "doubt")
        if (len(rows) - 1 - place) % every == 0:
            # What would reach over the edge ends at it.
            is_over = x + room / 2 + len(row.label) * LETTER / 2 > width
            end, anchor = (width, "end") if is_over else (x + room / 2, "middle")
            sheet.text(end, floor + 19, row.label, anchor=anchor)
    sheet.line(left, floor, width - 4, floor, "axis")
    return sheet


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line, and within which bounds it lies."""

    label: str
    value: float
    low: float
    high: float
    said: str


def curve(width: float, points: Sequence[Point], words: Words, most: float) -> Sheet:
    """A line with its band, from nought to `most`; the last point is named."""
    height = 300.0 if width > 500 else 240.0
    left, right, top, floor = 52.0, width - 64, 14.0, height - 30
    sheet = Sheet(width, height)

    def at(place: int, value: float) -> tuple[float, float]:
        x = left + (right - left) * (place + 1) / len(points)
        return x, floor - (floor - top) * value / most

    for quarter in range(5):
        value = most * quarter / 4
        y = at(0, value)[1]
        sheet.line(left, y, right, y, "grid")
        sheet.text(left - 8, y + 4, words(value), anchor="end")
    edge = [at(place, point.high) for place, point in enumerate(points)]
    edge += [at(place, point.low) for place, point in reversed(list(enumerate(points)))]
    sheet.through(edge, "band")
    sheet.through([at(place, point.value) for place, point in enumerate(points)], "line")
    every = 1 if width > 500 else 3
    for place, point in enumerate(points):
        x, y = at(place, point.value)
        sheet.circle(x, y, 4.5, "dot", point.said)
        if (len(points) - 1 - place) % every == 0:
            sheet.text(x, floor + 19, point.label, anchor="middle")
    last = at(len(points) - 1, points[-1].value)
    sheet.text(last[0] + 10, last[1] + 5, words(points[-1].value), "strong")
    sheet.line(left, floor, right, floor, "axis")
    return sheet


@dataclass(frozen=True, slots=True)
class Reach:
    """A number and its band, under its name; `beside` is a ring on the same line."""

    label: str
    value: float
    low: float
    high: float
    words: str
    is_sure: bool = True
    beside: float | None = None


def reaches(width: float, rows: Sequence[Reach], *, across: float | None = None) -> Sheet:
    """A row for each: name and words above, the band below; `across` is a stroke on each."""
    row_height, left, right = 46.0, 4.0, width - 8
    sheet = Sheet(width, row_height * len(rows) + 6)
    most = max((max(row.high, row.beside or 0.0) for row in rows), default=1.0) or 1.0

    def along(value: float) -> float:
        return left + (right - left) * value / most

    for place, row in enumerate(rows):
        y = row_height * place + 34
        sheet.text(left, y - 15, row.label, "strong")
        sheet.text(right, y - 15, row.words, anchor="end")
        sheet.line(left, y, right, y, "grid")
        sheet.line(along(row.low), y, along(row.high), y, "reach" if row.is_sure else "doubt")
        if across is not None:
            sheet.line(along(across), y - 9, along(across), y + 9, "ahead")
        if row.beside is not None:
            sheet.circle(along(row.beside), y, 5, "ring")
        sheet.circle(along(row.value), y, 5.5, "dot" if row.is_sure else "ring", row.words)
    return sheet


@dataclass(frozen=True, slots=True)
class Stream:
    """How many went from one of the left to one of the right."""

    left: str
    right: str
    count: int
    said: str


@dataclass(frozen=True, slots=True)
class Side:
    """The names of one side from above to below, and how each looks."""

    names: Mapping[str, str]
    looks: Mapping[str, str]


def streams(width: float, rows: Sequence[Stream], left: Side, right: Side) -> Sheet:
    """Two columns and what flows between them; each as thick as its number."""
    height = 440.0 if width > 500 else 380.0
    margin = 150.0 if width > 500 else 100.0
    sheet = Sheet(width, height)
    gap = 20.0
    total = sum(row.count for row in rows) or 1
    names = max(len(left.names), len(right.names))
    scale = (height - 16 - gap * (names - 1)) / total
    began = _columned(sheet, rows, left, scale, gap, margin - 12, is_left=True)
    ended = _columned(sheet, rows, right, scale, gap, width - margin, is_left=False)
    from_x, to_x = margin, width - margin
    places_r = {name: place for place, name in enumerate(right.names)}
    places_l = {name: place for place, name in enumerate(left.names)}
    ordered = sorted(rows, key=lambda row: (places_l[row.left], places_r[row.right]))
    ends: dict[tuple[str, str], float] = {}
    for row in sorted(rows, key=lambda row: (places_r[row.right], places_l[row.left])):
        ends[row.left, row.right] = ended[row.right]
        ended[row.right] += row.count * scale
    for row in ordered:
        thick, y, to_y = row.count * scale, began[row.left], ends[row.left, row.right]
        began[row.left] += thick
        half = (from_x + to_x) / 2
        drawn = (
            f"M{from_x:.1f} {y:.1f}C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
            f"V{to_y + thick:.1f}C{half:.1f} {to_y + thick:.1f} {half:.1f} {y + thick:.1f}"
            f" {from_x:.1f} {y + thick:.1f}Z"
        )
        sheet.path(drawn, f"ribbon {left.looks[row.left]}", row.said)
    return sheet


def _columned(
    sheet: Sheet, rows: Sequence[Stream], side: Side, scale: float, gap: float, x: float,
    *, is_left: bool,
) -> dict[str, float]:  # fmt: skip
    """Draws one column with its names; gives where each begins."""
    tops: dict[str, float] = {}
    y = 8.0
    for name, words in side.names.items():
        count = sum(row.count for row in rows if (row.left if is_left else row.right) == name)
        tops[name] = y
        sheet.rect(x, y, 12, count * scale, side.looks[name], words)
        middle = y + count * scale / 2 + 4
        if is_left:
            sheet.text(x - 8, middle, words, anchor="end")
        else:
            sheet.text(x + 20, middle, words)
        y += count * scale + gap
    return tops
