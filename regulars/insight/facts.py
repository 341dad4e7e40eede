"""The fact tables: what is counted, in which columns and units; docs/rhythm.md prints them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from regulars.core.registry import Registry
from regulars.customers.models import Customer

# Of lines only so much is read: what was bought long ago says little of what is bought now.
LINES_BACK = timedelta(days=730)
# From so many customers on their orders are read by two at a time, in so many parts.
LONG_LIST, PARTS, MOST_NUMBER = 20_000, 8, 2**62
NOTED = "SELECT customer_id FROM insight_recount"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str  # in Ibis's words
    meaning: str
    unit: str = ""  # of a number; none for keys, flags, days and words


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the books is read: up to which day, and in which currency money is added.

    `only_noted` reads those alone who are to be counted again (watch.py); `stretch` those orders
    alone whose customers have a number from the first to the second.
    """

    as_of: date
    currency: str
    # After something was undone: what was known before that moment.
    undone_since: datetime | None = None
    only_noted: bool = False
    stretch: tuple[int, int] | None = None

    def of(self, column: str) -> str:
        """The condition that a customer is among those who are counted."""
        return f" AND {column} IN ({NOTED})" if self.only_noted else ""

    def within(self, column: str) -> str:
        """The same, of those of the stretch; SQLite looks them up one by one, or walks along."""
        if self.stretch is None:
            return self.of(column)
        among = " BETWEEN {} AND {}".format(*self.stretch)
        if self.only_noted:
            return f" AND {column} IN ({NOTED} WHERE customer_id{among})"
        return f" AND {column}{among}"


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table as metrics see it; one without `select` is worked out by what `made_by` names."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    select: Callable[[Scope], str] | None = None
    made_by: str = ""

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}

    def from_the_books(self, scope: Scope) -> str:
        if self.select is None:
            raise ValueError(f"{self.name} is worked out, not fetched")
        return self.select(scope)


FACT_TABLES: Registry[FactTable] = Registry("fact tables")


def _publish(table: FactTable) -> FactTable:
    return FACT_TABLES.register(table.name, table)


def _orders(scope: Scope) -> str:
    currency = scope.currency.replace("'", "''")
    return (
        "SELECT customer_id, placed_on AS day,"  # noqa: S608
        " CASE WHEN kind = 'sale' THEN 1 ELSE 0 END AS is_sale,"
        f" CASE WHEN currency = '{currency}' THEN total_minor END AS spend_minor"
        " FROM orders_order"
        # Put like this so that SQLite does not look up order after order by their days: the index
        # by customer holds everything that is asked for here.
        " WHERE customer_id IS NOT NULL AND coalesce(placed_on, placed_on)"
        f" <= '{scope.as_of.isoformat()}'" + scope.within("customer_id")
    )


def _lines(scope: Scope) -> str:
    currency = scope.currency.replace("'", "''")
    day = scope.as_of.isoformat()
    return (
        "SELECT o.customer_id AS customer_id, o.placed_on AS day,"  # noqa: S608
        " CASE WHEN l.sku <> '' THEN l.sku ELSE l.description END AS product,"
        " CASE WHEN l.description <> '' THEN l.description ELSE l.sku END AS name,"
        f" CASE WHEN o.currency = '{currency}' THEN l.total_minor ELSE 0 END AS spend_minor"
        " FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
        f" WHERE o.customer_id IS NOT NULL AND o.kind = 'sale' AND o.placed_on <= '{day}'"
        f" AND o.placed_on > '{(scope.as_of - LINES_BACK).isoformat()}'"
        " AND (l.sku <> '' OR l.description <> '')"
    )


