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


ADDRESS = (
    "substr(s.street || '|' || s.postcode || '|' || s.city || '|' || s.region || '|' || s.country,"
    " 1, 320)"
)


def _lacks(kind: str, normal: str) -> str:
    return (
        f"({normal} NOT IN ('', '||||') AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
        f" WHERE p.customer_id = s.customer_id AND p.kind = '{kind}' AND p.normal = {normal}))"
    )


# A name that is an address, a number or a mere “Customer 7” stands for one that nobody knew.
STAND_IN = (
    "(c.given_name = '' AND c.family_name = '' AND (EXISTS (SELECT 1 FROM customers_contactpoint n"
    " WHERE n.customer_id = c.id AND n.value = c.name) OR EXISTS (SELECT 1 FROM"
    " customers_reference n WHERE n.customer_id = c.id AND c.name LIKE '%%' || n.value)))"
)
# What is chosen for one of these holds for all.
TOGETHER = {
    "name": ("name", "given_name", "family_name", "organisation"),
    "street": ("street", "postcode", "city", "region", "country"),
    "email": ("email", "other_emails"),
    "phone": ("phone", "other_phones"),
    "interests": ("interests", "interests_noted"),
    "needs": ("needs", "needs_noted"),
}
_NAME_DIFFERS = (
    # A file has one word for organisations and for departments of ours.
    "(s.name <> '' AND (c.name <> s.name OR (c.kind <> s.kind AND NOT (s.kind = 'organisation'"
    " AND c.kind = 'department')) OR (s.given_name || s.family_name"
    " <> '' AND (c.given_name <> s.given_name OR c.family_name <> s.family_name))))"
)
DIFFERS = {
    ("name", ""): _NAME_DIFFERS,
    ("name", "fill"): f"({_NAME_DIFFERS} AND {STAND_IN})",
    ("about", ""): "(s.about <> '' AND c.about <> s.about)",
    ("about", "fill"): "(s.about <> '' AND c.about = '')",
    # Said already is said.
    ("about", "append"): "(s.about <> '' AND replace(c.about, s.about, '') = c.about)",
    ("about", "clear"): "(c.about <> s.about)",
    ("since", ""): "(s.since_on IS NOT NULL AND (c.since_on IS NULL OR c.since_on <> s.since_on))",
    ("since", "fill"): "(s.since_on IS NOT NULL AND c.since_on IS NULL)",
    (
        "since",
        "clear",
    ): "(c.since_on IS NOT NULL AND (s.since_on IS NULL OR c.since_on <> s.since_on))",
}


def policy_of(terms: Terms, field: str) -> str:
    """What becomes of a field that is there already; the parts of a whole go together."""
    names = parts_of(field)
    chosen = next((terms.policies[name] for name in names if terms.policies.get(name)), "")
    return "clear" if not chosen and is_cleared(terms, field) else chosen


def parts_of(field: str) -> tuple[str, ...]:
    """The fields for which one choice is made, of which this is one."""
    return next((names for names in TOGETHER.values() if field in names), (field,))


def is_cleared(terms: Terms, field: str) -> bool:
    """Whether a blank cell empties what is there."""
    return not terms.cleared.isdisjoint(parts_of(field))


def _lacking(terms: Terms) -> list[str]:
    """Which rows say an address, a number or a reference that their customer does not have."""
    reference = (
        "(s.reference <> '' AND NOT EXISTS (SELECT 1 FROM customers_reference r"
        " WHERE r.source = %(source)s AND r.value = s.reference))"
    )
    found = [reference]
    for kind, field, normal in (
        ("email", "email", "s.email_normal"), ("phone", "phone", "s.phone_normal"),
        ("address", "street", ADDRESS),
    ):  # fmt: skip
        if takes := point_taken(terms, kind, field):
            found.append(f"({_lacks(kind, normal)}{takes})")
        if policy_of(terms, field) == "overwrite":
            found.append(_is_second(kind, normal))
    return found


def point_taken(terms: Terms, kind: str, field: str) -> str:
    """Whether one more address or number of a known customer is taken; nothing where never."""
    other = _IS_ANOTHER_PLACE if kind == "address" else ""
    match policy_of(terms, field):
        case "ignore":
            return ""
        case "fill":
            return (
                " AND NOT EXISTS (SELECT 1 FROM customers_contactpoint f"
                f" WHERE f.customer_id = s.customer_id AND f.kind = '{kind}'){other}"
            )
        case _:
            return f" AND TRUE{other}"


# An address that was written here is compared otherwise, and is the same all the same.
_IS_ANOTHER_PLACE = (
    " AND NOT EXISTS (SELECT 1 FROM customers_contactpoint a WHERE a.customer_id = s.customer_id"
    " AND a.kind = 'address' AND a.street = s.street AND a.postcode = s.postcode"
    " AND a.city = s.city AND a.region = s.region AND a.country = s.country)"
)


