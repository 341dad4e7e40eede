"""Exact counts, kept with the moment at which they were taken."""

from datetime import datetime, timedelta

from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import View
from regulars.lists.queries.filters import compile_filter

KEPT_FOR = timedelta(minutes=15)


def count_view(view: View, *, at: datetime) -> int | None:
    """Count exactly whom a view finds among all customers, and write down when."""
    try:
        count = compile_filter(view.tree, SYSTEM, at).order_by().count()
    except FilterNotPossible:
        return None
    same = View.objects.filter(pk=view.pk, changed_at=view.changed_at)
    same.update(counted=count, counted_at=at)
    return count


def ask_for_count(view: View, *, at: datetime) -> None:
    """Leave counting to the background, unless it was just done or waits already."""
    if view.counted_at is None or at - view.counted_at > KEPT_FOR:
        slot = int(at.timestamp() // KEPT_FOR.total_seconds())
        key = f"lists.count_view:{view.pk}:{view.changed_at.isoformat()}:{slot}"
        jobs.enqueue("lists.count_view", at=at, unique_key=key, view=view.pk)
