"""To which of many groups each customer and each seller belongs, packed into one number each.

So the orders are read once, however many groups are asked for.
"""

# Statements are put together from constants of this file; every value is bound.

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from regulars.goals.choices import Counts, Place, Whom
from regulars.goals.models import Goal
from regulars.insight.choices import Tier

# A number of both databases holds 62 bits and its sign; one goal more takes four at most.
MOST_BITS = 58
# An order of nobody known belongs to no group of customers.
NOBODY = -1
NEW = Tier.NEW.value
# Each says who belongs to which of the values: one row a customer or a seller. Joined from the
# left, values are looked up row by row, and the rows are not gone through for each of many.
# Who was in a tier on a day; with the first count of all, its history begins.
TIERS = (
    "SELECT t.customer_id AS id, MAX(v.column2) AS bits FROM insight_tierchange t"
    " JOIN (VALUES {values}) v ON v.column1 = t.to_tier"
    " WHERE (t.changed_on <= %s OR t.why = 'first') AND (t.until_on IS NULL OR t.until_on > %s)"
    "{among} GROUP BY t.customer_id"
)
SEGMENTS = (
    "SELECT t.customer_id AS id, MAX(v.column2) AS bits FROM lists_segmentmember t"
    " JOIN (VALUES {values}) v ON v.column1 = t.segment_id"
    " WHERE (t.left_at IS NULL OR t.left_at >= %s){among} GROUP BY t.customer_id"
)
# Somebody with two addresses lives at the first.
PLACES = (
    "SELECT t.customer_id AS id, v.column2 AS bits FROM customers_contactpoint t"
    " LEFT JOIN (VALUES {values}) v ON v.column1 = t.{kind}"
    " WHERE COALESCE(v.column2, 0) > 0 AND t.kind = 'address'{among}"
    " AND NOT EXISTS (SELECT 1 FROM customers_contactpoint e"
    " WHERE e.customer_id = t.customer_id AND e.kind = 'address' AND e.{kind} <> ''"
    " AND (e.is_primary > t.is_primary OR (e.is_primary = t.is_primary AND e.id < t.id)))"
)
LOOKED_AFTER = (
    "SELECT t.id, v.column2 AS bits FROM customers_customer t"
    " LEFT JOIN (VALUES {values}) v ON v.column1 = t.manager_id"
    " WHERE COALESCE(v.column2, 0) > 0{among}"
)
SOLD_BY = (
    "SELECT t.id, v.column2 AS bits FROM orders_seller t"
    " JOIN (VALUES {values}) v ON v.column1 = t.member_id"
)
# Where whoever sold it sells.
AREAS = (
    "SELECT t.id, v.column2 AS bits FROM orders_seller t"
    " JOIN (VALUES {values}) v ON v.column1 = t.region"
)
AMONG = " AND {one} IN (SELECT customer_id FROM orders_order WHERE placed_on BETWEEN %s AND %s)"
ALL = "SELECT id, CAST(SUM(bits) AS bigint) AS bits FROM ({parts}) x GROUP BY id"


@dataclass(slots=True)
class Part:
    """One way to tell customers or sellers apart: values that exclude each other, numbered."""

    sql: str
    # The column that says which customer.
    one: str = "t.customer_id"
    days: Sequence[date] = ()
    codes: dict[Any, int] = field(default_factory=dict)
    shift: int = 0

    @property
    def bits(self) -> int:
        return max(self.codes.values(), default=0).bit_length()

    def put_into(self, parts: list[str], values: list[Any], among: Sequence[date]) -> None:
        rows = ", ".join(f"(%s, {code << self.shift})" for code in self.codes.values())
        within = AMONG.replace("{one}", self.one) if among else ""
        parts.append(self.sql.replace("{values}", rows).replace("{among}", within))
        values += [*self.codes, *self.days, *among]


# Which part, and of which day or place.
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What a customer or a seller has to be: a value of a part."""

    key: Key
    part: Part
    value: Any


class Belonging:
    """Groups of customers, or of sellers, each a few bits of one number."""

    def __init__(self) -> None:
        self._parts: dict[Key, Part] = {}

    @property
    def bits(self) -> int:
        return sum(part.bits for part in self._parts.values())

    def __bool__(self) -> bool:
        return bool(self._parts)

    def ask(self, need: Need) -> None:
        codes = self._parts.setdefault(need.key, replace(need.part, codes={})).codes
        if need.key[0] == Whom.TIER and need.value == NEW:
            # Who is in none yet is new: all the others have to be told from nobody.
            codes.setdefault(NEW, 0)
            for other in ("", *(one.value for one in Tier)):
                codes.setdefault(other, len(codes) + 1)
        codes.setdefault(need.value, len(codes) + 1)

    def number(self) -> None:
        shift = 0
        for part in self._parts.values():
            part.shift = shift
            shift += part.bits

    def statement(self, among: Sequence[date] = ()) -> tuple[str, list[Any]]:
        """Who belongs to anything: `id` and `bits`; only whoever bought between two days."""
        parts: list[str] = []
        values: list[Any] = []
        for part in self._parts.values():
            part.put_into(parts, values, among)
        return ALL.replace("{parts}", " UNION ALL ".join(parts)), values

    def has(self, number: int, need: Need) -> bool:
        if number == NOBODY:
            return False
        part = self._parts[need.key]
        return (number >> part.shift) & ((1 << part.bits) - 1) == part.codes[need.value]


def needs_of(goal: Goal, today: date) -> tuple[list[Need], list[Need]]:
    """What a customer has to be, and a seller, so that an order counts for a goal; of goods see
    the lines.
    """
    begin = min(goal.from_on, today)
    customers, sellers = [], []
    if goal.whom == Whom.TIER:
        customers.append(Need((goal.whom, begin), Part(TIERS, days=(begin, begin)), goal.tier))
    elif goal.whom == Whom.SEGMENT:
        # Somebody may be in many.
        key = (goal.whom, begin, goal.segment_id)
        customers.append(Need(key, Part(SEGMENTS, days=(begin,)), goal.segment_id))
    elif goal.place_kind == Place.AREA:
        sellers.append(Need((goal.place_kind,), Part(AREAS), goal.place))
    elif goal.whom == Whom.REGION:
        part = Part(PLACES.replace("{kind}", Place(goal.place_kind).value))
        customers.append(Need((goal.place_kind,), part, goal.place))
    if goal.counts == Counts.OWN:
        customers.append(Need((goal.counts,), Part(LOOKED_AFTER, one="t.id"), goal.manager_id))
    elif goal.counts == Counts.SOLD:
        sellers.append(Need((goal.counts,), Part(SOLD_BY), goal.manager_id))
    return customers, sellers
