"""The drawings of learning: causes by their weight, and numbers over time."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import number, percent
from regulars.insight.charts.sheet import Chart, Sheet
from regulars.insight.plates.plate import month_words
from regulars.learning.queries.causes import Causes, CauseTold
from regulars.learning.queries.satisfaction import Month
from regulars.learning.queries.satisfaction import Told as Question
from regulars.learning.wording import value_words

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
    points = [(along(one.running), row_height * place + 32) for place, one in enumerate(rows)]
    sheet.through(points, "ahead")
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
    for (x, y), one in zip(points, rows, strict=True):
        sheet.circle(x, y, 4.5, "ring", percent(one.running))
    sheet.line(left, 4, left, floor, "axis")
    return sheet


def score_drawn(told: Question) -> Chart | None:
    """A number month by month with its band; nothing where there are fewer than two months."""
    points = [one for one in told.months if one.score.count]
    if len(points) < 2:
        return None
    return Chart.drawn(lambda width: _scores(width, told, points))


def _scores(width: float, told: Question, points: Sequence[Month]) -> Sheet:
    height = 240.0 if width > 500 else 200.0
    left, right, top, floor = 46.0, width - 64, 14.0, height - 30
    bottom = -1.0 if told.score.is_net else 0.0
    sheet = Sheet(width, height)

    def up(value: float) -> float:
        return floor - (floor - top) * (value - bottom) / (1 - bottom)

    for quarter in range(5):
        value = bottom + (1 - bottom) * quarter / 4
        sheet.line(left, up(value), right, up(value), "grid")
        sheet.text(left - 8, up(value) + 4, value_words(told.kind, value), anchor="end")
    step = (right - left) / len(points)
    places = [(left + step * (nth + 0.5), one) for nth, one in enumerate(points)]
    edge = [(x, up(one.score.high)) for x, one in places]
    edge += [(x, up(one.score.low)) for x, one in reversed(places)]
    sheet.through(edge, "band")
    sheet.through([(x, up(one.score.value or 0.0)) for x, one in places], "line")
    every = max(1, -(-52 // int(step)))
    for nth, (x, one) in enumerate(places):
        words = value_words(told.kind, one.score.value)
        said = f"{month_words(one.on)}: {words} ({number(one.score.count)})"
        sheet.circle(x, up(one.score.value or 0.0), 4.5, "dot", said)
        if (len(places) - 1 - nth) % every == 0:
            sheet.text(x, floor + 19, month_words(one.on, is_short=True), anchor="middle")
    # What is read stands above every line: its edge keeps them off.
    sheet.line(left, up(0.0), right, up(0.0), "axis")
    x, last = places[-1]
    sheet.text(
        x + 10, up(last.score.value or 0.0) + 5, value_words(told.kind, last.score.value), "strong"
    )
    return sheet
