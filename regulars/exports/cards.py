"""Customers as vCards of version 4.0 (RFC 6350): one text, lines of 75 bytes."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from regulars.exports.chosen import Person

WIDEST = 75
# Nothing but a tab may stand in a card below the space; a line's end is written as \n.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
KINDS = {"person": "individual", "organisation": "org", "department": "org"}


def escaped(text: str) -> str:
    """A value with its signs told apart from those of the format."""
    text = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ",", ";"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """A line in pieces of at most 75 bytes, none of which cuts a letter in two."""
    if len(line) * 4 <= WIDEST:
        return line
    pieces: list[str] = []
    piece, size = "", 0
    for letter in line:
        wide = len(letter.encode())
        if size + wide > WIDEST:
            pieces.append(piece)
            piece, size = "", 1
        piece, size = piece + letter, size + wide
    return "\r\n ".join([*pieces, piece])


def card_of(person: Person) -> str:
    """One customer."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"KIND:{KINDS.get(person.kind, 'group')}"]
    lines.append(f"UID:{person.uid}")
    lines.append(f"FN:{escaped(person.name)}")
    if person.kind == "person":
        lines.append(f"N:{escaped(person.family_name)};{escaped(person.given_name)};;;")
    else:
        lines.append(f"ORG:{escaped(person.name)}")
    lines += [_reach("EMAIL", at, value) for at, value in enumerate(person.emails)]
    lines += [_reach("TEL;VALUE=text", at, value) for at, value in enumerate(person.phones)]
    if person.address is not None:
        lines.append(_address(person.address))
    if person.about:
        lines.append(f"NOTE:{escaped(person.about)}")
    if person.tags:
        lines.append("CATEGORIES:" + ",".join(escaped(tag) for tag in person.tags))
    lines.append(f"REV:{person.updated_at:%Y%m%dT%H%M%SZ}")
    lines.append("END:VCARD")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _reach(name: str, at: int, value: str) -> str:
    return f"{name}{';PREF=1' if at == 0 else ''}:{escaped(value)}"


def _address(point: Any) -> str:
    parts: Sequence[str] = (point.street or point.value, point.city, point.region, point.postcode,
                            point.country)  # fmt: skip
    return "ADR:;;" + ";".join(escaped(part) for part in parts)


def write_cards(
    path: Path, chunks: Iterable[Sequence[Person]], seen: Callable[[int], None]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for people in chunks:
            file.writelines(card_of(person) for person in people)
            seen(len(people))
