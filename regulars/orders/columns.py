"""What orders take from files: one file of rows that carry everything, or several by role."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows, rows_of, write_rows
from regulars.core.column_sets import (
    Batch,
    Field,
    FieldKind,
    Role,
    Step,
    Terms,
    Untaken,
    Verdict,
    column_sets,
)
from regulars.core.errors import Refusal
from regulars.core.money import exponent_of
from regulars.orders import taking_in
from regulars.orders.choices import OrderKind
from regulars.orders.headings import BUYER, CARRIED, LINE_FIELDS, ORDER, ORDER_FIELDS, PLACED
from regulars.orders.models import StagedBuyer, StagedLine, StagedOrder
from regulars.orders.presets import PRESETS
from regulars.orders.selling import Places
from regulars.orders.totals import minor_of, totals_of

CANCELLING = re.compile(r"^C\d+$", re.ASCII)
CANCELLED_STATES = frozenset(
    "canceled cancelled cancelada cancelado storniert annulé annulée void voided avbruten"
    " failed".split()
)
ORDER_COLUMNS = (
    "import_id", "ref", "base", "row_no", "buyer", "kind", "status", "placed_at", "placed_on",
    "promised_on", "delivered_at", "delivery_way", "sold_by", "sold_in", "currency", "total_minor",
    "shipping_minor", "line_count", "is_new", "is_changed",
)  # fmt: skip
LINE_COLUMNS = (
    "import_id", "row_no", "order_ref", "line_no", "sku", "description", "quantity",
    "total_minor", "rest", "shipping_minor", "order_minor", "is_free", "delivered_at",
    "returned_quantity",
)  # fmt: skip
STAGED = StagedOrder._meta.db_table
# The first row of an order says when it was; what it leaves blank, a later one fills in.
ORDER_CONFLICT = "UPDATE SET " + ", ".join([
    f"buyer = CASE WHEN {STAGED}.buyer = '' THEN excluded.buyer ELSE {STAGED}.buyer END",
    f"status = CASE WHEN {STAGED}.status = '' THEN excluded.status ELSE {STAGED}.status END",
    f"promised_on = coalesce({STAGED}.promised_on, excluded.promised_on)",
    # What came in parts was with them when the last of it was.
    (f"delivered_at = CASE WHEN {STAGED}.delivered_at > excluded.delivered_at"
     f" THEN {STAGED}.delivered_at ELSE coalesce(excluded.delivered_at, {STAGED}.delivered_at)"
     " END"),
    (f"delivery_way = CASE WHEN {STAGED}.delivery_way = '' THEN excluded.delivery_way"
     f" ELSE {STAGED}.delivery_way END"),
    f"sold_by = CASE WHEN {STAGED}.sold_by = '' THEN excluded.sold_by ELSE {STAGED}.sold_by END",
    f"sold_in = CASE WHEN {STAGED}.sold_in = '' THEN excluded.sold_in ELSE {STAGED}.sold_in END",
])  # fmt: skip
MOST_REMEMBERED = 100_000
ONE = Decimal(1)


@dataclass(slots=True)
class Counter:
    """The next ordinal of a key, remembering the last keys and asking the staging for the rest."""

    sql: str
    known: OrderedDict[str, int] = field(default_factory=OrderedDict)
    has_forgotten: bool = False

    def number(self, keys: Sequence[str], import_id: int) -> list[int]:
        self._recall(keys, import_id)
        numbers = []
        known = self.known
        for key in keys:
            number = known.get(key, 0) + 1
            known[key] = number
            numbers.append(number)
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
            self.has_forgotten = True
        return numbers

    def _recall(self, keys: Sequence[str], import_id: int) -> None:
        if not self.has_forgotten:
            return
        missing = sorted({key for key in keys if key not in self.known})
        if missing:
            places = ", ".join(["%s"] * len(missing))
            rows = rows_of(self.sql.replace("{keys}", places), [import_id, *missing])
            self.known.update(rows)


LINES_SO_FAR = (
    "SELECT order_ref, max(line_no) FROM orders_stagedline"
    " WHERE import_id = %s AND order_ref IN ({keys}) GROUP BY order_ref"
)
SAME_DAY_SO_FAR = (
    "SELECT base, count(*) FROM orders_stagedorder"
    " WHERE import_id = %s AND base IN ({keys}) GROUP BY base"
)


def _list_fields() -> tuple[Field, ...]:
    people_set: Any = column_sets["customers"]
    carried = {item.name: item for item in people_set.fields}
    # An order names one customer, reached in one way.
    return tuple(replace(carried[name], repeats=False) for name in CARRIED)


class OrderColumns:
    """Orders with their goods and, where the files say so, their customers."""

    kind = "orders"
    label = gettext_lazy("Orders")
    # An order is what its file says of it; of the customers it says only what is missing.
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()

    def __init__(self) -> None:
        person = Field("reference", gettext_lazy("Number of the person"), FieldKind.IDENTIFIER, (
            "customer unique id", "person id", "unique id", "household id",
        ), listed=("customer.reference",))  # fmt: skip
        people = _list_fields()
        self.roles = (
            Role("orders", gettext_lazy("Orders"),
                 (ORDER, PLACED, BUYER, *LINE_FIELDS, *ORDER_FIELDS, *people), PRESETS),
            Role("lines", gettext_lazy("Goods of the orders"), (ORDER, *LINE_FIELDS)),
            Role("customers", gettext_lazy("Customers of the orders"), (person, BUYER, *people)),
        )  # fmt: skip
        self._lines = Counter(LINES_SO_FAR)
        self._days = Counter(SAME_DAY_SO_FAR)
        self._foreign: dict[str, str] = {}
        self._places = Places("")

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        orders = mapping.get("orders", {})
        if "orders" not in mapping:
            raise Refusal(
                _("There is no file of orders among these."),
                _("Name it: orders=FILE lines=FILE customers=FILE."),
            )
        if "placed_at" not in orders:
            raise Refusal(
                _("No column says when something was bought."),
                _("Choose the column that holds the date of the order."),
            )
        if not set(orders) & {"order", "buyer", "email", "phone", "name"}:
            raise Refusal(
                _("No column holds the number of the order or of the customer."),
                _("Choose the column that tells one order, or one customer, from another."),
            )
        for role in ("lines", "customers"):
            key = "order" if role == "lines" else "buyer"
            if (role in mapping and key not in mapping[role]) or (
                key not in orders and role in mapping
            ):
                raise Refusal(
                    _("The files cannot be put together: a column is missing in one of them."),
                    _("Choose, in both files, the column with the number of the order or of the "
                      "customer."),
                )  # fmt: skip

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        return _guess(columns)

    def begin(self, terms: Terms) -> None:
        self._lines = Counter(LINES_SO_FAR)
        self._days = Counter(SAME_DAY_SO_FAR)
        self._foreign = {}
        self._places = Places(terms.source)

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        if batch.role == "customers":
            return _stage_buyers(batch, terms)
        if batch.role == "lines":
            self._stage_lines(batch, terms, [ref[:200] for ref in batch.column("order")])
            return []
        return self._stage_orders(batch, terms)

    def _stage_orders(self, batch: Batch, terms: Terms) -> list[Untaken]:
        untaken = _unreadable_orders(batch)
        untaken += self._of_other_currency(batch, terms)
        if untaken:
            batch = _without(batch, {row for row, _field, _why in untaken})
        buyers = self._stage_carried(batch, terms)
        refs, bases = self._refs(batch, buyers, terms)
        sold = self._places.told_apart(batch.column("sold_by"), batch.column("sold_in"))
        is_alone = "lines" not in terms.roles
        _stage_orders(batch, terms, refs, bases, buyers, sold, with_lines=is_alone)
        if is_alone:
            self._stage_lines(batch, terms, refs)
        return untaken

    def _of_other_currency(self, batch: Batch, terms: Terms) -> list[Untaken]:
        """Rows in a currency that this import does not count in, with all rows of their orders."""
        if "currency" not in batch.columns:
            return []
        found: list[Untaken] = []
        refs = batch.column("order")
        for row, ref, told in zip(batch.rows, refs, batch.columns["currency"], strict=True):
            # Shops write an order's currency on the first of its rows.
            code = told or self._foreign.get(ref, "")
            if code and code != terms.currency:
                if ref:
                    self._foreign[ref] = code
                found.append((row, "currency", _other_currency(code, terms.currency)))
        return found

    def _stage_carried(self, batch: Batch, terms: Terms) -> list[str]:
        """Stage the customers that the rows carry; returns what stands for the buyer of each."""
        if "customers" in terms.roles:
            return [buyer[:340] for buyer in batch.column("buyer")]
        people_set: Any = column_sets["customers"]
        if "buyer" in batch.columns:
            batch.columns["reference"] = batch.columns["buyer"]
        people = people_set.people_of(batch)
        people_set.stage_people(people, batch.rows, terms, counted=False)
        return [person.key for person in people]

    def _refs(
        self, batch: Batch, buyers: Sequence[str], terms: Terms
    ) -> tuple[list[str], list[str]]:
        if "order" in batch.columns:
            return [ref[:200] for ref in batch.columns["order"]], [""] * len(batch.rows)
        bases = [
            f"{buyer[2:172]}:{moment.day}"
            for buyer, moment in zip(buyers, batch.columns["placed_at"], strict=True)
        ]
        numbers = self._days.number(bases, terms.import_id)
        return [f"{base}:{nth}" for base, nth in zip(bases, numbers, strict=True)], bases

    def _stage_lines(self, batch: Batch, terms: Terms, refs: Sequence[str]) -> None:
        numbers = self._lines.number(refs, terms.import_id)
        quantities = [one if one is not None else ONE for one in batch.column("quantity", ONE)]
        totals, rests, free = totals_of(batch, exponent_of(terms.currency))
        freight = minor_of(batch.column("freight", None), terms.currency)
        told = {"unit_price", "line_total", "order_total"} & set(batch.columns)
        wholes = totals if told == {"order_total"} else [0] * len(totals)
        import_id = terms.import_id
        write_rows(StagedLine, LINE_COLUMNS, [
            (import_id, row, ref, nth, sku[:100], text, amount, total, rest, extra, whole, is_free,
             came.utc if came else None, back)
            for row, ref, nth, sku, text, amount, total, rest, extra, whole, is_free, came, back
            in zip(
                batch.rows, refs, numbers, batch.column("sku"), batch.column("description"),
                quantities, totals, rests, freight, wholes, free,
                batch.column("line_delivered", None), batch.column("returned", None), strict=True,
            )
        ])  # fmt: skip

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _unreadable_orders(batch: Batch) -> list[Untaken]:
    found: list[Untaken] = [
        (row, "placed_at", _("There is no date."))
        for row, moment in zip(batch.rows, batch.columns["placed_at"], strict=True)
        if moment is None
    ]
    if "order" in batch.columns:
        found += [
            (row, "order", _("There is no number of the order."))
            for row, ref in zip(batch.rows, batch.columns["order"], strict=True)
            if not ref
        ]
    return found


def _other_currency(code: str, counted: str) -> str:
    return _(
        "The amount is in %(code)s, but this import counts in %(counted)s: bring in the rows in "
        "%(code)s as a file of their own."
    ) % {"code": code[:10], "counted": counted}


def _without(batch: Batch, rows: set[int]) -> Batch:
    kept = [at for at, row in enumerate(batch.rows) if row not in rows]
    columns = {name: [values[at] for at in kept] for name, values in batch.columns.items()}
    return Batch(batch.role, [batch.rows[at] for at in kept], columns)


def _stage_buyers(batch: Batch, terms: Terms) -> list[Untaken]:
    people_set: Any = column_sets["customers"]
    buyers = batch.column("buyer")
    references = batch.column("reference")
    batch.columns["reference"] = [
        reference or buyer for reference, buyer in zip(references, buyers, strict=True)
    ]
    people = people_set.people_of(batch)
    people_set.stage_people(people, batch.rows, terms)
    merge_rows(
        StagedBuyer, ("import_id", "buyer", "customer_key", "row_no"),
        [(terms.import_id, buyer, person.key, row)
         for buyer, person, row in zip(buyers, people, batch.rows, strict=True) if buyer],
        key=("import_id", "buyer"), on_conflict="NOTHING",
    )  # fmt: skip
    return [
        (row, "buyer", _("There is no number of the customer."))
        for row, buyer in zip(batch.rows, buyers, strict=True)
        if not buyer
    ]


def _stage_orders(
    batch: Batch,
    terms: Terms,
    refs: Sequence[str],
    bases: Sequence[str],
    buyers: Sequence[str],
    sold: Sequence[tuple[str, str]],
    *,
    with_lines: bool,
) -> None:
    rows: dict[str, tuple[Any, ...]] = {}
    totals = (
        [0] * len(refs)
        if with_lines
        else minor_of(batch.column("order_total", None), terms.currency)
    )
    freight = (
        [0] * len(refs) if with_lines else minor_of(batch.column("freight", None), terms.currency)
    )
    told = zip(
        refs, bases, batch.rows, buyers, batch.column("status"), batch.columns["placed_at"],
        batch.column("promised", None), batch.column("delivery_way"), sold, totals, freight,
        strict=True,
    )  # fmt: skip
    last = _last_of(refs, batch.column("delivered", None))
    for ref, base, row, buyer, status, placed, promised, way, (seller, place), total, extra in told:
        first = rows.get(ref)
        if first is not None and (first[4] or not buyer):
            continue
        rows[ref] = (
            terms.import_id, ref, base, first[3] if first else row, buyer, _kind(ref, status),
            status[:40], placed.utc, placed.day, promised.day if promised else None,
            last.get(ref), way.strip()[:60], seller, place, terms.currency, total, extra, 0, False,
            False,
        )  # fmt: skip
    merge_rows(
        StagedOrder, ORDER_COLUMNS, rows.values(), key=("import_id", "ref"),
        on_conflict=ORDER_CONFLICT,
    )  # fmt: skip


def _last_of(refs: Sequence[str], moments: Sequence[Any]) -> dict[str, datetime]:
    """When the last part of each order arrived, of those rows that tell it."""
    last: dict[str, datetime] = {}
    for ref, moment in zip(refs, moments, strict=True):
        if moment is not None:
            last[ref] = max(moment.utc, last.get(ref, moment.utc))
    return last


def _kind(ref: str, status: str) -> str:
    cancelled = CANCELLING.match(ref) or status.strip().casefold() in CANCELLED_STATES
    return OrderKind.CANCELLATION if cancelled else OrderKind.SALE


def _guess(columns: Sequence[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        if column.is_of_dates:
            found.setdefault("placed_at", column.name)
        elif column.share(lambda value: "@" in value) > 0.6:
            found.setdefault("email", column.name)
    numbers = [c for c in columns if c.is_of_numbers and c.name not in found.values()]
    for column in numbers:
        is_amount = column.share(lambda value: bool(re.search(r"[.,]\d{2}\D*$", value))) > 0.6
        if is_amount:
            found.setdefault("line_total", column.name)
        elif column.share(lambda value: len(value.strip().lstrip("-")) <= 3) > 0.95:
            found.setdefault("quantity", column.name)
        elif column.filled and len(column.distinct) >= min(0.98 * column.filled, 19_000):
            found.setdefault("order", column.name)
        else:
            found.setdefault("buyer", column.name)
    return found


column_sets.register("orders", OrderColumns())
