"""Break-even worked by hand, to the cent."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.goals.volume import (
    Change,
    Line,
    Month,
    changed,
    lasts,
    margin_of,
    may_lose,
    need_of,
    shared_out,
)

EVEN = [Fraction(1)] * 12


def months(fixed: int, weights: list[Fraction] = EVEN, **more: object) -> list[Month]:
    return [Month(fixed, weight, **more) for weight in weights]  # type: ignore[arg-type]


def test_one_product_by_hand() -> None:
    """5,000.00 a month; of 20.00 a piece 8.00 are paid for it, so 0.6 is left: 100,000.00."""
    need = need_of(months(500_000), Fraction(12, 20))

    assert need is not None
    assert (need.year_minor, need.fixed_minor) == (10_000_000, 6_000_000)
    assert sum(need.months_minor) == 10_000_000
    assert set(need.months_minor) == {833_333, 833_334}
    assert -(-need.year_minor // 2_000) == 5_000  # pieces


def test_what_does_not_divide_is_rounded_up_to_the_cent() -> None:
    """1,000.00 a year at 0.3 left: 3,333.33 leave 999.999, a cent more leaves 1,000.002."""
    need = need_of([Month(100_000, Fraction(1))], Fraction(3, 10))

    assert need is not None
    assert need.year_minor == 333_334
    assert 333_333 * 3 < 100_000 * 10 <= 333_334 * 3


def test_several_products_by_their_mix() -> None:
    """Bread 60 % of sales at 0.7, coffee 30 % at 0.8, cakes 10 % at 0.4: 0.42 + 0.24 + 0.04 = 0.7.

    14,000.00 fixed: 20,000.00 of sales: 12,000.00 bread, 6,000.00 coffee, 2,000.00 cakes.
    """
    lines = [
        Line("bread", Fraction(7, 10), Fraction(60)), Line("coffee", Fraction(8, 10), Fraction(30)),
        Line("cakes", Fraction(4, 10), Fraction(10)),
    ]  # fmt: skip

    need = need_of([Month(1_400_000, Fraction(1))], margin_of(lines))

    assert margin_of(lines) == Fraction(7, 10)
    assert need is not None
    assert need.year_minor == 2_000_000
    assert shared_out(need.year_minor, [60, 30, 10]) == (1_200_000, 600_000, 200_000)


def test_pieces_of_two_products_by_hand() -> None:
    """Three of A (10.00, 6.00 left 4.00) for each two of B (25.00, 15.00: 10.00): 32.00 a bundle.

    16,000.00 fixed are 500 bundles: 1,500 A and 1,000 B, 40,000.00 of sales.
    """
    lines = [Line("A", Fraction(4, 10), Fraction(30)), Line("B", Fraction(10, 25), Fraction(50))]

    need = need_of([Month(1_600_000, Fraction(1))], margin_of(lines))

    assert need is not None
    assert need.year_minor == 4_000_000
    of_each = shared_out(need.year_minor, [line.weight for line in lines])
    assert (of_each[0] // 1_000, of_each[1] // 2_500) == (1_500, 1_000)


def test_a_step_in_fixed_costs_that_is_not_reached_costs_nothing() -> None:
    """10,000.00 at 0.5 is 20,000.00; the second oven comes in above 22,000.00."""
    need = need_of([Month(1_000_000, Fraction(1), ((2_200_000, 300_000),))], Fraction(1, 2))

    assert need is not None
    assert (need.year_minor, need.fixed_minor) == (2_000_000, 1_000_000)
    # Above 22,000.00 there are 13,000.00 to pay, which 26,000.00 earn: between them it loses.
    assert need.dips == ((2_200_000, 2_600_000),)


def test_a_step_below_the_break_even_is_paid() -> None:
    """Above 15,000.00 come 4,000.00 more: 14,000.00 at 0.5 are 28,000.00."""
    need = need_of([Month(1_000_000, Fraction(1), ((1_500_000, 400_000),))], Fraction(1, 2))

    assert need is not None
    assert (need.year_minor, need.fixed_minor, need.dips) == (2_800_000, 1_400_000, ())


def test_a_step_comes_in_only_in_the_months_that_pass_it() -> None:
    """Two months, one thrice as strong, 4,000.00 each, 0.5 left; a helper, 600.00, above 11,000.00.

    Without: 16,000.00, of which the strong month is 12,000.00: the helper comes. With 8,600.00 to
    pay it takes 17,200.00: 4,300.00 and 12,900.00, and the weak month has no helper.
    """
    step = ((1_100_000, 60_000),)

    need = need_of([Month(400_000, Fraction(1), step), Month(400_000, Fraction(3), step)],
                   Fraction(1, 2))  # fmt: skip

    assert need is not None
    assert (need.year_minor, need.fixed_minor) == (1_720_000, 860_000)
    assert need.months_minor == (430_000, 1_290_000)


def test_seasons_move_the_need_and_leave_its_sum() -> None:
    """An ice-cream parlour: six months of 3 parts, six of 1; 24,000.00 fixed at 0.6: 40,000.00."""
    weights = [Fraction(3 if 3 <= place < 9 else 1) for place in range(12)]

    need = need_of(months(200_000, weights), Fraction(6, 10))

    assert need is not None
    assert need.year_minor == 4_000_000 == sum(need.months_minor)
    assert need.months_minor[0] in (166_666, 166_667)
    assert need.months_minor[5] in (500_000,)


@pytest.mark.parametrize("margin", [Fraction(0), Fraction(-1, 10)])
def test_where_nothing_is_left_no_volume_is_enough(margin: Fraction) -> None:
    assert need_of(months(500_000), margin) is None


def test_without_fixed_costs_nothing_has_to_be_sold() -> None:
    need = need_of(months(0), Fraction(1, 2))

    assert need is not None
    assert (need.year_minor, set(need.months_minor)) == (0, {0})


def test_a_dearer_price_by_hand() -> None:
    """At 10.00 with 6.00 to pay 4.00 are left; at 10.50 4.50: 3/7 of each sale.

    9,000.00 at 0.4 took 22,500.00 or 2,250 pieces; now 21,000.00 or 2,000. A ninth may stay away.
    """
    before = [Line("all", Fraction(4, 10), Fraction(1), 1_000)]

    after = changed(before, Change(price_bp=500))

    assert (after[0].margin, after[0].price_minor) == (Fraction(45, 105), 1_050)
    need = need_of([Month(900_000, Fraction(1))], margin_of(after))
    assert need is not None
    assert (need.year_minor, need.year_minor // 1_050) == (2_100_000, 2_000)
    assert may_lose(before, after) == Fraction(1, 9)


def test_dearer_flour_and_another_mix_by_hand() -> None:
    """Bread costs 0.3 of its price; a tenth dearer 0.33. Half bread, half tea (0.2 to pay)."""
    lines = [
        Line("bread", Fraction(7, 10), Fraction(90)),
        Line("tea", Fraction(8, 10), Fraction(10)),
    ]

    after = changed(lines, Change(cost_bp=1_000, only="bread", mix=(("bread", 50), ("tea", 50))))

    assert margin_of(after) == (Fraction(67, 100) + Fraction(80, 100)) / 2


def test_money_lasts_until_it_would_be_below_nought() -> None:
    assert lasts(1_000, [-400, -400, -400]) == 2
    assert lasts(1_200, [-400, -400, -400]) is None
    assert lasts(0, [-1]) == 0


@settings(max_examples=100, deadline=None)
@given(
    total=st.integers(-10**12, 10**12),
    weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
)  # fmt: skip
def test_parts_always_add_up(total: int, weights: list[int]) -> None:
    parts = shared_out(total, weights)

    assert sum(parts) == total
    if sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total) * weight / sum(weights)) < 1


@settings(max_examples=100, deadline=None)
@given(
    fixed=st.integers(0, 10**8), margin=st.fractions(Fraction(1, 100), 1),
    steps=st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), max_size=3),
    weights=st.lists(st.integers(1, 9), min_size=2, max_size=12),
)  # fmt: skip
def test_at_the_break_even_nothing_is_lost_and_a_cent_less_loses(
    fixed: int, margin: Fraction, steps: list[tuple[int, int]], weights: list[int]
) -> None:
    lot = [Month(fixed, Fraction(weight), tuple(steps)) for weight in weights]

    need = need_of(lot, margin)

    assert need is not None
    assert need.year_minor * margin >= need.fixed_minor
    if need.year_minor:
        less = need.year_minor - 1
        paid = sum(
            month.fixed_minor
            + sum(cost for above, cost in month.steps
                  if less * month.weight / sum(weights) > above)
            for month in lot
        )  # fmt: skip
        assert less * margin < paid
