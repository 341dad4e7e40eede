"""The shortest round: exact when the stops are few, never silly when they are many."""

from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.planning.distances import Place
from regulars.planning.routes import (
    EXACT_STOPS,
    best_round,
    length_of,
    route_of,
    ways_between,
)

# On a plane, a minute each step: coordinates in steps.
SPOTS = st.tuples(st.integers(0, 60), st.integers(0, 60))


def ways_of(spots: list[tuple[int, int]]) -> list[list[int]]:
    return [[abs(a - c) + abs(b - d) for c, d in spots] for a, b in spots]


@settings(max_examples=60, deadline=None)
@given(st.lists(SPOTS, min_size=1, max_size=7))
def test_a_short_round_is_as_short_as_any_order(spots: list[tuple[int, int]]) -> None:
    ways = ways_of(spots)
    stops = range(1, len(spots))

    found = best_round(ways)

    assert sorted(found) == list(stops)
    assert length_of(found, ways) == min(length_of(one, ways) for one in permutations(stops))


def test_a_long_round_goes_over_every_stop_and_no_turn_makes_it_shorter() -> None:
    spots = [(0, 0), *((7 * n % 53, 11 * n % 47) for n in range(1, EXACT_STOPS + 5))]
    ways = ways_of(spots)

    found = best_round(ways)

    length = length_of(found, ways)
    assert sorted(found) == list(range(1, len(spots)))
    for first in range(len(found)):
        for last in range(first + 1, len(found)):
            turned = found[:first] + found[first : last + 1][::-1] + found[last + 1 :]
            assert length_of(turned, ways) >= length


def test_a_route_says_when_one_is_where(at: datetime) -> None:
    start = Place("1 Market Square", "AB1 1AA", "Ambley")
    near, far = Place("4 Weir Lane", "AB1 2CD", "Ambley"), Place("9 Hill", "AB9 1AA", "Coldon")
    ways = ways_between([start, far, near])

    route = route_of(start, {7: far, 8: near}, {7: 15, 8: 10}, at)

    assert ways[0][1] == ways[1][0] > ways[0][2]
    by_key = {one.key: one for one in route.stops}
    first = route.stops[0]
    assert first.arrives_at == at + timedelta(minutes=first.way_minutes)
    assert by_key[7].leaves_at - by_key[7].arrives_at == timedelta(minutes=15)
    assert route.ends_at == route.stops[-1].leaves_at + timedelta(minutes=route.back_minutes)
    assert route.way_minutes == ways[0][1] + ways[1][2] + ways[2][0]


def test_nowhere_to_go_takes_no_time(at: datetime) -> None:
    route = route_of(Place(), {}, {}, at)

    assert (list(route.stops), route.way_minutes, route.ends_at) == ([], 0, at)
