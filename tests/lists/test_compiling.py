from datetime import datetime
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import compile_filter, customers_of, words_of
from regulars.lists.trees import plain, read
from regulars.team.models import Business
from tests.lists.plain import fits
from tests.lists.trees_by_lot import draw_customers, draw_tree

pytestmark = pytest.mark.django_db

TREES = 60


@pytest.mark.parametrize("seed", range(4))
def test_a_filter_finds_whom_plain_python_finds(
    seed: int, business: Business, at: datetime
) -> None:
    lot = Random(seed)
    people = draw_customers(lot, 40)
    asking = asking_of(SYSTEM, at)

    trees = [draw_tree(lot) for _nth in range(TREES)]
    wrong = [
        tree for tree in trees
        if set(customers_of(read(tree), asking).values_list("pk", flat=True))
        != {one.pk for one in people if fits(tree, one)}
    ]  # fmt: skip

    assert wrong == []


def test_a_tree_read_and_written_is_the_same_tree(business: Business, at: datetime) -> None:
    lot = Random(7)

    for _nth in range(200):
        node = read(draw_tree(lot))
        assert read(plain(node)) == node


def test_a_filter_is_one_query(business: Business, at: datetime) -> None:
    tree: dict[str, Any] = {"all": [
        {"field": "insight.tier", "is": "is", "value": "core"},
        {"event": "order", "where": [{"field": "goods", "is": "contains", "value": "rye"}]},
        {"not": {"event": "order", "in": {"days": 90}}},
    ]}  # fmt: skip
    rows = compile_filter(tree, SYSTEM, at)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(rows)

    assert len(asked) == 1


def test_a_filter_says_itself_in_words(business: Business, at: datetime) -> None:
    tree: dict[str, Any] = {"all": [
        {"field": "insight.tier", "is": "any_of", "value": ["core", "active"]},
        {"any": [
            {"field": "customer.city", "is": "is", "value": "Leeds"},
            {"field": "insight.year_spend", "is": "at_least", "value": 50_000},
        ]},
        {"event": "order", "in": {"days": 90}, "at_least": 3, "where": [
            {"field": "goods", "is": "contains", "value": "rye"}]},
        {"not": {"field": "conversation.last_touch", "is": "since", "value": {"days_ago": 30}}},
        {"event": "order", "in": {"days": 30}, "at_most": 0},
    ]}  # fmt: skip

    assert words_of(tree, SYSTEM) == (
        "Tier is Core or Active and (Town is “Leeds” or Spent in twelve months is at least £500.00)"
        " and at least 3 orders (Goods contains “rye”) in the last 90 days"
        " and not (Last touch is 30 days ago or later) and no orders in the last 30 days"
    )
