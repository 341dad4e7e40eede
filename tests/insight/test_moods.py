"""How long moods last is told from all purchases together."""

from random import Random
from typing import Any

import pytest

from regulars.insight.moods import Moods, moods_of

BEFORE = 36


def rows_of(memory: float, mood: float, chance: float, *, customers: int = 400) -> Any:
    """The sums of customers whose mood lasts, beside chance that does not."""
    lot, sums = Random(5), [0.0, 0.0, 0.0]
    for _customer in range(customers):
        now, levels = lot.gauss(0, mood), []
        for _purchase in range(BEFORE):
            now = memory * now + lot.gauss(0, mood * (1 - memory**2) ** 0.5)
            levels.append(now + lot.gauss(0, chance))
        mean = sum(levels) / BEFORE
        off = [level - mean for level in levels]
        for steps in range(3):
            sums[steps] += sum(a * b for a, b in zip(off, off[steps:], strict=False))
    parts = ("level_squares_before", "level_1_before", "level_2_before")
    return [
        {"visits_before": BEFORE, "customers": customers, **dict(zip(parts, sums, strict=True))}
    ]


def test_where_purchases_are_independent_many_tell_as_much_as_ever() -> None:
    found = moods_of(rows_of(0.0, 0.0, 0.4), "level")

    assert found.near == pytest.approx(0, abs=0.02)
    assert found.together(10) == pytest.approx(1, abs=0.05)


def test_a_mood_is_found_beside_chance_and_seen_from_a_mean_of_ones_own() -> None:
    """Seven tenths of it last to the next purchase; it is three parts of four of what varies."""
    found = moods_of(rows_of(0.7, 0.6, 0.35), "level")

    assert found.near == pytest.approx(0.7 * 0.36 / (0.36 + 0.1225), abs=0.04)
    assert found.fades == pytest.approx(0.7, abs=0.08)


def test_the_mean_of_few_that_are_alike_varies_nearly_as_one_of_them() -> None:
    """By hand: (2 + 2 r) / 2 for two, 1 + 2 r (2 + φ) / 3 for three; one is one."""
    moods = Moods(0.5, 0.4)

    assert [moods.together(count) for count in (1, 2, 3)] == pytest.approx([1, 1.5, 1.8])
    assert moods_of([], "level") == Moods()
