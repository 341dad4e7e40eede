"""How much of a goal should be in by a day: each day counts for its month and for being open."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from regulars.goals.reckoning import last_of, month_after
from regulars.insight.calendar import OpenDays


def due_by(
    today: date, amount_minor: int, first: date, last: date, *, seasons: Sequence[Fraction],
    is_by_day: bool, calendar: OpenDays,
) -> int:  # fmt: skip
    """What of an amount would be in by the end of a day, had each day brought its part."""
    if today < first:
        return 0
    whole = _weight(first, last, seasons, is_by_day, calendar)
    passed = _weight(first, min(today, last), seasons, is_by_day, calendar)
    return round(amount_minor * passed / whole) if whole else 0


def _weight(
    first: date, last: date, seasons: Sequence[Fraction], is_by_day: bool, calendar: OpenDays
) -> Fraction:
    """Days open, each by its month; a month of which the whole weight is known shares it out."""
    total, month = Fraction(0), first.replace(day=1)
    while month <= last:
        open_days = calendar.open_between(_before(max(first, month)), min(last, last_of(month)))
        of_month = calendar.open_between(_before(month), last_of(month))
        per_day = seasons[month.month - 1]
        if not is_by_day:
            per_day = per_day / of_month if of_month else Fraction(0)
        total += per_day * open_days
        month = month_after(month, 1)
    return total


def _before(day: date) -> date:
    return day - timedelta(days=1)
