"""Working out in the background by which clock customers live."""

from datetime import datetime
from typing import Any

from regulars.consent.actions import place_by_clock
from regulars.core.jobs import RunningJob, job


@job("consent.place_by_clock")
def place_everybody(running: RunningJob, at: datetime) -> dict[str, Any]:
    """After files came in: everybody whose country tells it."""
    return {"customers": place_by_clock(at=at)}
