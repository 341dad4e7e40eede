"""How alike two customers are: what is compared, and how much each likeness counts.

The rules of Fellegi and Sunter (1969): every comparison has levels, and a level counts the base-2
logarithm of how much oftener it is seen between two records of one customer (`m`) than between two
customers (`u`). The figures were set by hand on febrl_dataset1, one half of the people of
splink_fake_1000, made-up lists with households and the sample business (docs/benchmarks.md judges
them on others), and stay fixed, so that a list of thirty is judged as one of a million is.
A condition is written twice, for Python and for the engines; a test holds them together.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import log2

from rapidfuzz.distance import DamerauLevenshtein

from regulars.customers.choices import Kind

# The share of letters that may differ where a name, a street or an address was mistyped.
NAME_SHARE, STREET_SHARE, EMAIL_SHARE = 0.34, 0.3, 0.2
# Nobody mistypes more letters than this, however long the word.
MOST_SLIPS = 2
# An address names somebody by no less.
LEAST_NAME = 3
# Beyond this share two first names are two names, however badly written.
OTHER_SHARE = 0.4
# Addresses that every second shop has.
OFFICES = frozenset(
    "accounts admin bookings contact enquiries hello home info kontakt mail me office orders post"
    " reception sales shop support team".split()
)
UNKNOWN, DIFFERENT = "unknown", "different"


@dataclass(frozen=True)
class Likeness:
    """A customer as they are compared: folded words without gaps, nothing is ""."""

    id: int
    kind: str
    given: str = ""
    family: str = ""
    # Senior or junior, the second or the third: where these differ, they are two.
    age: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    street: str = ""
    postcode: str = ""
    city: str = ""
    born: str = ""
    # Numbers of theirs in fields of our own, as "field:number".
    marks: frozenset[str] = frozenset()

    @cached_property
    def local(self) -> str:
        """What stands before the @ of an e-mail address, unless it names an office."""
        local = min(self.emails, default="").split("@")[0]
        return "" if local in OFFICES else local

    @cached_property
    def digits(self) -> str:
        return _digits_of(self.local)

    @cached_property
    def door(self) -> str:
        """The numbers of a street: next door is another house, however alike it is written."""
        return _digits_of(self.street)

    @cached_property
    def letters(self) -> str:
        """Those of the first name, in their own order: a name typed in a muddle has the same."""
        return "".join(sorted(self.given))

    @property
    def is_whole(self) -> bool:
        """Whether both names are known."""
        return bool(self.given and self.family)


def _digits_of(text: str) -> str:
    return re.sub("[^0-9]", "", text)


Test = Callable[[Likeness, Likeness], bool]


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison; the first that holds counts."""

    name: str
    m: float
    u: float
    sql: str
    holds: Test

    @property
    def weight(self) -> float:
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`unknown` says when one of both tells nothing: that counts neither way."""

    name: str
    unknown_sql: str
    unknown: Test
    levels: tuple[Level, ...]
    different: tuple[float, float]

    def outcome(self, a: Likeness, b: Likeness) -> tuple[str, float]:
        if self.unknown(a, b):
            return UNKNOWN, 0.0
        for level in self.levels:
            if level.holds(a, b):
                return level.name, level.weight
        return DIFFERENT, log2(self.different[0] / self.different[1])


def near(one: str, other: str, share: float) -> bool:
    """Whether two written words may be one, mistyped."""
    if not one or not other:
        return False
    most = min(int(max(len(one), len(other)) * share + 1e-9), MOST_SLIPS)
    return DamerauLevenshtein.distance(one, other, score_cutoff=most) <= most


def near_sql(left: str, right: str, share: float) -> str:
    longest = f"greatest(length({left}), length({right}))"
    return (
        f"({left} <> '' AND {right} <> '' AND damerau_levenshtein({left}, {right})"
        f" <= least(floor({longest} * {share} + 1e-9), {MOST_SLIPS}))"
    )


def _same(column: str) -> str:
    return f"({column}_l = {column}_r AND {column}_l <> '')"


# Names

_CLOSE_FAMILY = near_sql("family_l", "family_r", NAME_SHARE)
_IS_ORGANISATION = f"kind_l = '{Kind.ORGANISATION.value}'"
_INITIAL = (
    "(least(length(given_l), length(given_r)) IN (1, 3, 4, 5) AND"
    " (starts_with(given_l, given_r) OR starts_with(given_r, given_l)))"
)
_CLOSE_GIVEN = f"({near_sql('given_l', 'given_r', NAME_SHARE)} OR {_INITIAL})"
_SWAPPED = (
    near_sql("given_l", "family_r", NAME_SHARE)
    + " AND "
    + near_sql("family_l", "given_r", NAME_SHARE)
)


def _single(one: str, other: str) -> str:
    single = f"given_{one} || family_{one}"
    return (
        f"((given_{one} = '' OR family_{one} = '') AND"
        f" ({near_sql(single, f'given_{other}', NAME_SHARE)}"
        f" OR {near_sql(single, f'family_{other}', NAME_SHARE)}))"
    )


def _same_name(a: Likeness, b: Likeness) -> bool:
    family = a.family == b.family != ""
    return family and (a.kind == Kind.ORGANISATION or a.given == b.given != "")


def _close_given(a: Likeness, b: Likeness) -> bool:
    shorter, longer = sorted((a.given, b.given), key=len)
    begins = len(shorter) in {1, 3, 4, 5} and longer.startswith(shorter)
    return begins or near(a.given, b.given, NAME_SHARE)


def _close_name(a: Likeness, b: Likeness) -> bool:
    family = near(a.family, b.family, NAME_SHARE)
    return family and (a.kind == Kind.ORGANISATION or _close_given(a, b))


def _swapped(a: Likeness, b: Likeness) -> bool:
    return near(a.given, b.family, NAME_SHARE) and near(a.family, b.given, NAME_SHARE)


def _one_lacks(a: Likeness, b: Likeness) -> bool:
    """One gives a single name, which may be either name of the other."""
    return any(
        near(one.given + one.family, name, NAME_SHARE)
        for one, other in ((a, b), (b, a))
        if not one.is_whole
        for name in (other.given, other.family)
    )


NAME = Comparison(
    "name",
    "(given_l || family_l = '' OR given_r || family_r = '')",
    lambda a, b: not (a.given or a.family) or not (b.given or b.family),
    (
        Level(
            "same", 0.55, 0.0008,
            f"{_same('family')} AND ({_IS_ORGANISATION} OR {_same('given')})", _same_name,
        ),
        Level("swapped", 0.05, 0.0001, _SWAPPED, _swapped),
        Level(
            "close", 0.25, 0.0025,
            f"{_CLOSE_FAMILY} AND ({_IS_ORGANISATION} OR {_CLOSE_GIVEN})", _close_name,
        ),
        Level(
            "one lacks", 0.12, 0.006, f"{_single('l', 'r')} OR {_single('r', 'l')}", _one_lacks
        ),
        Level("family", 0.02, 0.01, _same("family"), lambda a, b: a.family == b.family != ""),
        Level("given", 0.02, 0.02, _same("given"), lambda a, b: a.given == b.given != ""),
    ),
    (0.03, 0.95),
)  # fmt: skip


# Who bear one family name and live or are reached together are a family before they are one: what
# a household shares counts little where the first names are not the same.
_RELATED = f"(kind_l <> '{Kind.ORGANISATION.value}' AND {_same('family')} AND NOT {_CLOSE_GIVEN})"


def _is_related(a: Likeness, b: Likeness) -> bool:
    is_one = a.kind == Kind.ORGANISATION or _close_given(a, b)
    return a.family == b.family != "" and not is_one


def muddled_sql(left: str, right: str) -> str:
    """`is_muddled`, of two rows by how their columns are called: "l.{}" or "{}_l"."""
    named = " OR ".join(
        f"(length({name}) >= {LEAST_NAME} AND contains({at.format('local')}, {name}))"
        for name in (left.format("given"), right.format("given")) for at in (left, right)
    )  # fmt: skip
    near_letters = near_sql(left.format("letters"), right.format("letters"), NAME_SHARE)
    return f"({near_letters} AND ({named}))"


def is_muddled(a: Likeness, b: Likeness) -> bool:
    """Whether the first names have nearly the same letters, in whatever order, and an e-mail
    address names one of them: Anna and Alan are a couple, but not at alan.hale@.
    """
    named = any(
        len(name) >= LEAST_NAME and name in local
        for name in (a.given, b.given) for local in (a.local, b.local)
    )  # fmt: skip
    return named and near(a.letters, b.letters, NAME_SHARE)


# Ways to reach them, and numbers of theirs


def _any_same(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def _lacking(column: str) -> str:
    return f"(len({column}_l) = 0 OR len({column}_r) = 0)"


def _close_email(a: Likeness, b: Likeness) -> bool:
    # celia.hale@ and felix.hale@ are near for the family's name alone; where no first name is said,
    # there is no second one.
    is_near = a.digits == b.digits and near(a.local, b.local, EMAIL_SHARE)
    is_two = a.given and b.given and _is_related(a, b) and not is_muddled(a, b)
    return is_near and not is_two


EMAIL = Comparison(
    "email",
    _lacking("emails"),
    lambda a, b: not a.emails or not b.emails,
    (
        Level("same", 0.7, 0.00005, _any_same("emails"), lambda a, b: bool(a.emails & b.emails)),
        Level(
            "close", 0.15, 0.0005,
            f"digits_l = digits_r AND NOT (given_l <> '' AND given_r <> '' AND {_RELATED}"
            f" AND NOT {muddled_sql('{}_l', '{}_r')})"
            f" AND {near_sql('local_l', 'local_r', EMAIL_SHARE)}",
            _close_email,
        ),
    ),
    (0.3, 0.9),
)  # fmt: skip
PHONE = Comparison(
    "phone",
    _lacking("phones"),
    lambda a, b: not a.phones or not b.phones,
    (
        Level(
            "home",
            0.7,
            0.1,
            f"{_any_same('phones')} AND {_RELATED}",
            lambda a, b: bool(a.phones & b.phones) and _is_related(a, b),
        ),
        Level("same", 0.7, 0.0002, _any_same("phones"), lambda a, b: bool(a.phones & b.phones)),
    ),
    (0.3, 0.99),
)
BORN = Comparison(
    "born",
    "(born_l = '' OR born_r = '')",
    lambda a, b: not a.born or not b.born,
    (
        Level("same", 0.75, 0.00005, "born_l = born_r", lambda a, b: a.born == b.born),
        Level(
            "close", 0.15, 0.003, "damerau_levenshtein(born_l, born_r) <= 1",
            lambda a, b: DamerauLevenshtein.distance(a.born, b.born, score_cutoff=1) <= 1,
        ),
        Level(
            "year", 0.05, 0.015, "left(born_l, 4) = left(born_r, 4)",
            lambda a, b: a.born[:4] == b.born[:4],
        ),
    ),
    (0.25, 0.97),
)  # fmt: skip
MARKS = Comparison(
    "marks",
    _lacking("marks"),
    lambda a, b: not a.marks or not b.marks,
    (Level("same", 0.85, 0.00001, _any_same("marks"), lambda a, b: bool(a.marks & b.marks)),),
    (0.15, 0.999),
)


# Where they live


def _is_placeless(a: Likeness) -> bool:
    return not (a.street or a.postcode or a.city)


def _same_address(a: Likeness, b: Likeness) -> bool:
    place = a.postcode == b.postcode != "" or a.city == b.city != ""
    return place and a.street == b.street != ""


_SAME_ADDRESS = f"({_same('street')} AND ({_same('postcode')} OR {_same('city')}))"
_CLOSE_CITY = near_sql("city_l", "city_r", NAME_SHARE)
_NO_STREET = "street_{0} || postcode_{0} = ''"
_CLOSE_STREET = near_sql("street_l", "street_r", STREET_SHARE)
ADDRESS = Comparison(
    "address",
    "(street_l || postcode_l || city_l = '' OR street_r || postcode_r || city_r = '')",
    lambda a, b: _is_placeless(a) or _is_placeless(b),
    (
        Level(
            "home", 0.5, 0.1, f"{_SAME_ADDRESS} AND {_RELATED}",
            lambda a, b: _same_address(a, b) and _is_related(a, b),
        ),
        Level(
            "same", 0.5, 0.0001,
            _SAME_ADDRESS, _same_address,
        ),
        Level(
            "close", 0.25, 0.001, f"door_l = door_r AND {_CLOSE_STREET}",
            lambda a, b: a.door == b.door and near(a.street, b.street, STREET_SHARE),
        ),
        Level(
            "street", 0.06, 0.015, _CLOSE_STREET,
            lambda a, b: near(a.street, b.street, STREET_SHARE),
        ),
        Level(
            "postcode", 0.1, 0.012, _same("postcode"), lambda a, b: a.postcode == b.postcode != ""
        ),
        Level(
            "town", 0.7, 0.08,
            f"({_NO_STREET.format('l')} OR {_NO_STREET.format('r')}) AND {_CLOSE_CITY}",
            lambda a, b: not ((a.street or a.postcode) and (b.street or b.postcode))
            and near(a.city, b.city, NAME_SHARE),
        ),
        Level(
            "city", 0.1, 0.1, _CLOSE_CITY,
            lambda a, b: near(a.city, b.city, NAME_SHARE),
        ),
    ),
    (0.1, 0.95),
)  # fmt: skip
COMPARISONS = (NAME, EMAIL, PHONE, BORN, MARKS, ADDRESS)


def least_score(count: int) -> float:
    """What a pair must count to be shown: the longer the list, the oftener strangers are alike."""
    return max(3.8, 4.9 + log2(max(count, 1) / 1000))


def likeness_of(a: Likeness, b: Likeness) -> tuple[float, dict[str, str]]:
    """The score of a pair of one kind, and the level of each comparison."""
    found = {one.name: one.outcome(a, b) for one in COMPARISONS}
    return (
        sum(weight for _level, weight in found.values()),
        {name: level for name, (level, _weight) in found.items()},
    )
