"""The two drawings of break-even: the months beside what they need, and where costs are met."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regulars.insight.charts.shapes import Bar, bars, steps_of
from regulars.insight.charts.sheet import Chart, Sheet

Words = Callable[[float], str]


def months_drawn(rows: Sequence[Bar], words: Words) -> Chart:
    """A bar for each month; across it, what it needs."""
    return Chart.drawn(lambda width: bars(width, rows, words))


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a month's sales bring and cost: `costs` by sales, `need` where both are alike."""

    need: float
    fixed: float
    margin: float
    sold: float | None
    said_sales: str
    said_costs: str
    said_need: str
    said_sold: str


def crossing_drawn(of: Crossing, words: Words) -> Chart:
    return Chart.drawn(lambda width: _crossing(width, of, words))


def _crossing(width: float, of: Crossing, words: Words) -> Sheet:
    height = 320.0 if width > 500 else 260.0
    left, right, top, floor = 62.0, width - 12, 18.0, height - 34
    sheet = Sheet(width, height)
    marks = steps_of(max(of.need * 1.6, (of.sold or 0.0) * 1.1, 1.0))
    most = marks[-1]

    def at(sales: float, money: float) -> tuple[float, float]:
        return left + (right - left) * sales / most, floor - (floor - top) * money / most

    for mark in marks:
        y = at(0, mark)[1]
        sheet.line(left, y, right, y, "grid")
        sheet.text(left - 8, y + 4, words(mark), anchor="end")
        if width > 500 or mark in (0, most):
            sheet.text(
                at(mark, 0)[0], floor + 19, words(mark), anchor="middle" if mark < most else "end"
            )
    end = of.fixed + (1 - of.margin) * most
    reach = most if end <= most else (most - of.fixed) / max(1e-9, 1 - of.margin)
    costs = of.fixed + (1 - of.margin) * reach
    sheet.through([at(0, 0), at(most, most)], "line")
    sheet.through([at(0, of.fixed), at(reach, costs)], "ahead")
    x, y = at(of.need, of.need)
    sheet.line(x, y, x, floor, "doubt")
    sheet.circle(x, y, 6, "dot", of.said_need)
    sheet.text(x + 10, y + 16, of.said_need, "strong")
    if of.sold is not None:
        here = at(of.sold, of.sold)
        sheet.circle(*here, 6, "ring", of.said_sold)
        sheet.text(here[0] - 10, here[1] - 8, of.said_sold, anchor="end")
    sheet.text(*_beside(at(most * 0.9, most * 0.9), -12, 0), of.said_sales, anchor="end")
    sheet.text(*_beside(at(reach, costs), -8, 22), of.said_costs, anchor="end")
    sheet.line(left, floor, right, floor, "axis")
    return sheet


def _beside(point: tuple[float, float], across: float, down: float) -> tuple[float, float]:
    return point[0] + across, point[1] + down
