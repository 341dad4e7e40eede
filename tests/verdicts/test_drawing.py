"""The lot: the same for the same seed, as many of each stratum, everybody with the same chance."""

import numpy as np
import pytest

from regulars.verdicts.drawing import Known, left_out_by_lot, seed_of, strata_of
from tests.verdicts.shops import NAMES, known_of


def test_the_same_seed_draws_the_same_customers_in_whatever_order_they_come() -> None:
    known = known_of(400)
    stratum, _words = strata_of(known, NAMES, 0.08)
    order = np.random.default_rng(1).permutation(400)

    once = left_out_by_lot(known.ids, stratum, seed=seed_of("mailing:1"), share=0.08)
    again = left_out_by_lot(known.ids[order], stratum[order], seed=seed_of("mailing:1"), share=0.08)
    other = left_out_by_lot(known.ids, stratum, seed=seed_of("mailing:2"), share=0.08)

    assert once.sum() == 32
    assert set(known.ids[once]) == set(known.ids[order][again])
    assert set(known.ids[once]) != set(known.ids[other])


@pytest.mark.parametrize("share", [0.05, 0.08, 0.3, 0.5])
def test_each_stratum_gives_its_share_to_within_one(share: float) -> None:
    known = known_of(1_000)
    stratum, words = strata_of(known, NAMES, share)

    left = left_out_by_lot(known.ids, stratum, seed=seed_of("mailing:7"), share=share)

    assert abs(left.sum() - 1_000 * share) <= 1
    for number in range(len(words)):
        of_it = stratum == number
        assert abs(left[of_it].sum() - of_it.sum() * share) <= 1


def test_everybody_has_the_same_chance() -> None:
    known = known_of(60)
    stratum, _words = strata_of(known, NAMES, 0.2)

    times = sum(
        left_out_by_lot(known.ids, stratum, seed=seed_of(f"mailing:{n}"), share=0.2).astype(int)
        for n in range(2_000)
    )

    # Of 2,000 draws 400 each; four standard deviations are 72.
    assert np.abs(times - 400).max() < 72


def test_strata_are_of_like_customers_and_hold_enough_of_those_left_out() -> None:
    known = known_of(400)

    stratum, words = strata_of(known, NAMES, 0.1)

    counts = np.bincount(stratum)
    assert len(counts) == len(words) > 4
    assert counts.min() >= 20
    # Whoever spent more stands in another stratum than whoever spent less, within a tier.
    assert all(name in " ".join(words) for name in ("core/more", "core/less", "lost/less"))


def test_a_short_list_is_one_stratum() -> None:
    one = np.array([5, 9, 11])
    known = Known(one, np.zeros(3, dtype=np.int64), np.zeros(3), np.zeros(3))

    stratum, _words = strata_of(known, NAMES, 0.1)

    assert stratum.tolist() == [0, 0, 0]


def test_whether_one_is_left_out_says_nothing_about_another() -> None:
    """Of 60 with a fifth left out, two go together in 3.7 of 100 draws: 74 of 2,000."""
    ids, stratum = np.arange(1, 61), np.zeros(60, dtype=np.int64)
    drawn = np.array(
        [
            left_out_by_lot(ids, stratum, seed=seed_of(f"mailing:{n}"), share=0.2)
            for n in range(2_000)
        ]
    )

    both = [int((drawn[:, 0] & drawn[:, other]).sum()) for other in (1, 5, 10, 30)]

    assert all(abs(times - 74) < 35 for times in both)
