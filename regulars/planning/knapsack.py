"""The day's choice: who, by which channel, so that the minutes are spent best. Exact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from regulars.consent.choices import Channel
from regulars.customers.choices import Kind
from regulars.planning.priors import FINDING_MINUTES, FOUND, MATTERS, MINUTES, VISITED_TIERS

# A bit for each channel; what is open to a customer is one small number, in SQL and here.
BITS: Mapping[Channel, int] = {
    Channel.VISIT: 8,
    Channel.CALL: 4,
    Channel.NOTE: 2,
    Channel.EMAIL: 1,
}
# No way is written down: a call, after the number has been found. It stands alone, in place of 0.
TO_BE_FOUND = 16


@dataclass(frozen=True, slots=True)
class Option:
    """One channel for one customer."""

    channel: Channel
    minutes: int
    matters: float


class Offered(Protocol):
    """A customer offered to the choice: what attention is worth, and the channels open."""

    @property
    def key(self) -> int: ...

    @property
    def worth(self) -> float: ...

    @property
    def channels(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    key: int
    option: Option
    worth: float


@lru_cache(maxsize=16)
def options_of(channels: int) -> tuple[Option, ...]:
    """The open channels that can be part of a best day.

    One that takes as long as another and matters less never is.
    """
    if channels == TO_BE_FOUND:
        minutes = MINUTES[Channel.CALL] + FINDING_MINUTES
        return (Option(Channel.CALL, minutes, MATTERS[Channel.CALL] * FOUND),)
    opened = [Option(c, MINUTES[c], MATTERS[c]) for c, bit in BITS.items() if channels & bit]
    return tuple(
        option
        for option in opened
        if not any(
            other.minutes <= option.minutes and other.matters > option.matters for other in opened
        )
    )


def best_use(channels: int) -> Option:
    """The channel that matters most for its minutes."""
    return max(options_of(channels), key=lambda option: option.matters / option.minutes)


def channels_open(
    kind: str, tier: str, points: Collection[str], decisions: Mapping[str, str]
) -> int:
    """What is open to one customer; the same as `candidates` asks of all at once."""
    is_refused = {channel for channel, decision in decisions.items() if decision == "withdrawn"}
    is_visited = tier in VISITED_TIERS or kind == Kind.ORGANISATION
    has_place = kind == Kind.DEPARTMENT or ("address" in points and is_visited)
    may = {
        Channel.VISIT: has_place and "visit" not in is_refused,
        Channel.CALL: "phone" in points and "call" not in is_refused,
        Channel.NOTE: "address" in points and not is_refused & {"note", "letter"},
        Channel.EMAIL: "email" in points and decisions.get("email") == "granted",
    }
    opened = sum(bit for channel, bit in BITS.items() if may[channel])
    return opened or (0 if "call" in is_refused else TO_BE_FOUND)


def can_ever_fit(offered: Sequence[Offered], minutes: int) -> list[Offered]:
    """Those who can be in a best day, without changing which day is best.

    Among customers with the same channels open, a less worthy one is only taken after all the
    worthier ones (swap them: the day gets no worse), and no more than `minutes / cheapest` of
    them fit into the day.
    """
    by_set: dict[int, list[Offered]] = {}
    for one in offered:
        by_set.setdefault(one.channels, []).append(one)
    kept: list[Offered] = []
    for channels, alike in by_set.items():
        options = options_of(channels)
        if options:
            most = minutes // min(option.minutes for option in options)
            kept += sorted(alike, key=lambda one: (-one.worth, one.key))[:most]
    return sorted(kept, key=lambda one: (-one.worth, one.key))


def best_day(offered: Sequence[Offered], minutes: int) -> list[Chosen]:
    """The choice of at most one channel per customer that matters most within the minutes.

    A multiple-choice knapsack over whole minutes, by dynamic programming; most worthy first.
    """
    # Imported here: only the worker plans, and the web process stays light.
    import numpy as np

    candidates = can_ever_fit(offered, minutes)
    best = np.zeros(minutes + 1)
    taken = np.full((len(candidates), minutes + 1), -1, dtype=np.int8)
    for row, one in enumerate(candidates):
        before = best.copy()
        for index, option in enumerate(options_of(one.channels)):
            if option.minutes > minutes:
                continue
            with_it = before[: minutes + 1 - option.minutes] + one.worth * option.matters
            better = with_it > best[option.minutes :]
            best[option.minutes :][better] = with_it[better]
            taken[row, option.minutes :][better] = index
    return _walk_back(candidates, taken.tolist(), minutes)


def _walk_back(
    candidates: Sequence[Offered], taken: Sequence[Sequence[int]], minutes: int
) -> list[Chosen]:
    chosen, left = [], minutes
    for row in range(len(candidates) - 1, -1, -1):
        index = taken[row][left]
        if index >= 0:
            one = candidates[row]
            option = options_of(one.channels)[index]
            chosen.append(Chosen(one.key, option, one.worth * option.matters))
            left -= option.minutes
    return sorted(chosen, key=lambda one: (-one.worth, one.key))
