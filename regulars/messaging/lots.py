"""Who is left out of a mailing by lot: what a higher room says, and the outbox keeps to.

Whoever is left out has a message of their own that never leaves, so that nothing else of the same
occasion can be written to them either.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from regulars.core.actor import Actor
from regulars.core.registry import Registry
from regulars.messaging.models import Mailing


@dataclass(frozen=True, slots=True)
class LotSaid:
    """What a mailing's page says of those left out; `change` is where a person changes it."""

    left_out: int
    sentence: str
    detail: str = ""
    change: str = ""
    change_words: str | Promise = ""
    page: str = ""
    page_words: str | Promise = ""


class Lots(Protocol):
    """Leaves some of a mailing's customers out, so that one can see whether it helps."""

    def said(self, mailing: Mailing, actor: Actor) -> LotSaid | None:
        """What this person may read of it."""
        ...

    def said_in_short(self, mailings: Sequence[Mailing], actor: Actor) -> Mapping[int, LotSaid]:
        """What a list of mailings says of each, by its id: nobody's customers are gone through."""
        ...

    def begin(self, mailing: Mailing, *, at: datetime) -> None:
        """It has just been written: leave some out where that goes without saying."""
        ...

    def is_pending(self, mailing: Mailing) -> bool:
        """Whether it is still being worked out how many: until then it cannot be approved."""
        ...

    def left_out_count(self, mailing: Mailing) -> int:
        """How many are to be left out: part of what is approved."""
        ...

    def draw(self, mailing: Mailing, *, at: datetime) -> None:
        """Let the lot fall, once; safe to call again."""
        ...

    def left_out(self, mailing: Mailing, ids: Collection[int]) -> Collection[int]: ...


lots: Registry[Lots] = Registry("lots")


def said_of(mailing: Mailing, actor: Actor) -> list[LotSaid]:
    return [said for one in lots if (said := one.said(mailing, actor)) is not None]


def said_in_short(mailings: Sequence[Mailing], actor: Actor) -> Mapping[int, list[LotSaid]]:
    """Of several mailings, with as many questions as for one."""
    found: dict[int, list[LotSaid]] = {}
    for one in lots:
        for pk, said in one.said_in_short(mailings, actor).items():
            found.setdefault(pk, []).append(said)
    return found


def begin(mailing: Mailing, *, at: datetime) -> None:
    for one in lots:
        one.begin(mailing, at=at)


def is_pending(mailing: Mailing) -> bool:
    return any(one.is_pending(mailing) for one in lots)


def left_out_count(mailing: Mailing) -> int:
    return sum(one.left_out_count(mailing) for one in lots)


def draw(mailing: Mailing, *, at: datetime) -> None:
    for one in lots:
        one.draw(mailing, at=at)


def left_out(mailing: Mailing, ids: Collection[int]) -> frozenset[int]:
    return frozenset(customer for one in lots for customer in one.left_out(mailing, ids))
