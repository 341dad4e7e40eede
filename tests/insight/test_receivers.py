"""What insight does when it hears of something below it."""

from datetime import date, datetime, timedelta

import pytest

from regulars.core.jobs import RunningJob
from regulars.core.models import Job
from regulars.insight import tasks
from regulars.insight.events import FactsRefreshed
from regulars.insight.models import Refresh
from regulars.insight.receivers import count_after_undo, count_figures_after_facts
from regulars.intake.events import ImportUndone
from regulars.intake.models import Import

pytestmark = pytest.mark.django_db


def test_after_an_undo_tiers_are_counted_as_before_the_import(at: datetime) -> None:
    done = Import.objects.create(kind="orders", started_at=at)
    told = ImportUndone(done.pk, "orders", 3, 0)

    count_after_undo(told, at)
    count_after_undo(told, at)

    assert Job.objects.get().arguments == {"undone_since": at.isoformat()}


def test_figures_that_wait_are_counted_to_the_last_day_of_all(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two counts in a row leave one job; what it counts to is that of the later."""
    days: list[date | None] = []

    def counted(as_of: date | None, **_told: object) -> list[str]:
        days.append(as_of)
        return []

    monkeypatch.setattr(tasks, "count_figures", counted)
    for ago in (84, 0):
        day = at.date() - timedelta(days=ago)
        count_figures_after_facts(FactsRefreshed(day.isoformat(), 1), at)
        Refresh.objects.create(
            as_of=day, engine="duckdb", ended_at=at, seconds=1, customer_count=1, order_count=1,
            changed_count=1,
        )  # fmt: skip

    left = Job.objects.get(name="insight.figures")
    tasks.figures(RunningJob(left.pk, left.name, left.arguments, 0), at)

    assert days == [at.date()]
