from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.core import clock, jobs
from regulars.core.errors import Refusal
from regulars.core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def tally() -> Iterator[list[dict[str, Any]]]:
    """A kind of job that writes down what it was given, and fails when told to."""
    seen: list[dict[str, Any]] = []

    def handler(running: jobs.RunningJob, at: datetime) -> dict[str, Any]:
        seen.append(running.arguments)
        if running.arguments.get("refuse"):
            raise Refusal("The file is empty.", "Choose another.")
        if running.arguments.get("fail"):
            raise ZeroDivisionError("no")
        running.progress(3, 4, step="counting")
        return {"counted": 3}

    jobs.job("tests.tally")(handler)
    yield seen
    del jobs._handlers["tests.tally"]


def test_a_job_is_done_once_and_says_how_far_it_came(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    jobs.enqueue("tests.tally", at=at, of="bread")

    claimed = jobs.claim("here", at=at)
    assert claimed is not None
    row = jobs.run(claimed, at=at)

    assert tally == [{"of": "bread"}]
    assert (row.state, row.result, row.done_count, row.percent, row.step) == (
        Job.State.DONE, {"counted": 3}, 3, 75, "counting",
    )  # fmt: skip
    assert jobs.claim("there", at=at) is None


def test_a_job_left_twice_under_one_key_is_one_job(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    first = jobs.enqueue("tests.tally", at=at, unique_key="tests.tally:2026-11-24")
    second = jobs.enqueue("tests.tally", at=at, unique_key="tests.tally:2026-11-24")

    assert first.pk == second.pk


def test_what_is_urgent_is_taken_before_what_was_due_sooner(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    jobs.job("tests.urgent", is_urgent=True)(lambda _running, _at: None)
    for name, minutes in (("tests.tally", 9), ("tests.tally", 8), ("tests.urgent", 1)):
        jobs.enqueue(name, at=at - timedelta(minutes=minutes))
    jobs.enqueue("tests.urgent", at=at + timedelta(minutes=1))

    taken = [jobs.claim("here", at=at) for _nth in range(4)]

    jobs._urgent.discard("tests.urgent")
    del jobs._handlers["tests.urgent"]
    names = [one and one.name for one in taken]
    assert names == ["tests.urgent", "tests.tally", "tests.tally", None]


def test_a_refusal_is_an_answer_and_not_tried_again(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    row = jobs.run_now("tests.tally", at=at, refuse=True)

    assert (row.state, row.sentence, row.remedy) == (
        Job.State.REFUSED, "The file is empty.", "Choose another.",
    )  # fmt: skip


def test_a_failing_job_is_tried_three_times_with_growing_pauses(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    jobs.enqueue("tests.tally", at=at, fail=True)
    states = []
    for minutes in (0, 5, 10, 15):
        with clock.stopped_at(at + timedelta(minutes=minutes)):
            claimed = jobs.claim("here", at=clock.now())
            if claimed:
                states.append(jobs.run(claimed, at=clock.now()).state)

    assert states == [Job.State.WAITING, Job.State.WAITING, Job.State.FAILED]


def test_a_worker_that_lost_its_lease_writes_nothing(
    tally: list[dict[str, Any]], at: datetime
) -> None:
    jobs.enqueue("tests.tally", at=at)
    silent = jobs.claim("silent", at=at)
    assert silent is not None
    later = at + timedelta(minutes=2)
    taken_over = jobs.claim("other", at=later)
    assert taken_over is not None

    with pytest.raises(jobs.LeaseLost):
        silent.progress(1)

    assert jobs.run(taken_over, at=later).state == Job.State.DONE
