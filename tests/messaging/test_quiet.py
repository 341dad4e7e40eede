"""Quiet hours by every clock on the wall, at the days on which clocks are put forward and back."""

from datetime import UTC, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from regulars.messaging.quiet import by_the_clock, quiet_until, quiet_zones

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
USUAL, ODD = (time(20), time(8)), (time(1, 30), time(2, 30))
NAMES = sorted(name for name in available_timezones() if name != "localtime")


@cache
def clocks() -> dict[ZoneInfo, list[datetime]]:
    """The days of 2026 and 2027 on which a zone's clocks are changed; of zones whose clocks show
    the same on every day of these years, one.
    """
    days = [datetime(2026, 1, 1, tzinfo=UTC) + n * 24 * HOUR for n in range(2 * 365)]
    alike: dict[tuple[timedelta | None, ...], ZoneInfo] = {}
    for zone in map(ZoneInfo, NAMES):
        alike.setdefault(tuple(day.astimezone(zone).utcoffset() for day in days), zone)
    return {
        zone: [day for day, now, later in zip(days, off, off[1:], strict=False) if now != later]
        or days[327:328]
        for off, zone in alike.items()
    }


def is_quiet(at: datetime, zone: ZoneInfo, begins: time, ends: time) -> bool:
    now = at.astimezone(zone).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends


@pytest.mark.parametrize("hours", [USUAL, ODD], ids=["night", "over the change"])
def test_nobody_anywhere_is_written_to_in_quiet_hours(hours: tuple[time, time]) -> None:
    """R6, B4: what waits until the moment that we name leaves outside them, and not a day late."""
    wrong: list[tuple[object, ...]] = []
    asked = 0
    for zone, changes in clocks().items():
        for day in changes:
            for at in (day + n * 25 * MINUTE for n in range(-10, 70)):
                until = quiet_until(at, zone, *hours)
                asked += 1
                if is_quiet(at, zone, *hours) != (until is not None):
                    wrong.append((zone.key, at, "disagrees"))
                elif until and (is_quiet(until, zone, *hours) or not at < until <= at + 14 * HOUR):
                    wrong.append((zone.key, at, until))

    assert wrong == []
    assert asked > 10_000


@pytest.mark.parametrize(
    ("at", "begins", "ends", "until"),
    [
        # London, in winter: 7:59 waits a minute, 8:00 and 19:59 do not wait.
        ((2026, 11, 24, 7, 59), 20, 8, (2026, 11, 24, 8)),
        ((2026, 11, 24, 8), 20, 8, None),
        ((2026, 11, 24, 19, 59), 20, 8, None),
        ((2026, 11, 24, 20), 20, 8, (2026, 11, 25, 8)),
        # The night of 28 March 2027 is an hour shorter, that of 25 October 2026 an hour longer.
        ((2027, 3, 27, 21), 20, 8, (2027, 3, 28, 7)),
        ((2026, 10, 24, 20), 20, 8, (2026, 10, 25, 8)),
        # Within one day, and none at all.
        ((2026, 11, 24, 12), 11, 15, (2026, 11, 24, 15)),
        ((2026, 11, 24, 12), 12, 12, None),
    ],
)
def test_the_moment_is_the_end_by_their_clock(
    at: tuple[int, ...], begins: int, ends: int, until: tuple[int, ...] | None
) -> None:
    meant = datetime(*until, tzinfo=UTC) if until else None  # type: ignore[misc, arg-type]
    moment = datetime(*at, tzinfo=UTC)  # type: ignore[misc, arg-type]

    assert quiet_until(moment, ZoneInfo("Europe/London"), time(begins), time(ends)) == meant


def test_every_zone_in_which_it_is_quiet_is_named_with_its_end() -> None:
    at = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)

    quiet = quiet_zones(at, *USUAL)

    assert quiet["America/New_York"] == datetime(2026, 11, 24, 13, tzinfo=UTC)
    assert quiet["Australia/Sydney"] == datetime(2026, 11, 24, 21, tzinfo=UTC)
    assert "Europe/London" not in quiet
    assert 100 < len(quiet) < len(NAMES)


@pytest.mark.parametrize("hour", [time(10), time(2, 30), time(0)], ids=str)
def test_by_each_clock_it_comes_at_that_hour_and_never_too_early(hour: time) -> None:
    """On the day or after it, within two days of it, whatever the clocks do in between."""
    wrong: list[tuple[object, ...]] = []
    asked = 0
    for zone, changes in clocks().items():
        for day in (change.date() for change in changes):
            # That hour of that day where it comes first.
            first = datetime.combine(day, hour, timezone(14 * HOUR))
            for floor in (first + n * 5 * HOUR for n in range(-2, 14)):
                asked += 1
                found = by_the_clock(day, hour, zone, floor)
                shown = found.astimezone(zone)
                # An hour that is leapt over comes later: by half an hour, one, or (Troll) two.
                shown_at = timedelta(hours=shown.hour, minutes=shown.minute)
                is_late = not 0 * HOUR <= shown_at - hour.hour * HOUR <= 2.5 * HOUR
                too_far = found > max(floor, first) + 50 * HOUR
                if found < floor or shown.date() < day or is_late or too_far:
                    wrong.append((zone.key, day, floor, found))

    assert wrong == []
    assert asked > 1_000
