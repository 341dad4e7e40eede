"""Recovery: whether the business is interrupted, the way back, and what was before."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.recovery.queries.disruptions import (
    disruptions_before,
    disruptions_standing,
    is_declarer,
)
from regulars.recovery.views.way_back import way_shown
from regulars.recovery.words import lasting, whom_words
from regulars.team.queries import signed_in_member

SIZE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What stands, and what was."""
    actor, at = signed_in_member(request).actor, clock.now()
    standing = list(disruptions_standing(at).select_related("segment", "declared_by"))
    page = Paginator(disruptions_before(), SIZE).get_page(request.GET.get("page"))
    shown = {
        "standing": [(one, whom_words(one), lasting(at - one.since)) for one in standing],
        "is_in_earnest": any(not one.is_drill for one in standing),
        "before": [
            (one, whom_words(one), lasting((one.ended_at or at) - one.since)) for one in page
        ],
        "page": page,
        "may_declare": is_declarer(actor),
    }
    way = way_shown(actor, at, request.GET.get("of", ""))
    return render(request, "recovery/home.html", {**shown, **way})
