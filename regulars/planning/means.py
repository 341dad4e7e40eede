"""By which means each of the shortlisted can be reached, and how likely each matters for them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from regulars.consent.choices import PERSONAL, Channel
from regulars.consent.models import ConsentState, Wish
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.customers.choices import PointState
from regulars.customers.models import ContactPoint
from regulars.planning.candidates import Candidate, DayAhead, Due
from regulars.planning.details import in_batches
from regulars.planning.distances import minutes_between
from regulars.planning.knapsack import (
    BITS,
    TO_BE_FOUND,
    Option,
    channels_open,
    means_open,
    worth_their_minutes,
)
from regulars.planning.places import place_of_business, places_of
from regulars.planning.priors import (
    ANSWERS,
    ANSWERS_DAYS,
    ANSWERS_LEAST,
    ANSWERS_MOST,
    BURDEN_DAYS,
    EACH_TOUCH_WEIGHS,
    LEAST_MATTERS,
    MATTERS,
    PREFERRED,
    TALK_MINUTES,
    TRIES_BELIEVED,
)
from regulars.team.queries import the_named_business
from regulars.verdicts.queries import verdicts_together

# Asked about at once: SQLite binds no more than some thirty thousand values.
AT_ONCE = 2_000
WRITTEN = (Channel.EMAIL, Channel.TEXT)
IN_PERSON = sum(BITS[channel] for channel in PERSONAL)


@dataclass(slots=True)
class Ways:
    """What is written down of one customer that tells how to reach them."""

    points: set[str] = field(default_factory=set)
    decisions: dict[str, str] = field(default_factory=dict)
    prefers: str = ""
    # By channel: how often we tried within a year, and how often they answered.
    tries: dict[str, tuple[int, int]] = field(default_factory=dict)
    lately: int = 0
    way_minutes: int | None = None


def weigh_means(dues: Mapping[int, Due], ahead: DayAhead) -> None:
    """Give every candidate the means that are open to them, and take off what weighs on them."""
    everyone = [one for due in dues.values() for one in due.candidates]
    ways = ways_of([one.key for one in everyone], ahead)
    _add_the_way(ways, everyone)
    chances = chances_of_channels()
    for due in dues.values():
        weighed = [_weighed(one, ways[one.key], chances) for one in due.candidates]
        due.candidates = [one for one in weighed if one.opened]
        due.unreachable_count += len(weighed) - len(due.candidates)


def chances_of_channels() -> dict[Channel, float]:
    """How likely a touch matters, by channel: by verdicts where there are any, else by priors.

    Control groups tell only of what we write; there the chance stays within their bounds.
    """
    chances = dict(MATTERS)
    together = verdicts_together()
    if together is not None:
        for channel in WRITTEN:
            within = min(max(MATTERS[channel], together.rate.low), together.rate.high)
            chances[channel] = max(within, LEAST_MATTERS)
    return chances


def answering(channel: Channel, tries: int, answered: int) -> float:
    """By how much more or less likely this customer answers than anybody: few tries tell little."""
    usual = ANSWERS.get(channel)
    if usual is None:
        return 1.0
    share = (answered + TRIES_BELIEVED * usual) / (tries + TRIES_BELIEVED)
    return min(max(share / usual, ANSWERS_LEAST), ANSWERS_MOST)


def _weighed(one: Candidate, ways: Ways, chances: Mapping[Channel, float]) -> Candidate:
    channels = _channels_for(one, ways)
    opened = tuple(_for_them(option, ways, chances) for option in means_open(channels))
    burden = 1 + EACH_TOUCH_WEIGHS * max(0, ways.lately - 1)
    return one._replace(
        worth=one.worth / burden,
        channels=channels,
        opened=opened,
        options=worth_their_minutes(opened),
    )


def _channels_for(one: Candidate, ways: Ways) -> int:
    channels = channels_open(one.kind, one.tier, ways.points, ways.decisions)
    if one.reason != "personal_due" or channels == TO_BE_FOUND:
        return channels
    # What is to be done in person is not done by mail, unless that is due as well and nothing
    # else is open.
    personal = channels & IN_PERSON
    if personal or one.is_rested:
        return personal or channels
    return 0 if ways.decisions.get("call") == "withdrawn" else TO_BE_FOUND


def _for_them(option: Option, ways: Ways, chances: Mapping[Channel, float]) -> Option:
    channel, minutes = option.channel, option.minutes
    # What is believed of a number that is still to be found is less than of the channel.
    matters = option.matters * chances[channel] / MATTERS[channel]
    matters *= answering(channel, *ways.tries.get(channel, (0, 0)))
    if channel == ways.prefers:
        matters *= PREFERRED
    if channel == Channel.VISIT and ways.way_minutes is not None:
        minutes = TALK_MINUTES + ways.way_minutes
    return Option(channel, minutes, matters)


def ways_of(ids: Collection[int], ahead: DayAhead) -> dict[int, Ways]:
    """What is written down of these few: four queries for every two thousand of them."""
    ways: dict[int, Ways] = {pk: Ways() for pk in ids}
    for some in in_batches(sorted(ways), AT_ONCE):
        usable = ContactPoint.objects.filter(state=PointState.USABLE, customer__in=some)
        for pk, kind in usable.values_list("customer_id", "kind"):
            ways[pk].points.add(kind)
        said = ConsentState.objects.filter(purpose="", customer__in=some)
        for pk, channel, decision in said.values_list("customer_id", "channel", "decision"):
            ways[pk].decisions[channel] = decision
        wishes = Wish.objects.filter(customer__in=some).exclude(channel="")
        for pk, channel in wishes.values_list("customer_id", "channel"):
            ways[pk].prefers = channel
        for pk, channel, out, reached, came, lately in _tries(some, ahead):
            answered = min(out, came) if channel in WRITTEN else reached
            ways[pk].tries[channel] = (out, answered)
            ways[pk].lately += lately
    return ways


def _tries(ids: Sequence[int], ahead: DayAhead) -> Iterator[tuple[Any, ...]]:
    """Of each customer and channel: what went out, who was reached, what came in, what of late."""
    sent, came = Q(direction=Direction.OUT), Q(direction=Direction.IN)
    since = ahead.midnight(ahead.day - timedelta(days=ANSWERS_DAYS))
    of_late = ahead.midnight(ahead.day - timedelta(days=BURDEN_DAYS))
    heard = sent & ~Q(outcome=Outcome.NO_ANSWER) & Q(happened_at__gte=of_late)
    touches = Touch.objects.standing().filter(customer__in=ids, happened_at__gte=since)
    counted = touches.order_by().values_list("customer_id", "channel")
    counted = counted.annotate(
        sent=Count("pk", filter=sent),
        reached=Count("pk", filter=sent & Q(outcome=Outcome.REACHED)),
        came=Count("pk", filter=came),
        lately=Count("pk", filter=heard),
    )
    yield from counted.iterator(chunk_size=AT_ONCE)


def _add_the_way(ways: Mapping[int, Ways], everyone: Iterable[Candidate]) -> None:
    """How long the way to each is who may be visited; nothing where no address tells."""
    start = place_of_business(the_named_business())
    if not start.is_known:
        return
    asked = [one.key for one in everyone if _may_be_visited(one, ways[one.key])]
    for some in in_batches(sorted(asked), AT_ONCE):
        for pk, place in places_of(some).items():
            if place.is_known:
                ways[pk].way_minutes = minutes_between(start, place)


def _may_be_visited(one: Candidate, ways: Ways) -> bool:
    channels = _channels_for(one, ways)
    return channels != TO_BE_FOUND and bool(channels & BITS[Channel.VISIT])
