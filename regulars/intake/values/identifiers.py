"""Numbers by which other systems call a thing, freed from what spreadsheets did to them."""

import re
from collections.abc import Iterable

from regulars.core.formulas import unmarked

FLOAT = re.compile(r"^\d+\.0+$", re.ASCII)
# What our own exports and others put before a cell so that no spreadsheet computes it.
GUARDED = re.compile(r"^'(?=[=+\-@\d\t\r＝＋－＠])")


def all_floats(values: Iterable[str]) -> bool:
    return all(FLOAT.match(value.strip()) for value in values if value.strip())


def read_identifier(text: str, *, is_float: bool) -> str:
    """The identifier itself: "17850.0" of a column of such numbers is 17850, "'721" is 721."""
    bare = GUARDED.sub("", text.strip())
    return bare.split(".", 1)[0] if is_float and FLOAT.match(bare) else bare


def read_text(text: str) -> str:
    """A text as it stands; blank is nothing; the guard of our own exports is taken away."""
    if not text.strip():
        return ""
    return unmarked(text) if text[0] == "'" else text
