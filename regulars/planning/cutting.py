"""How much of a day can be lost at most because the database lets out the most worthy alone."""

from collections.abc import Mapping, Sequence

from regulars.consent.choices import Channel
from regulars.planning.knapsack import Offered
from regulars.planning.priors import ANSWERS, ANSWERS_MOST, MINUTES, PREFERRED, TALK_MINUTES

# How often a minute is made dearer by a quarter; every price gives a bound, the least one counts.
STEPS, DEARER = 12, 1.25


def lost_at_most(
    kept: Sequence[Offered],
    minutes: int,
    gained: float,
    *,
    cut: float,
    chances: Mapping[Channel, float],
) -> float:
    """The share of what was gained that a choice among everybody could gain more, at most.

    Let a minute be worth so much that nobody who was left in brings it in even if they always
    answer, asked to be reached this way, and were left in peace of late. Then whoever was left in
    adds nothing, and no day gains more than all its minutes are worth, and what each of those let
    out brings beyond the minutes they take (the bound of Lagrange). The least of these counts.
    """
    if cut <= 0 or not minutes:
        return 0.0
    price = cut * max(_most(channel, chances) / _least_minutes(channel) for channel in MINUTES)
    able = _worth_more(kept, price)
    bound, spent = _bound(able, minutes, price)
    for _step in range(STEPS):
        if spent <= minutes:
            break
        # Dearer minutes: fewer customers are worth theirs, and nobody comes back.
        price *= DEARER
        found, spent = _bound(able, minutes, price)
        bound = min(bound, found)
    return max(0.0, bound - gained) / gained if gained else 1.0


def _most(channel: Channel, chances: Mapping[Channel, float]) -> float:
    answers = ANSWERS_MOST if channel in ANSWERS else 1.0
    return chances[channel] * answers * PREFERRED


def _least_minutes(channel: Channel) -> int:
    return TALK_MINUTES if channel == Channel.VISIT else MINUTES[channel]


Gains = list[list[tuple[float, int]]]


def _worth_more(kept: Sequence[Offered], price: float) -> Gains:
    """What each brings by each means, and the minutes of it; of those who bring more than these."""
    found: Gains = []
    for one in kept:
        worth = one.worth
        gains = [(worth * option.matters, option.minutes) for option in one.options]
        if any(gain > price * taken for gain, taken in gains):
            found.append(gains)
    return found


def _bound(able: Gains, minutes: int, price: float) -> tuple[float, int]:
    """What a day gains at most at this price of a minute, and the minutes that are worth it."""
    total, spent = price * minutes, 0
    for gains in able:
        best, taken = max((gain - price * length, length) for gain, length in gains)
        if best > 0:
            total += best
            spent += taken
    return total, spent
