"""In which order to make the visits of a half day, so that the way is as short as it can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Final

from regulars.planning.distances import Place, minutes_between

# Up to so many stops every order is weighed; eleven visits are more than a half day holds.
EXACT_STOPS: Final = 11
# More stops than anybody drives to on one day.
MOST_STOPS: Final = 40

# Minutes from each to each; the first place is where one sets off and comes back to.
Ways = Sequence[Sequence[int]]


def ways_between(places: Sequence[Place]) -> list[list[int]]:
    """The minutes from each place to each; the way back takes as long as the way there."""
    ways = [[0] * len(places) for _place in places]
    for one, other in combinations(range(len(places)), 2):
        ways[one][other] = ways[other][one] = minutes_between(places[one], places[other])
    return ways


def best_round(ways: Ways) -> list[int]:
    """The stops in the order of the shortest round from place 0; exact when they are few."""
    if len(ways) - 1 <= EXACT_STOPS:
        return _exact(ways)
    return _shortened(_nearest_next(ways), ways)


def length_of(order: Sequence[int], ways: Ways) -> int:
    """The minutes of a round on the way, from place 0 and back."""
    there = [0, *order, 0]
    return sum(ways[one][other] for one, other in pairwise(there))


def _exact(ways: Ways) -> list[int]:
    """Held and Karp (J. SIAM, 1962): the best way to end at each stop, for each set of stops."""
    stops = range(1, len(ways))
    best: dict[tuple[int, int], tuple[int, int]] = {(1 << s, s): (ways[0][s], 0) for s in stops}
    for size in range(2, len(ways)):
        for some in combinations(stops, size):
            seen = sum(1 << s for s in some)
            for last in some:
                before = seen & ~(1 << last)
                best[seen, last] = min(
                    (best[before, s][0] + ways[s][last], s) for s in some if s != last
                )
    return _walked_back(best, ways)


def _walked_back(best: Mapping[tuple[int, int], tuple[int, int]], ways: Ways) -> list[int]:
    seen = sum(1 << s for s in range(1, len(ways)))
    if not seen:
        return []
    last = min(range(1, len(ways)), key=lambda s: best[seen, s][0] + ways[s][0])
    order: list[int] = []
    while seen:
        order.append(last)
        seen, last = seen & ~(1 << last), best[seen, last][1]
    return order[::-1]


def _nearest_next(ways: Ways) -> list[int]:
    left, order, here = set(range(1, len(ways))), [], 0
    while left:
        here = min(left, key=lambda s: (ways[here][s], s))
        left.discard(here)
        order.append(here)
    return order


def _shortened(order: list[int], ways: Ways) -> list[int]:
    """Turn stretches round and move single stops, as long as that makes it shorter."""
    length = length_of(order, ways)
    while True:
        better = min(_neighbours(order), key=lambda one: length_of(one, ways))
        if length_of(better, ways) >= length:
            return order
        order, length = better, length_of(better, ways)


def _neighbours(order: list[int]) -> list[list[int]]:
    places = range(len(order))
    turned = [
        order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
        for first, last in combinations(places, 2)
    ]
    moved = [
        [*rest[:to], order[place], *rest[to:]]
        for place in places
        for rest in [order[:place] + order[place + 1 :]]
        for to in places
        if to != place
    ]
    return turned + moved


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit on the way: how long it takes to get there, when one is there and leaves again."""

    key: int
    place: Place
    way_minutes: int
    arrives_at: datetime
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """The stops in their order, the way back, and all of it together."""

    stops: Sequence[Stop]
    back_minutes: int
    ends_at: datetime

    @property
    def way_minutes(self) -> int:
        return sum(one.way_minutes for one in self.stops) + self.back_minutes


def route_of(
    start: Place, places: Mapping[int, Place], minutes: Mapping[int, int], sets_off_at: datetime
) -> Route:
    """The shortest round over these places, with the minutes that each visit takes."""
    keys = list(places)[:MOST_STOPS]
    ways = ways_between([start, *(places[key] for key in keys)])
    stops, here, now = [], 0, sets_off_at
    for there in best_round(ways):
        key = keys[there - 1]
        arrives_at = now + timedelta(minutes=ways[here][there])
        leaves_at = arrives_at + timedelta(minutes=minutes[key])
        stops.append(Stop(key, places[key], ways[here][there], arrives_at, leaves_at))
        here, now = there, leaves_at
    back = ways[here][0] if stops else 0
    return Route(stops, back, now + timedelta(minutes=back))
