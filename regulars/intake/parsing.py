"""Texts of a column into typed values, each different text read once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.column_sets import Field, FieldKind
from regulars.intake.values.amounts import NotANumber, NumberStyle, currency_code, read_number
from regulars.intake.values.dates import DateStyle, Moment, NotADate, read_moment
from regulars.intake.values.identifiers import read_identifier, read_text
from regulars.intake.values.reach import Reach, read_email, read_phone

# About 60 MB of short texts: enough for the repetition in real files, and flat for any file.
MOST_REMEMBERED = 200_000
# What databases and statisticians write into a cell that is blank.
NOTHING = frozenset(("null", "\\n", "nan", "n/a", "#n/a", "none", "-", "–", "—"))
YES = frozenset("yes y true t 1 x ja j oui o si sí sim s on subscribed active opted-in tak".split())
NO = frozenset("no n false f 0 nein non nej não nao nie off unsubscribed never".split())


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that could not be read, and why."""

    sentence: str


class Cut(str):
    """A text that was longer than its place, cut to it."""

    __slots__ = ()

    @property
    def why(self) -> str:
        return _("The text is longer than %(count)s signs; the rest was left out.") % {
            "count": len(self)
        }


class Values(dict[str, Any]):
    """A reader that remembers: text to value. `has_bad` when a text was unreadable, ever."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read
        self.has_bad = False
        self.has_doubtful = False

    def __missing__(self, text: str) -> Any:
        try:
            value = self._read(text)
        except (NotADate, NotANumber) as error:
            value = Unreadable(str(error))
            self.has_bad = True
        if isinstance(value, Cut) or (isinstance(value, Reach) and value.is_doubtful):
            self.has_doubtful = True
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[text] = value
        return value

    def column(self, texts: Sequence[str]) -> list[Any]:
        return [self[text] for text in texts]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a file's values are read by, beyond each column's own style."""

    zone: str
    country: str
    today: date
    has_serials: bool


def reader_of(field: Field, style: dict[str, Any], setting: Setting) -> Values:
    """The reader of one column."""
    match field.kind:
        case FieldKind.MOMENT:
            return Values(_moment_reader(field, style, setting))
        case FieldKind.AMOUNT | FieldKind.QUANTITY:
            numbers = NumberStyle(style.get("decimal", "."))
            return Values(lambda text: None if _is_blank(text) else read_number(text, numbers))
        case FieldKind.IDENTIFIER:
            is_float = bool(style.get("is_float"))
            return Values(
                lambda text: _fitting(read_identifier(text, is_float=is_float), field.longest)
            )
        case FieldKind.EMAIL:
            return Values(lambda text: read_email(text) if text.strip(" '") else None)
        case FieldKind.PHONE:
            return Values(
                lambda text: read_phone(text, setting.country) if text.strip(" '") else None
            )
        case FieldKind.CURRENCY:
            return Values(currency_code)
        case FieldKind.FLAG:
            return Values(_flag)
        case _:
            return Values(lambda text: _fitting(read_text(text), field.longest))


def _fitting(text: str, longest: int) -> str:
    return Cut(text[:longest]) if longest and len(text) > longest else text


def _moment_reader(
    field: Field, style: dict[str, Any], setting: Setting
) -> Callable[[str], Moment | None]:
    dates = DateStyle(
        setting.zone,
        day_first=style.get("day_first", True),
        serials=setting.has_serials,
        year_now=setting.today.year,
    )
    today = setting.today.isoformat()

    def read(text: str) -> Moment | None:
        if _is_blank(text):
            return None
        moment = read_moment(text, dates)
        if not field.may_be_future and moment.day > today:
            raise NotADate(_("“%(text)s” lies in the future.") % {"text": text.strip()[:60]})
        return moment

    return read


def _is_blank(text: str) -> bool:
    return not text.strip(" '") or text.strip().casefold() in NOTHING


def _flag(text: str) -> bool | None:
    word = text.strip(" '").casefold()
    if word in YES:
        return True
    return False if word in NO else None
