"""Counting in the background."""

from datetime import date, datetime, timedelta
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.insight.actions import (
    begin_tier_history,
    count_figures,
    end_tiers,
    look_back,
    refresh_facts,
)
from regulars.insight.queries import is_looked_back_since, latest_refresh
from regulars.team.queries import the_named_business

STEPS = 3
# Less than a week, so that a look by the schedule never waits for the eighth day.
EVERY_WEEK = timedelta(days=6, hours=12)


@job("insight.refresh")
def refresh(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Count everything, as of the day of the schedule, of the request, or of today."""
    asked = running.arguments.get("as_of") or running.arguments.get("day")
    since = running.arguments.get("undone_since")
    done = 0

    def step(words: str) -> None:
        nonlocal done
        running.progress(done, STEPS, step=words)
        done += 1

    refreshed = refresh_facts(
        as_of=date.fromisoformat(asked) if asked else None,
        by=SYSTEM,
        at=at,
        engine=running.arguments.get("engine"),
        step=step,
        undone_since=datetime.fromisoformat(since) if since else None,
    )
    running.progress(STEPS, STEPS)
    return {
        "as_of": refreshed.as_of.isoformat(),
        "customers": refreshed.customer_count,
        "orders": refreshed.order_count,
        "changed": refreshed.changed_count,
        "seconds": refreshed.seconds,
    }


@job("insight.end_tiers")
def end(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Tiers set until today end with the night, before anybody looks."""
    return {"ended": end_tiers(by=SYSTEM, at=at)}


@job("insight.begin_history")
def begin(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """What everyone is as of the first count: their history begins with it."""
    day = the_named_business().day_of(at)
    return {"written": begin_tier_history(day, by=SYSTEM, at=at)}


@job("insight.figures")
def figures(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Count what the pages show, after everybody was counted."""
    last = latest_refresh()
    names = count_figures(
        as_of=last.as_of if last else None,
        by=SYSTEM,
        at=at,
        step=lambda words: running.progress(0, step=words),
    )
    return {"figures": len(names)}


@job("insight.look_back")
def look_back_once(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Once a week by the schedule; whenever a person asks."""
    day = running.arguments.get("day")
    if day and is_looked_back_since(at - EVERY_WEEK):
        return {"customers": None}
    return {"customers": look_back(by=SYSTEM, at=at)}
