"""The long work says how far it is without holding itself up."""

from types import SimpleNamespace
from typing import Any

import pytest

from regulars.core.pace import Pace
from regulars.intake import bringing_in
from regulars.intake.bringing_in import _telling
from regulars.intake.staging import Stretch, _together


def test_progress_is_told_at_both_ends_and_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(bringing_in, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def note(done: int, _total: int, *, step: str) -> None:
        told.append(done)

    running: Any = SimpleNamespace(progress=note)
    tell = _telling(running, 10, "Reading")
    for done in range(11):
        tell(done)
        clock.now += 0.3

    assert told == [0, 4, 8, 10]


def made(count: int, *, is_ready: bool = True) -> Stretch:
    batch: Any = None if is_ready else object()
    return Stretch(count, batch, b"lines", [], [])


def test_rows_that_are_ready_go_together_as_far_as_others_can_wait() -> None:
    stretches = iter([made(4), made(4), made(4), made(1, is_ready=False), made(4)])

    found = [[one.count for one in some] for some in _together(stretches, Pace(8, most=8))]

    assert found == [[4, 4], [4, 1], [4]]
