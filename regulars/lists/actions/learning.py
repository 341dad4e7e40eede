"""Which words stand in names, so that a mistyped one is understood."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from regulars.core.bulk import merge_rows
from regulars.customers.models import Customer
from regulars.customers.queries.people import first_matching
from regulars.lists.models import Spelling
from regulars.lists.spelling import keys_of, names_in_use, words_of_names

# A transaction of bulk work lasts at most 100 ms (RELIABILITY, amendments).
CHUNK = 500


def learn_all_words() -> tuple[int, int]:
    """Learn the words of all names, and forget those that nobody is called any more."""
    inside = set(words_of_names(names_in_use()))
    fresh = sorted(inside - _known_words())
    for chunk in _chunks(fresh):
        _learn(chunk)
    return len(fresh), _forget_but(inside)


def forget_unused_words() -> int:
    """Forget the words that nobody is called any more."""
    return _forget_but(set(words_of_names(names_in_use())))


def forget_words_of(names: Iterable[str], *, but: Sequence[int]) -> None:
    """Forget the words of these names, unless somebody else is called by one of them."""
    words = sorted(set(words_of_names(names)))
    others = Customer.objects.exclude(pk__in=but).exclude(name="")
    gone = [word for word in words if not first_matching(others, [(word,)], 1)]
    Spelling.objects.filter(word__in=gone).delete()


def _forget_but(inside: set[str]) -> int:
    gone = sorted(_known_words() - inside)
    for chunk in _chunks(gone):
        Spelling.objects.filter(word__in=chunk).delete()
    return len(gone)


def _known_words() -> set[str]:
    return set(Spelling.objects.order_by().values_list("word", flat=True).distinct())


def learn_words_of(customer_id: int) -> None:
    """Learn the words of one customer's name."""
    names = Customer.objects.filter(pk=customer_id).values_list("given_name", "family_name", "name")
    _learn(sorted({word for row in names for word in words_of_names(row)}))


def _chunks(words: Sequence[str]) -> Iterable[Sequence[str]]:
    return (words[start : start + CHUNK] for start in range(0, len(words), CHUNK))


@transaction.atomic
def _learn(words: Sequence[str]) -> None:
    rows = [(key, word) for word in words for key in sorted(keys_of(word))]
    if rows:
        merge_rows(Spelling, ["key", "word"], rows, key=["key", "word"], on_conflict="NOTHING")
