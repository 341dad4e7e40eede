"""E-mail addresses and phone numbers: as they were given, and as they are compared."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.translation import gettext as _

from regulars.intake.values.dialling import dialled

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
    lacks_country: bool = False


def read_email(text: str) -> Reach:
    """An address; one that no mail server would take is kept unchanged, as doubtful."""
    if PLAIN.fullmatch(text) and len(text) <= 254 and text.index("@") <= 64:
        return Reach(text, text, is_doubtful=False)
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


def read_phone(text: str, region: str) -> Reach:
    """A number in its international form; one that cannot be dialled is kept, as doubtful.

    Possible is enough: numbers are given out faster than any list of them is kept.
    """
    bare = text.strip()
    normal = dialled(bare, region)
    return Reach(bare, normal, is_doubtful=False) if normal else read_with_care(text, region)


@lru_cache(maxsize=65536)
def read_with_care(text: str, region: str) -> Reach:
    """The same, of any shape, by the library that knows all numbers."""
    import phonenumbers

    bare = re.sub(r"^(?:p:|tel:|')\s*", "", text.strip(), flags=re.IGNORECASE)
    try:
        number = phonenumbers.parse(bare, region or None)
    except phonenumbers.NumberParseException as error:
        is_local = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        lacks_country = is_local and not region and not bare.startswith("+")
        return Reach(bare, _digits(bare), is_doubtful=True, lacks_country=lacks_country)
    # A number without its area code is possible only for neighbours.
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Reach(bare, _digits(bare), is_doubtful=True)
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Reach(bare, normal, is_doubtful=False)


@lru_cache(maxsize=4096)
def region_of(country: str) -> str:
    """The two letters of a country, told by them or by its name; nothing where it is unknown."""
    import phonenumbers

    told = country.strip()
    if told.upper() in phonenumbers.SUPPORTED_REGIONS:
        return told.upper()
    return _names_of_countries().get(told.casefold(), "")


@cache
def _names_of_countries() -> dict[str, str]:
    import phonenumbers
    from babel import Locale

    names = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB"}
    for language in ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl"):
        for code, name in Locale(language).territories.items():
            if code in phonenumbers.SUPPORTED_REGIONS:
                names.setdefault(name.casefold(), code)
    return names


def _digits(text: str) -> str:
    return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)[:40]


def why_doubtful(reach: Reach) -> str:
    """What to say about a doubtful address or number."""
    if "@" in reach.value or not any(char.isdigit() for char in reach.value):
        return _("“%(text)s” is no e-mail address that can be written to; it is kept as it is.") % {
            "text": reach.value[:80]
        }
    if reach.lacks_country:
        return _(
            "Nothing says of which country the phone number “%(text)s” is; it is kept as it is."
        ) % {"text": reach.value[:80]}
    return _("“%(text)s” is no phone number that can be called; it is kept as it is.") % {
        "text": reach.value[:80]
    }
