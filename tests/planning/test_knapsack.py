"""The day's choice is the best there is, and pruning never changes it."""

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.planning.knapsack import (
    BITS,
    Option,
    beside_waiting,
    best_day,
    can_ever_fit,
    means_open,
    options_of,
)
from regulars.planning.priors import MATTERS, MINUTES


@dataclass(frozen=True)
class Someone:
    key: int
    worth: float
    channels: int

    @property
    def options(self) -> tuple[Option, ...]:
        return options_of(self.channels)


def brute_force(offered: list[Someone], minutes: int) -> float:
    """The best day by trying them all."""
    choices = [
        [
            None,
            *(Option(c, MINUTES[c], MATTERS[c]) for c, bit in BITS.items() if one.channels & bit),
        ]
        for one in offered
    ]
    days = (
        (sum(o.minutes for o in day if o), sum(
            one.worth * o.matters for one, o in zip(offered, day, strict=True) if o
        ))
        for day in product(*choices)
    )  # fmt: skip
    return max(worth for spent, worth in days if spent <= minutes)


people = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from([*range(1, 16), 33, 36, 47])),
    min_size=0,
    max_size=6,
).map(lambda rows: [Someone(key, float(worth), c) for key, (worth, c) in enumerate(rows)])


@settings(max_examples=300, deadline=None)
@given(people, st.integers(0, 40))
def test_best_day_equals_brute_force(offered: list[Someone], minutes: int) -> None:
    chosen = best_day(offered, minutes)

    assert abs(sum(one.worth for one in chosen) - brute_force(offered, minutes)) < 1e-9
    assert sum(one.option.minutes for one in chosen) <= minutes
    assert len({one.key for one in chosen}) == len(chosen)


@settings(max_examples=200, deadline=None)
@given(people, st.integers(0, 40))
def test_pruning_never_changes_the_optimum(offered: list[Someone], minutes: int) -> None:
    kept = [one for one in offered if one in can_ever_fit(offered, minutes)]

    assert abs(brute_force(kept, minutes) - brute_force(offered, minutes)) < 1e-9


def test_pruning_drops_whoever_cannot_fit() -> None:
    alike = [Someone(key, float(key), 4) for key in range(1, 30)]

    assert [one.key for one in can_ever_fit(alike, 20)] == [29, 28, 27]


def test_greedy_would_fall_short_and_this_does_not() -> None:
    # By worth per minute the e-mail comes first and the visit no longer fits.
    offered = [Someone(1, 100.0, 8), Someone(2, 60.0, 1)]

    chosen = best_day(offered, 15)

    assert [(one.key, one.option.channel) for one in chosen] == [(1, "visit")]


def test_nobody_is_chosen_without_minutes_or_channels() -> None:
    assert best_day([Someone(1, 9.0, 4)], 0) == []
    assert best_day([Someone(1, 9.0, 0)], 60) == []


def test_what_takes_as_long_and_matters_less_is_no_option() -> None:
    assert [option.channel for option in options_of(4 | 2 | 1)] == ["call", "email"]


def test_worth_keeps_the_order_of_the_channels() -> None:
    assert list(MATTERS) == sorted(MATTERS, key=lambda channel: -MATTERS[channel])
    assert list(MATTERS) == list(MINUTES) == list(BITS)


@pytest.mark.parametrize(
    ("overdue", "matters"),
    [(1.0, [0.6, 0.18, 0.12, 0.01]), (2.0, [0.6, 0.25, 0.2, 0.01]), (None, [0.6, 0.32, 0.28, 0.1])],
)
def test_a_lesser_channel_matters_less_where_the_best_is_worth_waiting_for(
    overdue: float | None, matters: list[float]
) -> None:
    weighed = beside_waiting(means_open(15), overdue)

    assert [option.channel for option in weighed] == ["visit", "call", "note", "email"]
    assert [round(option.matters, 6) for option in weighed] == matters
