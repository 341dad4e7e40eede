"""Many small acts together: what they tell that none tells alone, however often one asks."""

import numpy as np
import pytest

from regulars.verdicts.pooling import Part, pooled


def parts(count: int, effect: float, *, seed: int, differ: float = 0.0) -> list[Part]:
    chance = np.random.default_rng(seed)
    variance = 0.2 * (1 / 90 + 1 / 10)
    return [
        Part(float(one), variance, 90, 10)
        for one in effect + chance.normal(0, np.sqrt(variance + differ**2), count)
    ]


def test_one_act_alone_is_its_own_effect() -> None:
    found = pooled([Part(0.1, 0.01, 90, 10)])

    assert found is not None
    assert found.difference == pytest.approx(0.1)
    assert found.low < 0.1 - 1.96 * 0.1
    assert found.another is None


def test_nothing_over_yet_says_nothing() -> None:
    assert pooled([]) is None


def test_many_that_cannot_tell_alone_tell_together() -> None:
    found = pooled(parts(60, 0.15, seed=2))

    assert found is not None
    assert found.low > 0
    assert found.acts == 60
    assert found.customers == 6_000


def test_asking_after_each_of_sixty_seldom_finds_what_is_not_there() -> None:
    """The boundary holds for ever: 40 rows of sixty, each looked at sixty times."""
    false = 0
    for row in range(40):
        many = parts(60, 0.0, seed=row)
        false += any(
            found.low > 0 or found.high < 0
            for upto in range(1, 61)
            if (found := pooled(many[:upto]))
        )

    assert false <= 4


def test_acts_that_differ_are_said_to_and_another_is_less_sure() -> None:
    alike, unlike = pooled(parts(30, 0.1, seed=4)), pooled(parts(30, 0.1, seed=4, differ=0.4))

    assert alike is not None
    assert unlike is not None
    assert unlike.differ_by > 0.3 > alike.differ_by
    assert alike.another is not None
    assert unlike.another is not None
    assert unlike.another[2] - unlike.another[1] > 2 * (alike.another[2] - alike.another[1])


def test_a_large_act_counts_for_more_than_a_small_one() -> None:
    found = pooled([Part(0.0, 0.0004, 5_000, 500), Part(0.5, 0.04, 50, 5)])

    assert found is not None
    assert found.difference == pytest.approx(0.005, abs=0.001)
