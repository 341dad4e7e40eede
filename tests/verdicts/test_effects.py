"""What an effect is said to be: right on published data, silent where there is none."""

import csv
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regulars.verdicts.effects import Sides, effect_of, newcombe
from tests.verdicts.shops import campaign

REDRAWS = 299


def sides(outcome: Any, left: Any) -> Sides:
    outcome = np.asarray(outcome, dtype=float)
    ones = np.zeros(len(outcome), dtype=np.int64)
    return Sides(outcome, np.asarray(left, dtype=bool), ones, np.zeros((len(outcome), 0)))


def test_the_redrawn_lot_is_fishers_exact_test() -> None:
    """Eight of ten bought who got it, two of ten who did not: 2 x 2,126 of 184,756 draws."""
    outcome, left = [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8, [0] * 10 + [1] * 10
    as_far = sum(comb(10, k) ** 2 for k in range(11) if abs(2 * k - 10) >= 6) / comb(20, 10)

    just = effect_of(sides(outcome, left), alpha=as_far * 1.1, seed=1, is_rate=False)
    not_yet = effect_of(sides(outcome, left), alpha=as_far * 0.9, seed=1, is_rate=False)

    assert round(as_far, 4) == 0.0230
    assert just is not None
    assert just.is_more
    assert not_yet is not None
    assert not not_yet.is_more


def test_an_interval_holds_every_effect_that_the_lot_may_have_made() -> None:
    """Six spent 1, 2, 4, 8, 16, 30 with two of them left out: all fifteen draws by hand."""
    spent, left = np.array([1.0, 2, 4, 8, 16, 30]), [0, 0, 0, 1, 0, 1]
    means = [spent[[*pair]].mean() for pair in combinations(range(6), 2)]

    found = effect_of(sides(spent, left), alpha=0.1, seed=1, is_rate=False)

    assert found is not None
    assert found.difference == pytest.approx((61 - 38) / 4 - 19)
    assert (found.got_mean, found.left_mean) == (5.75, 19.0)
    # One of fifteen draws leaves out as much or more: that is no less than one in ten... times two.
    assert sum(mean >= 19 for mean in means) == 2
    assert found.low is None or found.low < 0
    assert found.high is None or found.high > 0


@pytest.mark.parametrize("is_rate", [True, False], ids=["rate", "money"])
def test_nothing_is_said_where_nobody_bought(is_rate: bool) -> None:
    found = effect_of(sides([0] * 40, [0] * 30 + [1] * 10), alpha=0.04, seed=1, is_rate=is_rate)

    assert found is not None
    assert (found.difference, found.is_more, found.is_less) == (0.0, False, False)


def test_fewer_than_two_left_out_say_nothing() -> None:
    assert effect_of(sides([1, 0, 1], [0, 0, 1]), alpha=0.04, seed=1, is_rate=True) is None


def test_what_was_known_before_narrows_the_interval() -> None:
    """CUPED: spend that follows the year before tells more, once that is taken out."""
    chance = np.random.default_rng(5)
    past = chance.lognormal(3, 1, 200)
    left = chance.permutation([1] * 60 + [0] * 140).astype(bool)
    spend = past + chance.normal(0, 2, 200) + 3 * ~left
    none = np.zeros(200, dtype=np.int64)

    without = effect_of(
        Sides(spend, left, none, np.zeros((200, 0))), alpha=0.05, seed=1, is_rate=False,
        redraws=REDRAWS,
    )  # fmt: skip
    known = effect_of(
        Sides(spend, left, none, past[:, None]), alpha=0.05, seed=1, is_rate=False, redraws=REDRAWS
    )

    assert without is not None
    assert known is not None
    assert None not in (without.low, without.high, known.low, known.high)
    assert known.high - known.low < 0.3 * (without.high - without.low)  # type: ignore[operator]
    assert known.is_more


def test_the_same_is_said_again_for_the_same_seed() -> None:
    one, again = (campaign(80, 4, share=0.3).of_money(redraws=REDRAWS) for _time in range(2))

    assert one == again


def test_many_customers_are_judged_by_the_normal_law_as_by_the_lot() -> None:
    """At the border between the two ways, they say the same."""
    one = campaign(6_000, 1, share=0.5, moved=0.05)
    few = Sides(
        (one.first <= 30).astype(float)[:1_900], one.left[:1_900], one.stratum[:1_900] * 0,
        one.before[:1_900],
    )  # fmt: skip
    lot = effect_of(few, alpha=0.05, seed=1, is_rate=True)
    law = effect_of(
        Sides(*(np.repeat(part, 3, axis=0) for part in
                (few.outcome, few.is_left_out, few.stratum, few.before))),
        alpha=0.05, seed=1, is_rate=True,
    )  # fmt: skip

    assert lot is not None
    assert law is not None
    width, narrow = (one.high - one.low for one in (lot, law))  # type: ignore[operator]
    assert law.left_count > 2_000 > lot.left_count
    assert width / narrow == pytest.approx(np.sqrt(3), rel=0.08)


def test_newcombes_interval_is_the_published_one() -> None:
    """Newcombe 1998, table II (a): 56 of 70 less 48 of 80, method 10."""
    low, high = newcombe(56, 70, 48, 80, 0.05)

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("mail", "visits", "spend"),
    [("Mens E-Mail", 0.0766, 0.770), ("Womens E-Mail", 0.0452, 0.424)],
    ids=["men's mail", "women's mail"],
)
def test_published_effects_lie_within_our_intervals(
    real_data: Path, mail: str, visits: float, spend: float
) -> None:
    """Hillstrom 2008, every tenth of 64,000 customers; the effects of the whole are published."""
    with (real_data / "purchases/hillstrom/hillstrom_every_10th_row.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["segment"] in (mail, "No E-Mail")]
    left = np.array([row["segment"] == "No E-Mail" for row in rows])
    past = np.log1p(np.array([float(row["history"]) for row in rows]))[:, None]
    recency = np.array([int(row["recency"]) // 4 for row in rows])

    visited = effect_of(
        Sides(np.array([float(row["visit"]) for row in rows]), left, recency, past),
        alpha=0.05, seed=1, is_rate=True,
    )  # fmt: skip
    spent = effect_of(
        Sides(np.array([float(row["spend"]) for row in rows]), left, recency, past),
        alpha=0.05, seed=1, is_rate=False,
    )  # fmt: skip

    assert visited is not None
    assert spent is not None
    assert visited.low is not None and visited.high is not None  # noqa: PT018
    assert spent.low is not None and spent.high is not None  # noqa: PT018
    assert visited.low < visits < visited.high
    assert spent.low < spend < spent.high
    assert visited.is_more
