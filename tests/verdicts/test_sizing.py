"""How many to leave out: the normal approximation beside exact and simulated counts."""

from math import comb

import numpy as np
import pytest

from regulars.verdicts.effects import newcombe
from regulars.verdicts.looks import FINAL_ALPHA
from regulars.verdicts.sizing import (
    POWER,
    WORTH_KNOWING,
    Plan,
    Spend,
    Spreads,
    customers_needed,
    least_left_out,
    plan_for,
    power_of,
    smallest_effect_seen,
    smallest_rise_seen,
    spreads_of_rates,
    students,
)
from regulars.verdicts.wording import plan_words
from tests.verdicts.shops import campaign


def _exact_power(got: int, left: int, rates: tuple[float, float], alpha: float) -> float:
    """Every outcome of both sides, each judged by the bounds of its difference (Newcombe)."""
    chances = [
        np.array([comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(count + 1)])
        for count, rate in ((got, rates[0]), (left, rates[1]))
    ]
    is_seen = [
        [newcombe(more, got, fewer, left, alpha)[0] > 0 for fewer in range(left + 1)]
        for more in range(got + 1)
    ]
    return float((np.outer(*chances) * np.array(is_seen)).sum())


@pytest.mark.parametrize(
    ("got", "left", "rates"),
    [
        (60, 60, (0.5, 0.3)), (90, 30, (0.5, 0.25)), (50, 50, (0.7, 0.36)),
        (150, 30, (0.3, 0.08)),
    ],
    ids=["half", "a quarter", "few", "hardly anybody buys anyway"],
)  # fmt: skip
def test_the_power_promised_is_reached_and_not_much_less_than_that_of_every_outcome(
    got: int, left: int, rates: tuple[float, float]
) -> None:
    effect = rates[0] - rates[1]

    found = power_of(got, left, spreads_of_rates(rates[1], effect), effect, 0.04)

    exact = _exact_power(got, left, rates, 0.04)
    assert exact - 0.08 < found < exact + 0.01


def test_few_left_out_of_those_who_hardly_buy_promise_little() -> None:
    """Of 43 left out two buy: one more or fewer decides. The plain normal law says 0.8 here."""
    assert power_of(1_957, 43, spreads_of_rates(0.05), WORTH_KNOWING) < 0.4


def test_students_quantile_is_that_of_the_tables() -> None:
    assert [students(0.975, freedom) for freedom in (5, 10, 30, 500)] == pytest.approx(
        [2.5706, 2.2281, 2.0423, 1.9647], abs=0.01
    )


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.8])
def test_the_list_that_is_needed_reaches_the_power_and_no_smaller_one_does(rate: float) -> None:
    spreads = spreads_of_rates(rate)
    count = customers_needed(spreads, WORTH_KNOWING)

    left = least_left_out(count, spreads, WORTH_KNOWING)
    assert left is not None
    assert power_of(count - left, left, spreads, WORTH_KNOWING) >= POWER
    assert least_left_out(count - 4, spreads, WORTH_KNOWING) is None
    in_tenths = customers_needed(spreads, WORTH_KNOWING, share=0.1)
    assert in_tenths > count


def test_as_few_are_left_out_as_reach_the_power() -> None:
    spreads = spreads_of_rates(0.2)

    left = least_left_out(1_500, spreads, WORTH_KNOWING)

    assert left is not None
    assert power_of(1_500 - left, left, spreads, WORTH_KNOWING) >= POWER
    assert power_of(1_500 - left + 1, left - 1, spreads, WORTH_KNOWING) < POWER


def test_the_smallest_rise_that_shows_is_the_one_seen_four_times_in_five() -> None:
    least = smallest_rise_seen(900, 100, 0.2)

    assert power_of(900, 100, spreads_of_rates(0.2, least), least) >= POWER
    below = least - 0.001
    assert power_of(900, 100, spreads_of_rates(0.2, below), below) < POWER


def test_money_that_spreads_more_needs_more_customers() -> None:
    narrow, wide = Spreads(20, 20), Spreads(40, 40)

    assert customers_needed(wide, 10) == pytest.approx(4 * customers_needed(narrow, 10), rel=0.2)
    assert smallest_effect_seen(50, 50, wide) == 2 * smallest_effect_seen(50, 50, narrow)


def test_a_short_list_is_told_that_it_cannot_tell_and_how_many_it_would_take() -> None:
    plan = plan_for(120, 0.3)

    assert plan is not None
    assert (plan.can_tell, plan.left_out) == (False, 12)
    assert 700 < plan.needed < 900
    assert plan_for(19, 0.3) is None


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
def test_a_long_list_leaves_out_a_twentieth_and_more(rate: float) -> None:
    plan = plan_for(100_000, rate)

    assert plan is not None
    assert (plan.can_tell, plan.left_out) == (True, 5_000)


def test_an_effect_of_the_size_promised_is_seen_as_often_as_promised() -> None:
    """A sample of `./dev bench verdicts`: at least four times in five, of a list that can tell."""
    # 43 of 100 come anyway; the mailing moves 35 of 100 others, which is 20 of all.
    seen = [
        campaign(170, number, share=0.5, moved=0.35).of_rate(redraws=99).is_more
        for number in range(60)
    ]

    assert power_of(85, 85, spreads_of_rates(0.43, 0.2), 0.2, FINAL_ALPHA) < 0.8
    # Four in five would be 48; what is known before adds some.
    assert sum(seen) >= 38


def test_of_money_a_list_can_tell_what_is_less_than_it_spends() -> None:
    """240 customers, half left out: £20 each, straying by £20, shows about £7."""
    near = Plan(240, 120, True, 0.2, 200, Spend(2000.0, 2000.0))
    far = Plan(240, 120, True, 0.2, 200, Spend(500.0, 2000.0))

    # 2.132 is Student's for 119, 0.8416 the normal's four in five.
    reach = 2.132 + 0.8416
    assert near.smallest_effect_on_spend == pytest.approx(2000 * (4 / 240) ** 0.5 * reach, rel=1e-3)
    assert near.can_tell_of_spend
    assert not far.can_tell_of_spend
    assert not Plan(240, 120, True, 0.2, 200).can_tell_of_spend
    assert "Of the money it can tell a difference of £7.68 a customer" in plan_words(near, "GBP")
    assert "Of the money these are too few to tell" in plan_words(far, "GBP")
    assert "money" not in plan_words(Plan(240, 120, True, 0.2, 200), "GBP")
