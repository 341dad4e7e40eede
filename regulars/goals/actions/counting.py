"""Counting what the books say of the last years, in the background."""

from collections import defaultdict
from datetime import date, datetime

from django.db import connection, transaction

from regulars.core.bulk import rows_of
from regulars.goals.models import Trade
from regulars.goals.queries.breaking_even import product_groups
from regulars.goals.queries.goals import places_of_customers
from regulars.goals.queries.goods import Sorter
from regulars.goals.reckoning import MONTHS, month_after
from regulars.team.queries import the_business

# Three years of months: two for a season, and the one before them.
MONTHS_BACK = 36
# The days are asked for so that no index leads through the orders one by one.
DAYS = """
SELECT CAST(placed_on AS text), currency, SUM(total_minor),
  SUM(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END),
  SUM(CASE WHEN customer_id IS NOT NULL THEN total_minor ELSE 0 END),
  SUM(CASE WHEN customer_id IS NOT NULL AND kind = 'sale' THEN 1 ELSE 0 END)
FROM orders_order WHERE NOT (placed_on < %s OR placed_on > %s) GROUP BY 1, 2
"""
GOODS = """
SELECT l.sku, l.description, SUM(l.total_minor)
FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
WHERE NOT (o.placed_on < %s OR o.placed_on > %s) AND o.currency = %s GROUP BY 1, 2
"""


def count_trade(*, at: datetime) -> Trade | None:
    """Add up what was sold, month by month and by product group; reads first, writes one row."""
    business = the_business()
    if business is None:
        return None
    today = business.day_of(at)
    months, foreign = _months(today, business.currency)
    groups = _groups(today, business.currency)
    places = places_of_customers()
    with transaction.atomic():
        row, _made = Trade.objects.update_or_create(
            pk=1,
            defaults={
                "months": {first.isoformat(): sums for first, sums in sorted(months.items())},
                "groups": {str(pk): minor for pk, minor in groups.items()},
                "foreign": foreign, "places": places, "until_on": today, "counted_at": at,
            },
        )  # fmt: skip
    return row


def _months(today: date, currency: str) -> tuple[dict[date, list[int]], dict[str, int]]:
    """By month: net sales, orders, and both of customers known by name; orders elsewhere."""
    since = month_after(today.replace(day=1), -MONTHS_BACK)
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    foreign: dict[str, int] = defaultdict(int)
    for day, code, *sums in rows_of(DAYS, [since, today]):
        if code != currency:
            foreign[str(code)] += int(sums[1])
            continue
        month = found[date.fromisoformat(str(day)[:10]).replace(day=1)]
        for place, value in enumerate(sums):
            month[place] += int(value)
    if found:
        # A month without any order between others sold nothing; one before them is not known.
        first = min(found)
        while first < today.replace(day=1):
            found[first]
            first = month_after(first, 1)
    return dict(found), dict(foreign)


def _groups(today: date, currency: str) -> dict[int, int]:
    """What each product group sold in the last twelve months, by the words that say what is in."""
    groups = product_groups()
    since = month_after(today.replace(day=1), -MONTHS)
    sums = dict.fromkeys((group.pk for group in groups), 0)
    if not groups:
        return sums
    sorter = Sorter(groups)
    with connection.cursor() as cursor:
        cursor.execute(GOODS, [since, today, currency])
        while rows := cursor.fetchmany(2_000):
            for sku, description, minor in rows:
                pk = sorter.group_of(str(sku), str(description))
                if pk is not None:
                    sums[pk] += int(minor)
    return sums
