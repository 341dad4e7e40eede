"""By what staged customers are told to be known ones, and rows of one file to mean the same."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from dataclasses import dataclass

STAGED = "customers_stagedcustomer"
# The order that holds where nobody chose another.
USUAL = ("reference", "email", "phone", "name")


def _is_same_or_blank(customer: str, kind: str) -> str:
    """Neither says another address or number than the other; an unusable one counts as well."""
    points = (
        "SELECT 1 FROM customers_contactpoint e"
        f" WHERE e.customer_id = {customer} AND e.kind = '{kind}'"
    )
    return (
        f"(s.{kind}_normal = '' OR NOT EXISTS ({points})"
        f" OR EXISTS ({points} AND e.normal = s.{kind}_normal))"
    )


def _is_alike(kind: str) -> str:
    points = (
        f"SELECT 1 FROM customers_contactpoint e WHERE e.customer_id = c.id AND e.kind = '{kind}'"
    )
    return (
        f"CASE WHEN s.{kind}_normal = '' THEN NOT EXISTS ({points})"
        f" ELSE EXISTS ({points} AND e.normal = s.{kind}_normal) END"
    )


def _found(customer: str, join: str, which: str, having: str = "") -> str:
    """Write down whom rows mean; those of whom nobody is known, mostly all, are not written."""
    return (
        f"UPDATE {STAGED} AS s SET customer_id = m.customer_id, is_new = FALSE FROM ("
        f"SELECT s.id, min({customer}) AS customer_id FROM {STAGED} s JOIN {join}"
        f" WHERE {{range}} AND s.customer_id IS NULL AND {which} GROUP BY s.id{having}) m"
        " WHERE s.id = m.id"
    )


_LISTED = "JOIN customers_customer c ON c.id = p.customer_id AND c.archived_at IS NULL"


def _by_point(kind: str, which: str) -> str:
    # Found by the seal, for which there is an index; the same where the text is.
    join = (
        f"customers_contactpoint p ON p.seal = s.{kind}_seal AND p.kind = '{kind}'"
        f" AND p.normal = s.{kind}_normal {_LISTED}"
    )
    return _found("p.customer_id", join, f"s.{kind}_seal <> '' AND {which}")


def _same_unusable(kind: str, alone: str) -> str:
    which = f"s.sort_name = '' AND s.reference = '' AND s.{kind}_state = 'doubtful'{alone}"
    return _by_point(kind, which)


_ONLY_ONE = " HAVING count(*) = 1"
_NAMESAKE = "customers_customer c ON c.sort_name = s.sort_name AND c.archived_at IS NULL"
OF_ANOTHER = (
    "(s.reference = '' OR NOT EXISTS (SELECT 1 FROM customers_reference r"
    "  WHERE r.customer_id = {0} AND r.source = %(source)s))"
)
# A shared phone or name is not enough where the row and the customer say different things about
# who they are.
MATCHING: dict[str, tuple[str, ...]] = {
    "reference": (
        (
            f"UPDATE {STAGED} AS s SET customer_id = r.customer_id, is_new = FALSE"
            " FROM customers_reference r"
            " WHERE {range} AND s.customer_id IS NULL AND s.reference <> ''"
            " AND r.source = %(source)s AND r.value = s.reference"
        ),
    ),
    "email": (_by_point("email", "s.email_state = 'usable'"), _same_unusable("email", "")),
    "phone": (
        _by_point(
            "phone",
            f"s.phone_state = 'usable' AND {OF_ANOTHER.format('p.customer_id')}"
            f" AND {_is_same_or_blank('p.customer_id', 'email')}",
        ),
        _same_unusable("phone", " AND s.email_normal = ''"),
    ),
    "name": (
        _found(
            "c.id",
            _NAMESAKE,
            f"s.sort_name <> '' AND {OF_ANOTHER.format('c.id')}"
            f" AND {_is_same_or_blank('c.id', 'email')} AND {_is_same_or_blank('c.id', 'phone')}",
            _ONLY_ONE,
        ),
        # Of several of one name, the one who says as much and as little as the row.
        _found(
            "c.id",
            _NAMESAKE,
            "s.sort_name <> '' AND s.reference = ''"
            " AND NOT EXISTS (SELECT 1 FROM customers_reference r"
            "  WHERE r.customer_id = c.id AND r.source = %(source)s)"
            f" AND {_is_alike('email')} AND {_is_alike('phone')}",
            _ONLY_ONE,
        ),
    ),
    "name_postcode": (
        _found(
            "c.id",
            f"{_NAMESAKE} JOIN customers_contactpoint p"
            " ON p.customer_id = c.id AND p.kind = 'address'",
            "s.sort_name <> '' AND s.postcode <> ''"
            " AND upper(replace(p.postcode, ' ', '')) = upper(replace(s.postcode, ' ', ''))",
            " HAVING count(DISTINCT c.id) = 1",
        ),
    ),
}


# A file that we wrote out names each customer by our own number. Another instance counts as well:
# the number counts only beside the same name, address or number.
OWN_NUMBER = "i:"
BY_OWN_NUMBER = (
    f"UPDATE {STAGED} AS s SET customer_id = c.id, is_new = FALSE FROM customers_customer c"
    " WHERE {range} AND s.customer_id IS NULL AND c.archived_at IS NULL AND c.id ="
    " CASE WHEN s.key LIKE 'i:%%' THEN CAST(substr(s.key, 3) AS BIGINT) END"
    " AND (c.sort_name = s.sort_name OR EXISTS (SELECT 1 FROM customers_contactpoint p"
    "  WHERE p.customer_id = c.id AND (p.kind = 'email' AND p.normal = s.email_normal"
    "  OR p.kind = 'phone' AND p.normal = s.phone_normal)))"
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What several rows of one file may share, and what becomes of all but the first of them."""

    column: str
    # Which rows can be the first of some.
    among: str
    # Which rows follow the first that holds the same.
    following: str
    becomes: str = "is_new = FALSE, is_changed = TRUE, "

    @property
    def find(self) -> str:
        """What is shared, and the first row that holds it."""
        return (
            f"CREATE TEMPORARY TABLE {SHARED} AS SELECT {self.column} AS held, min(id) AS first_id"
            f" FROM {STAGED} WHERE import_id = %(import)s AND {self.among} GROUP BY {self.column}"
            " HAVING count(*) > 1"
        )

    @property
    def follow(self) -> str:
        return (
            f"UPDATE {STAGED} AS s SET {self.becomes}leader_id = f.first_id FROM {SHARED} f"
            f" WHERE {{range}} AND {self.following} AND f.held = s.{self.column}"
            " AND f.first_id <> s.id"
        )


SHARED = "customers_shared_in_file"
_OF_ONE = Sharing("customer_id", "customer_id IS NOT NULL", "s.customer_id IS NOT NULL", "")
LEADING = {
    "email": Sharing(
        "email_normal",
        "email_state = 'usable'",
        "s.customer_id IS NULL AND s.email_state = 'usable'",
    ),
    "phone": Sharing(
        "phone_normal",
        "phone_state = 'usable'",
        "s.customer_id IS NULL AND s.phone_state = 'usable'"
        " AND s.reference = '' AND s.email_normal = ''",
    ),
}


def finding_known(keys: tuple[str, ...]) -> Iterator[str]:
    """What finds the known, by the keys that were chosen."""
    for key in keys or USUAL:
        yield from MATCHING[key]


def finding_leaders(keys: tuple[str, ...]) -> Iterator[Sharing]:
    """By what rows of one file follow the first that means the same customer."""
    yield _OF_ONE
    yield from (LEADING[key] for key in LEADING if key in (keys or USUAL))
