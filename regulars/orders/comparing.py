"""The statements that compare staged orders with those there are; `{range}`: some keys."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from regulars.core.bulk import rows_of
from regulars.core.column_sets import Change, Note, Terms, Verdict, column_sets, folded
from regulars.intake.models import ImportFile
from regulars.orders.headings import LINE_FIELDS
from regulars.orders.selling import SELLER, note_on_sellers
from regulars.orders.totals import left_by_rounding, money_words, note_on_rounding

ORDER, LINE, BUYER = "orders_stagedorder", "orders_stagedline", "orders_stagedbuyer"
PEOPLE = "customers_stagedcustomer"

BUYERS = (
    f"UPDATE {ORDER} AS s SET buyer = coalesce((SELECT b.customer_key FROM {BUYER} b"
    " WHERE b.import_id = s.import_id AND b.buyer = s.buyer), '')"
    " WHERE {range} AND s.buyer <> ''"
)
# What a shop cancelled before it was sent is worth nothing; what was taken back counts against.
SUMS = (
    f"UPDATE {ORDER} AS s SET"
    " kind = CASE WHEN s.kind = 'sale' AND t.most < 0 THEN 'adjustment' ELSE s.kind END,"
    " total_minor = CASE WHEN s.kind = 'cancellation' AND t.total > 0 THEN 0 ELSE t.total END,"
    " shipping_minor = t.shipping + s.shipping_minor, line_count = t.lines"
    f" FROM (SELECT l.order_ref, sum(l.total_minor) AS total, count(*) AS lines,"
    " sum(l.shipping_minor) AS shipping, max(l.quantity) AS most"
    f" FROM {LINE} l JOIN {ORDER} s ON s.import_id = l.import_id AND s.ref = l.order_ref"
    " WHERE {range} GROUP BY l.order_ref) t"
    " WHERE s.import_id = %(import)s AND s.ref = t.order_ref AND s.line_count = 0"
)
# Where an export repeats the order's own freight on each of its rows, it counts once.
SUMS_ONCE = SUMS.replace(
    "sum(l.shipping_minor) AS shipping",
    "CASE WHEN min(l.shipping_minor) = max(l.shipping_minor) THEN max(l.shipping_minor)"
    " ELSE sum(l.shipping_minor) END AS shipping",
)
FREIGHT = (
    "SELECT count(*), coalesce(sum(CASE WHEN least = most THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN least <> most AND told > 1 THEN 1 ELSE 0 END), 0) FROM"
    " (SELECT min(shipping_minor) AS least, max(shipping_minor) AS most,"
    " sum(CASE WHEN shipping_minor <> 0 THEN 1 ELSE 0 END) AS told"
    f" FROM {LINE} WHERE import_id = %s GROUP BY order_ref"
    " HAVING count(*) > 1 AND (min(shipping_minor) <> 0 OR max(shipping_minor) <> 0)) f"
)
# What is taken back under the number of an order is a total of its own: its sum is below nought.
TOTALS = (
    "SELECT coalesce(sum(CASE WHEN is_alike THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN is_alike THEN 0 ELSE 1 END), 0) FROM"
    " (SELECT sum(CASE WHEN order_minor <> 0 THEN 1 ELSE 0 END) = count(*)"
    " AND count(DISTINCT order_minor) = count(DISTINCT order_minor > 0) AS is_alike"
    f" FROM {LINE} WHERE import_id = %s GROUP BY order_ref"
    " HAVING sum(CASE WHEN order_minor > 0 THEN 1 ELSE 0 END) > 1"
    " OR sum(CASE WHEN order_minor < 0 THEN 1 ELSE 0 END) > 1) t"
)
# The first row that tells a total keeps it, so that the rows of an order still add up to it.
TOTAL_ONCE = (
    f"UPDATE {LINE} AS s SET total_minor = 0 WHERE {{range}} AND s.order_minor <> 0"
    f" AND EXISTS (SELECT 1 FROM {LINE} f WHERE f.import_id = s.import_id"
    " AND f.order_ref = s.order_ref AND f.line_no < s.line_no AND f.order_minor = s.order_minor)"
)
# So many orders do not have rows of equal prices by chance.
ENOUGH_ALIKE = 3
NAMES_OF_ROW_PRICES = next(
    field.folded_aliases for field in LINE_FIELDS if field.name == "line_total"
)
MATCH_ORDER = (
    f"UPDATE {ORDER} AS s SET order_id = o.id FROM orders_order o"
    " WHERE {range} AND o.source = %(source)s AND o.external_id = s.ref"
)
MATCH_CUSTOMER = (
    f"UPDATE {ORDER} AS s SET customer_id = c.customer_id FROM {PEOPLE} c"
    " WHERE {range} AND s.buyer <> '' AND c.import_id = s.import_id AND c.key = s.buyer"
)
NEW = f"UPDATE {ORDER} AS s SET is_new = (s.order_id IS NULL) WHERE {{range}}"
DIFFERENT = " OR ".join([
    "o.kind <> s.kind", "(s.status <> '' AND o.status <> s.status)",
    "(s.delivery_way <> '' AND o.delivery_way <> s.delivery_way)", "o.placed_at <> s.placed_at",
    "o.placed_on <> s.placed_on", "o.total_minor <> s.total_minor",
    "o.shipping_minor <> s.shipping_minor", "o.line_count <> s.line_count",
    "(s.promised_on IS NOT NULL AND (o.promised_on IS NULL OR o.promised_on <> s.promised_on))",
    "(s.delivered_at IS NOT NULL AND (o.delivered_at IS NULL OR o.delivered_at <> s.delivered_at))",
    ("(s.sold_by <> '' AND NOT EXISTS (SELECT 1 FROM orders_seller w WHERE w.id = o.seller_id"
     " AND w.source = %(source)s AND w.words = s.sold_by))"),
    ("(s.buyer <> '' AND (o.customer_id IS NULL OR s.customer_id IS NULL"
    " OR o.customer_id <> s.customer_id))"),
])  # fmt: skip
CHANGED = (
    f"UPDATE {ORDER} AS s SET is_changed = TRUE FROM orders_order o"
    " WHERE {range} AND o.id = s.order_id AND (" + DIFFERENT + ")"
)
ADD_ORDERS = (
    "INSERT INTO orders_order (id, customer_id, source, external_id, kind, status, placed_at,"
    " placed_on, promised_on, delivered_at, delivery_way, total_minor, shipping_minor, currency,"
    " line_count, is_quiet, seller_id) SELECT s.order_id, s.customer_id, %(source)s, s.ref, s.kind,"
    " s.status, s.placed_at, s.placed_on, s.promised_on, s.delivered_at, s.delivery_way,"
    f" s.total_minor, s.shipping_minor, s.currency, s.line_count, %(quiet)s, {SELLER}"
    f" FROM {ORDER} s WHERE {{range}} AND s.is_new"
    " AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.id = s.order_id)"
)
UPDATE_ORDERS = (
    "UPDATE orders_order AS o SET customer_id = coalesce(s.customer_id, o.customer_id),"
    " kind = s.kind, status = CASE WHEN s.status <> '' THEN s.status ELSE o.status END,"
    " placed_at = s.placed_at, placed_on = s.placed_on,"
    " promised_on = coalesce(s.promised_on, o.promised_on),"
    " delivered_at = coalesce(s.delivered_at, o.delivered_at),"
    # What a file says for the first time has arrived, nobody is asked about unless it is ticked.
    " is_quiet = CASE WHEN o.delivered_at IS NULL AND s.delivered_at IS NOT NULL"
    " THEN %(quiet)s ELSE o.is_quiet END,"
    " delivery_way = CASE WHEN s.delivery_way <> '' THEN s.delivery_way ELSE o.delivery_way END,"
    f" seller_id = coalesce({SELLER}, o.seller_id),"
    " total_minor = s.total_minor,"
    " shipping_minor = s.shipping_minor, currency = s.currency, line_count = s.line_count"
    f" FROM {ORDER} s WHERE {{range}} AND s.is_changed AND o.id = s.order_id"
)
LINE_DIFFERS = (
    "(e.sku <> l.sku OR e.description <> l.description OR e.quantity <> l.quantity"
    " OR e.total_minor <> l.total_minor"
    " OR (l.delivered_at IS NOT NULL"
    " AND (e.delivered_at IS NULL OR e.delivered_at <> l.delivered_at))"
    " OR (l.returned_quantity IS NOT NULL"
    " AND (e.returned_quantity IS NULL OR e.returned_quantity <> l.returned_quantity)))"
)
UPDATE_LINES = (
    "UPDATE orders_orderline AS e SET sku = l.sku, description = l.description,"
    " quantity = l.quantity, total_minor = l.total_minor,"
    " delivered_at = coalesce(l.delivered_at, e.delivered_at),"
    " returned_quantity = coalesce(l.returned_quantity, e.returned_quantity)"
    " FROM (SELECT s.*, o.order_id FROM"
    f" {LINE} s JOIN {ORDER} o ON o.import_id = s.import_id AND o.ref = s.order_ref"
    " WHERE {range} AND NOT o.is_new) l"
    " WHERE e.order_id = l.order_id AND e.line_no = l.line_no AND " + LINE_DIFFERS
)
ADD_LINES = (
    "INSERT INTO orders_orderline (order_id, line_no, sku, description, quantity, total_minor,"
    " delivered_at, returned_quantity)"
    " SELECT o.order_id, s.line_no, s.sku, s.description, s.quantity, s.total_minor,"
    " s.delivered_at, s.returned_quantity"
    f" FROM {LINE} s JOIN {ORDER} o ON o.import_id = s.import_id AND o.ref = s.order_ref"
    " WHERE {range} ON CONFLICT (order_id, line_no) DO NOTHING"
)


def is_freight_of_orders(terms: Terms) -> bool:
    """Whether the rows of one file tell the freight of their whole order.

    It is so when no order of several rows tells two different sums: each row repeats the same, or
    one row alone has it. In a file of goods of its own, freight is that of each row.
    """
    if "lines" in terms.roles:
        return False
    _orders, _alike, different = rows_of(FREIGHT, [terms.import_id])[0]
    return not different


def _freight_once(terms: Terms) -> int:
    if not is_freight_of_orders(terms):
        return 0
    return int(rows_of(FREIGHT, [terms.import_id])[0][1])


@dataclass(frozen=True, slots=True)
class Totals:
    """How many orders of several rows tell one total on each of them, and how many do not."""

    alike: int = 0
    different: int = 0
    is_named_for_rows: bool = False

    @property
    def are_of_orders(self) -> bool:
        if self.different or not self.alike:
            return False
        return self.alike >= ENOUGH_ALIKE or not self.is_named_for_rows


def are_totals_of_orders(terms: Terms) -> bool:
    """Whether the rows of a file that prices no goods repeat the total of their whole order.

    It is so when every order that tells a total on several rows tells the same on each of them.
    Where only a few do, two goods may cost the same, and the column's name decides.
    """
    return _totals(terms).are_of_orders


def _totals(terms: Terms) -> Totals:
    if "lines" in terms.roles:
        return Totals()
    mappings = ImportFile.objects.filter(of=terms.import_id).values_list("mapping", flat=True)
    name = next((found["order_total"] for found in mappings if "order_total" in found), None)
    if name is None:
        return Totals()
    alike, different = rows_of(TOTALS, [terms.import_id])[0]
    return Totals(int(alike), int(different), folded(name) in NAMES_OF_ROW_PRICES)


def _totals_counts(terms: Terms) -> list[int]:
    """Orders whose total counts once, whose rows differ, whose column is named for rows."""
    totals = _totals(terms)
    if totals.are_of_orders:
        return [totals.alike, 0, 0]
    return [0, totals.different, 0 if totals.different else totals.alike]


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them, and the things that the files name."""
    found = Verdict()
    found.created, found.updated = _lines_verdict(terms)
    if "lines" in terms.roles:
        created, updated = rows_of(
            "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0), coalesce(sum("
            f"CASE WHEN is_changed THEN 1 ELSE 0 END), 0) FROM {ORDER} WHERE import_id = %s",
            [terms.import_id],
        )[0]
        found.created, found.updated = found.created + created, found.updated + updated
    people = column_sets["customers"].verdict(terms)
    if "customers" in terms.roles:
        found.created, found.updated = (
            found.created + people.created, found.updated + people.updated
        )  # fmt: skip
    found.untaken = _orphans(terms)
    found.things = _things(terms, people.things["customers"])
    found.notes = _notes(terms)
    found.changes = [*_first_changes(terms), *people.changes]
    return found


