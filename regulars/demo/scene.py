"""The day on which the curtain rises, and what was open when."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SOURCE = "demo"

# As in the mock screens, where the day is 24 November 2026 and the fire was on 3 October.
FIRE_AGO = 52
REOPENED_AGO = 33
HISTORY_DAYS = 730

# How busy a month is beside the others: a seaside street lives on summer and on December.
_BUSY = {1: 0.88, 2: 0.92, 3: 0.97, 4: 1.02, 5: 1.02, 6: 1.06, 7: 1.12, 8: 1.14, 12: 1.16}


@dataclass(frozen=True, slots=True)
class Scene:
    """One day, seen from which everything in the sample business lies so many days ago."""

    day: date
    zone: str = "Europe/London"
    currency: str = "GBP"

    def ago(self, days: int) -> date:
        return self.day - timedelta(days=days)

    @property
    def first_day(self) -> date:
        return self.ago(HISTORY_DAYS)

    @property
    def burnt_on(self) -> date:
        return self.ago(FIRE_AGO)

    @property
    def reopened_on(self) -> date:
        return self.ago(REOPENED_AGO)

    def holidays(self) -> list[tuple[date, date]]:
        """First and last day of each Christmas within the two years."""
        years = range(self.first_day.year, self.day.year + 1)
        spans = [(date(year, 12, 25), date(year, 12, 26)) for year in years]
        return [span for span in spans if self.first_day <= span[0] and span[1] < self.day]

    def closures(self) -> list[tuple[date, date]]:
        """First and last day closed, in order; a Christmas within the fire is not apart."""
        first, last = self.burnt_on, self.reopened_on - timedelta(days=1)
        holidays = [span for span in self.holidays() if span[1] < first or last < span[0]]
        return sorted([*holidays, (first, last)])

    def is_open(self, day: date) -> bool:
        return not any(first <= day <= last for first, last in self.closures())

    def told(self, ago: int) -> date:
        """The day of a story: so many days ago, or the last day before on which we were open."""
        day = self.ago(ago)
        while not self.is_open(day):
            day -= timedelta(days=1)
        return day

    def busy(self, day: date) -> float:
        return _BUSY.get(day.month, 1.0)

    def moment(self, day: date, hour: int, minute: int) -> datetime:
        """An aware moment, as the clock on the shop's wall shows it."""
        return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(self.zone))

    def lot(self, name: str) -> random.Random:
        """Chance that falls the same way for the same day and name, everywhere."""
        return random.Random(f"{self.day.isoformat()}/{name}")  # noqa: S311
