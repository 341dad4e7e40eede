"""Planning in the background: once a day, and when someone asks for it."""

from datetime import date, datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.planning.actions import make_plans
from regulars.team.queries import the_named_business


@job("planning.make_plans")
def make_the_lists(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Make the lists of a day: `day` (ISO 8601; today), `member_ids` (everybody)."""
    asked = running.arguments.get("day")
    day = date.fromisoformat(asked) if asked else the_named_business().day_of(at)
    made = make_plans(day=day, by=SYSTEM, at=at, member_ids=running.arguments.get("member_ids"))
    return {"day": day.isoformat(), "plans": made.plan_count, "items": made.item_count}
