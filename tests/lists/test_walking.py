"""A page asks each customer in turn, first what costs least, and finds whom a filter finds."""

from datetime import datetime
from random import Random
from typing import Any

import pytest
from django.db import connection

from regulars.core.actor import SYSTEM
from regulars.lists.actions.answers import work_out
from regulars.lists.queries import answers, driving
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of, found_by
from regulars.lists.trees import Node, key_of, read
from regulars.lists.walking import cheapest_first
from regulars.team.models import Business
from tests.factories.customers import make_customer, make_point
from tests.lists.trees_by_lot import draw_customers, draw_tree

pytestmark = pytest.mark.django_db

TOWN: dict[str, Any] = {"field": "customer.city", "is": "is", "value": "York"}
TIER: dict[str, Any] = {"field": "insight.tier", "is": "is", "value": "core"}
SINCE: dict[str, Any] = {"field": "customer.since_on", "is": "filled"}
TAGS: dict[str, Any] = {"field": "customer.tags", "is": "filled"}
BOUGHT: dict[str, Any] = {"event": "order", "in": {"days": 30}}


def test_a_page_finds_whom_the_filter_finds(business: Business, at: datetime) -> None:
    lot = Random(3)
    draw_customers(lot, 30)
    asking = asking_of(SYSTEM, at)
    nodes = [read(draw_tree(lot)) for _nth in range(40)]

    wrong = [
        node for node in nodes
        if set(found_by(node, asking, at).rows) != set(customers_of(node, asking))
    ]  # fmt: skip

    assert wrong == []


def test_what_costs_least_is_asked_first(business: Business, at: datetime) -> None:
    nodes = [read(one) for one in (BOUGHT, TOWN, {"not": TAGS}, TIER, SINCE)]
    fields = asking_of(SYSTEM, at).fields

    asked = cheapest_first(nodes, fields, ())
    known = cheapest_first(nodes, fields, {key_of(nodes[0])})

    assert asked == [nodes[4], nodes[3], nodes[2], nodes[1], nodes[0]]
    assert known == [nodes[4], nodes[0], nodes[3], nodes[2], nodes[1]]


def test_towns_of_which_any_will_do_are_looked_up_once(business: Business, at: datetime) -> None:
    make_point(make_customer("Ruth Mill"), "address", "1 Weir Road", city="York")
    make_point(make_customer("Oscar Weir"), "address", "2 Weir Road", city="Hull")
    make_point(make_customer("Thea Ash"), "address", "3 Weir Road", city="Leeds")

    rows = _found({"any": [TOWN, {**TOWN, "value": "Hull"}]}, at)

    assert str(rows.query).count('FROM "customers_contactpoint"') == 1
    assert {one.name for one in rows} == {"Ruth Mill", "Oscar Weir"}


def test_postgresql_asks_the_customer_at_hand(business: Business, at: datetime) -> None:
    sql = _found(TOWN, at).query.sql_with_params()[0]

    is_scalar = connection.vendor == "postgresql"
    assert ("coalesce((SELECT" in sql) is is_scalar
    assert ("EXISTS(SELECT" in sql) is not is_scalar


def test_many_who_were_just_counted_are_met_on_the_way(
    business: Business, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "WORTH_KEEPING", 1)
    monkeypatch.setattr(driving, "few_of_the_list", lambda: 2)
    for nth in range(5):
        make_customer(f"Person {nth}", since_on=at.date() if nth < 3 else None)
    work_out(read(SINCE), at=at)

    rows = _found(SINCE, at)

    assert "lists_answermember" in str(rows.query)
    assert '"id" IN (SELECT' not in str(rows.query)
    assert {one.name for one in rows} == {"Person 0", "Person 1", "Person 2"}


def _found(tree: dict[str, Any], at: datetime) -> Any:
    node: Node = read(tree)
    return found_by(node, asking_of(SYSTEM, at), at).rows


@pytest.mark.parametrize(("most", "is_listed"), [(2, False), (3, True)], ids=["many", "few"])
def test_few_who_fit_a_text_are_found_beforehand(
    most: int, is_listed: bool, business: Business, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "MOST_BY_KEY", most)
    made = [make_customer(name) for name in ("Ruth Mill", "Ruben Weir", "Thea Rust", "Ann Brun")]

    found = _found({"all": [{"text": "ru"}, {"not": {"text": "rust"}}]}, at)

    asked = str(found.query)
    assert (f'"id" IN ({made[0].pk}, ' in asked or f"= ANY([{made[0].pk}, " in asked) is is_listed
    assert {one.name for one in found} == {"Ruth Mill", "Ruben Weir"}
