"""How a customer is sorted, found and compared: pure functions for all that writes one."""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from regulars.core.keys import kept_key
from regulars.customers.choices import Kind, PointKind, PointState

LONGEST_SORT_NAME = 200
# PostgreSQL refuses a lexeme of 2,047 bytes, and nobody types one of 60 letters.
LONGEST_WORD = 60
MOST_WORDS = 400
LONGEST_NORMAL = 320
SEAL_LENGTH = 32
# The end of a number, as people read it out.
NUMBER_END = 6

_ADDRESS = re.compile(
    r"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    re.ASCII,
)
# Every sign of ASCII but small letters and digits parts words.
_APART = {n: " " for n in range(128) if chr(n) not in "abcdefghijklmnopqrstuvwxyz0123456789"}
_NUMBER = re.compile(r"^[0-9]+$", re.ASCII)
# Written without blanks: each sign is found by itself.
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINERS = "'’‘ʼ`´-‐‑.&"


def sort_name_of(kind: str, name: str, given: str, family: str) -> str:
    """Case-folded; people by their family name, everybody else by the name as it stands."""
    shown = f"{family} {given}" if kind == Kind.PERSON and family else name
    return " ".join(shown.casefold().split())[:LONGEST_SORT_NAME]


def search_text_of(names: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> str:
    """Every word, address and number once, folded, each behind a blank.

    It holds nothing but letters and digits, so that both databases see the same words in it.
    """
    words: list[str] = []
    for text in names:
        words += _written_words(text)
    for text in emails:
        words += folded_words(text)
    for text in phones:
        words += _number_words(text)
    return " " + " ".join(list(dict.fromkeys(words))[:MOST_WORDS]) if words else ""


def sought_words(text: str) -> list[str]:
    """The beginnings of words that are looked for; a number counts as one word, however spaced."""
    words: list[str] = []
    was_number = False
    for word in folded_words(text.replace("(0)", " ")):
        is_number = _NUMBER.match(word) is not None
        if is_number and was_number:
            words[-1] = (words[-1] + word)[:LONGEST_WORD]
        else:
            words.append(word)
        was_number = is_number
    bare = [word.lstrip("0") if _NUMBER.match(word) else word for word in words]
    return [word for word in dict.fromkeys(bare) if word][:20]


def folded_words(text: str) -> list[str]:
    """Words without case, accents and signs between them."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
    if plain.isascii():
        words = plain.translate(_APART).split()
        return words if len(plain) <= LONGEST_WORD else [word[:LONGEST_WORD] for word in words]
    # Folding may uncover capitals again (mathematical letters), so it is done on both sides.
    kept = "".join(_kept_signs(plain.casefold())).split()
    return [word[:LONGEST_WORD] for word in kept]


def folded_name(name: str) -> str:
    """What makes two spellings the same tag, topic or field."""
    return " ".join(folded_words(name)) or " ".join(name.casefold().split())


def _kept_signs(plain: str) -> Iterator[str]:
    for char in plain:
        if unicodedata.combining(char):
            continue
        if _UNSPACED.match(char):
            yield f" {char} "
        else:
            yield char if unicodedata.category(char)[0] in "LMN" else " "


def _written_words(text: str) -> Iterable[str]:
    """Words of a name, and “O'Neill” or “Anne-Marie” written together as well."""
    if len(text) <= LONGEST_WORD and text.isascii():
        words = text.lower().split()
        joined = "".join(words)
        # Nothing to fold but the case: most names. A word that begins with a digit may be a number.
        if joined.isalpha() or (joined.isalnum() and all(word[0].isalpha() for word in words)):
            return words
    return _words_in_full(text)


def _words_in_full(text: str) -> Iterator[str]:
    words = folded_words(text)
    yield from (word.lstrip("0") or word if _NUMBER.match(word) else word for word in words)
    for chunk in text.split():
        if any(sign in chunk for sign in _JOINERS):
            yield "".join(folded_words(chunk))[:LONGEST_WORD]
    numbers = [word for word in words if _NUMBER.match(word)]
    if len(numbers) > 1:
        yield "".join(numbers).lstrip("0")[:LONGEST_WORD]


def _number_words(phone: str) -> Iterator[str]:
    is_plain = phone.isascii() and phone[1:].isdigit() and phone[0] == "+"
    digits = phone[1:] if is_plain else "".join(folded_words(phone))
    if not digits:
        return
    yield digits.lstrip("0")[:LONGEST_WORD] or digits[:LONGEST_WORD]
    if phone.strip().startswith("+") and (code := _country_code_of(digits[:3])):
        yield digits[code:].lstrip("0")[:LONGEST_WORD]
    if len(digits) > NUMBER_END:
        yield digits[-NUMBER_END:].lstrip("0")


@lru_cache(maxsize=1024)
def _country_code_of(digits: str) -> int:
    """How many digits the country code is long."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    lengths = range(1, len(digits) + 1)
    return next((n for n in lengths if int(digits[:n]) in COUNTRY_CODE_TO_REGION_CODE), 0)


def normal_email(value: str) -> str:
    """An address as it is compared: folded, without what is written around it."""
    return value.strip().removeprefix("mailto:").strip("<> ").casefold()[:LONGEST_NORMAL]


def normal_phone(value: str, country: str) -> str:
    """A number as it is compared: international where it can be dialled, else its digits.

    As files are read: numbers are given out faster than any list of them is kept.
    """
    import phonenumbers

    bare = value.strip()
    try:
        number = phonenumbers.parse(bare, country or None)
    except phonenumbers.NumberParseException:
        return _digits(bare)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _digits(bare)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)[:40]


def normal_of(kind: str, value: str, country: str) -> str:
    """Any contact point as it is compared."""
    if kind == PointKind.EMAIL:
        return normal_email(value)
    if kind == PointKind.PHONE:
        return normal_phone(value, country)
    return " ".join(value.casefold().split())[:LONGEST_NORMAL]


def state_of(kind: str, normal: str) -> PointState:
    """Whether an address can be written to and a number be called, as far as its form tells."""
    if kind == PointKind.EMAIL:
        return PointState.USABLE if _ADDRESS.match(normal) else PointState.DOUBTFUL
    if kind == PointKind.PHONE:
        return PointState.USABLE if re.match(r"^\+\d{7,15}$", normal) else PointState.DOUBTFUL
    return PointState.USABLE


def seal_of(kind: str, normal: str) -> str:
    """What is kept of an address that must never be written to again: it knows the address, and
    does not tell it (HMAC-SHA256, 32 hexadecimal digits; RELIABILITY C4).
    """
    return sealed_with(kept_key("addresses"), kind, normal)


def sealed_with(key: bytes, kind: str, normal: str) -> str:
    """The same, by a key that was looked up before: for many addresses."""
    return hmac.digest(key, f"{kind}:{normal}".encode(), "sha256").hex()[:SEAL_LENGTH]
