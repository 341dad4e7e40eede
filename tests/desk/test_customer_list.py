from datetime import date
from typing import Any

import pytest
from django.db import connection

from regulars.core.keyset import Cursor, Segment
from regulars.customers.models import Customer
from regulars.desk import customer_list
from regulars.desk.customer_list import (
    SORTS,
    Wanted,
    page_for,
    wanted_customers,
)
from regulars.desk.customer_list import _segments as segments_of
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

COUNT = 63


@pytest.fixture
def crowd(owner: Member) -> None:
    """Ties on every side: equal names, equal amounts, some without dates, some never counted."""
    tiers = ["core", "active", "new", "slipping", "lapsed", "lost"]
    for number in range(COUNT):
        customer = make_customer(f"Person {'ABC'[number % 3]}", manager=owner)
        if number % 7 == 0:
            continue
        CustomerFacts.objects.create(
            customer=customer,
            year_spend_minor=number % 5 * 100,
            stake_minor=number % 4,
            tier=tiers[number % 6],
            last_on=None if number % 3 == 0 else date(2026, 11, 1 + number % 9),
            due_on=None if number % 3 == 0 else date(2026, 11, 10 + number % 9),
        )
        if number % 10 == 1:
            TierOverride.objects.create(
                customer=customer, tier=tiers[number % 4], reason="known", set_at=A_DAY
            )


def walk(actor: object, wanted: Wanted) -> list[list[int]]:
    """Every page forward, by its own links."""
    rows, pages = wanted_customers(actor, wanted), []  # type: ignore[arg-type]
    while True:
        page = page_for(rows, wanted)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            return pages
        wanted = Wanted(wanted.text, wanted.tier, wanted.manager, wanted.sort, page.next)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_everybody_once_in_every_order(crowd: None, owner: Member, sort: str) -> None:
    pages = walk(owner.actor, Wanted(sort=sort))

    assert [len(page) for page in pages] == [25, 25, 13]
    assert sorted(pk for page in pages for pk in page) == sorted(
        Customer.objects.values_list("pk", flat=True)
    )


@pytest.mark.parametrize("sort", SORTS)
def test_back_is_the_page_that_was_there(crowd: None, owner: Member, sort: str) -> None:
    rows = wanted_customers(owner.actor, Wanted())
    first = page_for(rows, Wanted(sort=sort))
    second = page_for(rows, Wanted(sort=sort, at=first.next))
    third = page_for(rows, Wanted(sort=sort, at=second.next))

    back = page_for(rows, Wanted(sort=sort, at=third.back))

    assert back.rows == second.rows
    assert (back.first_number, third.first_number, third.last_number) == (26, 51, 63)
    assert page_for(rows, Wanted(sort=sort, at=back.back)).rows == first.rows
    assert (third.next, first.back) == ("", "")


def test_orders_are_what_they_say(crowd: None, owner: Member) -> None:
    def shown(sort: str, path: str) -> list[Any]:
        pages = walk(owner.actor, Wanted(sort=sort))
        facts = dict(CustomerFacts.objects.values_list("pk", path))
        return [facts[pk] for page in pages for pk in page if facts.get(pk) is not None]

    assert shown("value", "year_spend_minor") == sorted(
        shown("value", "year_spend_minor"), reverse=True
    )
    assert shown("last", "last_on") == sorted(shown("last", "last_on"), reverse=True)
    assert shown("due", "due_on") == sorted(shown("due", "due_on"))


@pytest.mark.parametrize("at", ["", "nonsense", "W10:1a2b3c:xyz"])
def test_a_cursor_that_is_not_ours_is_the_first_page(crowd: None, owner: Member, at: str) -> None:
    rows = wanted_customers(owner.actor, Wanted())

    assert page_for(rows, Wanted(at=at)).first_number == 1
    assert page_for(rows, Wanted(sort="value", at=page_for(rows, Wanted()).next)).first_number == 1
    assert Cursor.read(at, "name") is None


@pytest.mark.parametrize(
    "wanted",
    [
        *(Wanted(sort=sort) for sort in SORTS if sort != "tier"),
        Wanted(tier="core"),
        Wanted(manager="none"),
    ],
    ids=lambda wanted: f"{wanted.sort} {wanted.tier or wanted.manager or 'everybody'}",
)
def test_the_first_page_is_walked_and_nothing_is_sorted(
    crowd: None, owner: Member, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_list, "RARE", 5)
    rows = wanted_customers(owner.actor, wanted)

    plans = [plan_of(part) for part in segments_of(rows, wanted)[:1]]

    assert all("SORT" not in plan.upper() and "TEMP B-TREE" not in plan for plan in plans), plans


def test_a_member_who_looks_after_many_is_met_on_the_way(
    crowd: None, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted(manager=str(owner.pk), sort="last")
    expected = walk(owner.actor, wanted)
    monkeypatch.setattr(customer_list, "RARE", 5)

    rows = wanted_customers(owner.actor, wanted)

    assert walk(owner.actor, wanted) == expected
    assert "TEMP B-TREE" not in plan_of(segments_of(rows, wanted)[0])


def test_the_few_whom_nobody_looks_after_are_not_sought_down_the_list(
    crowd: None, owner: Member
) -> None:
    alone = make_customer("Person D")
    wanted = Wanted(manager="none", sort="value")

    rows = wanted_customers(owner.actor, wanted)

    assert walk(owner.actor, wanted) == [[alone.pk]]
    assert f'"id" IN ({alone.pk})' in str(rows.query)


def plan_of(part: "Segment[Customer]") -> str:
    """How a database that holds a million would go about it: not by reading everything."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        ordered = part.rows.order_by(*(key.order(is_back=False) for key in part.keys))
        return ordered.values_list("pk", flat=True)[:26].explain()
