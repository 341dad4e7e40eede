"""What each row of goods comes to, and what all of them come to, to the last fraction of a cent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.bulk import rows_of
from regulars.core.column_sets import Batch, Note, Terms
from regulars.core.money import Money
from regulars.intake.models import ImportFile

NOTHING, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")
# What rounding leaves of a row, in millionths of the minor unit.
PARTS_OF_MINOR = 1_000_000
Told = tuple[Decimal | None, ...]


def minor_of(amounts: Sequence[Decimal | None], currency: str) -> list[int]:
    return [Money.of(amount, currency).minor if amount else 0 for amount in amounts]


def totals_of(batch: Batch, exponent: int) -> tuple[list[int], list[int], list[bool]]:
    """The total of each row in minor units, what rounding left of it, and whether it is free.

    A total that the file tells counts before quantity times price less the discount, which is
    rounded once.
    """
    blank: list[Decimal | None] = [None] * len(batch.rows)
    told = batch.columns.get("line_total", blank)
    units = batch.columns.get("unit_price", blank)
    wholes = batch.columns.get("order_total", blank) if "unit_price" not in batch.columns else blank
    shares = batch.columns.get("discount", blank)
    known: dict[Told, tuple[int, int, bool]] = {}
    found = []
    for row in zip(told, units, wholes, batch.column("quantity", ONE), shares, strict=True):
        total = known.get(row)
        if total is None:
            total = known[row] = _total(row, exponent)
        found.append(total)
    totals, rests, free = zip(*found, strict=True) if found else ((), (), ())
    return list(totals), list(rests), list(free)


def _total(row: Told, exponent: int) -> tuple[int, int, bool]:
    told, unit, whole, quantity, share = row
    if told is None and unit is not None:
        exact = (ONE if quantity is None else quantity) * unit
        if share is None or not NOTHING < share <= ONE:
            return _line_minor(exact, exponent), 0, not unit
        exact *= ONE - share
        minor = _line_minor(exact, exponent)
        rest = (exact.scaleb(exponent) - minor) * PARTS_OF_MINOR
        return minor, int(rest.to_integral_value()), not unit
    exact = told if told is not None else whole if whole is not None else NOTHING
    return _line_minor(exact, exponent), 0, not exact


def _line_minor(exact: Decimal, exponent: int) -> int:
    # Half up, away from nought for what is taken back, on the row's total and nowhere before.
    minor = int((abs(exact).scaleb(exponent) + HALF) // 1)
    return -minor if exact < NOTHING else minor


def left_by_rounding(terms: Terms) -> int:
    """What all rows with a discount come to beyond their rounded totals, in minor units."""
    mappings = ImportFile.objects.filter(of=terms.import_id).values_list("mapping", flat=True)
    if not any("discount" in mapping for mapping in mappings):
        return 0
    (rest,) = rows_of(
        "SELECT sum(l.rest) FROM orders_stagedline l JOIN orders_stagedorder s"
        " ON s.import_id = l.import_id AND s.ref = l.order_ref AND s.kind <> 'cancellation'"
        " WHERE l.import_id = %s",
        [terms.import_id],
    )[0]
    return round(Decimal(rest or 0) / PARTS_OF_MINOR)


def note_on_rounding(terms: Terms, left: int) -> list[Note]:
    """Say that rounded rows add up to something else than the sum of the exact ones."""
    if not left:
        return []
    amount = Money(abs(left), terms.currency)
    places: dict[str, Any] = {"amount": f"{amount.major} {terms.currency}"}
    if left < 0:
        sentence = _(
            "The rows with a discount are kept rounded, each by itself; added up they come to "
            "%(amount)s more than the total said here, which is rounded once."
        )
    else:
        sentence = _(
            "The rows with a discount are kept rounded, each by itself; added up they come to "
            "%(amount)s less than the total said here, which is rounded once."
        )
    return [Note("rounded_rows", abs(left), sentence % places)]


def money_words(minor: int, currency: str) -> str:
    from babel.numbers import format_currency

    return format_currency(Money(minor, currency).major, currency, locale="en_GB")
