"""The pace of the way back: what a line through the missing shares says, and when it cannot."""

from datetime import date, timedelta
from typing import Any

import pytest

from regulars.recovery.pace import pace_of

OPENED = date(2026, 10, 22)


def weeks(*shares: float, closed: int = 0) -> list[dict[str, Any]]:
    """Whole weeks since the day we opened again; 1,000 a week would have come, 900 at least."""
    return [
        {
            "state": "since", "from_on": OPENED + timedelta(days=7 * place),
            "to_on": OPENED + timedelta(days=7 * place + 6), "closed_days": closed,
            "spend_minor": round(1000 * share), "spend_expected_minor": 1000,
            "spend_low_minor": 900,
        }
        for place, share in enumerate(shares)
    ]  # fmt: skip


def test_a_gap_that_halves_every_week_is_closed_when_the_line_says_so() -> None:
    """0.4, 0.2 missing: 0.1 would be missing after 1 week more, and a week is the least."""
    pace = pace_of(weeks(0.2, 0.4, 0.55, 0.66, 0.745), OPENED)

    assert pace.says == "dated"
    assert pace.from_on is not None
    assert pace.to_on is not None
    last = OPENED + timedelta(days=7 * 4 + 6)
    # Each week leaves three quarters of the gap: ln(0.1 / 0.255) / ln 0.75 is 3.3 weeks.
    assert last + timedelta(days=20) <= pace.from_on <= pace.to_on <= last + timedelta(days=27)


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ((0.3, 0.5, 0.7), "early"),
        ((0.3, 0.5, 0.8, 0.92, 0.95), "there"),
        ((0.5, 0.52, 0.48, 0.51, 0.49, 0.5), "none"),
        ((0.7, 0.65, 0.6, 0.5, 0.4), "none"),
    ],
    ids=["three weeks", "within the band twice", "standing still", "going down"],
)
def test_where_no_date_can_be_told_none_is(shares: tuple[float, ...], says: str) -> None:
    pace = pace_of(weeks(*shares), OPENED)

    assert (pace.says, pace.from_on, pace.to_on) == (says, None, None)


def test_weeks_with_days_closed_or_before_we_opened_say_nothing() -> None:
    assert pace_of(weeks(0.2, 0.4, 0.5, 0.6, closed=1), OPENED).says == "early"
    assert pace_of(weeks(0.2, 0.4, 0.5, 0.6), OPENED + timedelta(days=1)).weeks == 3


def test_a_ragged_way_back_has_no_last_day() -> None:
    pace = pace_of(weeks(0.3, 0.62, 0.45, 0.75, 0.5, 0.7), OPENED)

    assert pace.says in ("dated", "none")
    assert pace.to_on is None
