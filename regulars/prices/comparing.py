"""The statement that finds which old customers pay or paid more than prices, in one go.

All arithmetic is in whole numbers: amounts in minor units, prices in thousandths of them,
quantities in thousandths. Orders in another currency are not compared.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from django.db import connection

FOUND = "prices_found"

# Where SQLite would run over 64 bits it goes on in floating point; PostgreSQL counts exactly.
_WHOLE = {"sqlite": "CAST(({a}) / ({b}) AS bigint)", "postgresql": "div({a}, {b})"}
_NUMBER = {"sqlite": "{x}", "postgresql": "CAST({x} AS numeric)"}
# The same words as in the index of goods that have no number; the plus takes from the column its
# kind of text, without which SQLite would not look into an index of an expression.
_WORDS = {
    "sqlite": "SUBSTR(l.description, 1, 100) = +p.product",
    "postgresql": "LEFT(l.description, 100) = p.product",
}

_LINE = (
    "SELECT p.id AS price_id, o.customer_id, o.id AS order_id, o.kind, o.placed_at, o.placed_on,"
    " CAST(ROUND(l.quantity * 1000) AS bigint) AS quantity, l.total_minor AS total,"
    " CAST(ROUND(COALESCE(l.returned_quantity, 0) * 1000) AS bigint) AS returned"
    " FROM prices_price p JOIN orders_orderline l ON {known} JOIN orders_order o ON o.id ="
    " l.order_id WHERE p.id IN ({ids}) AND o.customer_id IS NOT NULL AND o.currency = p.currency"
    " AND o.placed_on >= %(since)s AND o.placed_on <= %(today)s"
)
BY_NUMBER = "l.sku = p.product AND l.sku > ''"
# What was made right down to a price counts as paid at that price, from then on.
_RIGHTED = (
    "(SELECT MIN(q.compare_milli) FROM prices_concern g JOIN prices_price q ON q.id = g.price_id"
    " WHERE g.customer_id = e.customer_id AND q.product = p.product AND q.currency = p.currency"
    " AND g.settled_at >= e.placed_at AND g.taken_back_at IS NULL AND"
    " CAST(ROUND(q.from_quantity * 1000) AS bigint) <= e.quantity"
    " AND (g.price_id = p.id OR g.remedy IN ('credit', 'code')))"
)
_STANDS = (
    "q.kind = 'quote' AND q.published_at IS NOT NULL AND q.withdrawn_at IS NULL"
    " AND q.opens_on <= CASE WHEN p.opens_on > %(today)s THEN p.opens_on ELSE %(today)s END"
    " AND (q.closes_on IS NULL OR q.closes_on >="
    " CASE WHEN p.opens_on > %(today)s THEN p.opens_on ELSE %(today)s END)"
)


def _whole(a: str, b: str) -> str:
    return _WHOLE[connection.vendor].format(a=a, b=b)


def _number(x: str) -> str:
    return _NUMBER[connection.vendor].format(x=x)


def by_words() -> str:
    return f"{_WORDS[connection.vendor]} AND l.sku = ''"


def statement(ids: str) -> str:
    """Who is concerned by prices of these ids, and by how much; numbered, for writing in pieces.

    Within one order all of a product counts together: what came free beside it makes each cheaper.
    What came back counts no more; what came back by another order is taken off in proportion.
    """
    lines = " UNION ALL ".join(
        _LINE.format(known=known, ids=ids) for known in (BY_NUMBER, by_words())
    )
    total = f"{_number('a.total')} * 1000000"
    righted = f"{_number('a.righted')} * a.quantity"
    paid = f"CASE WHEN {righted} < {total} THEN {righted} ELSE {total} END"
    asked = f"{_number('p.compare_milli')} * a.quantity"
    over = _whole(
        f"({paid} - {asked}) * (a.quantity - a.returned)", f"{_number('a.quantity')} * 1000000"
    )
    unit = _whole(f"{_number('a.total')} * 1000000", "a.quantity")
    left = _whole(f"{_number('t.over')} * (t.kept - t.back)", "t.kept")
    return (
        f"WITH bought AS ({lines}),"
        " each_order AS (SELECT price_id, customer_id, order_id, kind, placed_at, placed_on,"
        " SUM(quantity) AS quantity, SUM(total) AS total, SUM(returned) AS returned FROM bought"
        " GROUP BY price_id, customer_id, order_id, kind, placed_at, placed_on),"
        f" above AS (SELECT e.*, {_RIGHTED} AS righted FROM each_order e"
        " JOIN prices_price p ON p.id = e.price_id"
        " WHERE e.kind = 'sale' AND e.quantity > 0 AND e.total > 0 AND e.quantity > e.returned"
        f" AND {_number('e.total')} * 1000000 > {_number('p.compare_milli')} * e.quantity"
        " AND CAST(ROUND(p.from_quantity * 1000) AS bigint) <= e.quantity),"
        f" overs AS (SELECT a.price_id, a.customer_id, a.order_id, {over} AS over, {unit} AS unit,"
        " a.quantity - a.returned AS kept, a.placed_on FROM above a"
        " JOIN prices_price p ON p.id = a.price_id),"
        " summed AS (SELECT price_id, customer_id, SUM(over) AS over, MAX(unit) AS most,"
        " SUM(kept) AS quantity, MAX(placed_on) AS last_on FROM overs WHERE over > 0"
        " GROUP BY price_id, customer_id),"
        " whole AS (SELECT e.price_id, e.customer_id,"
        " SUM(CASE WHEN e.kind = 'sale' AND e.quantity > 0 AND e.total > 0"
        " THEN e.quantity - e.returned ELSE 0 END) AS kept,"
        " SUM(CASE WHEN e.quantity < 0 THEN -e.quantity ELSE 0 END) AS back FROM each_order e"
        " JOIN summed s ON s.price_id = e.price_id AND s.customer_id = e.customer_id"
        " GROUP BY e.price_id, e.customer_id),"
        " quoted AS (SELECT p.id AS price_id, q.customer_id, MIN(q.compare_milli) AS quoted"
        " FROM prices_price p JOIN prices_price q ON q.product = p.product"
        f" AND q.currency = p.currency AND q.id <> p.id AND {_STANDS}"
        f" AND q.from_quantity >= p.from_quantity WHERE p.id IN ({ids})"
        " GROUP BY p.id, q.customer_id, p.compare_milli"
        " HAVING MIN(q.compare_milli) > p.compare_milli),"
        " told AS (SELECT t.price_id, t.customer_id,"
        f" {left} AS due, t.most, t.quantity, t.last_on, CAST(NULL AS bigint) AS quoted FROM"
        " (SELECT s.*, w.kept, w.back FROM summed s JOIN whole w ON w.price_id = s.price_id"
        " AND w.customer_id = s.customer_id WHERE w.back < w.kept) t"
        " UNION ALL SELECT price_id, customer_id, 0, 0, 0, CAST(NULL AS date), quoted FROM quoted)"
        " SELECT row_number() OVER (ORDER BY f.price_id, f.customer_id) AS n, f.price_id,"
        " f.customer_id, CAST(f.due AS bigint) AS due, CAST(f.most AS bigint) AS most,"
        " CAST(f.quantity AS bigint) AS quantity, f.last_on, f.quoted FROM"
        " (SELECT price_id, customer_id, SUM(due) AS due, MAX(most) AS most,"
        " SUM(quantity) AS quantity, MAX(last_on) AS last_on, MAX(quoted) AS quoted FROM told"
        " GROUP BY price_id, customer_id HAVING SUM(due) > 0 OR MAX(quoted) IS NOT NULL) f"
        " JOIN prices_price p ON p.id = f.price_id"
        " JOIN customers_customer c ON c.id = f.customer_id AND c.archived_at IS NULL"
        " AND c.deleted_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL"
        " AND c.kind <> 'department'"
        " WHERE p.customer_id IS NULL OR p.customer_id <> f.customer_id"
    )


def other_currencies(ids: str) -> str:
    """How many orders of each price's product are in another currency."""
    lines = " UNION ".join(
        "SELECT p.id AS price_id, o.currency, o.id AS order_id FROM prices_price p"
        f" JOIN orders_orderline l ON {known} JOIN orders_order o ON o.id = l.order_id"
        f" WHERE p.id IN ({ids}) AND o.customer_id IS NOT NULL AND o.currency <> p.currency"
        " AND o.placed_on >= %(since)s AND o.placed_on <= %(today)s"
        for known in (BY_NUMBER, by_words())
    )
    return (
        f"SELECT price_id, currency, count(*) FROM ({lines}) other GROUP BY price_id, currency"
        " ORDER BY price_id, currency"
    )
