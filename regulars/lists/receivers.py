"""What lists do when they hear of something below them, and what lower rooms ask of them."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.insight.events import FactsRefreshed
from regulars.lists import tasks  # noqa: F401
from regulars.lists.audience import FILTER, SEGMENT, Filtered, InOneSegment
from regulars.messaging.audiences import audiences


@receives(FactsRefreshed, name="lists.refresh_after_count")
def refresh_after_count(_fact: FactsRefreshed, at: datetime) -> None:
    """Orders have come in, or a day has passed: segments are worked out anew."""
    jobs.enqueue(
        "lists.refresh_segments", at=at, unique_key=f"lists.refresh_segments:{at.isoformat()}"
    )


audiences.register(FILTER, Filtered())
audiences.register(SEGMENT, InOneSegment())
