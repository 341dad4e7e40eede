"""How content customers say they are: the three questions of the field, and who is behind each."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.care.choices import MarkKind
from regulars.care.queries.answers import sees_answers, sets_answer_rules
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole
from regulars.learning.drawing import score_drawn
from regulars.learning.queries.satisfaction import SIDES, satisfaction_told, those_behind
from regulars.learning.satisfaction import KINDS
from regulars.learning.views.themes import Span, csv_file, parts_of, seeing
from regulars.learning.wording import NAMES, side_words


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each question with its number, how sure it is, who was asked, and the months before."""
    actor, span = _seeing(request), Span.read(request)
    told = satisfaction_told(actor, span.since, span.at)
    shown = {
        "parts": parts_of(actor, "satisfaction"), "span": span.name, "tabs": span.tabs(),
        "rows": [(one, NAMES[one.kind], side_words(one), score_drawn(one)) for one in told],
        "is_empty": not any(one.score.count for one in told),
        "may_set": sets_answer_rules(actor),
    }  # fmt: skip
    return render(request, "learning/satisfaction.html", shown)


@require_safe
def behind(request: HttpRequest, kind: str) -> HttpResponse:
    """Who gave these marks, the newest first."""
    actor, span = _seeing(request), Span.read(request)
    if kind not in {one.value for one in KINDS}:
        raise Http404
    asked, side = MarkKind(kind), request.GET.get("side", "")
    side = side if side in SIDES else ""
    rows, after = those_behind(
        actor, asked, side, since=span.since, after=request.GET.get("after", "")
    )  # fmt: skip
    kept = {"span": span.name, "side": side}
    words = {
        "": _("All"), "content": _("Content"), "neither": _("Neither"), "not": _("Not content"),
    }  # fmt: skip
    shown = {
        "kind": asked, "name": NAMES[asked], "rows": rows, "span": span.name,
        "sides": [(f"?{urlencode({**kept, 'side': one})}", words[one], one == side)
                  for one in ("", *SIDES)],
        "next": f"?{urlencode({**kept, 'after': after})}" if after else "",
    }  # fmt: skip
    return render(request, "learning/those_behind.html", shown)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The three questions month by month, as a file."""
    actor, span = _seeing(request), Span.read(request)
    head: list[object] = [
        "question", "month", "marks", "content", "neither", "not content", "value", "low", "high",
    ]  # fmt: skip
    lines: list[list[object]] = [head]
    for one in satisfaction_told(actor, span.since, span.at):
        for month in one.months:
            score = month.score
            sure = [f"{value:.4f}" for value in (score.value or 0.0, score.low, score.high)]
            lines.append([
                one.kind.value, month.on.isoformat()[:7], score.count, score.content,
                score.neither, score.not_content, *sure,
            ])  # fmt: skip
    return csv_file("satisfaction.csv", lines)


def _seeing(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not sees_answers(actor):
        raise HiddenFromRole
    return actor
