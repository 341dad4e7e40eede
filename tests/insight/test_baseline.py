"""What weeks would have brought: made-up books of which the tests know what would have been."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from regulars.insight.baseline import (
    Books,
    Stretch,
    baseline,
    begun,
    is_out_of_the_ordinary,
    known_until,
    weeks_of,
)
from regulars.insight.calendar import OpenDays

UNTIL = date(2026, 10, 31)


def made(
    weeks: int, *, seed: int = 1, usual: float = 60.0, season: float = 0.0, phase: float = 0.0,
    last: float = 1.0, gone: int = 0,
) -> dict[int, tuple[int, int]]:  # fmt: skip
    """Customers and money by weeks back; the last `gone` weeks brought so much of the usual."""
    chance = np.random.default_rng(seed)
    found = {}
    for back in range(weeks - 1, -1, -1):
        turned = (UNTIL.toordinal() - 7 * back) / 365.25 + phase
        level = usual * math.exp(season * math.sin(2 * math.pi * turned))
        level *= last if back < gone else 1.0
        customers = int(chance.poisson(level))
        found[back] = customers, int(chance.lognormal(7.6, 0.5, customers).sum())
    return found


def books(
    weeks: dict[int, tuple[int, int]], *, closed: tuple[tuple[date, date], ...] = (),
    stretches: tuple[Stretch, ...] = (),
) -> Books:  # fmt: skip
    begin = UNTIL - timedelta(days=7 * len(weeks) - 1)
    return Books(weeks, {}, begin, UNTIL, OpenDays(closed), stretches)


def weeks_ago(weeks: int) -> date:
    """The first day of the week so many weeks before the last."""
    return UNTIL - timedelta(days=7 * weeks + 6)


def since(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["state"] == "since"]


def test_the_band_holds_about_eight_weeks_in_ten() -> None:
    """A small part of `./dev bench baseline`: short histories, so that it stays quick."""
    held = []
    for seed in range(8):
        weeks = made(44, seed=seed, season=0.3 * (seed % 2), phase=seed / 8)
        rows = since(baseline(books(weeks), weeks_ago(11)))
        held += [row["spend_low_minor"] <= row["spend_minor"] <= row["spend_high_minor"]
                 for row in rows]  # fmt: skip
        held += [row["customers_low"] <= row["customers"] <= row["customers_high"] for row in rows]

    assert len(held) == 192
    assert 0.7 <= sum(held) / len(held) <= 0.9


def test_four_dull_weeks_are_no_disruption_and_a_closure_is() -> None:
    dull = [since(baseline(books(made(40, seed=seed)), weeks_ago(3)))[-1] for seed in range(4)]
    shut = since(baseline(books(made(40, last=0.1, gone=2)), weeks_ago(3)))[-1]

    assert [is_out_of_the_ordinary(row) for row in dull] == [False] * 4
    assert is_out_of_the_ordinary(shut)
    assert (shut["four_weeks"], shut["four_spend_chance"]) == (4, 0.0)


def test_a_season_of_two_years_is_expected_again() -> None:
    """An ice-cream parlour in autumn: what it would have sold falls by itself."""
    weeks = made(120, season=1.0, usual=150)
    rows = since(baseline(books(weeks), weeks_ago(15)))

    assert rows[0]["customers_expected"] > 2 * rows[-1]["customers_expected"]
    assert abs(rows[-1]["customers_expected"] - weeks[0][0]) < 0.3 * weeks[0][0]


def test_an_earlier_disruption_does_not_lower_what_is_expected() -> None:
    weeks = made(60)
    low = {back: (came // 10, spend // 10) if 20 <= back < 28 else (came, spend)
           for back, (came, spend) in weeks.items()}  # fmt: skip
    earlier = Stretch(weeks_ago(27), weeks_ago(19) - timedelta(days=1))

    rows = baseline(books(low, stretches=(earlier,)), weeks_ago(3))
    plain = since(baseline(books(weeks), weeks_ago(3)))

    assert [row["state"] for row in rows[32:40]] == ["left_out"] * 8
    middle, undisturbed = since(rows)[-1]["four_spend_expected_minor"], plain[-1]
    assert middle == pytest.approx(undisturbed["four_spend_expected_minor"], rel=0.1)


def test_one_huge_order_is_not_the_level() -> None:
    weeks = made(40)
    usual = since(baseline(books(weeks), weeks_ago(3)))[-1]["spend_expected_minor"]
    weeks[9] = weeks[9][0], weeks[9][1] * 30

    rows = since(baseline(books(weeks), weeks_ago(3)))

    assert rows[-1]["spend_expected_minor"] == pytest.approx(usual, rel=0.15)


def test_days_closed_count_by_what_their_weekday_brings() -> None:
    """Three days closed before are made up for; those of the disruption itself lower nothing."""
    closed = (
        (weeks_ago(5), weeks_ago(5) + timedelta(days=2)),
        (weeks_ago(8), weeks_ago(8) + timedelta(days=5)),
        (weeks_ago(2), weeks_ago(2) + timedelta(days=6)),
        (weeks_ago(0), weeks_ago(0) + timedelta(days=1)),
    )
    told = Stretch(weeks_ago(3), weeks_ago(1) - timedelta(days=1))
    all_weeks = weeks_of(books(made(20), closed=closed, stretches=(told,)), weeks_ago(3))

    by_state = [(week.state, week.share, week.closed_days) for week in all_weeks[11:]]
    assert by_state == [
        ("left_out", pytest.approx(1 / 7, abs=1e-4), 6),
        ("before", 1.0, 0),
        ("before", 1.0, 0),
        ("before", pytest.approx(4 / 7, abs=1e-4), 3),
        ("before", 1.0, 0),
        ("since", 1.0, 0),
        ("since", 1.0, 7),
        ("since", 1.0, 0),
        ("since", pytest.approx(5 / 7, abs=1e-4), 2),
    ]


@pytest.mark.parametrize(
    ("weeks", "usual"), [(12, 60.0), (30, 1.5)], ids=["few weeks", "few customers"]
)
def test_too_few_to_tell_is_said_by_saying_nothing(weeks: int, usual: float) -> None:
    rows = baseline(books(made(weeks, usual=usual)), weeks_ago(3))

    assert {row["spend_expected_minor"] for row in rows} == {None}
    assert {row["four_customers_chance"] for row in rows} == {None}
    assert not is_out_of_the_ordinary(rows[-1])


def test_the_same_books_say_the_same_twice() -> None:
    asked = books(made(30)), weeks_ago(3)

    assert baseline(*asked) == baseline(*asked)


def test_books_end_where_nothing_is_brought_in_any_more() -> None:
    days = [UNTIL - timedelta(days=place) for place in range(10, 60)]
    still = Stretch(UNTIL - timedelta(days=9), None)

    assert known_until(days, UNTIL, OpenDays([]), ()) == days[0]
    assert known_until(days, UNTIL, OpenDays([]), (still,)) == UNTIL
    assert known_until(days, UNTIL, OpenDays([(days[0] + timedelta(days=1), UNTIL)]), ()) == UNTIL
    assert known_until([*days, UNTIL], UNTIL, OpenDays([]), ()) == UNTIL


def test_it_is_asked_about_the_last_disruption_else_about_four_weeks() -> None:
    first, second = Stretch(weeks_ago(30), weeks_ago(25)), Stretch(weeks_ago(9), None)

    assert begun((second, first), UNTIL) == weeks_ago(9)
    assert begun((), UNTIL) == weeks_ago(3)
    assert begun((Stretch(weeks_ago(60), None),), UNTIL) == weeks_ago(3)
    assert begun((Stretch(UNTIL + timedelta(days=1), None),), UNTIL) == weeks_ago(3)
