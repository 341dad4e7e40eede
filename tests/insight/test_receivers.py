"""What insight does when it hears of something below it."""

from datetime import date, datetime, timedelta

import pytest

from regulars.core.jobs import RunningJob
from regulars.core.models import Job
from regulars.insight import tasks
from regulars.insight.events import FactsRefreshed
from regulars.insight.models import KeptFigure, Refresh
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


def figures_took(seconds: int, *, ended_at: datetime) -> None:
    Job.objects.create(
        name="insight.figures", state=Job.State.DONE, due_at=ended_at, created_at=ended_at,
        started_at=ended_at - timedelta(seconds=seconds), ended_at=ended_at,
    )  # fmt: skip


def test_figures_that_took_long_rest_before_the_next(at: datetime) -> None:
    figures_took(60, ended_at=at - timedelta(minutes=2))

    count_figures_after_facts(FactsRefreshed("2026-03-02", 5), at)
    count_figures_after_facts(FactsRefreshed("2026-03-03", 1), at + timedelta(seconds=1))

    waiting = Job.objects.get(state=Job.State.WAITING)
    assert waiting.due_at == at + timedelta(minutes=7)


def test_figures_of_a_short_list_follow_at_once(at: datetime) -> None:
    figures_took(1, ended_at=at - timedelta(minutes=2))

    count_figures_after_facts(FactsRefreshed("2026-03-02", 5), at)

    assert Job.objects.get(state=Job.State.WAITING).due_at == at


@pytest.mark.parametrize(("changed", "as_of", "jobs"), [
    (0, "2026-03-02", 0), (1, "2026-03-02", 1), (0, "2026-03-03", 1),
], ids=["nothing", "something", "another_day"])  # fmt: skip
def test_figures_of_the_day_stand_where_nothing_changed(
    at: datetime, changed: int, as_of: str, jobs: int
) -> None:
    KeptFigure.objects.create(name="dues", as_of="2026-03-02", counted_at=at)

    count_figures_after_facts(FactsRefreshed(as_of, changed), at)

    assert Job.objects.count() == jobs
