"""What may be made of a likeness: whether it speaks for itself, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.customers.likeness import DIFFERENT, UNKNOWN


@dataclass(frozen=True, slots=True)
class Alike:
    """Two customers who may be one. `levels` has the outcome of each comparison.

    `own_email` and `own_phone` say that they share one which nobody of another name has: a
    couple's address and a household's telephone are not one's own.
    """

    low: int
    high: int
    score: float
    levels: Mapping[str, str] = field(default_factory=dict)
    own_email: bool = False
    own_phone: bool = False
    ages_differ: bool = False
    # Whether both say all their names, and the first names are nothing like each other.
    are_two: bool = False

    @property
    def is_automatic(self) -> bool:
        """Whether they may be merged without being looked at: figures in docs/benchmarks.md."""
        level = self.levels
        if self.ages_differ or DIFFERENT in (level["born"], level["marks"], level["name"]):
            return False
        if level["born"] == "year":
            return False
        if level["name"] == "same":
            return self._is_namesake_no_more()
        # Twins have like names, one birthday and one address, but numbers of their own.
        return level["name"] in {"close", "swapped"} and level["marks"] == "same" and (
            level["born"] == "same" or level["address"] in {"same", "close"}
        )  # fmt: skip

    @property
    def is_household(self) -> bool:
        """Whether they are two by their names, and only live or are reached together."""
        level = self.levels
        apart = level["name"] in {"family", DIFFERENT} and self.are_two
        return apart and level["marks"] != "same" and level["born"] not in {"same", "close"}

    def _is_namesake_no_more(self) -> bool:
        """One name, and something that namesakes at one address do not share."""
        level = self.levels
        if level["marks"] == "same":
            return True
        at_home = level["address"] in {"same", "close", "postcode"}
        if level["born"] == "same":
            return at_home or self.own_email or self.own_phone
        # A telephone alone is a household's; an address that one mailbox has is one's own.
        return self.own_email and DIFFERENT not in (level["phone"], level["address"])


def words_of(levels: Mapping[str, str]) -> list[str]:
    """What makes them alike and what speaks against it, the weightiest first."""
    known = _words()
    return [
        known[name, level]
        for name, level in levels.items()
        if level != UNKNOWN and (name, level) in known
    ]


def _words() -> dict[tuple[str, str], str]:
    return {
        ("email", "same"): _("same e-mail"),
        ("email", "close"): _("similar e-mail"),
        ("email", DIFFERENT): _("different e-mail"),
        ("phone", "same"): _("same phone"),
        ("phone", "home"): _("same phone, another first name"),
        ("phone", DIFFERENT): _("different phone"),
        ("name", "same"): _("same name"),
        ("name", "swapped"): _("first and family name swapped"),
        ("name", "close"): _("similar name"),
        ("name", "one lacks"): _("one name of two"),
        ("name", "family"): _("same family name"),
        ("name", "given"): _("same first name"),
        ("name", DIFFERENT): _("different name"),
        ("born", "same"): pgettext("duplicates", "born on the same day"),
        ("born", "close"): _("birthdays one digit apart"),
        ("born", "year"): _("born in the same year, another day"),
        ("born", DIFFERENT): _("different birthday"),
        ("marks", "same"): _("same number"),
        ("marks", DIFFERENT): _("different number"),
        ("address", "same"): _("same address"),
        ("address", "close"): _("similar address"),
        ("address", "home"): _("same address, another first name"),
        ("address", "street"): _("similar street, another number"),
        ("address", "postcode"): _("same postcode, different street"),
        ("address", "town"): _("same town"),
        ("address", "city"): _("same town, different street"),
        ("address", DIFFERENT): _("different address"),
    }


def clusters_of(alike: list[Alike]) -> list[list[int]]:
    """Groups in which everybody speaks for being everybody else: never a chain of likenesses.

    The strongest pairs first; two groups become one only when every pair across is automatic.
    """
    ready = sorted(
        (one for one in alike if one.is_automatic), key=lambda one: (-one.score, one.low, one.high)
    )
    linked = {(one.low, one.high) for one in ready}
    group_of: dict[int, list[int]] = {}
    for one in ready:
        left = group_of.setdefault(one.low, [one.low])
        right = group_of.setdefault(one.high, [one.high])
        if left is right:
            continue
        if all((min(a, b), max(a, b)) in linked for a in left for b in right):
            left.extend(right)
            for member in right:
                group_of[member] = left
    groups = {id(group): group for group in group_of.values() if len(group) > 1}
    return [sorted(group) for group in groups.values()]
