"""The pages of figures on the screen, and each figure as a file."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.core import clock
from regulars.core.formulas import marked
from regulars.core.money import Money
from regulars.core.templatetags.look import day_words
from regulars.insight.models import KeptFigure
from regulars.insight.plates.pages import PAGE_OF, PAGES, PAINTERS
from regulars.insight.plates.plate import Plate, Scope, month_words
from regulars.insight.plates.who_moves import chosen, months_of
from regulars.insight.queries import count_under_way, kept_figures
from regulars.insight.rules import may_count
from regulars.insight.views import STALE_AFTER, counted_words, seeing_member
from regulars.orders.models import Order
from regulars.team.queries import the_named_business


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure on its page: the plate, when it was counted, what the engine ran."""

    name: str
    plate: Plate
    counted: str
    statements: str
    query: str = ""


@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of figures, as they were last counted."""
    member = seeing_member(request)
    one = PAGE_OF.get(slug)
    if one is None:
        raise Http404
    kept, at, month = kept_figures(one.figures), clock.now(), request.GET.get("month", "")
    shown = [_shown(kept[name], month, at) for name in one.figures if name in kept]
    oldest = min((kept[name].counted_at for name in kept), default=at)
    return render(request, "insight/page.html", {
        "page": one, "pages": PAGES, "shown": shown, "months": _months(kept.get("flows"), month),
        "is_stale": at - oldest > STALE_AFTER, "job": count_under_way(),
        "may_count": may_count(member.actor), "has_orders": shown or Order.objects.exists(),
    })  # fmt: skip


def _shown(kept: KeptFigure, month: str, at: datetime) -> Shown:
    plate = PAINTERS[kept.name](kept, _scope(kept, month))
    query = f"?month={month}" if kept.name == "flows" and month else ""
    return Shown(kept.name, plate, counted_words(kept.counted_at, at), kept.statements, query)


def _scope(kept: KeptFigure, month: str = "") -> Scope:
    return Scope(the_named_business().currency, kept.as_of, month)


def _months(flows: KeptFigure | None, asked: str) -> list[tuple[str, str, bool]]:
    """The months that can be chosen, the last first: as in an address, in words, whether it is."""
    if flows is None or not (months := months_of(flows)):
        return []
    now = chosen(months, asked)
    return [
        (f"{one:%Y-%m}", month_words(one, is_short=True), one == now) for one in reversed(months)
    ]


@require_GET
def figure_as_csv(request: HttpRequest, name: str) -> HttpResponse:
    """A figure as a table for a spreadsheet: amounts in whole units, days as they are kept."""
    seeing_member(request)
    kept = _kept(name)
    text = io.StringIO()
    writer = csv.writer(text)
    currency = the_named_business().currency
    columns = [column for column in kept.columns if column != "customer_ids"]
    writer.writerow(
        [column.replace("_minor", f"_{currency}").replace("_", " ") for column in columns]
    )
    for row in kept.rows:
        writer.writerow([_cell(column, row[column], currency) for column in columns])
    return _file(text.getvalue().encode(), "text/csv; charset=utf-8", f"{name}.csv")


def _cell(column: str, value: Any, currency: str) -> Any:
    if value is None:
        return ""
    if column.endswith("_minor"):
        return str(Money(round(value), currency).major)
    return marked(value) if isinstance(value, str) else value


@require_GET
def figure_as_svg(request: HttpRequest, name: str) -> HttpResponse:
    """A figure's drawing by itself, on white paper; a browser makes a PNG of it."""
    seeing_member(request)
    kept = _kept(name)
    plate = PAINTERS[name](kept, _scope(kept, request.GET.get("month", "")))
    if plate.chart is None:
        raise Http404
    foot = _("%(business)s, as of %(day)s") % {
        "business": the_named_business().name, "day": day_words(kept.as_of),
    }  # fmt: skip
    drawing = plate.chart.wide.in_a_file(plate.title, plate.says, foot)
    return _file(drawing.encode(), "image/svg+xml; charset=utf-8", f"{name}.svg")


def _kept(name: str) -> KeptFigure:
    kept = kept_figures([name]).get(name) if name in PAINTERS else None
    if kept is None:
        raise Http404
    return kept


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
