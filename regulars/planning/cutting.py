"""How much of a day can be lost at most because the database lets out the most worthy alone."""

from collections.abc import Mapping, Sequence

from regulars.consent.choices import Channel
from regulars.planning.knapsack import Offered
from regulars.planning.priors import ANSWERS, ANSWERS_MOST, MINUTES, PREFERRED, TALK_MINUTES

# Halvings of what a minute is worth: enough for a thousandth of it.
HALVINGS = 14


def worth_of_cut(worths: Sequence[float], total: int) -> float:
    """Worth in the database of the last one let out of a group; nobody left in is worth more.

    The least worthy of all comes out too, to say how many there are: they are not the edge.
    """
    if total <= len(worths) or len(worths) < 2:
        return 0.0
    return sorted(worths)[1]


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
    least = cut * max(_most(channel, chances) / _least_minutes(channel) for channel in MINUTES)
    low = high = least
    if _spent(kept, least) > minutes:
        high = max(o.matters * one.worth / o.minutes for one in kept for o in one.options)
        for _half in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if _spent(kept, middle) > minutes else (low, middle)
    bound = min(_bound(kept, minutes, low), _bound(kept, minutes, high))
    return max(0.0, bound - gained) / gained if gained else 1.0


def _most(channel: Channel, chances: Mapping[Channel, float]) -> float:
    answers = ANSWERS_MOST if channel in ANSWERS else 1.0
    return chances[channel] * answers * PREFERRED


def _least_minutes(channel: Channel) -> int:
    return TALK_MINUTES if channel == Channel.VISIT else MINUTES[channel]


def _beyond(one: Offered, price: float) -> tuple[float, int]:
    """What one brings beyond the minutes they take, by their best means, and these minutes."""
    best, spent = 0.0, 0
    for option in one.options:
        left = one.worth * option.matters - price * option.minutes
        if left > best:
            best, spent = left, option.minutes
    return best, spent


def _spent(kept: Sequence[Offered], price: float) -> int:
    return sum(_beyond(one, price)[1] for one in kept)


def _bound(kept: Sequence[Offered], minutes: int, price: float) -> float:
    return price * minutes + sum(_beyond(one, price)[0] for one in kept)
