"""What in a note sells: words of offers (`core/selling_words.py`), links and codes; found by plain
rules.

No judgement of tone: whoever is told which words were found can see at once whether that is so.
"""

import re
from typing import Final

from regulars.core.selling_words import what_sells

_ENDS = "com|net|org|info|shop|store|online|eu|uk|de|at|ch|fr|es|it|nl|be|ie|us|example"
_LINK = rf"(?:https?://|www\.)\S+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:{_ENDS})\b(?:/\S*)?"
_LINKS: Final = re.compile(_LINK, re.IGNORECASE)
# THANKS10, SPRING-24: capitals and digits in one word, as nobody writes by hand.
_CODE: Final = re.compile(r"\b(?=[A-Z0-9-]*[A-Z]{2})(?=[A-Z0-9-]*[0-9])[A-Z][A-Z0-9-]{4,}\b")


def enclosed_offer(words: str) -> str:
    """The first words of a note that sell, as they stand there; empty where none do."""
    ways = (what_sells(words), _LINKS.search(words), _CODE.search(words))
    found = [one for one in ways if one]
    return min(found, key=lambda one: one.start())[0].strip() if found else ""
