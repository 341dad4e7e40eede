"""Words that were nearly typed: which words of names a mistyped one may have meant."""

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from regulars.customers.models import Customer
from regulars.customers.naming import folded_words
from regulars.lists.models import Spelling

SHORTEST, LONGEST = 4, 24
# Keys are made of the beginning of a word, so that it is found before it is typed to its end.
BEGINNING = 6
MOST_VARIANTS = 12


def words_of_names(names: Iterable[str]) -> Iterator[str]:
    """The words that can be mistyped: of letters, neither short nor endless."""
    for name in names:
        for word in folded_words(name):
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                yield word


def keys_of(word: str) -> set[str]:
    """Its beginnings of five and of six letters, whole and without each letter."""
    return _without_one(word[:BEGINNING]) | _without_one(word[: BEGINNING - 1])


def _without_one(beginning: str) -> set[str]:
    return {beginning} | {beginning[:n] + beginning[n + 1 :] for n in range(len(beginning))}


def variants_of(word: str) -> tuple[str, ...]:
    """Words of names that begin nearly like this one, the nearest first."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
        return ()
    keys = _without_one(word[:BEGINNING])
    near = Spelling.objects.filter(key__in=keys).values_list("word", flat=True).distinct()
    most = 1 if len(word) <= BEGINNING else 2
    apart = {found: _apart(word, found, most) for found in near}
    fitting = sorted(
        (distance, abs(len(found) - len(word)), found)
        for found, distance in apart.items() if distance <= most
    )  # fmt: skip
    return tuple(found for _distance, _longer, found in fitting[:MOST_VARIANTS])


def _apart(word: str, found: str, most: int) -> int:
    """How many letters lie between a word and another, or the beginning of that."""
    lengths = {len(found), *range(len(word) - 1, len(word) + 2)}
    return min(OSA.distance(word, found[:length], score_cutoff=most) for length in lengths)


def names_in_use() -> Iterator[str]:
    rows = Customer.objects.order_by().values_list("given_name", "family_name", "name")
    for given, family, name in rows.iterator(chunk_size=20_000):
        yield from (given, family) if given and family else (name,)
