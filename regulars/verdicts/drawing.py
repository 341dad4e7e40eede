"""The lot: who is left out. The same seed draws the same customers, always and everywhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# So many of a stratum are left out at least, so that each can be compared with its like.
LEAST_OF_A_STRATUM = 2
_MIX = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def seed_of(occasion: str) -> int:
    """From the occasion alone: nobody can try seeds until one suits."""
    return int.from_bytes(hashlib.sha256(f"lot/{occasion}".encode()).digest()[:7], "big")


def tickets(ids: Any, seed: int) -> Any:
    """A number for each customer that looks like chance: SplitMix64 (Steele and others 2014)."""
    import numpy as np

    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX[0])
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX[1])
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of customers before the lot, in columns: ids, tier, spend, last purchase."""

    ids: Any
    tiers: Any
    spend: Any
    last: Any


def strata_of(known: Known, names: Sequence[str], share: float) -> tuple[Any, list[str]]:
    """Who is compared with whom: tier, spent more or less, there lately or not; small ones join.

    Gives each customer's stratum, and the words of each.
    """
    import numpy as np

    cell = np.zeros(len(known.ids), dtype=np.int64)
    for tier in np.unique(known.tiers):
        of_it = known.tiers == tier
        more = known.spend[of_it] > np.median(known.spend[of_it])
        lately = np.zeros(more.shape, dtype=bool)
        for half in (False, True):
            if (more == half).any():
                days = known.last[of_it][more == half]
                lately[more == half] = days > np.median(days)
        cell[of_it] = tier * 4 + more * 2 + lately
    return _joined(cell, names, share)


def _joined(cell: Any, names: Sequence[str], share: float) -> tuple[Any, list[str]]:
    """Cells that would hold too few of those left out join their neighbours, in order."""
    import numpy as np

    least = max(8, LEAST_OF_A_STRATUM / max(share, 1e-9))
    cells, counts = np.unique(cell, return_counts=True)
    groups: list[list[int]] = [[]]
    size = 0
    for one, count in zip(cells.tolist(), counts.tolist(), strict=True):
        if size >= least:
            groups.append([])
            size = 0
        groups[-1].append(one)
        size += count
    if len(groups) > 1 and size < least:
        groups[-2:] = [groups[-2] + groups[-1]]
    place = np.zeros(int(cells.max(initial=0)) + 1, dtype=np.int64)
    for number, group in enumerate(groups):
        place[group] = number
    return place[cell], [_words(group, names) for group in groups]


def _words(group: Sequence[int], names: Sequence[str]) -> str:
    said = [
        f"{names[one // 4]}/{'more' if one & 2 else 'less'}/{'lately' if one & 1 else 'earlier'}"
        for one in group
    ]
    return " + ".join(said)[:200]


def left_out_by_lot(ids: Any, stratum: Any, *, seed: int, share: float) -> Any:
    """Who is left out: in each stratum its share, to within one, and each with the same chance."""
    import numpy as np

    order = np.lexsort((tickets(ids, seed), stratum))
    # A start between nought and one that is chance too, so that nobody's place is certain.
    start = float(tickets(np.zeros(1, dtype=np.uint64), seed)[0] >> np.uint64(11)) / 2**53
    steps = np.floor(np.arange(len(ids) + 1) * share + start)
    chosen = np.zeros(len(ids), dtype=bool)
    chosen[order] = np.diff(steps) > 0
    return chosen
