"""What else is to be printed: higher rooms name their piles, so that one desk shows all paper."""

from collections.abc import Callable
from dataclasses import dataclass

from regulars.core.actor import Actor
from regulars.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Pile:
    """Paper that waits in another room: what it is, how much, and where it is printed."""

    words: str
    count: int
    page: str


piles: Registry[Callable[[Actor], list[Pile]]] = Registry("piles of paper")


def piles_for(actor: Actor) -> list[Pile]:
    """Every pile that this person may print."""
    return [pile for found in piles for pile in found(actor)]