def _lines_verdict(terms: Terms) -> tuple[int, int]:
    # In one file that carries everything, the first row of an order or of a customer speaks for it.
    carried = (
        "" if "lines" in terms.roles
        else " OR (l.row_no = s.row_no AND s.is_changed) OR (l.row_no = c.row_no AND c.is_changed)"
    )  # fmt: skip
    created, updated = rows_of(
        "SELECT coalesce(sum(CASE WHEN e.id IS NULL THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN"
        f" e.id IS NOT NULL AND ({LINE_DIFFERS}{carried}) THEN 1 ELSE 0 END), 0)"
        f" FROM {LINE} l JOIN {ORDER} s ON s.import_id = l.import_id AND s.ref = l.order_ref"
        " LEFT JOIN orders_orderline e ON e.order_id = s.order_id AND e.line_no = l.line_no"
        f" LEFT JOIN {PEOPLE} c ON c.import_id = s.import_id AND c.key = s.buyer"
        " WHERE l.import_id = %s",
        [terms.import_id],
    )[0]
    return int(created), int(updated)


def _orphans(terms: Terms) -> list[tuple[str, int, str, str]]:
    if "lines" not in terms.roles:
        return []
    rows = rows_of(
        f"SELECT l.row_no, l.order_ref FROM {LINE} l WHERE l.import_id = %s AND NOT EXISTS"
        f" (SELECT 1 FROM {ORDER} s WHERE s.import_id = l.import_id AND s.ref = l.order_ref)"
        " ORDER BY l.row_no",
        [terms.import_id],
    )
    return [
        ("lines", row, "order", _("The order “%(order)s” is not in the file of orders.")
         % {"order": ref})
        for row, ref in rows
    ]  # fmt: skip


