"""A page starts from the part of a filter that few fit, and shows the same as without."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.customers.actions.tags import add_tag
from regulars.customers.models import Customer, CustomerTag
from regulars.insight.models import CustomerFacts
from regulars.lists.actions.answers import work_out
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.models import Segment
from regulars.lists.queries import answers, driving
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of, found_by
from regulars.lists.trees import read
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

FEW = 3
LATELY: dict[str, Any] = {"event": "order", "in": {"days": 30}}
SINCE = {"field": "insight.last_on", "is": "since", "value": "2026-11-20"}
EVERYBODY = {"field": "customer.name", "is": "filled"}


@pytest.fixture
def trees(owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Ten customers; two are tagged, in a segment, bought lately, and so on; nine have bought."""
    monkeypatch.setattr(driving, "few_of_the_list", lambda: FEW)
    monkeypatch.setattr(driving, "MOST_BY_KEY", FEW)
    monkeypatch.setattr(answers, "WORTH_KEEPING", 1)
    tag = add_tag("Allergic", by=owner.actor, at=at)
    for nth in range(10):
        customer = make_customer(f"Person {nth}", manager=owner if nth < 2 else None)
        day = date(2026, 11, 21) if nth < 2 else date(2026, 10, 1)
        CustomerFacts.objects.create(customer=customer, tier="core", last_on=day)
        if nth < 2:
            CustomerTag.objects.create(customer=customer, tag=tag, source="desk", tagged_at=at)
            make_order(customer, (at - timedelta(days=1)).date())
    segment = save_segment("Lately", LATELY, by=owner.actor, at=at)
    refresh_segment(Segment.objects.get(pk=segment.pk), at=at)
    work_out(read(LATELY), at=at)
    return {
        "tag": {"field": "customer.tags", "is": "any_of", "value": [str(tag.pk)]},
        "manager": {"field": "customer.manager", "is": "is", "value": str(owner.pk)},
        "fact": SINCE,
        "segment": {"segment": segment.pk},
        "behaviour": {"all": [LATELY, {"not": {**LATELY, "at_least": 2}}]},
        "either": {"any": [SINCE, {"segment": segment.pk}]},
        "many": EVERYBODY,
        "not": {"not": SINCE},
        "often": {"field": "insight.last_on", "is": "since", "value": "2026-01-01"},
        "alone": {"field": "customer.manager", "is": "empty"},
    }


DRIVEN = {"tag", "manager", "fact", "segment", "behaviour", "either"}


@pytest.mark.parametrize("name", [*sorted(DRIVEN), "many", "not", "often"])
def test_few_are_found_by_key_and_many_on_the_way(
    name: str, trees: dict[str, Any], owner: Member, at: datetime
) -> None:
    node = read({"all": [EVERYBODY, trees[name]]})
    asking = asking_of(owner.actor, at)
    expected = set(customers_of(node, asking).values_list("pk", flat=True))

    found = found_by(node, asking, at)

    assert set(found.rows.values_list("pk", flat=True)) == expected
    assert (len(expected) == 2) is (name in DRIVEN)
    asked = str(found.rows.query)
    is_by_key = f'"id" IN ({min(expected)}, ' in asked or f"= ANY([{min(expected)}, " in asked
    assert is_by_key is (name in DRIVEN)
    # Whoever was found by a condition is not asked for it again.
    again = {"fact": "last_on", "segment": "segmentmember", "tag": "customertag"}.get(name)
    assert again is None or again not in asked


def test_of_once_and_no_more_the_second_half_is_asked_of_those_who_fit_the_first(
    trees: dict[str, Any], owner: Member, at: datetime
) -> None:
    twice = Customer.objects.get(name="Person 1")
    make_order(twice, (at - timedelta(days=2)).date())

    found = found_by(read({**LATELY, "at_least": 1, "at_most": 1}), asking_of(owner.actor, at), at)

    assert found.is_few
    assert [one.name for one in found.rows] == ["Person 0"]


@pytest.mark.parametrize("few", [8, 7])
def test_whom_nobody_looks_after_are_found_by_key_where_they_are_few(
    trees: dict[str, Any], owner: Member, at: datetime, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "FEW_ALONE", few)
    asking = asking_of(owner.actor, at)

    found = found_by(read(trees["alone"]), asking, at)

    assert found.is_few is (few == 8)
    assert sorted(one.name for one in found.rows) == [f"Person {nth}" for nth in range(2, 10)]


def test_a_helper_is_shown_their_own_of_a_kept_answer(
    trees: dict[str, Any], owner: Member, helper: Member, at: datetime
) -> None:
    node = read(LATELY)

    found = found_by(node, asking_of(helper.actor, at), at)

    assert found.whole is not None
    assert list(found.rows) == []


@pytest.mark.only_on("postgresql")
def test_that_there_is_nobody_whom_nobody_looks_after_is_seen_at_no_customer(
    owner: Member, at: datetime
) -> None:
    for nth in range(10):
        make_customer(f"Person {nth}", manager=owner)
    alone = Customer.objects.on_the_list().filter(manager=None).order_by("sort_name", "pk")

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = alone.values_list("pk", flat=True)[:26].explain()

    assert "customers_alone" in plan
