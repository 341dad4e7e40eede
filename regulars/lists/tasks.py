"""Segments and counts, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.lists.actions.answers import refresh_answers, work_out
from regulars.lists.actions.counting import count_view
from regulars.lists.actions.learning import learn_all_words
from regulars.lists.actions.segments import refresh_segment
from regulars.lists.models import Segment, View
from regulars.lists.queries.segments import in_order_of_asking
from regulars.lists.trees import read


@job("lists.refresh_segment")
def refresh_one(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Work out who is in one segment."""
    segment = Segment.objects.standing().filter(pk=running.arguments["segment"]).first()
    if segment is None:
        return {}
    entered, left = refresh_segment(segment, at=at, running=running)
    return {"entered": entered, "left": left}


@job("lists.refresh_segments")
def refresh_all(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Work out who is in every segment, then count what the views find."""
    # First what both stand on: who bought what, when.
    refresh_answers(at=at, running=running)
    entered = left = 0
    segments = in_order_of_asking()
    for nth, segment in enumerate(segments, start=1):
        came, went = refresh_segment(segment, at=at, running=running)
        entered, left = entered + came, left + went
        running.progress(nth, len(segments))
    for view in View.objects.order_by("pk"):
        count_view(view, at=at)
        running.progress(len(segments))
    return {"segments": len(segments), "entered": entered, "left": left}


@job("lists.work_out")
def work_out_one(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Count exactly whom a filter finds, and keep who they are where they are few."""
    answer = work_out(read(running.arguments["tree"]), at=at, running=running)
    return {"count": answer.count}


@job("lists.count_view")
def count_one(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Count exactly whom a view finds."""
    view = View.objects.filter(pk=running.arguments["view"]).first()
    return {"count": count_view(view, at=at)} if view else {}


@job("lists.learn_words")
def learn_words(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Learn the words of all names, so that search understands them mistyped."""
    learned, forgotten = learn_all_words()
    return {"learned": learned, "forgotten": forgotten}
