"""Product feeds as Google and others take them: RSS 2.0 or Atom in XML, or a table of text.

Google's product data specification names the fields: id, title, price, sale_price and
sale_price_effective_date, with or without `g:` before them.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from xml.parsers import expat

from django.utils.translation import gettext as _

from regulars.prices.sources.listed import (
    LONGEST_NUMBER,
    Item,
    Listing,
    NoList,
    Unread,
    priced,
    refuse_too_many,
    squeezed,
    told,
    why_not,
)

NUMBERS = ("id", "mpn", "gtin")
WANTED = {*NUMBERS, "title", "price", "sale_price", "sale_price_effective_date"}
# What one product is, in RSS and in Atom.
ENTRIES = {"item", "entry"}
LONGEST_TEXT = 5_000
_PLAIN = re.compile(r"[^a-z]+")


def read(body: bytes) -> Listing:
    """A whole feed; refuses what is none, or breaks off in the middle."""
    rows = _of_xml(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _of_table(body)
    listing = Listing()
    for count, row in enumerate(rows, start=1):
        refuse_too_many(count)
        listing.add(_item(row))
    return listing


def _item(row: Mapping[str, str]) -> Item | Unread:
    numbers = {one: squeezed(row.get(one), LONGEST_NUMBER) for one in NUMBERS}
    name = squeezed(row.get("title"))
    amount, currency = priced(row.get("price"))
    if amount is None:
        why = _("It has no price that can be read: “%(words)s”.")
        return Unread(told(name, numbers), why % {"words": squeezed(row.get("price"), 40)})
    sale, _said = priced(row.get("sale_price"))
    opens, closes = _between(row.get("sale_price_effective_date", ""))
    if sale is None or not 0 < sale < amount:
        sale, opens, closes = None, None, None
    item = Item(name, numbers, amount, currency, sale, opens, closes)
    return why_not(item) or item


def _between(text: str) -> tuple[date | None, date | None]:
    """The first and the last day of a sale, as the shop says them."""
    first, _slash, last = text.partition("/")
    opens, closes = _moment(first), _moment(last)
    if closes is None:
        return opens.date() if opens else None, None
    is_midnight = "T" in last.upper() and (closes.hour, closes.minute) == (0, 0)
    # Over when the day begins: the one before is its last.
    ends = closes.date() - timedelta(days=1) if is_midnight else closes.date()
    return opens.date() if opens else None, ends


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _of_table(body: bytes) -> Iterator[dict[str, str]]:
    text = _letters(body)
    first = text.partition("\n")[0]
    mark = max("\t,;|", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        names = [_field(one) for one in next(rows, [])]
        if "price" not in names or not {"id", "title"} & set(names):
            raise NoList
        for row in rows:
            if any(cell.strip() for cell in row):
                yield {name: cell for name, cell in zip(names, row, strict=False) if name in WANTED}
    except csv.Error as error:
        raise NoList from error


def _letters(body: bytes) -> str:
    for letters in ("utf-8-sig", "cp1252"):
        try:
            return body.decode(letters)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")


def _field(heading: str) -> str:
    """`g:sale_price`, “Sale price” and `sale-price` are one."""
    return _PLAIN.sub("_", heading.strip().lower().removeprefix("g:")).strip("_")


def _of_xml(body: bytes) -> list[dict[str, str]]:
    """Nothing outside of the file is ever asked for: a list with entities of its own is refused."""
    reader = _Entries()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NoList from error
    if not reader.is_feed:
        raise NoList
    return reader.found


class _Entries:
    """The products of a feed, as its parts go by."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []
        self.is_feed = False
        self._row: dict[str, str] | None = None
        self._field = ""
        self._depth = 0

    def refuse(self, *_told: object) -> None:
        raise NoList

    def begin(self, name: str, _told: object) -> None:
        local = name.rpartition(" ")[2].lower()
        if self._row is None:
            self.is_feed = self.is_feed or local in ("rss", "feed")
            if local in ENTRIES:
                refuse_too_many(len(self.found) + 1)
                self._row, self._depth = {}, 0
            return
        self._depth += 1
        # A field of the product itself, and no part of another: what it costs to send it.
        self._field = local if self._depth == 1 and local in WANTED else ""

    def end(self, _name: str) -> None:
        if self._row is None:
            return
        if self._depth == 0:
            self.found.append(self._row)
            self._row = None
        else:
            self._depth -= 1
        self._field = ""

    def words(self, text: str) -> None:
        if self._row is None or not self._field:
            return
        said = self._row.get(self._field, "")
        if len(said) < LONGEST_TEXT:
            self._row[self._field] = said + text
