"""Days closed because of a disruption, so that no customer counts as late for them."""

from datetime import date, datetime

from regulars.core.actor import Actor
from regulars.recovery.models import Disruption
from regulars.team.actions import add_closure, remove_closure
from regulars.team.errors import DaysAlreadyClosed
from regulars.team.models import Business, Closure
from regulars.team.queries import the_named_business


def close_days(disruption: Disruption, *, by: Actor, at: datetime) -> Closure | None:
    """Note the days on which the business is closed, as far as they are known; none if it is not.

    Days that somebody has noted already stay as they are.
    """
    business = the_named_business()
    noted = Closure.objects.filter(source=disruption.name).first()
    wanted = _days(disruption, business, at) if disruption.is_closed else None
    if noted is not None:
        if wanted == (noted.starts_on, noted.ends_on):
            return noted
        remove_closure(noted, by=by, at=at)
    if wanted is None:
        return None
    try:
        return add_closure(
            business, *wanted, by=by, at=at, why=disruption.what, source=disruption.name
        )
    except DaysAlreadyClosed:
        return None


def _days(disruption: Disruption, business: Business, at: datetime) -> tuple[date, date]:
    """From its first day to its last; while it lasts, to the day it is expected to end."""
    first = business.day_of(disruption.since)
    if disruption.ended_at is not None:
        return first, max(first, business.day_of(disruption.ended_at))
    known = [business.day_of(at)]
    if disruption.expected_end is not None:
        known.append(business.day_of(disruption.expected_end))
    return first, max(first, *known)
