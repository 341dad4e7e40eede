"""Looking through the whole list for customers who may be one, in one pass.

Small lists are looked through here, in Python; large ones on an engine, by the same keys and the
same comparisons (`likeness`). Only customers who share a key are compared, and a key that too
many share tells nobody apart.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from regulars.customers.choices import Kind, PointKind
from regulars.customers.likeness import (
    NAME_SHARE,
    OTHER_SHARE,
    Likeness,
    is_muddled,
    least_score,
    likeness_of,
    near,
)
from regulars.customers.models import ContactPoint, CustomerQuerySet
from regulars.customers.naming import folded_words
from regulars.customers.verdicts import Alike

# Opening an engine takes a second or two; a list of this length is looked through in as long.
SMALL = 4_000
# How many may share an e-mail address, a number, and anything else, and still be compared.
MOST_SHARING, MOST_WEAKLY = 40, 24
# In a short list everybody is compared with everybody.
SHORT = 1_000
# Who share something of their own are few, and of one name.
MOST_OWN = 5
PHONE_END, LEAST_PHONE = 9, 7

TITLES = "mr|mrs|ms|miss|dr|prof|herr|frau"
AGES = {"jr": "2", "junior": "2", "ii": "2", "sr": "1", "senior": "1", "iii": "3", "iv": "4"}
FORMS = "ltd|limited|llc|inc|gmbh|mbh|ag|plc|co|company|bv|nv|sa|sarl|sas|srl|kg|ohg|ug|pty"
_AGE = re.compile(rf"(?:^| )({'|'.join(AGES)})$")
_TITLE = re.compile(rf"^(?:{TITLES}) (?=.)")
_FORM = re.compile(rf"(?: (?:{FORMS}))+$")


def folded(text: str) -> str:
    """Words with one blank between them, no case, accents or signs."""
    return " ".join(folded_words(text))


def names_of(kind: str, name: str, given: str, family: str) -> tuple[str, str, str]:
    """First name, family name and age (senior, junior) as they are compared."""
    if kind != Kind.PERSON:
        return "", _FORM.sub("", folded(name)).replace(" ", ""), ""
    first = _TITLE.sub("", folded(given))
    last = folded(family) if given or family else folded(name)
    found = _AGE.search(last)
    if found:
        last = last[: found.start()].strip()
        if not last:
            first, _gap, last = first.rpartition(" ")
    age = AGES[found[1]] if found else ""
    return first.replace(" ", ""), last.replace(" ", ""), age


def phone_of(normal: str) -> str:
    """The end of a number: with the country's code or without it, it is the same."""
    digits = re.sub(r"\D", "", normal, flags=re.ASCII)
    return digits[-PHONE_END:] if len(digits) >= LEAST_PHONE else ""


def likenesses(customers: CustomerQuerySet) -> list[Likeness]:
    """These customers as they are compared, in a few queries."""
    from regulars.customers.marks import born_and_marks

    born, marks = born_and_marks(customers)
    emails: dict[int, set[str]] = defaultdict(set)
    phones: dict[int, set[str]] = defaultdict(set)
    places: dict[int, tuple[str, str, str]] = {}
    points = ContactPoint.objects.filter(customer__in=customers.order_by().values("pk"))
    for pk, kind, normal, *place in points.order_by("-is_primary", "id").values_list(
        "customer_id", "kind", "normal", "street", "postcode", "city"
    ):
        if kind == PointKind.EMAIL and "@" in normal:
            emails[pk].add(normal)
        elif kind == PointKind.PHONE and (phone := phone_of(normal)):
            phones[pk].add(phone)
        elif kind == PointKind.ADDRESS:
            street, postcode, city = (folded(part).replace(" ", "") for part in place)
            places.setdefault(pk, (street, postcode, city))
    rows = customers.order_by("id").values_list("pk", "kind", "name", "given_name", "family_name")
    return [
        Likeness(
            pk,
            kind,
            *names_of(kind, *names),
            frozenset(emails[pk]),
            frozenset(phones[pk]),
            *places.get(pk, ("", "", "")),
            born.get(pk, ""),
            frozenset(marks.get(pk, ())),
        )
        for pk, kind, *names in rows
    ]


