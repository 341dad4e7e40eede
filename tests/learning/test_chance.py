"""How sure a share or a change is: against published examples."""

import pytest

from regulars.learning.chance import Share, apart, exact, newcombe, ratio_of, wilson


def test_wilson_as_newcombe_printed_it() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81 of 263 and 15 of 148.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_difference_as_newcombe_printed_it() -> None:
    # The same author, 873-890, table II, method 10: 56 of 70 less 48 of 80.
    low, high = newcombe(Share(48, 80), Share(56, 70))

    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (Share(5, 100), Share(30, 100), "more"),
        (Share(30, 100), Share(5, 100), "less"),
        (Share(10, 100), Share(12, 100), "cannot"),
        (Share(19, 19), Share(0, 500), "few"),
    ],
)
def test_a_change_is_said_in_one_word(before: Share, after: Share, word: str) -> None:
    assert apart(before, after) == word


@pytest.mark.parametrize(
    ("count", "whole", "low", "high"),
    [
        # Clopper and Pearson's bounds, as any table has them.
        pytest.param(0, 10, 0.0, 0.3085, id="none"),
        pytest.param(5, 10, 0.1871, 0.8129, id="half"),
        pytest.param(1, 20, 0.0013, 0.2487, id="one"),
        pytest.param(20, 20, 0.8316, 1.0, id="all"),
    ],
)
def test_exact_bounds_are_the_tables(count: int, whole: int, low: float, high: float) -> None:
    assert exact(count, whole) == pytest.approx((low, high), abs=5e-5)


def test_many_are_told_by_wilson() -> None:
    assert exact(300, 3_000) == pytest.approx(wilson(300, 3_000), abs=1e-4)


def test_whether_a_rate_fell() -> None:
    assert ratio_of(Share(10, 100), Share(0, 100)).word == "fell"
    assert ratio_of(Share(5, 100), Share(0, 100)).word == "cannot"
    assert ratio_of(Share(2, 200), Share(12, 100)).word == "rose"
    assert ratio_of(Share(0, 100), Share(9, 100)).ratio is None
    # Twice as many orders, and as many complaints for each of them: the same.
    assert ratio_of(Share(10, 100), Share(20, 200)).ratio == 1
    assert [ratio_of(Share(4, 100), Share(0, 100)).word, ratio_of(Share(9, 19), Share(0, 99)).word
            ] == ["few", "few"]  # fmt: skip
