"""The seasons of a business, told from its months."""

from datetime import date, timedelta

import pytest

from regulars.insight.calendar import OpenDays
from regulars.insight.seasons import PLAIN, Season, TradingDays, season_of

ALWAYS_OPEN = OpenDays([])
BEGIN, END = date(2023, 11, 1), date(2026, 10, 31)
SUMMER = (0.2, 0.4, 1.0, 2.0, 2.2, 1.6, 1.2, 1.0, 1.0, 0.8, 0.4, 0.2)


def months(weights: tuple[float, ...], growth: float = 1.0) -> dict[tuple[int, int], int]:
    found, day, place = {}, BEGIN, 0
    while day < END:
        following = (day + timedelta(days=32)).replace(day=1)
        days = (following - day).days
        found[day.year, day.month] = round(20 * days * weights[day.month - 1] * growth**place)
        day, place = following, place + 1
    return found


def test_a_season_is_found() -> None:
    season = season_of(months(SUMMER), BEGIN, END, ALWAYS_OPEN)

    assert season.weights == pytest.approx(SUMMER, rel=0.03)


def test_growth_is_no_season() -> None:
    season = season_of(months((1.0,) * 12, growth=1.05), BEGIN, END, ALWAYS_OPEN)

    assert season.weights == pytest.approx((1.0,) * 12, abs=0.02)


def test_less_than_two_years_tell_no_season() -> None:
    begin = END - timedelta(days=700)

    assert season_of(months(SUMMER), begin, END, ALWAYS_OPEN) == PLAIN


def test_chance_is_no_season() -> None:
    """Each month strays, but another way each year."""
    counts = months((1.0,) * 12)
    odd = {
        month: count + (90, -90, 30)[(month[0] * 5 + month[1] * 7) % 3]
        for month, count in counts.items()
    }

    season = season_of(odd, BEGIN, END, ALWAYS_OPEN)

    assert season.weights == pytest.approx((1.0,) * 12, abs=0.1)


def test_a_month_that_is_not_over_does_not_count() -> None:
    counts = months(SUMMER)
    season = season_of(counts, BEGIN, END, ALWAYS_OPEN)

    begun = season_of({**counts, (2026, 11): 3}, BEGIN, END + timedelta(days=9), ALWAYS_OPEN)

    assert begun == season


def test_days_of_business_between() -> None:
    season = Season(SUMMER)
    closed = OpenDays([(date(2026, 5, 1), date(2026, 5, 10))])
    trading = TradingDays(closed, season)

    found = trading.between(date(2026, 4, 20), date(2026, 6, 2))

    assert found == pytest.approx(10 * 2.0 + 21 * 2.2 + 2 * 1.6)
    table = trading.table(date(2026, 4, 20), date(2026, 6, 2))
    assert table["passed"][-1] - table["passed"][0] == pytest.approx(found)


def test_without_a_season_days_of_business_are_open_days() -> None:
    closed = OpenDays([(date(2026, 5, 1), date(2026, 5, 10))])

    assert TradingDays(closed).between(date(2026, 4, 20), date(2026, 6, 2)) == 33.0
