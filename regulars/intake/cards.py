"""Address books as vCards (2.1, 3.0, 4.0), laid out as a table: one card, one row."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.errors import Refusal
from regulars.intake.encodings import encoding_of

# The headings that Google gives its own exports, so that one list of names knows both.
PARTS = {
    "email": ("E-mail {0} - Value", "E-mail {0} - Label"),
    "tel": ("Phone {0} - Value", "Phone {0} - Label"),
    "adr": ("Address {0} - Street", "Address {0} - City", "Address {0} - Region",
            "Address {0} - Postal Code", "Address {0} - Country", "Address {0} - Label"),
}  # fmt: skip
PERSON = ("Contact ID", "Name", "Given Name", "Family Name", "Organization Name", "Notes", "Tags")
PICTURES = frozenset(("photo", "logo", "sound", "key"))
MOST_OF_A_KIND = 30
# What says nothing about where a number rings.
UNSAID = frozenset(
    ("internet", "pref", "voice", "msg", "postal", "parcel", "intl", "dom", "text", "video")
)
# How address books of one maker wrap their own words.
APPLE = ("_$!<", ">!$_")
OUR_OWN = re.compile(r"^regulars-\d+$")


@dataclass(slots=True)
class Laid:
    """A file of cards as a table beside it, and what was not taken from it."""

    path: Path
    remarks: list[str] = field(default_factory=list)
    versions: str = ""


def lay_out(path: Path, folder: Path) -> Laid:
    """Write the cards of a file as a table; refuses a file that holds no whole card."""
    table, told = folder / f"{path.name}.cards", folder / f"{path.name}.cards.json"
    if told.exists():
        kept: dict[str, Any] = json.loads(told.read_text())
        return Laid(table, kept["remarks"], kept["versions"])
    rows, widest, left_out = [], Counter[str](), Counter[str]()
    versions: set[str] = set()
    for card in _cards(path):
        row = _row_of(card, left_out)
        versions.add(row.pop("version"))
        widest |= Counter({kind: len(row[kind]) for kind in PARTS})
        rows.append(row)
    if not rows:
        raise Refusal(
            _("The file has no whole card."), _("Export the address book again as vCard.")
        )
    _write(table, rows, widest)
    laid = Laid(table, _remarks(left_out), ", ".join(sorted(versions)))
    told.write_text(json.dumps({"remarks": laid.remarks, "versions": laid.versions}))
    return laid


def _cards(path: Path) -> Iterator[Any]:
    import vobject

    with path.open(encoding=encoding_of(path).name, newline="") as text:
        try:
            for card in vobject.readComponents(text, allowQP=True, ignoreUnreadable=True):
                if card.name == "VCARD":
                    yield card
        except (vobject.base.ParseError, ValueError, AttributeError, KeyError) as error:
            # The reader raises whatever its behaviours stumble over.
            raise Refusal(
                _("A card in this file is damaged."),
                _("Export the address book again as vCard, or as CSV."),
            ) from error


def _row_of(card: Any, left_out: Counter[str]) -> dict[str, Any]:
    row: dict[str, Any] = {kind: [] for kind in PARTS}
    labels = {part.group: _plain(part.value) for part in card.contents.get("x-ablabel", ())}
    for name, parts in card.contents.items():
        if name in PICTURES:
            left_out["pictures"] += len(parts)
        for part in parts if name in PARTS else ():
            row[name].append([*_cells(name, part), labels.get(part.group) or _label(part)])
    names = [_plain(part.value) for part in card.contents.get("fn", ())]
    person = next((part.value for part in card.contents.get("n", ())), None)
    organisations = [part.value for part in card.contents.get("org", ())]
    row["version"] = _first(card, "version")
    row["person"] = [
        _foreign(_first(card, "uid")), names[0] if names else _plain(person),
        _plain(getattr(person, "given", "")), _plain(getattr(person, "family", "")),
        _plain(organisations[0][0]) if organisations and organisations[0] else "",
        _first(card, "note"),
        ", ".join(_plain(word) for part in card.contents.get("categories", ())
                  for word in (part.value if isinstance(part.value, list) else [part.value])),
    ]  # fmt: skip
    left_out["more than fit"] += sum(max(0, len(row[kind]) - MOST_OF_A_KIND) for kind in PARTS)
    return row


def _foreign(uid: str) -> str:
    # A card of our own export says our number, which no other system calls the customer by.
    return "" if OUR_OWN.match(uid) else uid


def _first(card: Any, name: str) -> str:
    return next((_plain(part.value) for part in card.contents.get(name, ())), "")


def _cells(name: str, part: Any) -> list[str]:
    value = part.value
    if name == "tel":
        return [_plain(value).removeprefix("tel:").partition(";ext=")[0]]
    if name == "email":
        return [_plain(value)]
    street = [_plain(text) for text in (value.box, value.extended, value.street)]
    return [
        "\n".join(text for text in street if text), _plain(value.city), _plain(value.region),
        _plain(value.code), _plain(value.country),
    ]  # fmt: skip


def _plain(value: Any) -> str:
    """One text, also where a name has several parts; bytes and what cannot be shown are nothing."""
    if isinstance(value, list | tuple):
        value = " ".join(str(part) for part in value if part)
    return "" if value is None or isinstance(value, bytes) else str(value).replace("\0", "").strip()


def _label(part: Any) -> str:
    params: Mapping[str, list[str]] = part.params
    told = [word for text in params.get("TYPE", ()) for word in text.strip('"').split(",")]
    told += part.singletonparams
    words = dict.fromkeys(word.strip().lower() for word in told)
    said = [word for word in words if word not in UNSAID]
    return " ".join("mobile" if word == "cell" else word for word in said)[:40]


def _write(table: Path, rows: list[dict[str, Any]], widest: Counter[str]) -> None:
    counts = {kind: min(widest[kind], MOST_OF_A_KIND) for kind in PARTS}
    heading = list(PERSON)
    for kind, names in PARTS.items():
        heading += [name.format(nth + 1) for nth in range(counts[kind]) for name in names]
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heading)
        for row in rows:
            cells = list(row["person"])
            for kind, names in PARTS.items():
                blank = [""] * len(names)
                parts = row[kind][: counts[kind]]
                parts += [blank] * (counts[kind] - len(parts))
                cells += [_unwrapped(cell) for part in parts for cell in part]
            writer.writerow(cells)


def _unwrapped(text: str) -> str:
    before, after = APPLE
    return text.removeprefix(before).removesuffix(after) if text.startswith(before) else text


def _remarks(left_out: Counter[str]) -> list[str]:
    found = []
    if count := left_out["pictures"]:
        found.append(
            ngettext(
                "%(count)s picture, sound or key in the cards was left out: the list keeps none.",
                "%(count)s pictures, sounds or keys in the cards were left out: the list keeps "
                "none.",
                count,
            )
            % {"count": count}
        )
    if count := left_out["more than fit"]:
        found.append(
            _("Of %(count)s numbers or addresses beyond the first %(most)s of a card nothing was "
              "taken.") % {"count": count, "most": MOST_OF_A_KIND}
        )  # fmt: skip
    return found