def _customers(scope: Scope) -> str:
    known, purchases, last_on = "nullif(f.known_tier, '')", "f.purchase_count", "f.last_on"
    if scope.undone_since is not None:
        since = connection.ops.adapt_datetimefield_value(scope.undone_since)
        known = (
            "coalesce((SELECT t.from_tier FROM insight_tierchange t"  # noqa: S608
            f" WHERE t.customer_id = c.id AND t.why = 'count' AND t.written_at >= '{since}'"
            f" ORDER BY t.id LIMIT 1), {known})"
        )
        purchases, last_on = "NULL", "NULL"
    return (
        f"SELECT c.id AS customer_id, c.kind AS kind, {known} AS tier_before,"  # noqa: S608
        f" {purchases} AS purchases_before, {last_on} AS last_on_before"
        " FROM customers_customer c LEFT JOIN insight_customerfacts f ON f.customer_id = c.id"
        " WHERE c.archived_at IS NULL" + scope.of("c.id")
    )


def _services(scope: Scope) -> str:
    day = scope.as_of.isoformat()
    return (
        "SELECT of_id AS department_id, to_id AS customer_id FROM customers_relation"  # noqa: S608
        f" WHERE kind = 'serves' AND (since_on IS NULL OR since_on <= '{day}')"
        f" AND (until_on IS NULL OR until_on > '{day}')" + scope.of("of_id")
    )


def _overrides(_scope: Scope) -> str:
    return "SELECT customer_id, tier FROM insight_tieroverride"


def _stakes(scope: Scope) -> str:
    if not scope.only_noted:
        return "SELECT customer_id, stake_minor FROM insight_customerfacts WHERE 1 = 0"
    return (
        "SELECT customer_id, stake_minor FROM insight_customerfacts WHERE customer_id IN"  # noqa: S608
        f" (SELECT to_id FROM customers_relation WHERE kind = 'serves' AND of_id IN ({NOTED}))"
        f" AND customer_id NOT IN ({NOTED})"
    )


def _facts(scope: Scope) -> str:
    columns = ", ".join(column.name for column in FACTS.columns)
    kept = f"SELECT {columns} FROM insight_customerfacts WHERE customer_id > 0"  # noqa: S608
    return kept + scope.of("customer_id")


MINOR, OPEN_DAYS = "minor units", "open days"
CUSTOMER = Column("customer_id", "int64", "the customer")

