"""When in a day each call and each visit would be: calls first, then the round of visits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.planning.day_list import DayList, Shown
from regulars.planning.places import place_of_business, places_of
from regulars.planning.priors import TALK_MINUTES
from regulars.planning.routes import Route, route_of
from regulars.team.models import Business

# Where no opening hours are kept for the weekday.
BEGINS: Final = time(9)
# An address tells where somebody lives: whoever may not see a part of it is told of none.
ADDRESS: Final = tuple(
    f"customer.{part}" for part in ("street", "postcode", "city", "region", "country")
)


@dataclass(frozen=True, slots=True)
class Round:
    """The visits of one list in the order of the shortest way, and those without an address."""

    route: Route
    visits: dict[int, Shown]
    nowhere: Sequence[Shown]


def sees_addresses(actor: Actor) -> bool:
    return not is_hidden(actor, *ADDRESS)


def visits_of(found: DayList) -> list[Shown]:
    return [one for one in found.open if one.item.channel == Channel.VISIT]


def calls_of(found: DayList) -> list[Shown]:
    return [one for one in found.open if one.item.channel == Channel.CALL]


def begin_of(business: Business, day: date) -> datetime:
    """When we open on a day, else at nine."""
    hours = business.opening_hours.filter(weekday=day.weekday()).first()
    return datetime.combine(day, hours.opens_at if hours else BEGINS, ZoneInfo(business.time_zone))


def round_of(
    visits: Collection[Shown], business: Business, sets_off_at: datetime
) -> Round:  # fmt: skip
    """The round over these visits, from the business and back."""
    known = places_of([one.item.customer_id for one in visits])
    there = {one.item.pk: one for one in visits if one.item.customer_id in known}
    route = route_of(
        place_of_business(business),
        {pk: known[one.item.customer_id] for pk, one in there.items()},
        dict.fromkeys(there, TALK_MINUTES),
        sets_off_at,
    )
    nowhere = [one for one in visits if one.item.pk not in there]
    return Round(route, there, nowhere)


@dataclass(frozen=True, slots=True)
class Hour:
    """One call or visit, and when it would be."""

    shown: Shown
    begins_at: datetime
    ends_at: datetime
    where: str = ""


def hours_of(found: DayList, business: Business, actor: Actor) -> list[Hour]:
    """Every call and visit of a list with its time: a proposal, as nobody has fixed it."""
    now = begin_of(business, found.day)
    hours = []
    for one in calls_of(found):
        ends_at = now + timedelta(minutes=one.item.minutes)
        hours.append(Hour(one, now, ends_at))
        now = ends_at
    round_ = round_of(visits_of(found), business, now)
    sees = sees_addresses(actor)
    for stop in round_.route.stops:
        where = stop.place.line if sees else ""
        hours.append(Hour(round_.visits[stop.key], stop.arrives_at, stop.leaves_at, where))
    now = round_.route.ends_at
    for one in round_.nowhere:
        ends_at = now + timedelta(minutes=one.item.minutes)
        hours.append(Hour(one, now, ends_at))
        now = ends_at
    return hours
