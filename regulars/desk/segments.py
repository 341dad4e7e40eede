"""The segments: who is in each, who came in and who left last; renamed and put away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.desk.customer_segments import everybody_in
from regulars.lists.actions.segments import archive_segment, change_segment
from regulars.lists.models import Segment
from regulars.lists.queries.segments import (
    segment_for,
    segments_for,
    segments_in_words,
    stays_lately,
)
from regulars.lists.queries.views import is_segment_keeper
from regulars.team.queries import signed_in_member

SHOWN = 10


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every segment with its filter in words and how many are in it."""
    actor, at = signed_in_member(request).actor, clock.now()
    known = list(segments_for(actor, at).order_by("name", "id"))
    words = segments_in_words(known, actor)
    rows = [
        {"segment": one, "words": words[one.pk], "everybody": everybody_in(one)} for one in known
    ]
    return render(request, "desk/customers/segments.html", {"rows": rows})


@require_safe
def detail(request: HttpRequest, segment_id: int) -> HttpResponse:
    """One segment: its filter in words, who came in last and who left last."""
    actor, at = signed_in_member(request).actor, clock.now()
    segment = segment_for(actor, segment_id, at)
    lately = stays_lately(segment, actor, most=SHOWN)
    return render(request, "desk/customers/segment.html", {
        "segment": segment, "words": segments_in_words([segment], actor)[segment.pk],
        "lately": lately,
        "everybody": everybody_in(segment), "may_keep": is_segment_keeper(actor),
    })  # fmt: skip


@require_POST
def change(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Call a segment something else."""
    actor, segment = _to_change(request, segment_id)
    change_segment(segment, name=request.POST.get("name", ""), by=actor, at=clock.now())
    messages.success(request, _("Done: the segment has its new name."))
    return redirect("customers:segment", segment.pk)


@require_POST
def put_away(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Put a segment away; every customer stays."""
    actor, segment = _to_change(request, segment_id)
    archive_segment(segment, by=actor, at=clock.now())
    messages.success(request, _("Done: the segment is put away, and every customer is still here."))
    return redirect("customers:segments")


def _to_change(request: HttpRequest, segment_id: int) -> tuple[Actor, Segment]:
    actor = signed_in_member(request).actor
    if not is_segment_keeper(actor):
        raise NotAllowed(_("Owners and managers keep segments."))
    return actor, segment_for(actor, segment_id, clock.now())
