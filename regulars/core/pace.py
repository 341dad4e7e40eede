"""How much is written in one transaction, by what the last ones took: whoever else writes waits for
the one writer of SQLite, on a slow and busy machine as on a fast one.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection, models, transaction

from regulars.core.bulk import id_ranges
from regulars.core.column_sets import Step, Terms
from regulars.core.presence import is_by_itself

# What others may be kept waiting for, in seconds: less than 100 ms, for no two are alike. Where
# nobody else is at work, the more rows go together, the fewer pages are written for each; whoever
# comes waits once, for less than SQLite waits before it gives up.
BUDGET, BUDGET_ALONE = 0.07, 3.0
# Whoever waits for SQLite asks again after 1, 3, 8, 18, 33, 53, 78, 103 ms: longer than the longest
# of these pauses, so that one of them falls into it.
REST = 0.03
# Below this a transaction costs more than what is written in it; above, the pages that it changes
# have no room in memory.
LEAST, MOST = 200, 100_000
# Stretches of the staging that one step works through, where there are many of them.
TOGETHER = 10


class Pace:
    """Cuts stretches into pieces, each for one transaction; begins with `size`, of whatever.

    It stays so on PostgreSQL, where nobody waits for the only writer. For `rest` seconds between
    two pieces nobody writes, where others are at work: whoever waits asks only now and then.
    """

    def __init__(self, size: int = MOST, most: int = MOST, *, rest: float = 0.0) -> None:
        self.size, self.most, self.rest = size, most, rest

    def pieces(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Stretches from `low` to `high`; what passes until the next is asked for counts."""
        while low <= high:
            upto = min(high, low + self.size - 1)
            begun = time.perf_counter()
            yield low, upto
            self.learn(upto - low + 1, time.perf_counter() - begun)
            low = upto + 1
            if low <= high:
                self._let_others()

    def _let_others(self) -> None:
        if self.rest and connection.vendor != "postgresql" and not is_by_itself():
            time.sleep(self.rest)

    def learn(self, length: int, took: float) -> None:
        """Shorter at once; longer by a quarter at a time, where one of this length was quick.

        By itself twice as long: nobody is there to be kept waiting by the first that is too long.
        """
        if connection.vendor == "postgresql":
            return
        is_alone = is_by_itself()
        budget = BUDGET_ALONE if is_alone else BUDGET
        fitting = max(LEAST, int(length * budget / max(took, 1e-6)))
        if took > budget:
            self.size = min(self.size, fitting)
        elif length >= self.size:
            longer = self.size * 2 if is_alone else self.size * 5 // 4
            self.size = min(self.most, fitting, longer)


def over_staging(
    model: type[models.Model], size: int, terms: Terms, work: Callable[..., Any], *more: Any
) -> Iterator[Step]:
    """Steps that do `work(terms, low, high, *more)` for stretches of an import's staging by key.

    Each piece is a transaction of its own; it begins with `size` rows.
    """
    stretches = list(id_ranges(model, terms.import_id, size))
    at_once = TOGETHER if len(stretches) > 2 * TOGETHER else 1
    pace = Pace(size, size * at_once)
    for nth in range(0, len(stretches), at_once):
        block = stretches[nth : nth + at_once]
        yield partial(_work_through, pace, work, terms, block[0][0], block[-1][1], *more)


def _work_through(
    pace: Pace, work: Callable[..., Any], terms: Terms, low: int, high: int, *more: Any
) -> int:
    for first, last in pace.pieces(low, high):
        with transaction.atomic():
            work(terms, first, last, *more)
    return high - low + 1
