"""The day's choice: who, by which channel, so that the minutes are spent best. Exact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from regulars.consent.choices import Channel
from regulars.customers.choices import Kind
from regulars.planning.priors import (
    FINDING_MINUTES,
    FOUND,
    LEAST_MATTERS,
    MATTERS,
    MINUTES,
    VISITED_TIERS,
    WAITED_FOR,
)

# A bit for each channel; what is open to a customer is one small number. The order is that of
# worth; 16 stands for something else.
BITS: Mapping[Channel, int] = {
    Channel.VISIT: 8,
    Channel.CALL: 4,
    Channel.NOTE: 2,
    Channel.EMAIL: 1,
    Channel.TEXT: 32,
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
    """A customer offered to the choice: what attention is worth, and by which means."""

    @property
    def key(self) -> int: ...

    @property
    def worth(self) -> float: ...

    @property
    def options(self) -> Sequence[Option]: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    key: int
    option: Option
    worth: float


@lru_cache(maxsize=64)
def options_of(channels: int) -> tuple[Option, ...]:
    """What is open to a customer of whom nothing else is known, as we believe of everybody."""
    return worth_their_minutes(means_open(channels))


def means_open(channels: int) -> tuple[Option, ...]:
    """Every open channel, with the minutes and the chance that go for everybody."""
    if channels == TO_BE_FOUND:
        minutes = MINUTES[Channel.CALL] + FINDING_MINUTES
        return (Option(Channel.CALL, minutes, MATTERS[Channel.CALL] * FOUND),)
    return tuple(Option(c, MINUTES[c], MATTERS[c]) for c, bit in BITS.items() if channels & bit)


def worth_their_minutes(opened: Sequence[Option]) -> tuple[Option, ...]:
    """Those that can be part of a best day.

    One that takes as long as another and matters less never is.
    """
    return tuple(
        option
        for option in opened
        if not any(
            other.minutes <= option.minutes and other.matters > option.matters for other in opened
        )
    )


def beside_waiting(opened: Sequence[Option], overdue: float | None) -> tuple[Option, ...]:
    """What each channel matters today, less what it takes from the best one on a later day.

    `overdue` says how often over their time has run (1 is just due); nothing where there is
    nothing to wait for: a matter of its own, or nobody was in touch yet. If the rest that a touch
    uses up grows back as s / (s + c), s days of silence and c the cadence, a day of waiting is
    worth c / s of what a lesser channel falls short by.
    """
    if overdue is None or len(opened) < 2:
        return tuple(opened)
    best = max(option.matters for option in opened)
    waits = WAITED_FOR / max(overdue, 1.0)
    return tuple(
        option
        if option.matters == best
        else replace(
            option, matters=max(option.matters - waits * (best - option.matters), LEAST_MATTERS)
        )
        for option in opened
    )


def best_use(options: Sequence[Option]) -> Option:
    """The channel that matters most for its minutes."""
    return max(options, key=lambda option: option.matters / option.minutes)


def channels_open(
    kind: str, tier: str, points: Collection[str], decisions: Mapping[str, str]
) -> int:
    """What is open to one customer."""
    return _opened(kind, tier, frozenset(points), frozenset(decisions.items()))


@lru_cache(maxsize=4096)
def _opened(
    kind: str, tier: str, points: frozenset[str], decided: frozenset[tuple[str, str]]
) -> int:
    decisions = dict(decided)
    is_refused = {channel for channel, decision in decisions.items() if decision == "withdrawn"}
    is_visited = tier in VISITED_TIERS or kind == Kind.ORGANISATION
    has_place = kind == Kind.DEPARTMENT or ("address" in points and is_visited)
    may = {
        Channel.VISIT: has_place and "visit" not in is_refused,
        Channel.CALL: "phone" in points and "call" not in is_refused,
        Channel.NOTE: "address" in points and not is_refused & {"note", "letter"},
        Channel.EMAIL: "email" in points and decisions.get("email") == "granted",
        Channel.TEXT: "phone" in points and decisions.get("text") == "granted",
    }
    opened = sum(bit for channel, bit in BITS.items() if may[channel])
    return opened or (0 if "call" in is_refused else TO_BE_FOUND)


def can_ever_fit(offered: Sequence[Offered], minutes: int) -> list[Offered]:
    """Those who can be in a best day, without changing which day is best; most worthy first.

    Who is reached within m minutes leaves time for so many others. Where more than these would
    gain at least as much within m minutes, one of them is not in the day: swap the two, and the
    day gets no worse.
    """
    by_length: dict[int, list[tuple[int, float]]] = {}
    for place, one in enumerate(offered):
        for option in one.options:
            if option.minutes <= minutes:
                gain = one.worth * option.matters
                by_length.setdefault(option.minutes, []).append((place, gain))
    # The most that each can bring within so many minutes, as the minutes grow.
    gains, kept = [0.0] * len(offered), set[int]()
    for length in sorted(by_length):
        for place, gain in by_length[length]:
            gains[place] = max(gains[place], gain)
        others = (minutes - length) // min(by_length)
        able = [(-gain, offered[place].key, place) for place, gain in enumerate(gains) if gain > 0]
        kept.update(place for _gain, _key, place in sorted(able)[: others + 1])
    return sorted((offered[place] for place in kept), key=lambda one: (-one.worth, one.key))


def best_day(offered: Sequence[Offered], minutes: int) -> list[Chosen]:
    """The choice of at most one channel per customer that matters most within the minutes.

    A multiple-choice knapsack over whole minutes, by dynamic programming; most worthy first.
    """
    return best_of(can_ever_fit(offered, minutes), minutes)


def best_of(candidates: Sequence[Offered], minutes: int) -> list[Chosen]:
    """The same of those who can ever fit, the most worthy first."""
    best = [0.0] * (minutes + 1)
    taken = [_consider(one, best) for one in candidates]
    return _walk_back(candidates, taken, minutes)


def _consider(one: Offered, best: list[float]) -> bytearray:
    """Better every day that is better with this customer; tells by which option, from 1."""
    taken = bytearray(len(best))
    steps = [(o.minutes, one.worth * o.matters, nth) for nth, o in enumerate(one.options, start=1)]
    # From the longest day down, so that nobody is in a shorter one already.
    for length in range(len(best) - 1, -1, -1):
        most = best[length]
        for spent, gain, nth in steps:
            if spent <= length and best[length - spent] + gain > most:
                most, taken[length] = best[length - spent] + gain, nth
        best[length] = most
    return taken


def _walk_back(
    candidates: Sequence[Offered], taken: Sequence[bytearray], minutes: int
) -> list[Chosen]:
    chosen, left = [], minutes
    for row in range(len(candidates) - 1, -1, -1):
        nth = taken[row][left]
        if nth:
            one = candidates[row]
            option = one.options[nth - 1]
            chosen.append(Chosen(one.key, option, one.worth * option.matters))
            left -= option.minutes
    return sorted(chosen, key=lambda one: (-one.worth, one.key))
