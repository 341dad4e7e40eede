"""E-mail addresses and phone numbers: as they were given, and as they are compared."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

PLAIN = re.compile(
    r"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    re.ASCII,
)
WRAPPED = re.compile(r"^.*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>\s*$", re.DOTALL)
LONGEST = 320


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach someone: `value` as given, `normal` as compared."""

    value: str
    normal: str
    is_doubtful: bool


def read_email(text: str) -> Reach:
    """An address; one that no mail server would take is kept unchanged, as doubtful."""
    bare = text.strip()
    if found := WRAPPED.match(bare):
        bare = found[1]
    bare = bare.removeprefix("mailto:").lstrip("'")
    folded = bare.casefold()
    if len(folded) <= 254 and PLAIN.match(folded) and len(folded.split("@")[0]) <= 64:
        return Reach(bare, folded, is_doubtful=False)
    return _unusual_email(bare, folded) or Reach(text, folded[:LONGEST], is_doubtful=True)


def _unusual_email(bare: str, folded: str) -> Reach | None:
    from email_validator import EmailNotValidError, validate_email

    if bare.startswith('"') and not bare.isascii():
        return None
    try:
        found = validate_email(
            bare, check_deliverability=False, test_environment=True, allow_quoted_local=True
        )
    except EmailNotValidError:
        return None
    return Reach(bare, found.normalized.casefold()[:LONGEST], is_doubtful=False)


@lru_cache(maxsize=65536)
def read_phone(text: str, region: str) -> Reach:
    """A number in its international form; one that cannot be valid is kept, as doubtful."""
    import phonenumbers

    bare = re.sub(r"^(?:p:|tel:|')\s*", "", text.strip(), flags=re.IGNORECASE)
    try:
        number = phonenumbers.parse(bare, region or None)
    except phonenumbers.NumberParseException:
        return Reach(bare, _digits(bare), is_doubtful=True)
    if not phonenumbers.is_valid_number(number):
        return Reach(bare, _digits(bare), is_doubtful=True)
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Reach(bare, normal, is_doubtful=False)


def _digits(text: str) -> str:
    return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)[:40]


def why_doubtful(reach: Reach) -> str:
    """What to say about a doubtful address or number."""
    if "@" in reach.value or not any(char.isdigit() for char in reach.value):
        return _("“%(text)s” is no e-mail address that can be written to; it is kept as it is.") % {
            "text": reach.value[:80]
        }
    return _("“%(text)s” is no phone number that can be called; it is kept as it is.") % {
        "text": reach.value[:80]
    }
