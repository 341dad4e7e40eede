"""Whether the first row names the columns, and which field a name means."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from regulars.core.column_sets import Field, folded
from regulars.core.formulas import unmarked

SHAPE_OF_FACTS = re.compile(r"@|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\W*\d[\d\W]*$")
CLOSE_ENOUGH = 0.85
SHORTEST_TYPO = 4


def has_heading(rows: Sequence[Sequence[str]], fields: Iterable[Field]) -> bool:
    """Judge by known names first, then by whether the first row looks like the rows below it."""
    first = [cell.strip() for cell in rows[0]]
    known = {alias for field in fields for alias in field.folded_aliases}
    if any(folded(cell) in known for cell in first if cell):
        return True
    if any(SHAPE_OF_FACTS.search(cell) for cell in first):
        return False
    filled = [cell for cell in first if cell]
    return len(set(filled)) == len(filled)


def column_names(first: Sequence[str], width: int, *, is_heading: bool) -> list[str]:
    """Names for all columns, each different; a column without a name is called by its number."""
    names: list[str] = []
    for at in range(width):
        given = first[at].strip().lstrip("\ufeff") if is_heading and at < len(first) else ""
        given = unmarked(given)
        name = " ".join(given.split()) or f"column {at + 1}"
        nth = 2
        while name in names:
            name, nth = f"{' '.join(given.split()) or f'column {at + 1}'} ({nth})", nth + 1
        names.append(name)
    return names


def guess_by_names(
    names: Sequence[str], fields: Sequence[Field], samples: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Column name by field name: exact names first, in the fields' own order, then typos."""
    found = _by_look(names, fields, samples)
    taken = set(found.values())
    by_fold: dict[str, str] = {}
    for name in names:
        by_fold.setdefault(folded(name), name)
    for field in fields:
        for alias in field.folded_aliases if field.name not in found else ():
            column = by_fold.get(alias)
            if column is not None and column not in taken:
                found[field.name] = column
                taken.add(column)
                break
    for field in fields:
        if field.name not in found:
            column = _typo(field, [name for name in names if name not in taken])
            if column is not None:
                found[field.name] = column
                taken.add(column)
    found |= _repeated(names, fields, found)
    alone = [
        field.name for field in fields if field.beside and found.keys().isdisjoint(field.beside)
    ]
    return {name: column for name, column in found.items() if name.partition("#")[0] not in alone}


# Words that say whose or which of several it is, and not what.
WHICH = frozenset(
    "home work business office other private billing shipping mailing delivery mobile primary"
    " secondary alternate alternative additional second third main default company person".split()
)


def _repeated(
    names: Sequence[str], fields: Sequence[Field], found: Mapping[str, str]
) -> dict[str, str]:
    """Further columns of one field; what is told apart by the same word goes together."""
    taken = set(found.values())
    groups = {_which(found[field.name]): "" for field in reversed(fields)
              if field.repeats and field.name in found}  # fmt: skip
    more: dict[str, str] = {}
    for name in names:
        field = next((f for f in fields if f.repeats and _is_one_of(name, f)), None)
        if field is None or name in taken or found.keys().isdisjoint({field.name, *field.beside}):
            continue
        nth = groups.get(_which(name))
        if not nth or f"{field.name}#{nth}" in more:
            nth = str(_next_number(field.name, more))
            groups.setdefault(_which(name), nth)
        more[f"{field.name}#{nth}"] = name
    return more


def _next_number(field: str, more: Mapping[str, str]) -> int:
    known = [int(key.partition("#")[2]) for key in more if key.startswith(f"{field}#")]
    return max(known, default=1) + 1


def _which(name: str) -> str:
    """What tells several of a kind apart: “2”, “home”, “billing”."""
    words = re.findall(r"[^\W\d_]+|\d+", name.casefold())
    return " ".join(word for word in words if word in WHICH or word.isdigit())


def _is_one_of(name: str, field: Field) -> bool:
    bare = re.sub(r"\s*\(\d+\)$", "", name)
    words = re.findall(r"[^\W_]+", bare.casefold())
    spelled = (
        folded(bare), folded(re.sub(r"\d+", "1", bare)), folded(re.sub(r"\d+", "", bare)),
        folded("".join(word for word in words if word not in WHICH and not word.isdigit())),
    )  # fmt: skip
    # A place of work is no second street.
    return any(one in field.folded_aliases for one in spelled if one not in ("", "location"))


def _by_look(
    names: Sequence[str], fields: Sequence[Field], samples: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        for alias, look in field.aliases_by_look:
            column = next((name for name in names if folded(name) == folded(alias)), "")
            values = samples.get(column, ())
            if values and all(re.match(look, value) for value in values):
                found[field.name] = column
    return found


def _typo(field: Field, names: list[str]) -> str | None:
    best: tuple[float, str] | None = None
    for name in names:
        fold, words = folded(name), _word_count(name)
        if len(fold) < SHORTEST_TYPO or any(char.isdigit() for char in fold):
            continue
        for spelled, alias in _spelled(field):
            # A slip keeps the words apart: a "form name" is no forename.
            if _word_count(spelled) != words:
                continue
            if abs(len(alias) - len(fold)) > 1 or len(alias) < SHORTEST_TYPO:
                continue
            score = _nearness(fold, alias)
            if score >= CLOSE_ENOUGH and (best is None or score > best[0]):
                best = (score, name)
    return best[1] if best else None


def _spelled(field: Field) -> Iterable[tuple[str, str]]:
    return ((alias, folded(alias)) for alias in (*field.aliases, field.name))


def _word_count(name: str) -> int:
    return len(re.findall(r"[^\W_]+", name))


def _nearness(one: str, other: str) -> float:
    # Swapped letters are the commonest slip and cost the ratio most: same letters count as near.
    if sorted(one) == sorted(other) and one[0] == other[0]:
        return 0.95
    # A slip seldom takes the ends of a word: "statu" is no "stadt".
    has_ends = one[0] == other[0] and one[-1] == other[-1]
    return SequenceMatcher(None, one, other).ratio() if has_ends else 0.0
