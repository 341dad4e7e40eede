"""How sure a share or a change is: against published examples."""

import pytest

from regulars.learning.chance import Share, apart, newcombe, wilson


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
