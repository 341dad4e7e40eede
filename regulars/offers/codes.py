"""Codes: worked out from a key whenever they are said, known to the database by a seal alone.

Ten letters drawn by an HMAC from 32 (no I, L, O, U: nobody mistakes them for 1, 0, V) are 50 bits:
among ten million codes that are out, a guess hits one in a hundred million. The eleventh is a check
letter over the field of 32 elements, which finds every single wrong letter and every two that
changed places, so that a till says "read it again" and not "there is no such code".
"""

import hashlib
import hmac
import re

from regulars.core.keys import kept_key

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
GROUPS = re.compile(r"^(.{4})(.{4})(.{3})$")
SEAL_BYTES = 12
# What people say or scan instead: letters that look alike, and the address in a QR code.
ALIKE = str.maketrans("OILU", "011V")
_ADDRESS = re.compile(r"^.*[?&#]code=", re.IGNORECASE)
_LEFT_OUT = re.compile(r"[\s\-–—_.·]")


def _powers() -> list[int]:
    """The powers of a generator of the field of 32 elements (x^5 + x^2 + 1)."""
    found, one = [], 1
    for _turn in range(LENGTH + 1):
        found.append(one)
        one <<= 1
        if one & 32:
            one ^= 0b100101
    return found


_POWERS = _powers()


def _product(one: int, other: int) -> int:
    total = 0
    while other:
        if other & 1:
            total ^= one
        one <<= 1
        if one & 32:
            one ^= 0b100101
        other >>= 1
    return total


# What each letter weighs at each place.
_WEIGHED = [[_product(value, power) for value in range(32)] for power in _POWERS]


def check_letter(letters: str) -> str:
    """The letter after which the weighed sum of all is nought."""
    total = 0
    for place, letter in enumerate(letters, start=1):
        total ^= _WEIGHED[place][LETTERS.index(letter)]
    return LETTERS[total]


def is_well_typed(text: str) -> bool:
    """Whether a code has its length, letters that codes have, and the check letter that fits."""
    if len(text) != LENGTH + 1 or any(letter not in LETTERS for letter in text):
        return False
    return check_letter(text[:-1]) == text[-1]


def made_code(offer_id: int, customer_id: int | None, turn: int) -> str:
    """The code of this customer, or of everybody; the same each time it is asked for."""
    whose = f"code:{offer_id}:{customer_id or 'all'}:{turn}"
    drawn = hmac.new(kept_key("offers"), whose.encode(), hashlib.sha256).digest()
    number = int.from_bytes(drawn[:8], "big")
    letters = "".join(LETTERS[(number >> (5 * place)) & 31] for place in range(LENGTH))
    return letters + check_letter(letters)


def typed(text: str) -> str:
    """What somebody typed, read out or scanned, as codes are compared."""
    plain = _LEFT_OUT.sub("", _ADDRESS.sub("", text.strip()[:300]))
    return plain.upper().translate(ALIKE)[:40]


def field_of(offer_id: int) -> str:
    """What texts call the code for one offer."""
    return f"offer_{offer_id}_code"


def seal_of(code: str) -> str:
    """How the database knows a code. Without the key nobody makes one of the other."""
    made = hmac.new(kept_key("offers"), f"seal:{typed(code)}".encode(), hashlib.sha256)
    return made.digest()[:SEAL_BYTES].hex()


def spelled(code: str) -> str:
    """K7QM-P2XR-9TC: in groups, as one reads it out; words of our own stay as they are."""
    return GROUPS.sub(r"\1-\2-\3", code) if is_well_typed(code) else code


def hyphened(code: str) -> str:
    """FIRST-RYE: as an address may hold it. What is left out of what is typed is no difference."""
    return _LEFT_OUT.sub("-", code)
