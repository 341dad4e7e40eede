"""Customers counted by what a model sees of them: few cells stand for many customers."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

DAYS_OF_A_WEEK = 7.0
# Three numbers of 21 bits in one of 63: six thousand years of days, two million purchases.
_BITS = 21
_MOST = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct histories, and how many customers have each.

    `repeats`: purchases after the first; `recency`: days from the first to the last;
    `age`: days from the first to the end of the books; `customers`: how many. All shape (n,).
    """

    repeats: Whole
    recency: Whole
    age: Whole
    customers: Whole

    @classmethod
    def of_customers(cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Self:
        """Count the distinct histories of customers given one by one."""
        ones = np.ones(np.shape(repeats), dtype=np.int64)
        return cls.of_counts(repeats, recency, age, ones).counted()

    @classmethod
    def of_counts(
        cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike
    ) -> Self:
        """Take what an engine has counted, sorted; ValueError where a history cannot be."""
        cells = cls(_whole(repeats), _whole(recency), _whole(age), _whole(customers))
        wrong = (cells.recency < 0) | (cells.age < cells.recency) | (cells.repeats < 0)
        if np.any(wrong):
            raise ValueError("a last purchase lies before the first, or after the books end")
        # Engines count in any order; neighbours that are alike are looked up much faster.
        order = np.argsort(cells._packed())
        return cls(*(column[order] for column in (
            cells.repeats, cells.recency, cells.age, cells.customers
        )))  # fmt: skip

    def counted(self) -> Self:
        """The same customers with every history once, sorted."""
        distinct, place = np.unique(self._packed(), return_inverse=True)
        customers = np.bincount(place, weights=self.customers.astype(np.float64))
        return type(self)(
            distinct & _MOST,
            (distinct >> _BITS) & _MOST,
            distinct >> 2 * _BITS,
            np.rint(customers).astype(np.int64),
        )

    def _packed(self) -> Whole:
        """Each history in one number; sorted by age first."""
        if max(map(_greatest, (self.repeats, self.age))) > _MOST:
            raise ValueError("a history is longer than six thousand years")
        return (self.age << 2 * _BITS) | (self.recency << _BITS) | self.repeats

    def one_in(self, step: int) -> Self:
        """Every so many-th of the histories with repeats, standing for the others; all without.

        For a first approach: who never came back share few histories, many customers each.
        """
        again = np.flatnonzero(self.repeats > 0)[::step]
        chosen = np.concatenate([np.flatnonzero(self.repeats == 0), again])
        weights = np.where(self.repeats[chosen] > 0, step, 1)
        return type(self)(
            self.repeats[chosen], self.recency[chosen], self.age[chosen],
            self.customers[chosen] * weights,
        )  # fmt: skip

    @property
    def customer_count(self) -> int:
        return int(self.customers.sum())

    @property
    def repeat_count(self) -> int:
        return int(self.repeats @ self.customers)

    @property
    def repeater_count(self) -> int:
        """How many came back at least once."""
        return int(self.customers[self.repeats > 0].sum())

    def __len__(self) -> int:
        return len(self.repeats)


def _whole(values: ArrayLike) -> Whole:
    return np.ascontiguousarray(values, dtype=np.int64)


def _greatest(values: Whole) -> int:
    return int(values.max(initial=0))


def sum_of(weights: Floats, values: Floats) -> float:
    """What `weights @ values` says, without the threads that one takes for long columns."""
    return float(np.einsum("i,i->", weights, values))


def stretches(count: int, length: int = 8_192) -> list[slice]:
    """Slices of long columns, so that what is worked out of each stays in the cache."""
    return [slice(begin, begin + length) for begin in range(0, count, length)]
