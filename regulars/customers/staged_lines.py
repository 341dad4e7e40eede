"""Customers as rows name them into lines of the staging, and these lines into its table.

Lines come in their thousands from another process, so that they are handed over packed, and
without the columns that hold nothing in any of them.
"""

import marshal
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import Terms
from regulars.core.keys import kept_key
from regulars.customers.choices import PointKind
from regulars.customers.models import StagedCustomer
from regulars.customers.naming import sealed_with, search_text_of

COLUMNS = (
    "key", "row_no", "row_count", "reference", "kind", "name", "given_name",
    "family_name", "sort_name", "email", "email_normal", "email_state", "email_seal", "phone",
    "phone_normal", "phone_state", "phone_seal", "street", "postcode", "city", "region",
    "country", "about", "since_on", "says_email", "says_email_source", "says_email_at", "says_text",
    "says_text_source", "says_text_at", "says_chat", "says_chat_source", "says_chat_at",
    "search_text",
)  # fmt: skip
# What a column holds of which nothing is told.
BLANK = {
    name: "NULL" if name == "since_on" or name.endswith("_at") else "''"
    for name in COLUMNS if name not in ("key", "row_no", "row_count", "kind")
}  # fmt: skip
EMAIL, PHONE = PointKind.EMAIL.value, PointKind.PHONE.value
CHANNELS = ("email", "text", "chat")
# A later row of the same customer speaks last, but blank never erases.
FILLED = (
    "reference", "name", "given_name", "family_name", "sort_name", "email", "email_normal",
    "email_state", "email_seal", "phone", "phone_normal", "phone_state", "phone_seal", "street",
    "postcode", "city",
    "region", "country", "about",
)  # fmt: skip


def _merging(table: str) -> str:
    kept = [
        f"{name} = CASE WHEN excluded.{name} <> '' THEN excluded.{name} ELSE {table}.{name} END"
        for name in FILLED
    ]
    return "UPDATE SET " + ", ".join([
        *kept,
        f"kind = CASE WHEN excluded.name <> '' THEN excluded.kind ELSE {table}.kind END",
        f"since_on = coalesce(excluded.since_on, {table}.since_on)",
        f"row_count = {table}.row_count + excluded.row_count",
        *(_merging_said(table, channel, part) for channel in CHANNELS for part in PARTS),
        "search_text = ''",
    ])  # fmt: skip


# A word about permission comes with its source and its moment; none of them is left behind.
PARTS = ("", "_source", "_at")


def _merging_said(table: str, channel: str, part: str) -> str:
    """A no in any row stays a no; else the later row speaks."""
    word, name = f"says_{channel}", f"says_{channel}{part}"
    return (
        f"{name} = CASE WHEN {table}.{word} <> 'no' AND excluded.{word} <> ''"
        f" THEN excluded.{name} ELSE {table}.{name} END"
    )


ON_CONFLICT = _merging(StagedCustomer._meta.db_table)


def lines_of(
    people: Sequence[Any], keys: Sequence[str], rows: Sequence[int], terms: Terms, *,
    counted: bool = True,
) -> list[list[Any]]:  # fmt: skip
    """The lines of staging for some rows, those of one customer put together."""
    merged: dict[str, list[Any]] = {}
    # The key is made by its first use, which a look at a till's file is not.
    sealing = kept_key("addresses") if any(one.email or one.phone for one in people) else b""
    told = int(counted), sealing
    for person, key, row in zip(people, keys, rows, strict=True):
        if not key:
            continue
        line = _staged(person, key, row, *told)
        known = merged.get(key)
        merged[key] = line if known is None else _both(known, line)
    return list(merged.values())


def packed(lines: Sequence[list[Any]]) -> bytes:
    """Lines for another process: which columns they have, and what stands in these."""
    blank = {name for name in BLANK if not any(map(itemgetter(AT[name]), lines))}
    names = [name for name in COLUMNS if name not in blank]
    rows = list(map(itemgetter(*(AT[name] for name in names)), lines))
    try:
        return marshal.dumps((names, rows))
    except ValueError:
        # A text that was cut still tells so, which no database wants to know.
        return marshal.dumps((names, [tuple(map(_plain, row)) for row in rows]))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def write_packed(pieces: Sequence[bytes], terms: Terms) -> None:
    """Write lines to staging; a later row of a customer who waits there fills in."""
    always = {"import_id": str(terms.import_id), "is_new": "TRUE", "is_changed": "FALSE"}
    for piece in pieces:
        names, rows = marshal.loads(piece)  # noqa: S302 - made by ourselves a moment ago
        blank = {name: BLANK[name] for name in COLUMNS if name not in names}
        merge_rows(
            StagedCustomer, names, rows, key=("import_id", "key"), on_conflict=ON_CONFLICT,
            same=always | blank,
        )  # fmt: skip


AT = {name: at for at, name in enumerate(COLUMNS)}


def _both(first: list[Any], later: list[Any]) -> list[Any]:
    for name in FILLED:
        if later[AT[name]]:
            first[AT[name]] = later[AT[name]]
    for channel in CHANNELS:
        if first[AT[f"says_{channel}"]] != "no" and later[AT[f"says_{channel}"]]:
            for part in PARTS:
                name = f"says_{channel}{part}"
                first[AT[name]] = later[AT[name]]
    if later[AT["name"]]:
        first[AT["kind"]] = later[AT["kind"]]
    first[AT["since_on"]] = later[AT["since_on"]] or first[AT["since_on"]]
    first[AT["row_count"]] += later[AT["row_count"]]
    first[AT["search_text"]] = ""
    return first


def _staged(person: Any, key: str, row: int, count: int, sealing: bytes) -> list[Any]:
    email, phone, said = person.email, person.phone, person.says
    return [
        key, row, count, person.reference, person.kind, person.name,
        person.given_name, person.family_name, person.sort_name,
        email.value if email else "", email.normal if email else "", _state(email),
        sealed_with(sealing, EMAIL, email.normal) if email else "",
        phone.value if phone else "", phone.normal if phone else "", _state(phone),
        sealed_with(sealing, PHONE, phone.normal) if phone else "",
        person.street, person.postcode, person.city, person.region, person.country,
        person.about, person.since_on, *said[0], *said[1], *said[2],
        _search_text_of(person) if person.name else "",
    ]  # fmt: skip


def _search_text_of(person: Any) -> str:
    # The parts of a name that is made of them are words of it already.
    is_made = person.name == f"{person.given_name} {person.family_name}"
    parts = () if is_made else (person.given_name, person.family_name)
    names = (person.name, *parts, person.reference)
    return search_text_of(
        names,
        [person.email.normal] if person.email else [],
        [person.phone.normal] if person.phone else [],
    )


def _state(reach: Any) -> str:
    return "" if reach is None else "doubtful" if reach.is_doubtful else "usable"
