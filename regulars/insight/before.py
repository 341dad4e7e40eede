"""Lays the books before the baseline: the weeks counted on the engine, days closed, disruptions."""

from datetime import timedelta
from typing import Any

from regulars.insight.baseline import (
    Books,
    Stretch,
    baseline,
    begun,
    disturbances,
    known_until,
)
from regulars.insight.counting import Counted, Row
from regulars.insight.queries import open_days


def baseline_rows(result: Counted) -> list[Row]:
    """Each week, and since a day what it would have brought had nothing happened.

    The day is the one asked for, else that on which the last disruption began, else four weeks ago.
    """
    from regulars.insight.metrics.weeks import by_day, weeks

    stretches = [one for source in disturbances for one in source()]
    days_open, last = open_days(), result.as_of - timedelta(days=1)
    daily = {row["day"]: row["spend_minor"] for row in _rows(result, by_day, last)}
    if result.begin_on is None or not daily:
        return []
    until = known_until(daily, last, days_open, stretches)
    since = result.since or begun(stretches, until)
    if result.since is not None:
        stretches.append(Stretch(result.since, None))
    found = _rows(result, weeks, until)
    by_weeks = {row["back"]: (row["customers"], row["spend_minor"]) for row in found}
    return baseline(Books(by_weeks, daily, result.begin_on, until, days_open, stretches), since)


def _rows(result: Counted, metric: Any, until: Any) -> list[Row]:
    return result.counter.rows(metric(result.days, until=until))
