"""Weeks beside what they would have been: a line, a dashed middle with its band, days closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regulars.insight.charts.shapes import steps_of
from regulars.insight.charts.sheet import Sheet

Words = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """A week: what it brought, and within what it would have lain (empty before)."""

    label: str
    value: float
    said: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    closed: bool = False


def weeks_line(width: float, points: Sequence[WeekPoint], words: Words, closed: str) -> Sheet:
    """The weeks from left to right; `closed` is what the shaded weeks are called."""
    height = 310.0 if width > 500 else 240.0
    left, right, top, floor = 62.0, width - 10, 26.0, height - 30
    sheet = Sheet(width, height)
    marks = steps_of(max((max(one.value, one.high or 0.0) for one in points), default=0.0))
    room = (right - left) / max(1, len(points))

    def at(place: int, value: float) -> tuple[float, float]:
        return left + room * (place + 0.5), floor - (floor - top) * max(0.0, value) / marks[-1]

    for mark in marks:
        y = at(0, mark)[1]
        sheet.line(left, y, right, y, "grid")
        sheet.text(left - 8, y + 4, words(mark), anchor="end")
    _shaded(sheet, points, (left, top, room, floor), closed)
    told = [(place, one) for place, one in enumerate(points) if one.expected is not None]
    if told:
        edge = [at(place, one.high or 0.0) for place, one in told]
        edge += [at(place, one.low or 0.0) for place, one in reversed(told)]
        sheet.through(edge, "band")
        sheet.through([at(place, one.expected or 0.0) for place, one in told], "ahead")
    sheet.through([at(place, one.value) for place, one in enumerate(points)], "line")
    for place, one in enumerate(points):
        sheet.rect(left + room * place, top, room, floor - top, "feel", one.said)
    sheet.circle(*at(len(points) - 1, points[-1].value), 5, "dot", points[-1].said)
    _labelled(sheet, points, (left, room, floor))
    sheet.line(left, floor, right, floor, "axis")
    return sheet


def _shaded(
    sheet: Sheet, points: Sequence[WeekPoint], at: tuple[float, float, float, float], closed: str
) -> None:
    left, top, room, floor = at
    first = None
    for place, one in enumerate(points):
        if not one.closed:
            continue
        first = place if first is None else first
        sheet.rect(left + room * place, top, room, floor - top, "shut")
    if first is not None:
        last = max(place for place, one in enumerate(points) if one.closed)
        sheet.text(left + room * (first + last + 1) / 2, top - 8, closed, anchor="middle")


def _labelled(sheet: Sheet, points: Sequence[WeekPoint], at: tuple[float, float, float]) -> None:
    left, room, floor = at
    every = max(1, -(-58 // max(1, int(room))))
    for place, one in enumerate(points):
        if (len(points) - 1 - place) % every == 0:
            sheet.text(left + room * (place + 0.5), floor + 19, one.label, anchor="middle")
