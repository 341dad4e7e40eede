"""Several texts in one cell of a file, so that each comes back as it was, whatever signs it has."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

# Signs that address books write around their own words.
AROUND = " \t\"'“”„*"
_BETWEEN = re.compile(r"\s*(?:[,;|\n]|:::)\s*")
# In marks of quotation, a mark of its own written twice, up to what parts it from the next.
_QUOTED = re.compile(r'\s*"((?:[^"]|"")+)"\s*(?:[,;|\n]|:::|$)')


def in_one_cell(texts: Iterable[str]) -> str:
    """One behind the other; one that would be parted, or lose a sign, stands in quotation marks."""
    return "; ".join(text if _is_plain(text) else _quoted(text) for text in texts)


def names_in_one_cell(names: list[str]) -> str:
    """A single name stands as it is, for a name is never parted; several all in quotation marks."""
    if len(names) == 1 and not names[0].startswith('"'):
        return names[0]
    return "; ".join(map(_quoted, names))


def parted(cell: str) -> Iterator[str]:
    """The texts of a cell, whoever wrote it; those in quotation marks keep every sign."""
    at = 0
    while at < len(cell):
        if found := _QUOTED.match(cell, at):
            at, text = found.end(), found[1].replace('""', '"')
        else:
            gap = _BETWEEN.search(cell, at)
            text, at = cell[at : gap.start() if gap else None], gap.end() if gap else len(cell)
            # Groups that begin with a star are an address book's own ("* myContacts").
            text = "" if text.startswith("* ") else text.strip(AROUND)
        if text:
            yield text


def names_of_cell(cell: str) -> list[str]:
    """Several names where all stand in quotation marks, else the one that the cell is."""
    names, at = [], 0
    while found := _QUOTED.match(cell, at):
        names.append(found[1].replace('""', '"'))
        at = found.end()
        if at >= len(cell):
            return names
    return [cell]


def as_noted(entries: Iterable[tuple[str, Mapping[str, object]]]) -> str:
    """Things with all that was noted of them, one in a line: “Rye; noted: 2026-03-01; words: …”."""
    return "\n".join(
        "; ".join(
            map(_whole, [first, *(f"{name}: {told}" for name, told in parts.items() if told)])
        )
        for first, parts in entries
    )


def noted_in(cell: str) -> list[tuple[str, dict[str, str]]] | None:
    """The things of such a cell, each with its parts by name; nothing where it is none."""
    try:
        lines = list(
            csv.reader(
                io.StringIO(cell, newline=""), delimiter=";", skipinitialspace=True, strict=True
            )
        )
    except csv.Error:
        return None
    found = []
    for first, *parts in (line for line in lines if line):
        told = dict(part.split(": ", 1) for part in parts if ": " in part)
        if len(told) < len(parts):
            return None
        found.append((first, told))
    return found


def _whole(part: str) -> str:
    is_safe = part == part.strip() and not any(sign in part for sign in ';"\r\n')
    return part if is_safe and part else _quoted(part)


def _is_plain(text: str) -> bool:
    return text == text.strip(AROUND) and not _BETWEEN.search(text) and '"' not in text


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
