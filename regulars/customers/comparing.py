"""The statements that compare staged customers with the list. `{range}` is one stretch of keys."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from typing import Any

from django.utils.translation import gettext as _

from regulars.core.bulk import rows_of
from regulars.core.column_sets import Change, Terms
from regulars.customers.models import ContactPoint, Customer

STAGED = "customers_stagedcustomer"
SHOWN_CHANGES = 50


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


# In this order: their number, e-mail, phone, exact name. A shared phone or name is not enough
# where the row and the customer say different things about who they are.
MATCHING = (
    (
        f"UPDATE {STAGED} AS s SET customer_id = r.customer_id FROM customers_reference r"
        " WHERE {range} AND s.reference <> '' AND r.source = %(source)s AND r.value = s.reference"
    ),
    (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT min(p.customer_id) FROM customers_contactpoint p"
        " JOIN customers_customer c ON c.id = p.customer_id AND c.archived_at IS NULL"
        " WHERE p.kind = 'email' AND p.normal = s.email_normal)"
        " WHERE {range} AND s.customer_id IS NULL AND s.email_state = 'usable'"
    ),
    (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT min(p.customer_id) FROM customers_contactpoint p"
        " JOIN customers_customer c ON c.id = p.customer_id AND c.archived_at IS NULL"
        " WHERE p.kind = 'phone' AND p.normal = s.phone_normal"
        " AND (s.reference = '' OR NOT EXISTS (SELECT 1 FROM customers_reference r"
        "  WHERE r.customer_id = p.customer_id AND r.source = %(source)s))"
        f" AND {_is_same_or_blank('p.customer_id', 'email')})"
        " WHERE {range} AND s.customer_id IS NULL AND s.phone_state = 'usable'"
    ),
    (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT CASE WHEN count(*) = 1 THEN min(c.id) END FROM customers_customer c"
        " WHERE c.sort_name = s.sort_name AND c.archived_at IS NULL"
        " AND (s.reference = '' OR NOT EXISTS (SELECT 1 FROM customers_reference r"
        "  WHERE r.customer_id = c.id AND r.source = %(source)s))"
        f" AND {_is_same_or_blank('c.id', 'email')} AND {_is_same_or_blank('c.id', 'phone')})"
        " WHERE {range} AND s.customer_id IS NULL AND s.sort_name <> ''"
    ),
    # Of several of one name, the one who says as much and as little as the row.
    (
        f"UPDATE {STAGED} AS s SET customer_id = ("
        " SELECT CASE WHEN count(*) = 1 THEN min(c.id) END FROM customers_customer c"
        " WHERE c.sort_name = s.sort_name AND c.archived_at IS NULL"
        " AND s.reference = '' AND NOT EXISTS (SELECT 1 FROM customers_reference r"
        "  WHERE r.customer_id = c.id AND r.source = %(source)s)"
        f" AND {_is_alike('email')} AND {_is_alike('phone')})"
        " WHERE {range} AND s.customer_id IS NULL AND s.sort_name <> '' AND s.reference = ''"
    ),
    # Nobody is named, and nothing can be written to or called: the same letters are all there is.
    _same_unusable("email", ""),
    _same_unusable("phone", " AND s.email_normal = ''"),
)

# Rows of one file that mean the same customer follow the first of them.
LEADING = (
    (
        f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
        " WHERE o.import_id = s.import_id AND o.customer_id = s.customer_id)"
        " WHERE {range} AND s.customer_id IS NOT NULL"
    ),
    (
        f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
        " WHERE o.import_id = s.import_id AND o.email_normal = s.email_normal)"
        " WHERE {range} AND s.customer_id IS NULL AND s.email_state = 'usable'"
    ),
    (
        f"UPDATE {STAGED} AS s SET leader_id = (SELECT min(o.id) FROM {STAGED} o"
        " WHERE o.import_id = s.import_id AND o.phone_normal = s.phone_normal)"
        " WHERE {range} AND s.customer_id IS NULL AND s.phone_state = 'usable'"
        " AND s.reference = '' AND s.email_normal = ''"
    ),
    f"UPDATE {STAGED} AS s SET leader_id = s.id WHERE {{range}} AND s.leader_id IS NULL",
)

ADDRESS = (
    "substr(s.street || '|' || s.postcode || '|' || s.city || '|' || s.region || '|' || s.country,"
    " 1, 320)"
)


def _lacks(kind: str, normal: str) -> str:
    return (
        f"({normal} NOT IN ('', '||||') AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
        f" WHERE p.customer_id = s.customer_id AND p.kind = '{kind}' AND p.normal = {normal}))"
    )


LACKING = " OR ".join([
    _lacks("email", "s.email_normal"),
    _lacks("phone", "s.phone_normal"),
    _lacks("address", ADDRESS),
    ("(s.reference <> '' AND NOT EXISTS (SELECT 1 FROM customers_reference r"
    " WHERE r.source = %(source)s AND r.value = s.reference))"),
])  # fmt: skip
DIFFERENT = (
    "s.leader_id = s.id AND ("
    "(s.name <> '' AND (c.name <> s.name OR c.kind <> s.kind OR c.given_name <> s.given_name"
    " OR c.family_name <> s.family_name))"
    " OR (s.about <> '' AND c.about <> s.about)"
    " OR (s.since_on IS NOT NULL AND (c.since_on IS NULL OR c.since_on <> s.since_on)))"
)
DIFFERING = (
    (
        f"UPDATE {STAGED} AS s SET is_new = (s.customer_id IS NULL AND s.leader_id = s.id),"
        " is_changed = (s.customer_id IS NULL AND s.leader_id <> s.id) WHERE {range}"
    ),
    f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM customers_customer c"
    " WHERE {range} AND c.id = s.customer_id AND (" + DIFFERENT + " OR " + LACKING + ")",
)
FOLLOWING = (
    f"UPDATE {STAGED} AS s SET customer_id = l.customer_id FROM {STAGED} l"
    " WHERE {range} AND s.customer_id IS NULL AND l.id = s.leader_id"
)

ADD_REFERENCE = (
    "INSERT INTO customers_reference (customer_id, source, value)"
    f" SELECT s.customer_id, %(source)s, s.reference FROM {STAGED} s"
    " WHERE {range} AND {which} AND s.customer_id IS NOT NULL AND s.reference <> '' ORDER BY s.id"
    " ON CONFLICT (source, value) DO NOTHING"
)


def _add_point(kind: str, value: str, normal: str, seal: str, state: str, place: str) -> str:
    return (
        "INSERT INTO customers_contactpoint (customer_id, kind, value, normal, seal, label, street,"
        " postcode, city, region, country, is_primary, state, source, created_at)"
        f" SELECT s.customer_id, '{kind}', {value}, {normal}, {seal}, '', {place},"
        " s.leader_id = s.id AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
        f"  WHERE p.customer_id = s.customer_id AND p.kind = '{kind}'), {state},"
        f" %(source)s, %(at)s FROM {STAGED} s"
        " WHERE {range} AND {which} AND s.customer_id IS NOT NULL"
        f" AND {normal} NOT IN ('', '||||') ORDER BY s.id"
        " ON CONFLICT (customer_id, kind, normal) DO NOTHING"
    )


NO_PLACE = "'', '', '', '', ''"
ADD_EMAIL = _add_point(
    "email", "s.email", "s.email_normal", "s.email_seal", "s.email_state", NO_PLACE
)
ADD_PHONE = _add_point(
    "phone", "s.phone", "s.phone_normal", "s.phone_seal", "s.phone_state", NO_PLACE
)
# A place without a street takes no letter: it is kept, as doubtful.
ADD_ADDRESS = _add_point(
    "address",
    "trim(trim(s.street || ', ' || trim(s.postcode || ' ' || s.city)), ', ')",
    ADDRESS,
    "''",
    "CASE WHEN s.street <> '' THEN 'usable' ELSE 'doubtful' END",
    "s.street, s.postcode, s.city, s.region, s.country",
)


def first_changes(terms: Terms) -> list[Change]:
    """The first fields that would change, from and to, as the screen shows them."""
    rows = rows_of(
        "SELECT s.row_no, s.customer_id, s.leader_id = s.id, s.name, s.email, s.email_normal,"
        f" s.phone, s.phone_normal, s.about FROM {STAGED} s WHERE s.import_id = %s"
        " AND s.is_changed AND s.customer_id IS NOT NULL ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    known = Customer.objects.in_bulk([row[1] for row in rows])
    points: dict[tuple[int, str], list[tuple[str, str]]] = {}
    kept = ContactPoint.objects.filter(customer_id__in=known).order_by("-is_primary", "id")
    for pk, kind, value, normal in kept.values_list("customer_id", "kind", "value", "normal"):
        points.setdefault((pk, kind), []).append((value, normal))
    found = [change for row in rows for change in _changes_of(row, known[row[1]], points)]
    return found[:SHOWN_CHANGES]


def _changes_of(
    row: tuple[Any, ...], customer: Customer, points: dict[tuple[int, str], list[tuple[str, str]]]
) -> list[Change]:
    row_no, pk, leads, name, email, email_normal, phone, phone_normal, about = row
    told = []
    if leads and name and name != customer.name:
        told.append((_("Name"), customer.name, name))
    for label, kind, value, normal in (
        (_("E-mail"), "email", email, email_normal),
        (_("Phone"), "phone", phone, phone_normal),
    ):
        have = points.get((pk, kind), [])
        if normal and normal not in {normal_of for _value, normal_of in have}:
            told.append((label, have[0][0] if have else "", value))
    if leads and about and about != customer.about:
        told.append((_("Note"), customer.about, about))
    return [Change(row_no, customer.name, label, old, new) for label, old, new in told]
