"""The rhythm of a group, worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.rhythm import (
    PRIOR_BETWEEN,
    PRIOR_LOG_GAP,
    PRIOR_WITHIN,
    Cell,
    group_rhythm,
    group_stake,
    share_over_by,
)


def test_a_business_without_gaps_is_taken_for_a_monthly_one() -> None:
    rhythm = group_rhythm([])

    assert rhythm.usual_gap_days == pytest.approx(30, rel=0.01)
    assert (rhythm.within, rhythm.between) == (PRIOR_WITHIN, PRIOR_BETWEEN)
    assert rhythm.is_a_guess


def test_two_customers_by_hand() -> None:
    """One with log gaps 1 and 3, one with 4 and 6: means 2 and 5, squares within 2 and 2."""
    rhythm = group_rhythm([Cell(2, 2, 7.0, 29.0, 4.0)])

    within = (4 + 5 * 0.5) / (2 + 5)
    # The variance of 2 and 5 is 4.5; means of two gaps vary by half of `within` by chance.
    moment = 4.5 - within / 2
    between = (2 * moment + 10 * 0.5) / 12
    prior, own = 1 / (between + within), 1 / (between + within / 2)
    middle = (prior * PRIOR_LOG_GAP + own * 7) / (prior + 2 * own)
    assert rhythm.within == round(within, 2) == 0.93
    assert rhythm.between == round(between, 2) == 1.09
    assert rhythm.log_gap == round(middle, 2)
    assert (rhythm.customer_count, rhythm.gap_count) == (2, 4)
    assert rhythm.weight == pytest.approx(0.93 / 1.09)
    assert rhythm.is_a_guess


def test_many_customers_speak_for_themselves() -> None:
    """A thousand with ten gaps each: the first guess has no say left."""
    middle, within, between = math.log(7), 0.2, 0.3
    of_means = between + within / 10
    cell = Cell(10, 1000, 1000 * middle, 1000 * (middle**2 + of_means), 1000 * 9 * within)

    rhythm = group_rhythm([cell])

    assert rhythm.log_gap == pytest.approx(middle, abs=0.01)
    assert (rhythm.within, rhythm.between) == (0.2, 0.3)
    assert not rhythm.is_a_guess


def test_customers_who_are_all_alike_have_little_between_them() -> None:
    cell = Cell(5, 1000, 3000.0, 9000.0, 1000 * 4 * 0.5)

    assert group_rhythm([cell]).between == 0.01


def test_half_of_the_gaps_are_over_on_the_usual_day() -> None:
    assert share_over_by(0, 34, 0.5) == 0
    assert share_over_by(34, 34, 0.5) == 0.5
    assert share_over_by(34 * math.exp(0.5 * 0.841621), 34, 0.5) == pytest.approx(0.8, abs=1e-5)


@given(st.lists(st.integers(1, 700), min_size=2, max_size=6), st.integers(1, 500))
def test_estimates_are_always_usable(days: list[int], customers: int) -> None:
    logs = [math.log(day) for day in days]
    mean = sum(logs) / len(logs)
    squares = sum((log - mean) ** 2 for log in logs)
    cell = Cell(len(logs), customers, mean * customers, mean**2 * customers, squares * customers)

    rhythm = group_rhythm([cell])

    assert rhythm.within >= 0.01
    assert rhythm.between >= 0.01
    low, high = sorted((mean, PRIOR_LOG_GAP))
    assert low - 0.01 <= rhythm.log_gap <= high + 0.01


def test_yearly_purchases_by_hand() -> None:
    """Twenty customers watched two years: half came back 8 times, half never."""
    sums = {
        "customer_count": 20, "repeats": 80.0, "years": 40.0, "repeats_squared": 640.0,
        "repeats_years": 160.0, "years_squared": 80.0, "spend_minor": 1234.4,
    }  # fmt: skip

    stake = group_stake(sums)

    rate = 81 / 41
    extra = 640 - 2 * rate * 160 + rate**2 * 80 - rate * 40
    assert stake.repeats_a_year == 2.0
    assert stake.shape == float(f"{rate**2 * 80 / extra:.2g}") == 1.3
    assert stake.spend_minor == 1234
