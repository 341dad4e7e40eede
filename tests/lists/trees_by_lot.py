"""Filters and customers drawn by lot, for holding the compiled filter against plain Python."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from regulars.conversations.models import Clock
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.orders.choices import OrderKind
from tests.factories.customers import make_customer, make_point
from tests.factories.orders import make_line, make_order
from tests.lists.plain import TODAY, Person

CITIES = ("Leeds", "leeds", "LÉEDS", "York", "Zürich", "50% off", "a_b", "aXb", "O'Hara")
GOODS = ("Rye", "rye bread", "Crème brûlée", "100% cacao", "Tin")
TIERS = ("core", "active", "new", "slipping")
AMOUNTS = (0, 1, 500, 501, 99_999)


def draw_customers(lot: Random, count: int) -> list[Person]:
    people = []
    for nth in range(count):
        customer = make_customer(
            f"Guest {nth}", about=lot.choice(["", *CITIES]),
            since_on=lot.choice([None, TODAY, TODAY - timedelta(days=lot.randint(0, 60))]),
        )  # fmt: skip
        one = Person(customer.pk, {
            "customer.about": customer.about, "customer.since_on": customer.since_on,
        })  # fmt: skip
        _draw_points(lot, customer, one)
        _draw_facts(lot, customer, one)
        _draw_orders(lot, customer, one)
        people.append(one)
    return people


def _draw_points(lot: Random, customer: Customer, one: Person) -> None:
    cities = lot.sample(CITIES, lot.randint(0, 2))
    for nth, city in enumerate(cities):
        make_point(customer, "address", f"{nth} Road", city=city, is_primary=nth == 0)
    one.values["customer.city"] = list(cities)


def _draw_facts(lot: Random, customer: Customer, one: Person) -> None:
    tier, spend = "new", 0
    if lot.random() < 0.8:
        tier, spend = lot.choice(TIERS), lot.choice(AMOUNTS)
        due = lot.choice([None, TODAY, TODAY - timedelta(days=lot.randint(-3, 9))])
        CustomerFacts.objects.create(
            customer=customer, tier=tier, year_spend_minor=spend, due_on=due
        )
        if due is not None and due < TODAY:
            one.values["insight.days_late"] = (TODAY - due).days
    if lot.random() < 0.2:
        tier = lot.choice(TIERS)
        TierOverride.objects.create(
            customer=customer, tier=tier, reason="Regular at the counter",
            set_at=datetime(2026, 11, 1, tzinfo=UTC),
        )  # fmt: skip
    one.values |= {"insight.tier": tier, "insight.year_spend": spend}
    if lot.random() < 0.7:
        # Twenty past midnight in London is the evening before by UTC in summer alone.
        touched = datetime(2026, lot.choice([7, 11]), lot.randint(1, 24), 23, 20, tzinfo=UTC)
        Clock.objects.create(customer=customer, last_touch_at=touched, last_channel="call")
        one.values["conversation.last_touch"] = (
            touched + timedelta(hours=1 if touched.month == 7 else 0)
        ).date()


def _draw_orders(lot: Random, customer: Customer, one: Person) -> None:
    for _nth in range(lot.choice([0, 0, 1, 2, 3])):
        day, total = TODAY - timedelta(days=lot.randint(-2, 40)), lot.choice(AMOUNTS)
        goods = lot.sample(GOODS, lot.randint(0, 2))
        kind = OrderKind.SALE if lot.random() < 0.8 else OrderKind.CANCELLATION
        order = make_order(customer, day, total, kind=kind)
        for name in goods:
            make_line(order, name)
        if kind == OrderKind.SALE:
            one.orders.append((day, total, list(goods)))  # type: ignore[arg-type]


def draw_tree(lot: Random, depth: int = 1) -> dict[str, Any]:
    if depth < 4 and lot.random() < 0.55:
        word = lot.choice(["all", "any", "not"])
        if word == "not":
            return {"not": draw_tree(lot, depth + 1)}
        return {word: [draw_tree(lot, depth + 1) for _nth in range(lot.randint(1, 3))]}
    return lot.choice([_text, _choice, _amount, _day, _late, _event])(lot)


def _text(lot: Random, name: str = "") -> dict[str, Any]:
    name = name or lot.choice(["customer.city", "customer.about"])
    op = lot.choice(["is", "is_not", "contains", "begins", "empty", "filled"])
    texts = (*GOODS, "r", "%", "_") if name == "goods" else (*CITIES, "e", "%", "_", "zur", "O'")
    return {"field": name, "is": op, "value": lot.choice(texts)}


def _choice(lot: Random) -> dict[str, Any]:
    op = lot.choice(["is", "is_not", "any_of", "none_of", "empty", "filled"])
    value: Any = lot.choice(TIERS)
    if op in ("any_of", "none_of"):
        value = lot.sample(TIERS, lot.randint(1, 3))
    return {"field": "insight.tier", "is": op, "value": value}


def _amount(lot: Random, name: str = "insight.year_spend") -> dict[str, Any]:
    op = lot.choice(["is", "at_least", "at_most", "between"])
    value: Any = lot.choice(AMOUNTS)
    if op == "between":
        value = [lot.choice(AMOUNTS), lot.choice(AMOUNTS)]
    return {"field": name, "is": op, "value": value}


def _day(lot: Random) -> dict[str, Any]:
    name = lot.choice(["customer.since_on", "conversation.last_touch"])
    op = lot.choice(["is", "since", "until", "between", "empty", "filled"])
    value = _some_day(lot)
    if op == "between":
        value = [_some_day(lot), _some_day(lot)]
    return {"field": name, "is": op, "value": value}


def _late(lot: Random) -> dict[str, Any]:
    op = lot.choice(["is", "at_least", "at_most", "between", "empty", "filled"])
    value: Any = lot.choice([-1, 0, 1, 2.5, lot.randint(1, 9), 10**9])
    if op == "between":
        value = [value, lot.choice([0, 2.5, lot.randint(1, 9), 10**9])]
    return {"field": "insight.days_late", "is": op, "value": value}


def _some_day(lot: Random) -> Any:
    return lot.choice([
        {"days_ago": lot.randint(0, 60)}, {"days_ahead": lot.randint(0, 3)},
        {"start_of": lot.choice(["week", "month", "quarter", "year"])},
        (TODAY - timedelta(days=lot.randint(0, 150))).isoformat(),
    ])  # fmt: skip


def _event(lot: Random) -> dict[str, Any]:
    tree: dict[str, Any] = {"event": "order"}
    if lot.random() < 0.6:
        tree["in"] = {"days": lot.randint(1, 40)}
    parts = [_text(lot, "goods") if lot.random() < 0.6 else _amount(lot, "total")]
    tree["where"] = parts if lot.random() < 0.7 else []
    kind = lot.random()
    if kind < 0.3:
        tree["at_most"] = lot.randint(0, 2)
    elif kind < 0.6:
        tree["at_least"] = lot.randint(1, 3)
    elif kind < 0.8:
        tree["total"] = {"of": "total", lot.choice(["at_least", "at_most"]): lot.choice(AMOUNTS)}
    return tree
