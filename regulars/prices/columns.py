"""What prices take from files: list prices, coupons, quotes, each from a day on."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import Batch, Role, Step, Terms, Untaken, Verdict, column_sets
from regulars.core.errors import Refusal
from regulars.core.money import Money
from regulars.prices import taking_in
from regulars.prices.choices import PriceKind
from regulars.prices.headings import FIELDS, KINDS
from regulars.prices.models import StagedPrice

COLUMNS = (
    "import_id", "row_no", "product", "name", "kind", "code", "reference", "amount_minor",
    "currency", "from_quantity", "opens_on", "closes_on", "is_new", "is_changed", "is_fixed",
)  # fmt: skip
KEY = ("import_id", "product", "currency", "kind", "code", "reference", "from_quantity",
       "opens_on")  # fmt: skip
_BLANKS = {"amount": None, "opens": None, "closes": None, "least": None}
MOST = 10**11


class PriceColumns:
    """Prices, known by their product with its kind, its day, and whom it was told."""

    kind = "prices"
    label = gettext_lazy("Prices: what everybody pays, coupons, quotes")
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()
    roles = (Role("prices", gettext_lazy("Prices"), FIELDS),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("prices", {}))
        if "product" not in chosen:
            raise Refusal(
                _("No column says which product it is."),
                _("Choose the column with the number of the article."),
            )
        if "amount" not in chosen:
            raise Refusal(
                _("No column says what it costs."), _("Choose the column with the price of one.")
            )

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.is_of_dates:
                found.setdefault("opens", column.name)
            elif column.is_of_numbers:
                found.setdefault("amount", column.name)
            else:
                found.setdefault("product", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        untaken: list[Untaken] = []
        lines: dict[Any, tuple[Any, ...]] = {}
        names = [field.name for field in FIELDS]
        columns = [batch.column(name, _BLANKS.get(name, "")) for name in names]
        for row, cells in zip(batch.rows, zip(*columns, strict=True), strict=True):
            told = dict(zip(names, cells, strict=True))
            line = _line(row, told, terms)
            why = _why_not(told, line)
            if why is not None:
                untaken.append((row, *why))
                continue
            # The same price twice is one: the first that a file tells.
            lines.setdefault((*line[2:3], *line[4:7], *line[8:11]), line)
        merge_rows(StagedPrice, COLUMNS, lines.values(), key=KEY, on_conflict="NOTHING")
        return untaken

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _line(row: int, told: Mapping[str, Any], terms: Terms) -> tuple[Any, ...]:
    kind = KINDS.get(" ".join(str(told["kind"]).casefold().split()), "?")
    code, reference = str(told["code"]).strip(), str(told["customer"]).strip()
    if kind == "":
        kind = PriceKind.QUOTE if reference else PriceKind.COUPON if code else PriceKind.LIST
    currency = told["currency"] or terms.currency
    amount = told["amount"]
    minor = 0 if amount is None else Money.of(amount, currency).minor
    least = told["least"] or Decimal(0)
    opens, closes = told["opens"], told["closes"]
    return (
        terms.import_id, row, " ".join(str(told["product"]).split())[:100],
        " ".join(str(told["name"]).split())[:200], str(kind),
        code[:40] if kind == PriceKind.COUPON else "",
        reference[:200] if kind == PriceKind.QUOTE else "", minor, currency, least,
        opens.day if opens else taking_in.today_of(terms), closes.day if closes else None,
        False, False, False,
    )  # fmt: skip


def _why_not(told: Mapping[str, Any], line: tuple[Any, ...]) -> tuple[str, str] | None:
    """The first thing that keeps a row from being a price: the field to blame, and why."""
    if not line[2]:
        return "product", _("There is no number of the article.")
    if told["amount"] is None:
        return "amount", _("There is no price.")
    if not 1 <= line[7] <= MOST:
        return "amount", _("A price is above nought, and below a thousand million.")
    if line[4] == "?":
        why = _("“%(kind)s” is no kind of price: say list, coupon or quote.")
        return "kind", why % {"kind": str(told["kind"])[:40]}
    if line[4] == PriceKind.QUOTE and not line[6]:
        return "customer", _("It does not say to whom the quote was told.")
    if line[9] < 0:
        return "least", _("It holds from so many on: nought, or more.")
    if line[11] is not None and line[11] < line[10]:
        return "closes", _("It would end before it begins.")
    return None


column_sets.register("prices", PriceColumns())