def _things(terms: Terms, customers: int) -> dict[str, Any]:
    orders, lines = rows_of(
        f"SELECT (SELECT count(*) FROM {ORDER} WHERE import_id = %s),"
        f" (SELECT count(*) FROM {LINE} WHERE import_id = %s)",
        [terms.import_id, terms.import_id],
    )[0]
    totals = rows_of(
        f"SELECT currency, sum(total_minor) FROM {ORDER} WHERE import_id = %s"
        " GROUP BY currency ORDER BY currency",
        [terms.import_id],
    )
    return {
        "orders": orders, "customers": customers, "lines": lines,
        "total": {currency: int(total) + left_by_rounding(terms) for currency, total in totals},
    }  # fmt: skip


POSTAGE = "('post', 'dot', 'c2', 'postage', 'shipping', 'carriage', 'delivery')"
FEES = "('m', 'd', 's', 'b', 'bank charges', 'amazonfee', 'cruk', 'adjust', 'discount', 'fee')"


def _notes(terms: Terms) -> list[Note]:
    rows = rows_of(
        "SELECT sum(CASE WHEN s.kind = 'cancellation' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN s.buyer = '' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN l.quantity < 0 AND s.kind <> 'cancellation' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN l.is_free THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN lower(l.sku) IN {POSTAGE} THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN lower(l.sku) IN {FEES} THEN 1 ELSE 0 END)"
        f" FROM {LINE} l JOIN {ORDER} s ON s.import_id = l.import_id AND s.ref = l.order_ref"
        " WHERE l.import_id = %s",
        [terms.import_id],
    )[0]
    counts = [*(int(count or 0) for count in rows), _freight_once(terms), *_totals_counts(terms)]
    return (
        [
            Note(rule, count, _sentence(rule, count))
            for rule, count in zip(RULES, counts, strict=True)
            if count
        ]
        + note_on_rounding(terms, left_by_rounding(terms))
        + note_on_sellers(terms)
    )