ORDERS = _publish(
    FactTable(
        "orders",
        "Orders of known customers up to the day counted to; later ones are not seen.",
        (
            CUSTOMER,
            Column("day", "date", "calendar day of the order, where the business is"),
            Column("is_sale", "int8", "1 for a sale, 0 for a cancellation or an adjustment"),
            Column(
                "spend_minor",
                "int64",
                "net amount in the business's currency; empty in another currency",
                MINOR,
            ),
        ),
        _orders,
    )
)
LINES = _publish(
    FactTable(
        "lines",
        "What was sold in two years, line by line, where the orders name it.",
        (
            CUSTOMER,
            Column("day", "date", "calendar day of the order"),
            Column("product", "string", "the article number, or else the words of the line"),
            Column("name", "string", "the words of the line, or else the article number"),
            Column("spend_minor", "int64", "net amount; 0 in another currency", MINOR),
        ),
        _lines,
    )
)
CUSTOMERS = _publish(
    FactTable(
        "customers",
        "Everyone on the list, archived ones left out.",
        (
            CUSTOMER,
            Column("kind", "string", "person, organisation or department"),
            Column("tier_before", "string", "tier of the count before; empty for the first"),
            Column("purchases_before", "int64", "their purchases as of then", "purchases"),
            Column("last_on_before", "date", "the day of their last purchase as of then"),
        ),
        _customers,
    )
)
SERVICES = _publish(
    FactTable(
        "services",
        "Which department of ours serves which customer on the day counted to.",
        (Column("department_id", "int64", "the department"), CUSTOMER),
        _services,
    )
)
OVERRIDES = _publish(
    FactTable(
        "overrides",
        "Tiers set by a person.",
        (CUSTOMER, Column("tier", "string", "the tier that is shown instead of the computed one")),
        _overrides,
    )
)
STAKES = _publish(
    FactTable(
        "stakes",
        "Who is not counted again but served by a department that is; nobody in a count of all.",
        (
            CUSTOMER,
            Column("stake_minor", "int64", "what a year of them is worth, as it stands", MINOR),
        ),
        _stakes,
    )
)
CALENDAR = _publish(
    FactTable(
        "calendar",
        "Every day from the first order to ten open years ahead.",
        (
            Column("day", "date", "the day"),
            Column("ordinal", "int64", "how many up to and including it", OPEN_DAYS),
            Column("is_open", "bool", "whether the business was open"),
        ),
        made_by="regulars.insight.calendar.OpenDays",
    )
)
DAYS = _publish(
    FactTable(
        "days",
        "One row for each customer and day with any order.",
        (
            CUSTOMER,
            Column("day", "date", "the day"),
            Column("spend_minor", "int64", "net of all orders of that day", MINOR),
            Column("sale_count", "int64", "how many sales were among them", "sales"),
            Column("is_purchase", "bool", "whether there was a sale among them"),
        ),
        made_by="regulars.insight.metrics.purchases.days",
    )
)
TRADING = _publish(
    FactTable(
        "trading",
        "The same days, in days of business.",
        (
            Column("day", "date", "the day"),
            Column(
                "passed",
                "float64",
                "how many up to and including it, each counting what its month carries",
                "days of business",
            ),
        ),
        made_by="regulars.insight.seasons.TradingDays",
    )
)
PURCHASES = _publish(
    FactTable(
        "purchases",
        "One row for each customer and day with a sale: sales of one day are one purchase.",
        (
            CUSTOMER,
            Column("day", "date", "the day"),
            Column("spend_minor", "int64", "net of all orders of that day", MINOR),
            Column("ordinal", "int64", "how many up to and including it", OPEN_DAYS),
        ),
        made_by="regulars.insight.metrics.purchases.purchases",
    )
)
FACTS = _publish(
    FactTable(
        "facts",
        "What was counted: one row for everyone on the list. None of it says how late anybody is.",
        (
            CUSTOMER,
            Column("purchase_count", "int64", "days with a sale, ever", "purchases"),
            Column("first_on", "date", "the first of them"),
            Column("last_on", "date", "the last of them"),
            Column("again_days", "int64", "from the first to the second", "days"),
            Column("spend_minor", "int64", "net of all orders, ever", MINOR),
            Column("year_spend_minor", "int64", "net of the 365 days up to the count", MINOR),
            Column("usual_gap_days", "float64", "usual gap between purchases", OPEN_DAYS),
            Column("gap_spread", "float64", "how much gaps spread around it", "of log days"),
            Column("due_on", "date", "when the next purchase is expected"),
            Column("slipping_on", "date", "from when they are slipping, if they do not buy"),
            Column("lapsed_on", "date", "from when they are lapsed, if they do not buy"),
            Column("lost_on", "date", "from when they are lost, if they do not buy"),
            Column("doubtful_on", "date", "from when they are more likely gone than not"),
            Column("crowd_sales", "int64", "sales booked to a name that is no person", "sales"),
            Column("stake_minor", "int64", "what a year of them is worth", MINOR),
            Column("tier", "string", "the counted tier"),
            Column("next_change_on", "date", "when tier or yearly sum changes with the day alone"),
        ),
        _facts,
    )
)


def orders_in_parts(scope: Scope) -> list[str]:
    """The orders of a long list as several selects; none where one will do.

    Whoever becomes a customer meanwhile is in the last.
    """
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    if last < LONG_LIST:
        return []
    ends = [last * nth // PARTS for nth in range(1, PARTS)]
    stretches = zip([0, *(end + 1 for end in ends)], [*ends, MOST_NUMBER], strict=True)
    return [ORDERS.from_the_books(replace(scope, stretch=one)) for one in stretches]
