"""By which means each of the shortlisted can be reached, and how likely each matters for them."""

# Only whole numbers and words of this file are written into statements.

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from django.db import connection

from regulars.consent.choices import PERSONAL, Channel
from regulars.core.bulk import rows_of
from regulars.planning.candidates import Candidate, DayAhead, Due
from regulars.planning.details import in_batches
from regulars.planning.distances import minutes_between
from regulars.planning.knapsack import (
    BITS,
    TO_BE_FOUND,
    Option,
    beside_waiting,
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

# Asked about at once.
AT_ONCE = 2_000
WRITTEN = (Channel.EMAIL, Channel.TEXT)
IN_PERSON = sum(BITS[channel] for channel in PERSONAL)


@dataclass(slots=True)
class Ways:
    """What is written down of one customer that tells how to reach them."""

    points: frozenset[str] = frozenset()
    decisions: dict[str, str] = field(default_factory=dict)
    prefers: str = ""
    # By channel: how often we tried within a year, and how often they answered.
    tries: dict[str, tuple[int, int]] = field(default_factory=dict)
    lately: int = 0
    way_minutes: int | None = None


def weigh_means(dues: Mapping[int, Due], ahead: DayAhead) -> Mapping[Channel, float]:
    """Give every candidate the means that are open to them, and take off what weighs on them.

    Tells how likely a touch by each channel matters for anybody.
    """
    everyone = [one for due in dues.values() for one in due.candidates]
    ways = ways_of([one.key for one in everyone], ahead)
    _add_the_way(ways, everyone)
    chances = chances_of_channels()
    for due in dues.values():
        weighed = [_weighed(one, ways[one.key], chances) for one in due.candidates]
        due.candidates = [one for one in weighed if one.opened]
        due.unreachable_count += len(weighed) - len(due.candidates)
    return chances


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
    way = ways.way_minutes if channels & BITS[Channel.VISIT] else None
    opened, options = _options_for(
        channels, ways.prefers, way, tuple(ways.tries.items()), tuple(chances.items()), one.overdue
    )
    burden = 1 + EACH_TOUCH_WEIGHS * max(0, ways.lately - 1)
    return one._replace(worth=one.worth / burden, channels=channels, opened=opened, options=options)


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


# Most customers are alike in this.
@lru_cache(maxsize=65_536)
def _options_for(
    channels: int,
    prefers: str,
    way_minutes: int | None,
    tries: tuple[tuple[str, tuple[int, int]], ...],
    chances: tuple[tuple[Channel, float], ...],
    overdue: float | None,
) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
    """Every open channel for this customer, and those that can be part of a best day.

    The first with what they matter by themselves, the others beside waiting for a better one.
    """
    tried, chance = dict(tries), dict(chances)
    opened = []
    for option in means_open(channels):
        channel, minutes, matters = option.channel, option.minutes, option.matters
        # What is believed of a number that is still to be found is less than of the channel.
        theirs = matters * chance[channel] / MATTERS[channel]
        theirs *= answering(channel, *tried.get(channel, (0, 0)))
        if channel == prefers:
            theirs *= PREFERRED
        if channel == Channel.VISIT and way_minutes is not None:
            minutes = TALK_MINUTES + way_minutes
        opened.append(Option(channel, minutes, theirs))
    return tuple(opened), worth_their_minutes(beside_waiting(opened, overdue))


_POINTS = """
SELECT customer_id, sum(DISTINCT CASE kind {bits} ELSE 0 END) FROM customers_contactpoint
WHERE state = 'usable' AND customer_id IN ({ids}) GROUP BY customer_id
"""
_SAID = """
SELECT customer_id, channel, decision FROM consent_consentstate
WHERE purpose = '' AND customer_id IN ({ids})
"""
_WISHES = """
SELECT customer_id, channel FROM consent_wish WHERE channel <> '' AND customer_id IN ({ids})
"""
# Of each customer and channel: what went out, who was reached, what came in, what of late.
_TRIES = """
SELECT customer_id, channel, sum(CASE WHEN direction = 'out' THEN 1 ELSE 0 END),
  sum(CASE WHEN direction = 'out' AND outcome = 'reached' THEN 1 ELSE 0 END),
  sum(CASE WHEN direction = 'in' THEN 1 ELSE 0 END),
  sum(CASE WHEN direction = 'out' AND outcome <> 'no_answer' AND happened_at >= %(of_late)s
    THEN 1 ELSE 0 END)
FROM conversations_touch
WHERE taken_back_at IS NULL AND happened_at >= %(since)s AND customer_id IN ({ids})
GROUP BY customer_id, channel
"""
_KINDS = {1: "phone", 2: "address", 4: "email"}
_BITS_OF_KINDS = " ".join(f"WHEN '{kind}' THEN {bit}" for bit, kind in _KINDS.items())
_POINTS_OF = {
    mask: frozenset(kind for bit, kind in _KINDS.items() if mask & bit) for mask in range(8)
}


def ways_of(ids: Collection[int], ahead: DayAhead) -> dict[int, Ways]:
    """What is written down of these few: four questions for every so many of them."""
    ways: dict[int, Ways] = {pk: Ways() for pk in ids}
    moments = {
        "since": ahead.midnight(ahead.day - timedelta(days=ANSWERS_DAYS)),
        "of_late": ahead.midnight(ahead.day - timedelta(days=BURDEN_DAYS)),
    }
    adapt = connection.ops.adapt_datetimefield_value
    values = {name: adapt(at) for name, at in moments.items()}
    for some in in_batches(sorted(ways), AT_ONCE):
        # Whole numbers only: written into the statement they cost half of what binding them does.
        named = ", ".join(map(str, some))
        for pk, mask in rows_of(_POINTS.format(bits=_BITS_OF_KINDS, ids=named)):
            ways[pk].points = _POINTS_OF[mask]
        for pk, channel, decision in rows_of(_SAID.format(ids=named)):
            ways[pk].decisions[channel] = decision
        for pk, channel in rows_of(_WISHES.format(ids=named)):
            ways[pk].prefers = channel
        for pk, channel, out, reached, came, lately in rows_of(_TRIES.format(ids=named), values):
            answered = min(out, came) if channel in WRITTEN else reached
            ways[pk].tries[channel] = (out, answered)
            ways[pk].lately += lately
    return ways


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