def _sentence(rule: str, count: int) -> str:
    places = {"count": count, "shown": number_format(count, force_grouping=True)}
    return str(RULES[rule] % places)


RULES = {
    "cancellations": ngettext_lazy(
        "%(shown)s row belongs to a cancellation; it is kept, what was taken back counts against "
        "the total, and it is no purchase.",
        "%(shown)s rows belong to cancellations; they are kept, what was taken back counts "
        "against the total, and they are no purchase.",
        "count",
    ),
    "without_customer": ngettext_lazy(
        "%(shown)s row names no customer; it is kept as a counter sale.",
        "%(shown)s rows name no customer; they are kept as counter sales.",
        "count",
    ),
    "negative_quantities": ngettext_lazy(
        "%(shown)s row takes goods back without being a cancellation; it is kept, and an order "
        "of nothing else is an adjustment.",
        "%(shown)s rows take goods back without being a cancellation; they are kept, and an "
        "order of nothing else is an adjustment.",
        "count",
    ),
    "zero_prices": ngettext_lazy(
        "%(shown)s row has no price; it is kept and adds nothing to the total.",
        "%(shown)s rows have no price; they are kept and add nothing to the total.",
        "count",
    ),
    "postage": ngettext_lazy(
        "%(shown)s row is postage that stands among the goods; it is kept as the invoice has it "
        "and counts in its total.",
        "%(shown)s rows are postage that stands among the goods; they are kept as the invoice "
        "has them and count in its total.",
        "count",
    ),
    "fees": ngettext_lazy(
        "%(shown)s row is a fee, a discount or a correction by hand; it is kept and counts in "
        "the total.",
        "%(shown)s rows are fees, discounts or corrections by hand; they are kept and count in "
        "the total.",
        "count",
    ),
    "freight_once": ngettext_lazy(
        "%(shown)s order repeats the same freight on each of its rows; it is counted once.",
        "%(shown)s orders repeat the same freight on each of their rows; it is counted once.",
        "count",
    ),
    "total_once": ngettext_lazy(
        "The total of %(shown)s order stands on every one of its rows; it is counted once.",
        "The totals of %(shown)s orders stand on every one of their rows; each is counted once.",
        "count",
    ),
    "totals_differ": ngettext_lazy(
        "%(shown)s order does not have the same total on all of its rows, so the totals in this "
        "file are taken as prices of the rows and added up.",
        "%(shown)s orders do not have the same total on all of their rows, so the totals in this "
        "file are taken as prices of the rows and added up.",
        "count",
    ),
    "totals_of_rows": ngettext_lazy(
        "%(shown)s order has the same sum on every one of its rows; by the name of the column "
        "they are prices of the rows, and they are added up.",
        "%(shown)s orders have the same sum on every one of their rows; by the name of the column "
        "they are prices of the rows, and they are added up.",
        "count",
    ),
}


def _first_changes(terms: Terms) -> list[Change]:
    rows = rows_of(
        "SELECT s.row_no, s.ref, o.status, s.status, o.total_minor, s.total_minor, s.currency"
        f" FROM {ORDER} s JOIN orders_order o ON o.id = s.order_id"
        " WHERE s.import_id = %s AND s.is_changed ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    found = []
    for row, ref, status, new_status, total, new_total, currency in rows:
        if new_status and new_status != status:
            found.append(Change(row, ref, _("State of the order"), status, new_status))
        if new_total != total:
            found.append(Change(row, ref, _("Total of the order"), money_words(total, currency),
                                money_words(new_total, currency)))  # fmt: skip
    return found
