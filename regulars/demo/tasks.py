"""The sample business in the background, with progress."""

from datetime import date, datetime
from typing import Any

from regulars.core.actor import SYSTEM, Actor
from regulars.core.jobs import RunningJob, job
from regulars.team.models import Member


@job("demo.load")
def load(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Arguments, both of which may be left out: `day` (ISO), and `by`, the member who asked."""

    # All that the sample is made of is imported when it is.
    from regulars.demo.actions import load_demo
    from regulars.demo.queries import today_of_the_sample

    def tell(done: int, total: int, step: str) -> None:
        running.progress(done, total, step=step)

    asked = running.arguments.get("day")
    day = date.fromisoformat(asked) if asked else today_of_the_sample(at)
    return load_demo(day=day, by=_asked_by(running), at=at, tell=tell)


@job("demo.remove")
def remove(running: RunningJob, at: datetime) -> dict[str, Any]:
    from regulars.demo.actions import remove_demo

    return remove_demo(by=_asked_by(running), at=at)


def _asked_by(running: RunningJob) -> Actor:
    asked_by: int | None = running.arguments.get("by")
    member = Member.objects.filter(pk=asked_by).first() if asked_by else None
    return member.actor if member else SYSTEM
