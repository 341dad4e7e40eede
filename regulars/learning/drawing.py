"""The drawings of learning: causes by their weight, and numbers over time."""

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import number, percent
from regulars.insight.charts.sheet import Chart, Sheet
from regulars.learning.queries.causes import Causes, CauseTold

# Further down a drawing says nothing that the table does not.
MOST_DRAWN = 12
LETTER = 7.0


def causes_drawn(told: Causes) -> Chart:
    """A bar for the part of each cause; the line is what it makes with all above it (Pareto)."""
    rows = list(told.rows[:MOST_DRAWN])
    return Chart.drawn(lambda width: _pareto(width, rows))


def _pareto(width: float, rows: list[CauseTold]) -> Sheet:
    row_height, left, right = 46.0, 4.0, width - 12
    floor = row_height * len(rows) + 8
    sheet = Sheet(width, floor + 26)

    def along(share: float) -> float:
        return left + (right - left) * share

    for quarter in range(5):
        x = along(quarter / 4)
        sheet.line(x, 4, x, floor, "grid")
        anchor = "start" if not quarter else "end" if quarter == 4 else "middle"
        sheet.text(x, floor + 19, percent(quarter / 4), anchor=anchor)
    for place, one in enumerate(rows):
        y = row_height * place + 34
        said = _("%(part)s, with those above %(running)s") % {
            "part": percent(one.part), "running": percent(one.running),
        }  # fmt: skip
        told = f"{number(one.cases.count)} · {percent(one.part)}"
        room = int((right - left - len(told) * LETTER) / LETTER) - 2
        name = one.name if len(one.name) <= room else one.name[: room - 1] + "…"
        sheet.rect(left, y - 9, along(one.part) - left, 14, "fill-3", f"{one.name}: {said}")
        sheet.text(left, y - 15, name, "strong")
        sheet.text(right, y - 15, told, anchor="end")
    points = [(along(one.running), row_height * place + 32) for place, one in enumerate(rows)]
    sheet.through(points, "ahead")
    for (x, y), one in zip(points, rows, strict=True):
        sheet.circle(x, y, 4.5, "ring", percent(one.running))
    sheet.line(left, 4, left, floor, "axis")
    return sheet
