"""How a customer is sorted and found: pure functions that everything that writes one uses."""

import re
import unicodedata
from collections.abc import Iterable

from regulars.customers.choices import Kind

LONGEST_SORT_NAME = 200


def sort_name_of(kind: str, name: str, given: str, family: str) -> str:
    """Case-folded; people by their family name, everybody else by the name as it stands."""
    shown = f"{family} {given}" if kind == Kind.PERSON and family else name
    return " ".join(shown.casefold().split())[:LONGEST_SORT_NAME]


def search_text_of(names: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> str:
    """Every folded word, address and number once, each behind a blank."""
    words = [word for text in (*names, *emails) for word in folded_words(text)]
    digits = [re.sub(r"\D", "", phone) for phone in phones]
    return "".join(f" {word}" for word in dict.fromkeys([*words, *digits]) if word)


def folded_words(text: str) -> list[str]:
    """Words without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).split()
