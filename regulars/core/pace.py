"""How much is written in one transaction, by what the last ones took: whoever else writes waits for
the one writer of SQLite, on a slow and busy machine as on a fast one.
"""

import time
from collections.abc import Iterator

from django.db import connection

# What others may be kept waiting for, in seconds; somewhat less, for no two are alike.
BUDGET = 0.09
# Below this a transaction costs more than what is written in it.
LEAST, MOST = 200, 20_000


class Pace:
    """Cuts stretches into pieces, each for one transaction; begins with `size`, of whatever."""

    def __init__(self, size: int = MOST) -> None:
        self.size = size

    def pieces(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Stretches of keys from `low` to `high`; what passes until the next is asked for counts.

        Nobody waits for a transaction on PostgreSQL: one piece there.
        """
        while low <= high:
            upto = high if connection.vendor == "postgresql" else min(high, low + self.size - 1)
            begun = time.perf_counter()
            yield low, upto
            self.learn(upto - low + 1, time.perf_counter() - begun)
            low = upto + 1

    def learn(self, length: int, took: float) -> None:
        """Shorter at once; longer by a quarter at a time, where one of this length was quick."""
        fitting = int(length * BUDGET / max(took, 1e-6))
        if took > BUDGET:
            self.size = max(LEAST, min(self.size, fitting))
        elif length >= self.size:
            self.size = min(MOST, fitting, self.size * 5 // 4)
