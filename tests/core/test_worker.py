from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core import clock, jobs
from regulars.core.worker import Daily, tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def days() -> Iterator[list[str]]:
    seen: list[str] = []

    def handler(running: jobs.RunningJob, at: datetime) -> dict[str, Any]:
        seen.append(running.arguments["day"])
        return {}

    jobs.job("tests.daily")(handler)
    yield seen
    del jobs._handlers["tests.daily"]


def test_daily_work_is_done_once_a_day_from_its_hour_on(days: list[str]) -> None:
    schedule = [Daily("tests.daily", after=time(3, 0))]

    for moment in (
        datetime(2026, 11, 24, 2, 59, tzinfo=UTC),
        datetime(2026, 11, 24, 3, 1, tzinfo=UTC),
        datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        datetime(2026, 11, 25, 3, 1, tzinfo=UTC),
    ):
        with clock.stopped_at(moment):
            tick(schedule, lambda: "Europe/London")

    assert days == ["2026-11-24", "2026-11-25"]


def test_an_instance_without_a_business_leaves_no_daily_work(days: list[str]) -> None:
    tick([Daily("tests.daily", after=time(0, 0))], lambda: None)

    assert days == []


def test_having_nothing_to_do_asks_as_much_for_many_daily_jobs_as_for_one(days: list[str]) -> None:
    schedule = [Daily("tests.daily", after=time(0, 0))]
    tick(schedule, lambda: "UTC")
    with CaptureQueriesContext(connection) as for_one:
        assert tick(schedule, lambda: "UTC") == 0
    for number in range(3):
        jobs.job(f"tests.daily_{number}")(lambda running, at: None)
    schedule += [Daily(f"tests.daily_{number}", after=time(0, 0)) for number in range(3)]
    try:
        tick(schedule, lambda: "UTC")
        with CaptureQueriesContext(connection) as for_four:
            assert tick(schedule, lambda: "UTC") == 0
    finally:
        for number in range(3):
            del jobs._handlers[f"tests.daily_{number}"]

    assert len(for_four) == len(for_one)
