"""What a shop's list says of one product, whoever wrote the list."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

# An address is asked; what stands there comes back.
Ask = Callable[[str], bytes]

LONGEST_NUMBER, LONGEST_NAME, LONGEST_AMOUNT = 100, 200, 40
# A list has no page after this one: nobody keeps so many products in a shop of 200 people.
MOST_PAGES, MOST_PRODUCTS = 1_000, 50_000
_AMOUNT = re.compile(
    r"^(?P<before>[^\d.,\s-]{0,5})\s*(?P<number>\d[\d.,\s'’]*)\s*(?P<after>\D{0,5})$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One product as a list has it: its numbers by kind, its words, and what is asked for it."""

    name: str
    numbers: Mapping[str, str]
    amount: Decimal
    currency: str = ""
    sale: Decimal | None = None
    sale_opens_on: date | None = None
    sale_closes_on: date | None = None

    def known_as(self, number: str) -> str:
        """Its number as our orders know it; its words, where it has none."""
        return self.numbers.get(number) or self.name[:LONGEST_NUMBER]


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be taken from a list: which product, and why."""

    what: str
    why: str


@dataclass(slots=True)
class Listing:
    """A whole list, as it stood at one moment."""

    items: list[Item] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def add(self, one: Item | Unread) -> None:
        if isinstance(one, Item):
            self.items.append(one)
        else:
            self.unread.append(one)


Pages = Iterator[list["Item | Unread"]]


class NoList(Exception):
    """What was read is no list of this kind."""


class NoPrices(Refusal):
    """Nothing at the address is a list of products with prices that ends."""


def refuse_too_many(count: int) -> None:
    """A list that never ends would fill the disk."""
    if count > MOST_PRODUCTS:
        raise NoPrices(
            _("The list has more than %(most)d products: it is not read.")
            % {"most": MOST_PRODUCTS},
            _("Give the address of a product feed with those alone that people buy."),
        )


def squeezed(text: object, longest: int = LONGEST_NAME) -> str:
    """Words as they are kept: one line, no longer than there is room for."""
    if not isinstance(text, str | int) or isinstance(text, bool):
        return ""
    cleared = "".join(c for c in str(text) if c.isprintable() or c.isspace())
    return " ".join(cleared.split())[:longest].strip()


def priced(text: object) -> tuple[Decimal | None, str]:
    """An amount and its currency, as people and shops write them: 12.00 GBP, 1.299,50 EUR, £8."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or len(text) > LONGEST_AMOUNT:
        return None, ""
    found = _AMOUNT.match(text.strip())
    if found is None:
        return None, ""
    said = (found["before"] or found["after"]).strip().upper()
    return _number(found["number"]), said if re.fullmatch("[A-Z]{3}", said) else ""


def _number(text: str) -> Decimal | None:
    plain = re.sub(r"[\s'’]", "", text)
    last = max(plain.rfind("."), plain.rfind(","))
    mark = plain[last] if last >= 0 else ""
    decimals = len(plain) - last - 1 if last >= 0 else 0
    # One mark with three digits behind it parts thousands, unless nought stands before it.
    is_point = mark and plain.count(mark) == 1 and (decimals != 3 or plain.startswith("0"))
    if mark == "." and plain.count(".") == 1 and "," not in plain:
        # As these lists are meant to be written.
        is_point = True
    whole, part = (plain[:last], plain[last + 1 :]) if is_point else (plain, "")
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + (f".{part}" if part else ""))
    except InvalidOperation:
        return None


def told(name: str, numbers: Mapping[str, object]) -> str:
    """By what somebody finds the product again in their shop."""
    known = [squeezed(one, LONGEST_NUMBER) for one in numbers.values()]
    return name or next((one for one in known if one), "") or _("a product without a name")


def why_not(item: Item) -> Unread | None:
    """Why a product cannot be a price of ours, if so."""
    if item.amount <= 0:
        return Unread(told(item.name, item.numbers), _("It costs nothing, or has no price."))
    if not item.name and not any(item.numbers.values()):
        return Unread(told("", {}), _("It has neither a number nor a name."))
    return None
