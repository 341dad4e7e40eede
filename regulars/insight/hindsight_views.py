"""What we would have foretold, and what came: the page that says how far to trust a chance."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from regulars.insight.actions import ask_to_look_back
from regulars.insight.models import KeptFigure
from regulars.insight.plates.pages import PAGES
from regulars.insight.queries import HINDSIGHT, kept_figures, look_back_under_way
from regulars.insight.rules import may_count
from regulars.insight.tenths import NARROW, WIDE, Whole, drawn, lines_of
from regulars.insight.views import how_far, leave_to_count, seeing_member


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """How well the last quarter would have been foretold."""
    member = seeing_member(request)
    kept = kept_figures((HINDSIGHT, "calibration", "models"))
    shown: dict[str, Any] = {
        "job": look_back_under_way(), "may_count": may_count(member.actor),
        "kept": kept.get(HINDSIGHT), "pages": PAGES,
    }  # fmt: skip
    return render(request, "insight/hindsight.html", {**shown, **_found(kept)})


@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Leave a look back to be taken soon."""
    return leave_to_count(
        request, ask_to_look_back, "insight:hindsight", "insight/hindsight.html#looking"
    )


@require_GET
def looking(request: HttpRequest) -> HttpResponse:
    """Whether it is still under way; the page is loaded anew once it is over."""
    return how_far(request, look_back_under_way(), "insight/hindsight.html#looking")


def _found(kept: dict[str, KeptFigure]) -> dict[str, Any]:
    if HINDSIGHT not in kept or not kept[HINDSIGHT].rows:
        return {}
    lines = lines_of(kept["calibration"].rows)
    return {
        "whole": Whole.of(kept[HINDSIGHT].rows[0]), "lines": lines,
        "wide": drawn(lines, WIDE), "narrow": drawn(lines, NARROW),
        "parameters": kept["models"].rows,
    }  # fmt: skip
