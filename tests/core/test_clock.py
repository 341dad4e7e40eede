from datetime import UTC, date, datetime

import pytest

from regulars.core import clock


def test_today_is_the_day_where_the_business_is() -> None:
    with clock.stopped_at(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)):
        assert clock.today("Europe/London") == date(2026, 11, 24)
        assert clock.today("Asia/Tokyo") == date(2026, 11, 25)


def test_regulars_now_stops_the_clock_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_NOW", "2026-11-24T09:00")

    assert clock.now() == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
