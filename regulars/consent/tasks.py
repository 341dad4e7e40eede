"""In the background: by which clock customers live, and what an undone import had raised."""

from datetime import datetime
from typing import Any

from regulars.consent.actions import place_by_clock
from regulars.consent.lowering import lower_what_import_raised
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job


@job("consent.place_by_clock")
def place_everybody(running: RunningJob, at: datetime) -> dict[str, Any]:
    """After files came in: everybody whose country tells it."""
    return {"customers": place_by_clock(at=at)}


@job("consent.lower_after_undo")
def lower_after_undo(running: RunningJob, at: datetime) -> dict[str, Any]:
    """After an import was undone: what it had raised."""
    import_id = running.arguments["import_id"]
    return {"customers": lower_what_import_raised(import_id, by=SYSTEM, at=at)}
