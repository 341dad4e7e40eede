"""How long moods last: how far one purchase tells the next; docs/buying-less.md derives it.

Whoever buys little for a while, and again as before, has not come down. Where one purchase is like
the one before it, so many say less than as many that are independent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# How long moods last is found in so many rounds, within these bounds; and what is no sign of any.
ROUNDS, MOST_NEAR, MOST_FADING, MOST_DOUBT, A_LITTLE = 4, 0.95, 0.9, 0.5, 0.03
Sums = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moods:
    """How alike two purchases in a row are (`near`), and how that fades with each between them."""

    near: float = 0.0
    fades: float = 0.0

    def together(self, count: Any) -> Any:
        """By how much the mean of so many varies more than that of independent ones.

        Plain arithmetic, for a number and for a column.
        """
        rest = 1 - self.fades
        faded = (count * rest - (1 - self.fades**count)) / (count * rest * rest)
        return 1 + 2 * self.near * faded


def moods_of(rows: Iterable[Sums], name: str) -> Moods:
    """Told from the purchases before, of everybody together.

    Each row is of those with so many purchases before (`visits_before`): how many they are, the
    squares of how far each lies from its customer's mean, and the products of neighbours.
    """
    told = [row for row in rows if row[f"{name}_squares_before"] is not None]
    squares, first, second = (
        sum(row[f"{name}_{part}"] for row in told)
        for part in ("squares_before", "1_before", "2_before")
    )
    customers = sum(row["customers"] for row in told)
    visits = sum(row["customers"] * row["visits_before"] for row in told)
    if squares <= 0:
        return Moods()
    spread, count = squares / visits, visits / customers
    products = first / (visits - customers), second / (visits - 2 * customers)
    found, shift = Moods(), 0.0
    # Seen from a mean of their own, purchases look less alike than they are, by the doubt about it.
    for _round in range(ROUNDS):
        near, then = (
            min(max((one + shift) / (spread + shift), 0.0), MOST_NEAR) for one in products
        )
        found = Moods(near, min(max(then / (near + A_LITTLE), 0.0), MOST_FADING))
        doubt = min(found.together(count) / count, MOST_DOUBT)
        shift = spread * doubt / (1 - doubt)
    return found


def spread_of(rows: Iterable[Sums], name: str, moods: Moods, recent: int) -> float:
    """The variance of a purchase about its customer's mean, of everybody together."""
    squares = freedom = 0.0
    for row in rows:
        if row[f"{name}_squares"] is not None:
            squares += row[f"{name}_squares"]
            freedom += row["customers"] * freedom_of(moods, recent, row["visits_before"])
    return squares / freedom if freedom else 0.0


def freedom_of(moods: Moods, recent: int, before: float) -> float:
    free: float = recent + before - moods.together(recent) - moods.together(before)
    return max(1.0, free)
