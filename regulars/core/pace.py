"""How much is written in one transaction, by what the last ones took: whoever else writes waits for
the one writer of SQLite, on a slow and busy machine as on a fast one.
"""

import time
from collections.abc import Iterator

from django.db import connection

from regulars.core.presence import is_by_itself

# What others may be kept waiting for, in seconds: less than 100 ms, for no two are alike. Where
# nobody else is at work, the more rows go together, the fewer pages are written for each; whoever
# comes waits once, for less than SQLite waits before it gives up.
BUDGET, BUDGET_ALONE = 0.07, 3.0
# Below this a transaction costs more than what is written in it; above, the pages that it changes
# have no room in memory.
LEAST, MOST = 200, 100_000


class Pace:
    """Cuts stretches into pieces, each for one transaction; begins with `size`, of whatever.

    It stays so on PostgreSQL, where nobody waits for the only writer.
    """

    def __init__(self, size: int = MOST, most: int = MOST) -> None:
        self.size, self.most = size, most

    def pieces(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Stretches from `low` to `high`; what passes until the next is asked for counts."""
        while low <= high:
            upto = min(high, low + self.size - 1)
            begun = time.perf_counter()
            yield low, upto
            self.learn(upto - low + 1, time.perf_counter() - begun)
            low = upto + 1

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
