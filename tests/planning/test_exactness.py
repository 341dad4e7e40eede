"""The day's choice against a general solver, on small days drawn by chance."""

import random
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from regulars.consent.choices import Channel
from regulars.planning.knapsack import Option, best_day, worth_their_minutes

CASES, SEED = 500, 20261123


@dataclass(frozen=True)
class Someone:
    key: int
    worth: float
    opened: tuple[Option, ...]

    @property
    def options(self) -> tuple[Option, ...]:
        return worth_their_minutes(self.opened)


def by_solver(offered: list[Someone], minutes: int) -> float:
    """The best day as HiGHS finds it: a yes or no for each customer and channel."""
    chances = [
        (row, o, one.worth * o.matters) for row, one in enumerate(offered) for o in one.opened
    ]
    if not chances:
        return 0.0
    once = np.zeros((len(offered), len(chances)))
    for column, (row, _option, _gain) in enumerate(chances):
        once[row, column] = 1
    spent = np.array([[option.minutes for _row, option, _gain in chances]])
    found = milp(
        [-gain for _row, _option, gain in chances],
        integrality=np.ones(len(chances)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once, ub=1), LinearConstraint(spent, ub=minutes)],
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return float(-found.fun)


def drawn(dice: random.Random) -> tuple[list[Someone], int]:
    """A few customers, each with channels that take and matter differently, and few minutes."""
    people = []
    for key in range(dice.randrange(0, 12)):
        channels = dice.sample(list(Channel), dice.randrange(0, 5))
        opened = tuple(
            Option(channel, dice.randrange(1, 31), dice.uniform(0.01, 0.9)) for channel in channels
        )
        worth = dice.choice((100.0, dice.lognormvariate(5, 1.2)))
        people.append(Someone(key, worth, opened))
    return people, dice.randrange(0, 91)


@pytest.mark.parametrize("part", range(5))
def test_the_choice_is_as_good_as_a_general_solver_finds(part: int) -> None:
    dice = random.Random(SEED + part)
    for _case in range(CASES // 5):
        offered, minutes = drawn(dice)

        chosen = best_day(offered, minutes)

        gained = sum(one.worth for one in chosen)
        assert gained == pytest.approx(by_solver(offered, minutes), rel=1e-7, abs=1e-7)
        assert sum(one.option.minutes for one in chosen) <= minutes
        assert len({one.key for one in chosen}) == len(chosen)
