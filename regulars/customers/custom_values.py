"""Values of the business's own fields: read as people write them, and shown as they are read."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.customers.choices import CustomKind
from regulars.customers.errors import ValueUnreadable
from regulars.customers.models.custom import LONGEST_CUSTOM_TEXT, CustomField
from regulars.customers.naming import folded_name

# What a customer has in one field: keys of choices come as a tuple, money in our currency.
Held = str | Decimal | Money | date | bool | tuple[str, ...]

_YES = frozenset({"yes", "y", "true", "1", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_HOST = re.compile(r"^[^\s/:@]+\.[^\s/:@.]{2,}$")
_BETWEEN = re.compile(r"[;,|\n]")
_LARGEST = Decimal(10) ** 11


def value_read(field: CustomField, written: str | Sequence[str], currency: str) -> Held | None:
    """What somebody wrote, as the field keeps it; nothing is None."""
    texts = [written] if isinstance(written, str) else list(written)
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return None
    if field.kind == CustomKind.CHOICES:
        return tuple(dict.fromkeys(_choice(field, one) for text in texts for one in _each(text)))
    if field.kind == CustomKind.MONEY:
        return Money.of(_number(field, texts[0]), currency)
    return _READERS[CustomKind(field.kind)](field, texts[0])


def _each(text: str) -> list[str]:
    """Several choices in one cell of a file."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _text(field: CustomField, text: str) -> str:
    if len(text) > LONGEST_CUSTOM_TEXT:
        raise ValueUnreadable(
            _("“%(field)s” holds %(most)s signs, and this is longer.")
            % {"field": field.label, "most": LONGEST_CUSTOM_TEXT},
            _("Write it shorter, or put it into the words about them."),
        )
    return text


def _number(field: CustomField, text: str) -> Decimal:
    bare = text.replace(" ", "").replace("\u00a0", "")
    # A comma before three digits parts thousands; any other single comma is a decimal one.
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueUnreadable(
            _("“%(text)s” is no number for “%(field)s”.")
            % {"text": text[:40], "field": field.label},
            _("Write it in digits, like 12.5."),
        )
    return number.quantize(Decimal("0.0001"))


def _day(field: CustomField, text: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueUnreadable(
        _("“%(text)s” is no date for “%(field)s”.") % {"text": text[:40], "field": field.label},
        _("Write the year first, like 2026-11-24."),
    )


def _choice(field: CustomField, text: str) -> str:
    """The key of a choice, by its key or its label."""
    if text in field.labels:
        return text
    sought = folded_name(text)
    found = next((k for k, label in field.labels.items() if folded_name(label) == sought), None)
    if found is None:
        raise ValueUnreadable(
            _("“%(text)s” is not among the choices of “%(field)s”.")
            % {"text": text[:40], "field": field.label},
            _("The choices are: %(choices)s.") % {"choices": ", ".join(field.labels.values())},
        )
    return found


def _flag(field: CustomField, text: str) -> bool:
    said = text.casefold()
    if said in _YES | {str(_("Yes")).casefold()}:
        return True
    if said in _NO | {str(_("No")).casefold()}:
        return False
    raise ValueUnreadable(
        _("“%(text)s” is neither yes nor no for “%(field)s”.")
        % {"text": text[:40], "field": field.label}
    )


def _link(field: CustomField, text: str) -> str:
    link = text if "//" in text else f"https://{text}"
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not _HOST.match(parts.hostname or ""):
        raise ValueUnreadable(
            _("“%(text)s” is no link for “%(field)s”.") % {"text": text[:80], "field": field.label},
            _("Write it like https://example.com."),
        )
    return _text(field, link)


_READERS: dict[CustomKind, Callable[[CustomField, str], Held]] = {
    CustomKind.TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.DAY: _day,
    CustomKind.CHOICE: _choice,
    CustomKind.FLAG: _flag,
    CustomKind.LINK: _link,
}


def value_shown(field: CustomField, held: Held) -> str:
    """A value in words, as a page, a text or a file shows it."""
    if isinstance(held, bool):
        return _("Yes") if held else _("No")
    if isinstance(held, tuple):
        return ", ".join(field.labels.get(key, key) for key in held)
    if isinstance(held, Money):
        return money(held)
    if isinstance(held, Decimal):
        return number_format(held.normalize(), use_l10n=True)
    if isinstance(held, date):
        return date_format(held)
    return field.labels.get(held, held) if field.kind == CustomKind.CHOICE else held


def value_written(field: CustomField, held: Held | None) -> str:
    """A value as `value_read` reads it again: what a form shows for changing, a file for taking."""
    if held is None:
        return ""
    if isinstance(held, Money):
        return str(held.major)
    if isinstance(held, Decimal):
        return f"{held.normalize():f}"
    if isinstance(held, date):
        return held.isoformat()
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, tuple):
        return ", ".join(field.labels.get(key, key) for key in held)
    return held
