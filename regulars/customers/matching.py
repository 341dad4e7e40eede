"""By what staged customers are told to be known ones, and rows of one file to mean the same."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator

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


def _same_unusable(kind: str, alone: str) -> str:
    return (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT min(p.customer_id) FROM customers_contactpoint p"
        " JOIN customers_customer c ON c.id = p.customer_id AND c.archived_at IS NULL"
        f" WHERE p.kind = '{kind}' AND p.normal = s.{kind}_normal)"
        f" WHERE {{range}} AND s.customer_id IS NULL AND s.sort_name = ''"
        f" AND s.reference = '' AND s.{kind}_state = 'doubtful'{alone}"
    )


def _by_point(kind: str, more: str = "") -> str:
    return (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT min(p.customer_id) FROM customers_contactpoint p"
        " JOIN customers_customer c ON c.id = p.customer_id AND c.archived_at IS NULL"
        f" WHERE p.kind = '{kind}' AND p.normal = s.{kind}_normal{more})"
        f" WHERE {{range}} AND s.customer_id IS NULL AND s.{kind}_state = 'usable'"
    )


OF_ANOTHER = (
    "(s.reference = '' OR NOT EXISTS (SELECT 1 FROM customers_reference r"
    "  WHERE r.customer_id = {0} AND r.source = %(source)s))"
)
# A shared phone or name is not enough where the row and the customer say different things about
# who they are.
MATCHING: dict[str, tuple[str, ...]] = {
    "reference": (
        (
            f"UPDATE {STAGED} AS s SET customer_id = r.customer_id FROM customers_reference r"
            " WHERE {range} AND s.customer_id IS NULL AND s.reference <> ''"
            " AND r.source = %(source)s AND r.value = s.reference"
        ),
    ),
    "email": (_by_point("email"), _same_unusable("email", "")),
    "phone": (
        _by_point(
            "phone",
            f" AND {OF_ANOTHER.format('p.customer_id')}"
            f" AND {_is_same_or_blank('p.customer_id', 'email')}",
        ),
        _same_unusable("phone", " AND s.email_normal = ''"),
    ),
    "name": (
        (
            f"UPDATE {STAGED} AS s SET customer_id = ("
            " SELECT CASE WHEN count(*) = 1 THEN min(c.id) END FROM customers_customer c"
            " WHERE c.sort_name = s.sort_name AND c.archived_at IS NULL"
            f" AND {OF_ANOTHER.format('c.id')}"
            f" AND {_is_same_or_blank('c.id', 'email')} AND {_is_same_or_blank('c.id', 'phone')})"
            " WHERE {range} AND s.customer_id IS NULL AND s.sort_name <> ''"
        ),
        # Of several of one name, the one who says as much and as little as the row.
        (
            f"UPDATE {STAGED} AS s SET customer_id = ("
            " SELECT CASE WHEN count(*) = 1 THEN min(c.id) END FROM customers_customer c"
            " WHERE c.sort_name = s.sort_name AND c.archived_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM customers_reference r"
            "  WHERE r.customer_id = c.id AND r.source = %(source)s)"
            f" AND {_is_alike('email')} AND {_is_alike('phone')})"
            " WHERE {range} AND s.customer_id IS NULL AND s.sort_name <> '' AND s.reference = ''"
        ),
    ),
    "name_postcode": (
        (
            f"UPDATE {STAGED} AS s SET customer_id = ("
            " SELECT CASE WHEN count(DISTINCT c.id) = 1 THEN min(c.id) END"
            " FROM customers_customer c JOIN customers_contactpoint p"
            " ON p.customer_id = c.id AND p.kind = 'address'"
            " WHERE c.sort_name = s.sort_name AND c.archived_at IS NULL"
            " AND upper(replace(p.postcode, ' ', '')) = upper(replace(s.postcode, ' ', '')))"
            " WHERE {range} AND s.customer_id IS NULL AND s.sort_name <> '' AND s.postcode <> ''"
        ),
    ),
}

# Rows of one file that mean the same customer follow the first of them.
_OF_ONE = (
    f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
    " WHERE o.import_id = s.import_id AND o.customer_id = s.customer_id)"
    " WHERE {range} AND s.customer_id IS NOT NULL"
)
LEADING = {
    "email": (
        f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
        " WHERE o.import_id = s.import_id AND o.email_normal = s.email_normal)"
        " WHERE {range} AND s.customer_id IS NULL AND s.email_state = 'usable'"
    ),
    "phone": (
        f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
        " WHERE o.import_id = s.import_id AND o.phone_normal = s.phone_normal)"
        " WHERE {range} AND s.customer_id IS NULL AND s.phone_state = 'usable'"
        " AND s.reference = '' AND s.email_normal = ''"
    ),
}
_ALONE = f"UPDATE {STAGED} AS s SET leader_id = s.id WHERE {{range}} AND s.leader_id IS NULL"


def statements(keys: tuple[str, ...]) -> Iterator[str]:
    """What finds the known, and the first row of each, by the keys that were chosen."""
    for key in keys or USUAL:
        yield from MATCHING[key]
    yield _OF_ONE
    for key, statement in LEADING.items():
        if key in (keys or USUAL):
            yield statement
    yield _ALONE
