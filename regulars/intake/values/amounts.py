"""Amounts and quantities, exact, whatever parts their thousands and decimals."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

SYMBOLS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "₩": "KRW", "₫": "VND",
    "zł": "PLN", "Kč": "CZK", "R$": "BRL", "US$": "USD", "CHF": "CHF", "kr": "SEK", "$": "USD",
}  # fmt: skip
AROUND = re.compile(r"^[^\d,.(\-−+]*|[^\d,.)\-−]*$")
CODE = re.compile(
    r"(?<![A-Z])(EUR|GBP|USD|CHF|SEK|NOK|DKK|PLN|CZK|HUF|BRL|CAD|AUD|NZD|JPY|INR|ZAR|TRY|MXN|COP)(?![A-Z])"
)
SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’_]")
PLAIN = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$", re.ASCII)
MOST_DIGITS = 15


class NotANumber(ValueError):
    """The text is no number, or one too large to be an amount."""


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one column writes its numbers; `decimal` is a comma or a point."""

    decimal: str = "."


def read_number(text: str, style: NumberStyle) -> Decimal:
    """Read a number exactly. Raises `NotANumber` with a sentence."""
    bare = SPACES.sub("", AROUND.sub("", text.strip().strip("'"))).replace("−", "-")
    is_negative = (bare.startswith("(") and bare.endswith(")")) or bare.endswith("-")
    bare = bare.strip("()").removesuffix("-")
    thousands = "." if style.decimal == "," else ","
    bare = bare.replace(thousands, "").replace(style.decimal, ".")
    if not PLAIN.match(bare):
        raise NotANumber(_("“%(text)s” is not a number.") % {"text": text.strip()[:60]})
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise NotANumber(_("“%(text)s” is not a number.") % {"text": text[:60]}) from error
    if number.adjusted() >= MOST_DIGITS:
        raise NotANumber(_("“%(text)s” is too large.") % {"text": text.strip()[:60]})
    return -number if is_negative else number


def is_number(text: str) -> bool:
    bare = SPACES.sub("", AROUND.sub("", text)).strip("()-+")
    return bool(bare) and all(char.isdigit() or char in ".,-−" for char in bare)


@dataclass(slots=True)
class Separators:
    """Evidence from a whole column for what parts the decimals."""

    comma: int = 0
    point: int = 0
    ambiguous: int = 0

    def look_at(self, values: Iterable[str]) -> None:
        for value in values:
            if "," in value or "." in value:
                self._look_at(SPACES.sub("", value))

    def _look_at(self, value: str) -> None:
        comma, point = value.rfind(","), value.rfind(".")
        if comma >= 0 and point >= 0:
            self._vote("," if comma > point else ".", sure=True)
            return
        sign, at = (",", comma) if comma >= 0 else (".", point)
        if value.count(sign) > 1:
            self._vote("." if sign == "," else ",", sure=True)
            return
        behind = len(re.sub(r"\D.*$", "", value[at + 1 :]))
        leading = re.sub(r"^\D*", "", value[:at])
        is_sure = behind != 3 or leading in ("", "0") or len(leading) > 3
        self._vote(sign, sure=is_sure)

    def _vote(self, sign: str, *, sure: bool) -> None:
        if not sure:
            self.ambiguous += 1
        elif sign == ",":
            self.comma += 1
        else:
            self.point += 1

    @property
    def told(self) -> str:
        """The sign the column itself speaks for, or nothing."""
        if self.comma == self.point:
            return ""
        return "," if self.comma > self.point else "."


def currency_in(values: Iterable[str], *, home: str) -> str:
    """The currency whose sign or code stands beside the amounts, or nothing."""
    from babel.numbers import get_currency_symbol

    sign_of_home = get_currency_symbol(home, locale="en") if home else ""
    for value in values:
        if found := CODE.search(value):
            return found[1]
        for sign, code in SYMBOLS.items():
            if sign in value:
                return home if sign in (sign_of_home, sign_of_home[-1:]) else code
    return ""


def currency_code(text: str) -> str:
    """The code of a currency, written as code or as sign: "gbp" and "£" are GBP."""
    bare = text.strip()
    return SYMBOLS.get(bare, bare.upper())


def currency_of_rows(values: Iterable[str], *, home: str) -> str:
    """The currency that the rows name: where they name several, the business's own if it is one."""
    codes = {currency_code(value) for value in values if value.strip()}
    if home in codes:
        return home
    known = sorted(code for code in codes if re.fullmatch("[A-Z]{3}", code))
    return known[0] if known else ""
