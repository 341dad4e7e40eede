"""How near two texts are, and what a text is about, told from those that are nearest to it.

Terms weighed by how often a text has them and how few texts have them, compared by the angle
(Salton and Buckley 1988). What was tried, and on what, stands in docs/matching.md.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# How much more a rare term weighs; 1 is the usual measure.
RARITY = 1.5
# What a text is about is told from so many of its nearest.
NEIGHBOURS = 2

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Texts made ready for comparing: how rare each term is, and which text has it how much."""

    rarity: Mapping[str, float]
    postings: Mapping[str, Sequence[tuple[int, float]]]
    count: int


def shelve(texts: Sequence[Counter[str]]) -> Shelf:
    """Make texts ready; a term that only one of them has compares it with nothing."""
    having = Counter(term for text in texts for term in text)
    rarity = {
        term: math.log((1 + len(texts)) / (1 + count)) ** RARITY
        for term, count in having.items()
        if count > 1
    }
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, text in enumerate(texts):
        for term, weight in _vector(text, rarity).items():
            postings[term].append((place, weight))
    return Shelf(rarity, postings, len(texts))


def likenesses(text: Counter[str], shelf: Shelf) -> list[float]:
    """How near a text is to each of the shelf, from 0 to 1."""
    found = [0.0] * shelf.count
    for term, weight in _vector(text, shelf.rarity).items():
        for place, theirs in shelf.postings.get(term, ()):
            found[place] += weight * theirs
    return found


def topics_by_nearness(
    near: Sequence[float], topics: Sequence[Collection[str]], *, but: int | None = None
) -> list[tuple[str, float]]:
    """Topics of the texts on a shelf, the likeliest first: each by its nearest few texts."""
    of_each: dict[str, list[float]] = defaultdict(list)
    for place, (nearness, theirs) in enumerate(zip(near, topics, strict=True)):
        if place != but and nearness > 0:
            for topic in theirs:
                of_each[topic].append(nearness)
    weighed = [
        (topic, sum(sorted(all_near, reverse=True)[:NEIGHBOURS]))
        for topic, all_near in of_each.items()
    ]
    return sorted(weighed, key=lambda one: (-one[1], one[0]))


def _vector(text: Counter[str], rarity: Mapping[str, float]) -> Vector:
    weights = {term: count * rarity[term] for term, count in text.items() if term in rarity}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()} if length else {}
