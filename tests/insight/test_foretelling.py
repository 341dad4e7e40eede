"""What is still to come, and how sure that is."""

from datetime import date, timedelta

import numpy as np
import pytest

from regulars.insight.baseline import Stretch
from regulars.insight.calendar import OpenDays
from regulars.insight.fitting.smoothing import ahead
from regulars.insight.foretelling import Foretold, foretold

LAST = date(2026, 11, 22)
ALWAYS_OPEN = OpenDays([])


def shop(weeks: int, minor: int = 10_000) -> dict[date, tuple[int, int]]:
    """The same every day, four orders of them."""
    return {LAST - timedelta(days=back): (minor, 4) for back in range(weeks * 7)}


def told(days: dict[date, tuple[int, int]], **over: object) -> Foretold | None:
    asked: dict[str, object] = {
        "known_until": LAST, "until": LAST + timedelta(days=10), "open_days": ALWAYS_OPEN, **over,
    }  # fmt: skip
    return foretold(days, **asked)  # type: ignore[arg-type]


def test_a_shop_that_is_always_alike_goes_on_alike() -> None:
    assert told(shop(30)) == Foretold(100_000, 100_000, 100_000)


@pytest.mark.parametrize("days", [shop(9), {}, shop(12, minor=0)])
def test_too_few_weeks_tell_nothing_or_nothing_comes(days: dict[date, tuple[int, int]]) -> None:
    assert told(days) in (None, Foretold(0, 0, 0))


def test_too_few_orders_tell_nothing() -> None:
    assert told(dict.fromkeys(shop(30), (500, 0))) is None


def test_days_closed_bring_nothing_and_those_behind_us_are_made_up_for() -> None:
    tomorrow = LAST + timedelta(days=1)
    inventory = date(2026, 8, 3), date(2026, 8, 4)
    shut = OpenDays([(tomorrow, tomorrow + timedelta(days=4)), inventory])
    days = {day: sums for day, sums in shop(30).items() if day not in inventory}

    assert told(days, open_days=shut) == Foretold(50_000, 50_000, 50_000)


def test_weeks_of_a_disturbance_are_left_out() -> None:
    bad = Stretch(date(2026, 9, 7), date(2026, 9, 20))
    days = shop(30) | {bad.from_on + timedelta(days=place): (0, 0) for place in range(14)}

    assert told(days, stretches=[bad]) == Foretold(100_000, 100_000, 100_000)
    assert told(days) != Foretold(100_000, 100_000, 100_000)


def test_what_fades_is_told_to_fade_and_what_wobbles_has_a_band() -> None:
    """CDNOW's way: nobody joins, and each week brings a little less."""
    chance = np.random.default_rng(3)
    fading = 1_000 * 0.95 ** np.arange(40.0) * chance.lognormal(0, 0.1, 40)

    found = ahead(fading, np.ones(4), floor=1.0)

    assert found is not None
    assert found.low < found.middle < found.high < fading[-4:].sum()


def test_fewer_misses_make_the_band_wider() -> None:
    chance = np.random.default_rng(5)
    wobbling = chance.lognormal(7, 0.2, 60)

    few, many = (ahead(wobbling[-count:], np.ones(4), floor=1.0) for count in (16, 60))

    assert few is not None
    assert many is not None
    assert few.high / few.low > many.high / many.low


def test_a_year_ago_says_what_a_level_cannot() -> None:
    """A peak of four weeks each year: three years of it tell the fourth."""
    year = np.array([100.0] * 48 + [400.0] * 4)
    values = np.concatenate([np.tile(year, 3), year[:48]])

    found = ahead(values, np.ones(4), floor=1.0)

    assert found is not None
    assert found.middle == pytest.approx(1_600, rel=0.02)
