"""How well an article fits a topic that somebody cares about, or goods that somebody bought.

A topic is a few words, so it is no text to compare: what counts is which of its words the article
has, how often for its length, and how rare they are among topics (BM25's measure of one term,
Robertson and Zaragoza 2009, as a share of the most that the topic could reach).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.library.terms import telling_words, words_of

# From here on an article fits; what was bought is told from names of goods, and must fit better.
FITS, FITS_GOODS = 0.5, 0.6
# A word said once in a text of so many words more weighs one half less.
LONG = 500
# Two forms of a word begin alike and differ only at the end: course, courses; Brot, Brote.
STEM, ENDING = 4, 3


@dataclass(frozen=True, slots=True)
class Told:
    """What an article says: its words with how often, its topics, and how long it is."""

    counts: Mapping[str, int]
    by_stem: Mapping[str, Sequence[str]]
    topics: frozenset[str]
    length: int


def told_of(title: str, body: str, topics: Iterable[str]) -> Told:
    """Make an article ready; its title and topics count as if they were said three times."""
    named = list(topics)
    heading = words_of(" ".join([title, *named]))
    words = [*words_of(body), *heading, *heading, *heading]
    counts = Counter(words)
    by_stem: dict[str, list[str]] = defaultdict(list)
    for word in counts:
        by_stem[word[:STEM]].append(word)
    folded_topics = frozenset(" ".join(words_of(one)) for one in named)
    return Told(counts, by_stem, folded_topics, len(words))


def rarities(names: Iterable[str]) -> dict[str, float]:
    """How much each word tells among these names: one that most of them have tells little."""
    having: Counter[str] = Counter()
    total = 0
    for name in names:
        having.update(set(telling_words(name)))
        total += 1
    return {word: math.log(1 + total / count) for word, count in having.items()}


def fit_of(name: str, told: Told, rarity: Mapping[str, float]) -> float:
    """From 0 to 1; 1 where the article names the topic itself."""
    if " ".join(words_of(name)) in told.topics:
        return 1.0
    words = set(telling_words(name))
    if not words:
        return 0.0
    most = sum(rarity.get(word, 1.0) for word in words)
    half = 0.5 + told.length / LONG
    reached = sum(
        rarity.get(word, 1.0) * count / (count + half)
        for word in words
        if (count := _count(word, told))
    )
    return reached / most


def fitting(names: Sequence[str], told: Told, least: float) -> dict[str, float]:
    """Which of these topics or goods an article fits, and how well."""
    rarity = rarities(names)
    weighed = {name: fit_of(name, told, rarity) for name in names}
    return {name: fit for name, fit in weighed.items() if fit >= least}


def _count(word: str, told: Told) -> int:
    """How often an article says a word, in any of its forms."""
    return sum(
        told.counts[other] for other in told.by_stem.get(word[:STEM], ()) if _same(word, other)
    )


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) < STEM:
        return False
    alike = next(
        (n for n, two in enumerate(zip(shorter, longer, strict=False)) if two[0] != two[1]),
        len(shorter),
    )
    return alike >= max(STEM, len(shorter) - 1) and len(longer) - alike <= ENDING