def _is_second(kind: str, normal: str) -> str:
    return (
        "(EXISTS (SELECT 1 FROM customers_contactpoint p WHERE p.customer_id = s.customer_id"
        f" AND p.kind = '{kind}' AND p.normal = {normal} AND NOT p.is_primary))"
    )


def differing(terms: Terms) -> str:
    """Of which known customers the file says something new."""
    differs = [
        DIFFERS[field, policy]
        for field in ("name", "about", "since")
        if (policy := policy_of(terms, field)) != "ignore"
    ]
    told = [f"(s.leader_id IS NULL AND ({' OR '.join(differs)}))"] if differs else []
    return (
        f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM customers_customer c"
        f" WHERE {{range}} AND c.id = s.customer_id AND ({' OR '.join(told + _lacking(terms))})"
    )


NORMAL_OF = {"email": "s.email_normal", "phone": "s.phone_normal", "address": ADDRESS}
FIRST_PLACES = (
    f"SELECT p.id, p.customer_id FROM {STAGED} s JOIN customers_contactpoint p"
    " ON p.customer_id = s.customer_id AND p.kind = '{kind}' AND p.normal = {normal}"
    " WHERE {range} AND s.is_changed AND s.leader_id IS NULL AND NOT p.is_primary"
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
    # In the order of the index that is dearest to keep.
    order = "s.id" if kind == "address" else f"{seal}, s.id"
    return (
        "INSERT INTO customers_contactpoint (customer_id, kind, value, normal, seal, label, street,"
        " postcode, city, region, country, is_primary, state, source, created_at)"
        f" SELECT s.customer_id, '{kind}', {value}, {normal}, {seal}, '', {place},"
        f" {{first}}, {state},"
        f" %(source)s, %(at)s FROM {STAGED} s"
        " WHERE {range} AND {which} AND s.customer_id IS NOT NULL"
        f" AND {normal} NOT IN ('', '||||') ORDER BY {order}"
        " ON CONFLICT (customer_id, kind, normal) DO NOTHING"
    )


# Whoever has none of a kind yet gets it as the first; nobody who is new has any.
FIRST_IF_NONE = (
    "s.leader_id IS NULL AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
    "  WHERE p.customer_id = s.customer_id AND p.kind = '{kind}')"
)
NO_PLACE = "'', '', '', '', ''"
ADD_EMAIL = _add_point(
    "email", "s.email", "s.email_normal", "s.email_seal", "s.email_state", NO_PLACE
)
ADD_PHONE = _add_point(
    "phone", "s.phone", "s.phone_normal", "s.phone_seal", "s.phone_state", NO_PLACE
)
_SHOWN_PLACE = "trim(trim(s.street || ', ' || trim(s.postcode || ' ' || s.city)), ', ')"
# A place without a street takes no letter: it is kept, as doubtful.
_PLACE_STATE = "CASE WHEN s.street <> '' THEN 'usable' ELSE 'doubtful' END"
ADD_ADDRESS = _add_point(
    "address", _SHOWN_PLACE, ADDRESS, "''", _PLACE_STATE,
    "s.street, s.postcode, s.city, s.region, s.country",
)  # fmt: skip


def _by_kind(email: str, phone: str, address: str) -> str:
    return f"CASE k.column1 WHEN 1 THEN {email} WHEN 2 THEN {phone} ELSE {address} END"


_PARTS = ", ".join(_by_kind("''", "''", f"s.{part}") for part in TOGETHER["street"])
_KINDS = _by_kind("'email'", "'phone'", "'address'")
_SEALS = _by_kind("s.email_seal", "s.phone_seal", "''")
_NORMAL = _by_kind("s.email_normal", "s.phone_normal", ADDRESS)
# All that the new have, customer by customer: what stands side by side in the index is written so.
ADD_ALL_POINTS = (
    "INSERT INTO customers_contactpoint (customer_id, kind, value, normal, seal, label, street,"
    " postcode, city, region, country, is_primary, state, source, created_at)"
    f" SELECT s.customer_id, {_KINDS},"
    f" {_by_kind('s.email', 's.phone', _SHOWN_PLACE)}, {_NORMAL},"
    f" {_SEALS}, '', {_PARTS},"
    f" TRUE, {_by_kind('s.email_state', 's.phone_state', _PLACE_STATE)}, %(source)s, %(at)s"
    f" FROM {STAGED} s CROSS JOIN (VALUES (1), (2), (3)) k WHERE {{range}} AND {{which}}"
    f" AND {_NORMAL} NOT IN ('', '||||') ORDER BY s.id"
    " ON CONFLICT (customer_id, kind, normal) DO NOTHING"
)


def first_changes(terms: Terms) -> list[Change]:
    """The first fields that would change, from and to, as the screen shows them."""
    rows = rows_of(
        "SELECT s.row_no, s.customer_id, s.leader_id IS NULL, s.name, s.email, s.email_normal,"
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