def strong_keys(a: Likeness) -> Iterator[str]:
    yield from (f"e:{email}" for email in a.emails)
    yield from (f"p:{phone}" for phone in a.phones)
    yield from (f"m:{mark}" for mark in a.marks)


def weak_keys(a: Likeness) -> Iterator[str]:
    """What two records of one customer seldom lack both of; mistyped parts spoil only some."""
    names = sorted((a.given, a.family))
    starts = "".join(sorted((a.given[:2], a.family[:2])))
    if a.is_whole:
        yield f"n:{names[0]}:{names[1]}"
        yield from (f"i:{starts}:{part}" for part in (a.city, a.postcode, a.born[:4]) if part)
    elif names[1]:
        yield f"n::{names[1]}"
    # Many of one first name live in every town: theirs goes with how the family's begins.
    words = (a.family, f"{a.given}:{a.family[:1]}" if a.is_whole else a.given)
    for word in filter(None, words):
        yield from (f"w:{word}:{part}" for part in (a.postcode, a.city, a.born[:4]) if part)
    for name in filter(None, names):
        if a.born:
            yield f"b:{name[:1]}:{a.born}"
        if a.street:
            yield f"s:{name[:1]}:{a.street}"
    yield from (f"l:{email.split('@')[0]}" for email in a.emails)


def pairs_worth_a_look(people: Sequence[Likeness]) -> set[tuple[int, int]]:
    """Places in the sequence of two to compare."""
    if len(people) > SHORT:
        return pairs_by_keys(people)
    return {
        (left, right)
        for left, right in combinations(range(len(people)), 2)
        if people[left].kind == people[right].kind
    }


def pairs_by_keys(people: Sequence[Likeness]) -> set[tuple[int, int]]:
    """Those who share a key."""
    found: set[tuple[int, int]] = set()
    for keys_of, most in ((strong_keys, MOST_SHARING), (weak_keys, MOST_WEAKLY)):
        blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, one in enumerate(people):
            for key in set(keys_of(one)):
                blocks[one.kind, key].append(place)
        for block in blocks.values():
            if len(block) <= most:
                found.update(combinations(block, 2))
    return found


def own_points(people: Iterable[Likeness]) -> set[str]:
    """E-mail addresses and numbers that a few records of one name share, and nobody else."""
    names: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    holders: Counter[str] = Counter()
    for one in people:
        for point in one.emails | one.phones:
            names[point].add(tuple(sorted((one.given, one.family))))
            holders[point] += 1
    return {point for point, of in names.items() if len(of) == 1 and holders[point] <= MOST_OWN}


def sifted_here(people: Sequence[Likeness]) -> list[Alike]:
    """Every pair worth showing, of a list that fits in hand."""
    least, own = least_score(len(people)), own_points(people)
    found = []
    for left, right in sorted(pairs_worth_a_look(people)):
        a, b = people[left], people[right]
        score, levels = likeness_of(a, b)
        alike = alike_of(a, b, score, levels, own)
        if score >= least and not alike.is_household:
            found.append(alike)
    return found


def alike_of(
    a: Likeness, b: Likeness, score: float, levels: Mapping[str, str], own: set[str]
) -> Alike:
    low, high = sorted((a.id, b.id))
    return Alike(
        low,
        high,
        round(score, 2),
        levels,
        own_email=bool(a.emails & b.emails & own),
        own_phone=bool(a.phones & b.phones & own),
        ages_differ=a.age != b.age,
        are_two=_are_two(a, b),
    )


def _are_two(a: Likeness, b: Likeness) -> bool:
    """Whether both say all their names, and the first names are nothing like each other."""
    alike = near(a.given, b.given, OTHER_SHARE) or near(a.given, b.family, NAME_SHARE)
    return a.is_whole and b.is_whole and not alike and not is_muddled(a, b)
