"""Words that promise betterment that nobody can hold us to.

Two languages, short lists, and no grammar: it catches the usual ways of saying it, and misses the
rest. What it finds is asked about; it writes nothing itself.
"""

import re

_VAGUE = re.compile(
    r"""\b(?:
      (?:we|i)(?:\s+promise(?:\s+you)?\s+(?:to|that\s+we(?:'ll|\s+will))|\s+will|'ll|\s+shall)
        (?:\s+\w+){0,2}\s+(?:do|be|get|try|work)(?:\s+\w+)?\s+(?:better|harder)
      | (?:will\s+not|won't|will\s+never|never)\s+happen\s+again
      | (?:kommt|wird)\s+(?:ganz\s+\w+\s+)?nicht\s+(?:wieder|mehr)\s+vor(?:kommen)?
      | versprechen(?:\s+\w+){0,4}\s+(?:besserung|besser|bessern)
      | werden\s+(?:uns\s+)?(?:künftig\s+|in\s+zukunft\s+)?bessern
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Enough of any answer; nobody's machine is kept busy by a book.
_READ = 5_000


def is_vague(words: str) -> bool:
    """Whether words promise to do better, which nobody can see kept."""
    return _VAGUE.search(words[:_READ].replace("’", "'")) is not None
