"""How much goes into one transaction follows what the last ones took."""

import pytest
from django.db import connection

from regulars.core import pace
from regulars.core.pace import BUDGET, BUDGET_ALONE, LEAST, Pace

pytestmark = pytest.mark.django_db


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pace, "time", made)
    return made


def lengths(clock: Clock, one: Pace, rows: int, seconds_a_row: float) -> list[int]:
    found = []
    for low, high in one.pieces(1, rows):
        found.append(high - low + 1)
        clock.now += found[-1] * seconds_a_row
    assert sum(found) == rows
    return found


@pytest.mark.only_on("sqlite")
def test_on_a_slow_machine_pieces_shrink_to_what_others_can_wait_for(clock: Clock) -> None:
    found = lengths(clock, Pace(1000), 4000, 0.0002)

    assert found[:2] == [1000, 350]
    assert max(found[1:]) == round(BUDGET / 0.0002)


@pytest.mark.only_on("sqlite")
def test_on_a_fast_machine_pieces_grow_by_a_quarter_up_to_a_limit(clock: Clock) -> None:
    assert lengths(clock, Pace(1000, most=1500), 6000, 0.0)[:4] == [1000, 1250, 1500, 1500]


@pytest.mark.only_on("sqlite")
def test_pieces_are_never_so_short_that_nothing_gets_done(clock: Clock) -> None:
    assert lengths(clock, Pace(1000), 2000, 10.0)[1] == LEAST


@pytest.mark.only_on("sqlite")
def test_whoever_is_by_itself_keeps_nobody_waiting(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "is_by_itself", lambda: True)

    found = lengths(clock, Pace(1000), 30_000, 0.0002)

    assert found[:5] == [1000, 2000, 4000, 8000, int(BUDGET_ALONE / 0.0002)]


@pytest.mark.only_on("postgresql")
def test_a_server_with_many_writers_keeps_its_pieces(clock: Clock) -> None:
    assert connection.vendor == "postgresql"
    assert lengths(clock, Pace(1000), 3000, 10.0) == [1000, 1000, 1000]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("alone", "rested"), [(False, 0.06), (True, 0.0)])
def test_others_are_let_in_between_two_pieces(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, *, alone: bool, rested: float
) -> None:
    monkeypatch.setattr(pace, "is_by_itself", lambda: alone)

    lengths(clock, Pace(1000, most=1000, rest=0.02), 4000, 0.0)

    assert clock.now == pytest.approx(rested)
