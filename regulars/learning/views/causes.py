"""Why things go wrong: the causes by their weight, and the cases behind each."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.cases.models import Cause
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole
from regulars.core.formulas import marked
from regulars.core.money import Money
from regulars.learning.drawing import causes_drawn
from regulars.learning.queries.causes import (
    BY_CASES,
    WAYS,
    Causes,
    cases_behind,
    cause_called,
    causes_told,
)
from regulars.learning.queries.improvements import about_this, is_improver
from regulars.learning.queries.themes import is_seer_of_causes
from regulars.learning.views.themes import Span, csv_file, parts_of, seeing


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each cause with its cases, customers and cost; the weightiest first."""
    actor, span, by = _seeing(request), Span.read(request), _by(request)
    told = causes_told(actor, span.since, by=by)
    words = {"cases": _("Cases"), "customers": _("Customers"), "cost": _("Cost")}
    shown = {
        "parts": parts_of(actor, "causes"), "told": told, "span": span.name, "by": by,
        "tabs": [(f"{url}&by={by}", said, is_on) for url, said, is_on in span.tabs()],
        "ways": [(f"?span={span.name}&by={way}", words[way], way == by) for way in WAYS],
        "chart": causes_drawn(told) if len(told.rows) > 1 else None,
    }  # fmt: skip
    return render(request, "learning/causes.html", shown)


@require_safe
def show(request: HttpRequest, cause_id: int) -> HttpResponse:
    """The cases behind one cause, the newest first."""
    return _behind(request, _seeing(request), cause_called(cause_id))


@require_safe
def unnamed(request: HttpRequest) -> HttpResponse:
    """The cases of which nobody has said why."""
    return _behind(request, _seeing(request), None)


def _behind(request: HttpRequest, actor: Actor, cause: Cause | None) -> HttpResponse:
    span = Span.read(request)
    rows, after = cases_behind(
        actor, cause, since=span.since, after=request.GET.get("after", "")
    )  # fmt: skip
    shown = {
        "cause": cause, "about": f"cause:{cause.pk}" if cause else "",
        "done_about": about_this(actor, cause=cause) if cause else [],
        "may_improve": is_improver(actor), "rows": rows, "span": span.name, "tabs": span.tabs(),
        "next": f"?{urlencode({'span': span.name, 'after': after})}" if after else "",
    }  # fmt: skip
    return render(request, "learning/cause.html", shown)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The causes as a file, the cost in a column for each currency."""
    told = causes_told(_seeing(request), Span.read(request).since, by=_by(request))
    return csv_file("causes.csv", _lines(told))


def _lines(told: Causes) -> list[list[object]]:
    currencies = [one.currency for one in told.costs]
    head: list[object] = ["cause", "cases", "share", "low", "high", "customers", "running share"]
    rows = [*told.rows, *([told.unnamed] if told.unnamed.cases.count else [])]
    lines: list[list[object]] = [head + [f"cost {currency}" for currency in currencies]]
    for one in rows:
        is_named = one.pk is not None
        sure = [f"{one.cases.share:.4f}", f"{one.cases.low:.4f}", f"{one.cases.high:.4f}"]
        lines.append([
            marked(one.name) if is_named else "", one.cases.count,
            *(sure if is_named else ["", "", ""]), one.customers,
            f"{one.running:.4f}" if is_named else "", *_amounts(one.costs, currencies),
        ])  # fmt: skip
    return lines


def _amounts(costs: Sequence[Money], currencies: Sequence[str]) -> list[object]:
    found = {one.currency: one.major for one in costs}
    return [found.get(currency, 0) for currency in currencies]


def _by(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in WAYS else BY_CASES


def _seeing(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_seer_of_causes(actor):
        raise HiddenFromRole
    return actor
