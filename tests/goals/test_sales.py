"""What groups bought by day: in one reading for all goals, the same as asked of each by itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.bulk import count_anew
from regulars.customers.models import ContactPoint, Customer
from regulars.goals.choices import Counts, Whom
from regulars.goals.models import Goal
from regulars.goals.queries import belonging, sales
from regulars.goals.queries.goods import Sorter
from regulars.goals.queries.sales import sales_of
from regulars.insight.choices import Tier
from regulars.insight.models import TierChange
from regulars.lists.models import Segment, SegmentMember
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine, Seller
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.goals import make_group
from tests.factories.orders import make_line, make_order
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
TODAY, BEGIN = date(2026, 11, 24), date(2026, 11, 1)
TOWNS, AREAS = ("Ambley", "Weir", "Thorpe"), ("Harbour", "Moor", "")
Told = dict[int, dict[date, tuple[int, int]]]


def a_business(at: datetime, team: list[Member]) -> list[Goal]:
    """Customers, orders and goals of every kind, by lot; none of them saved but the groups."""
    lot = Random(20)
    segments = [Segment.objects.create(name=name, created_at=at, changed_at=at) for name in "ab"]
    sellers = [
        Seller.objects.create(source="till", words=str(nth), region=lot.choice(AREAS), member=one)
        for nth, one in enumerate([*team, team[0], None])
    ]
    goods = [make_group(at, "Bread", words="rye"), make_group(at, "The rest")]
    customers = [a_customer(lot, at, team, segments) for _nth in range(16)]
    for _nth in range(70):
        day = TODAY - timedelta(days=lot.choice([0, 1, 20, 24, 200, 380, 900, 1_300]))
        an_order(lot, lot.choice([*customers, None]), day, lot.choice([*sellers, None]))
    count_anew(Order, OrderLine)
    kinds: list[dict[str, Any]] = [
        {"whom": Whom.EVERYBODY},
        *({"whom": Whom.TIER, "tier": one.value} for one in Tier),
        *({"whom": Whom.SEGMENT, "segment": one} for one in segments),
        *({"whom": Whom.GOODS, "goods": one} for one in goods),
        *({"whom": Whom.REGION, "place_kind": "city", "place": one} for one in TOWNS),
        *({"whom": Whom.REGION, "place_kind": "country", "place": one} for one in ("GB", "FR")),
        *({"whom": Whom.REGION, "place_kind": "area", "place": one} for one in AREAS if one),
    ]
    return [
        Goal(pk=nth, manager=team[nth % 2], counts=counts, from_on=begin, until_on=TODAY, **kind)
        for nth, (kind, counts, begin) in enumerate(
            (kind, counts, begin)
            for kind in kinds
            for counts in Counts.values
            for begin in (BEGIN, TODAY - timedelta(days=15))
        )
    ]


def a_customer(
    lot: Random, at: datetime, team: list[Member], segments: list[Segment]
) -> Customer:  # fmt: skip
    who = make_customer(manager=lot.choice([*team, None]))
    if lot.random() < 0.8:
        first, then = lot.sample([one.value for one in Tier], 2)
        change = BEGIN + timedelta(days=lot.choice([-9, 0, 5, 15]))
        begun = change - timedelta(days=lot.choice([2, 40]))
        rows = ((first, "first", begun, change), (then, "count", change, None))
        TierChange.objects.bulk_create(
            TierChange(customer=who, to_tier=tier, why=why, changed_on=on, until_on=until,
                       written_at=at) for tier, why, on, until in rows
        )  # fmt: skip
    for segment in segments:
        for left in (None, datetime(2026, 11, lot.choice([1, 8, 12]), 10, tzinfo=UTC)):
            if lot.random() < 0.4:
                SegmentMember.objects.create(
                    segment=segment, customer=who, left_at=left,
                    entered_at=datetime(2026, 10, 1, tzinfo=UTC),
                )  # fmt: skip
    for nth in range(lot.choice([0, 1, 2, 3])):
        make_point(
            who, "address", f"{nth} {who.pk}", city=lot.choice([*TOWNS, ""]),
            country=lot.choice(["GB", "FR", ""]), is_primary=nth == 1,
        )  # fmt: skip
    return who


def an_order(lot: Random, who: Customer | None, day: date, seller: Seller | None) -> None:
    kind = lot.choice([OrderKind.SALE, OrderKind.SALE, OrderKind.CANCELLATION])
    minor = lot.randint(100, 900) * (1 if kind == OrderKind.SALE else -1)
    currency = lot.choice(["GBP", "GBP", "GBP", "USD"])
    order = make_order(who, day, minor, kind=kind, seller=seller, currency=currency)
    for words in lot.sample(["Seeded rye", "Tea", "Dark rye"], lot.choice([0, 1, 2])):
        make_line(order, words, minor // 2)


def told_one_by_one(goals: list[Goal], since: date, until: date) -> Told:
    """The same, order by order and goal by goal, as one would with the books on the table."""
    sorter, has = Sorter(list({one.goods for one in goals if one.goods})), cache(is_in)
    found: Told = {goal.pk: {} for goal in goals}
    orders = Order.objects.filter(placed_on__range=(since, until), currency="GBP")
    for order in orders.select_related("customer", "seller").prefetch_related("lines"):
        for goal in goals:
            if not is_of(goal, order, has):
                continue
            minors = [order.total_minor]
            if goal.goods_id:
                minors = [
                    line.total_minor for line in order.lines.all()
                    if sorter.group_of(line.sku, line.description) == goal.goods_id
                ]  # fmt: skip
            money, count = found[goal.pk].get(order.placed_on, (0, 0))
            # An order with two sorts of a group is one order.
            count += order.kind == OrderKind.SALE
            if minors:
                found[goal.pk][order.placed_on] = money + sum(minors), count
    return found


def is_of(goal: Goal, order: Order, has: Callable[[Goal, Customer], bool]) -> bool:
    who, seller = order.customer, order.seller
    if goal.counts == Counts.OWN and (who is None or who.manager_id != goal.manager_id):
        return False
    if goal.counts == Counts.SOLD and (seller is None or seller.member_id != goal.manager_id):
        return False
    if goal.place_kind == "area":
        return seller is not None and seller.region == goal.place
    if goal.whom in (Whom.EVERYBODY, Whom.GOODS):
        return True
    return who is not None and has(goal, who)


def is_in(goal: Goal, who: Customer) -> bool:
    if goal.whom == Whom.TIER:
        held = [
            one.to_tier for one in TierChange.objects.filter(customer=who)
            if (one.changed_on <= goal.from_on or one.why == "first")
            and (one.until_on is None or one.until_on > goal.from_on)
        ]  # fmt: skip
        return goal.tier == (held[0] if held else "new")
    if goal.whom == Whom.SEGMENT:
        stays = SegmentMember.objects.filter(segment=goal.segment, customer=who)
        return any(one.left_at is None or one.left_at.date() >= goal.from_on for one in stays)
    points = ContactPoint.objects.filter(customer=who, kind="address")
    named = [
        getattr(one, goal.place_kind) for one in points.order_by("-is_primary", "pk")
        if getattr(one, goal.place_kind)
    ]  # fmt: skip
    return named[:1] == [goal.place]


def told_together(goals: list[Goal], **over: date) -> Told:
    return {pk: one.days for pk, one in sales_of(goals, TODAY, "GBP", **over).items()}


def test_together_they_are_what_each_is_by_itself(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three years and of a month; in one reading of the orders, and of their lines, or many."""
    goals = a_business(at, [owner, make_member("manager", name="Ife Bello")])
    years = {"since": date(2023, 11, 1), "until": TODAY}
    month = {"since": date(2026, 10, 30), "until": TODAY - timedelta(days=1)}

    with CaptureQueriesContext(connection) as seen:
        of_years = told_together(goals, **years)
    of_month = told_together(goals, **month)
    monkeypatch.setattr(sales, "MOST_BITS", 6)
    with CaptureQueriesContext(connection) as many:
        in_many = told_together(goals, **years)

    assert of_years == in_many == told_one_by_one(goals, **years)
    assert of_month == told_one_by_one(goals, **month)
    assert sum(bool(days) for days in of_month.values()) > 40
    readings = [[one for one in both if " orders_order o " in one["sql"]] for both in (seen, many)]
    assert (len(readings[0]), len(readings[1]) > 4) == (2, True)


def test_a_number_holds_as_many_groups_as_one_reading_takes() -> None:
    """58 bits and one goal of new customers more stay within what both databases hold."""
    asked = sales.Asked()
    for nth in range(1, 200):
        if asked.is_full:
            break
        asked.add(Goal(pk=nth, whom=Whom.SEGMENT, segment_id=nth, from_on=BEGIN), TODAY)
    asked.add(Goal(pk=999, whom=Whom.TIER, tier="new", from_on=TODAY), TODAY)

    assert belonging.MOST_BITS < asked.customers.bits <= 62
