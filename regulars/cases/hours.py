"""The clock of a case: it runs while the business is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.team.models import Business, Closure, OpeningHours

# Where nobody has said when we are open. Our own prior.
USUAL = {weekday: ((time(9), time(17)),) for weekday in range(5)}
# Whoever is closed longer than that has no hours to count in: then every hour counts.
FURTHEST = 200

Stretch = tuple[time, time]


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """When the business is open: stretches of each weekday (0 is Monday), and days closed."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Stretch]]
    closed: Sequence[tuple[date, date]] = ()

    def after(self, start: datetime, minutes: int) -> datetime:
        """The moment by which so many minutes of opening hours have passed."""
        left = timedelta(minutes=minutes)
        day = start.astimezone(self.zone).date()
        for ahead in range(FURTHEST):
            for opens, closes in self._stretches(day + timedelta(days=ahead)):
                begins = max(opens, start)
                if closes <= begins:
                    continue
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
        return start + timedelta(minutes=minutes)

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        if any(first <= day <= last for first, last in self.closed):
            return []
        # By UTC: an hour on the night when clocks change is an hour.
        return [
            (self._moment(day, opens), self._moment(day, closes))
            for opens, closes in self.week.get(day.weekday(), ())
        ]

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def working_clock(business: Business, since: datetime) -> WorkingClock:
    """The clock of this business, with the days closed from a moment on."""
    week: dict[int, list[Stretch]] = {}
    for row in OpeningHours.objects.filter(business=business):
        week.setdefault(row.weekday, []).append((row.opens_at, row.closes_at))
    closed = Closure.objects.filter(business=business, ends_on__gte=since.date() - timedelta(1))
    return WorkingClock(
        ZoneInfo(business.time_zone),
        week or USUAL,
        list(closed.values_list("starts_on", "ends_on")),
    )
