from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.list_fields import list_fields
from regulars.insight.models import CustomerFacts
from regulars.lists.errors import FilterNotPossible
from regulars.lists.looks import Look
from regulars.lists.models import HiddenField
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import compile_filter, found_by
from regulars.lists.queries.pages import HowMany, _segments, capped_count, in_words, page_of
from regulars.lists.trees import read
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db

COUNT = 23
COLUMNS = ("insight.tier", "customer.city", "customer.email", "insight.year_spend")


@pytest.fixture
def crowd(owner: Member) -> None:
    for nth in range(COUNT):
        customer = make_customer(
            f"Person {'ABC'[nth % 3]}", email=f"p{nth}@example.com", manager=owner,
            since_on=date(2026, 1, 1 + nth % 4) if nth % 5 else None,
        )  # fmt: skip
        make_point(customer, "address", f"{nth} Weir Road", city="Leeds")
        if nth % 7:
            CustomerFacts.objects.create(
                customer=customer, tier=["core", "new"][nth % 2], year_spend_minor=nth % 4
            )


SORTABLE = sorted(one.name for one in list_fields if one.sortable)


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("sort", SORTABLE)
def test_the_pages_of_any_order_show_everybody_once(
    sort: str, is_descending: bool, crowd: None, owner: Member, at: datetime
) -> None:
    look = Look(columns=COLUMNS, sort=sort, is_descending=is_descending)
    seen: list[int] = []
    cursor, pages = "", 0

    while pages < COUNT:
        shown = page_of(look, owner.actor, cursor, at, size=5).page
        seen += [one.pk for one in shown.rows]
        pages += 1
        cursor = shown.next
        if not cursor:
            break

    assert (len(seen), len(set(seen)), pages) == (COUNT, COUNT, 5)


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("sort", ["insight.year_spend", "insight.due_on", "insight.days_late"])
def test_whoever_fits_is_met_along_the_order_and_nothing_is_sorted(
    sort: str, is_descending: bool, crowd: None, owner: Member, at: datetime
) -> None:
    tree = {"all": [
        {"field": "customer.since_on", "is": "since", "value": "2026-01-01"},
        {"field": "insight.year_spend", "is": "at_least", "value": 0},
    ]}  # fmt: skip
    asking = asking_of(owner.actor, at)

    first = _segments(found_by(read(tree), asking, at), asking.fields[sort], is_descending, asking)[
        0
    ]

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        ordered = first.rows.order_by(*(key.order(is_back=False) for key in first.keys))
        plan = ordered.values_list("pk", flat=True)[:26].explain()
    assert "SORT" not in plan.upper().replace("SORT_NAME", ""), plan
    assert "TEMP B-TREE" not in plan, plan


def test_an_order_by_amount_is_by_amount(crowd: None, owner: Member, at: datetime) -> None:
    look = Look(columns=COLUMNS, sort="insight.year_spend", is_descending=True)

    shown = page_of(look, owner.actor, "", at, size=COUNT)

    amounts = [shown.values[one.pk]["insight.year_spend"] for one in shown.page.rows]
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize(("is_descending", "late"), [(True, [9, 1]), (False, [1, 9])])
def test_days_late_are_those_since_the_day_that_was_expected(
    is_descending: bool, late: list[int], owner: Member, at: datetime
) -> None:
    today = at.date()
    for name, due_on in (
        ("D", today - timedelta(days=1)), ("C", today - timedelta(days=9)),
        ("B", today), ("A", today + timedelta(days=2)),
    ):  # fmt: skip
        CustomerFacts.objects.create(customer=make_customer(f"Person {name}"), due_on=due_on)
    look = Look(columns=["insight.days_late"], sort="insight.days_late",
                is_descending=is_descending)  # fmt: skip

    shown = page_of(look, owner.actor, "", at)

    held = [shown.values[one.pk]["insight.days_late"] for one in shown.page.rows]
    assert held == [*late, None, None]
    assert [one.name[-1] for one in shown.page.rows[2:]] == ["A", "B"]


def test_a_page_takes_as_many_queries_for_three_as_for_one(owner: Member, at: datetime) -> None:
    look = Look(columns=COLUMNS)
    counts = []

    for name in ("One", "Two", "Three"):
        customer = make_customer(f"Person {name}", email=f"{name}@example.com", manager=owner)
        make_point(customer, "address", "Weir Road", city="Leeds")
        with CaptureQueriesContext(connection) as asked:
            page_of(look, owner.actor, "", at)
        counts.append(len(asked))

    assert counts == [counts[0]] * 3


def test_columns_hold_what_customers_have(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="Ruth@Example.com")
    CustomerFacts.objects.create(customer=ruth, tier="core", year_spend_minor=5150)

    shown = page_of(Look(columns=COLUMNS), owner.actor, "", at)

    said = {
        one.name: in_words(one, shown.values[ruth.pk].get(one.name), "GBP") for one in shown.fields
    }
    assert said == {
        "insight.tier": "Core", "customer.city": "", "customer.email": "Ruth@Example.com",
        "insight.year_spend": "£51.50",
    }  # fmt: skip


def test_a_helper_pages_through_their_own_alone(helper: Member, at: datetime) -> None:
    mine = make_customer("Mine", manager=helper)
    make_customer("Not Mine")

    shown = page_of(Look(), helper.actor, "", at)

    assert [one.pk for one in shown.page.rows] == [mine.pk]


def test_a_count_stops_where_nobody_reads_on(crowd: None, owner: Member, at: datetime) -> None:
    rows = compile_filter({}, owner.actor, at)

    assert (capped_count(rows), capped_count(rows, 10)) == (HowMany(COUNT), HowMany(10, True))
    assert str(capped_count(rows, 10)) == "more than 10"


GONE: dict[str, Any] = {"all": [
    {"field": "custom.shoe_size", "is": "at_least", "value": 43},
    {"field": "customer.city", "is": "is", "value": "Leeds"},
]}  # fmt: skip


def test_a_view_of_a_field_that_is_gone_opens_and_says_so(
    crowd: None, owner: Member, at: datetime
) -> None:
    look = Look(GONE, columns=("custom.shoe_size", "insight.tier"))

    shown = page_of(look, owner.actor, "", at, size=COUNT)

    assert len(shown.page.rows) == COUNT
    assert list(shown.left_out) == [
        "“custom.shoe_size” is no longer there: its condition is left out.",
        "The column “custom.shoe_size” is no longer there.",
    ]


def test_a_filter_on_a_field_that_is_gone_is_refused(owner: Member, at: datetime) -> None:
    with pytest.raises(FilterNotPossible) as no:
        compile_filter(GONE, owner.actor, at)

    assert no.value.sentence == (
        "The filter asks for something that is not known here: “custom.shoe_size”."
    )


def test_what_is_hidden_from_a_role_is_no_column_and_no_order(
    crowd: None, manager: Member, at: datetime
) -> None:
    for name in ("insight.year_spend", "customer.email"):
        HiddenField.objects.create(role="manager", field=name, hidden_at=at)

    shown = page_of(Look(columns=COLUMNS, sort="insight.year_spend"), manager.actor, "", at)

    names = [one.sort_name for one in shown.page.rows]
    assert [one.name for one in shown.fields] == ["insight.tier", "customer.city"]
    assert names == sorted(names)
