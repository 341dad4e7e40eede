"""Counting some: whoever is counted again comes out as if everyone had been counted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import Phase, settings
from hypothesis import strategies as st

from regulars.core.actor import SYSTEM
from regulars.insight import actions, again
from regulars.insight import facts as fact_tables
from regulars.insight.actions import count_figures, count_for, refresh_facts
from regulars.insight.basis import Basis
from regulars.insight.choices import Way
from regulars.insight.counting import counted
from regulars.insight.facts import FACTS
from regulars.insight.models import Behind, CustomerFacts, KeptFigure, Recount
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.queries import counted_tiers, latest_refresh
from regulars.insight.watch import is_watched
from regulars.orders.models import Order
from regulars.team.models import Business
from tests.factories.insight import (
    A_MORNING,
    add_orders,
    close_between,
    days_ago,
    facts,
    make_buyer,
    refreshed,
)
from tests.factories.insight_deeds import DEEDS, do, make_shop
from tests.insight.test_properties import IN_THEIR_OWN_TIME

pytestmark = pytest.mark.django_db(transaction=True)

# Days that pass, and what happens before the count: what, to whom, how many days away, how much.
Story = list[tuple[int, list[tuple[str, int, int, int]]]]
STORY = st.lists(
    st.tuples(
        st.integers(0, 25),
        st.lists(
            st.tuples(
                st.sampled_from(sorted(DEEDS)), st.integers(0, 9), st.integers(0, 60),
                st.integers(-3_000, 30_000),
            ),
            max_size=6,
        ),
    ),
    min_size=1, max_size=3,
)  # fmt: skip
# A story takes seconds: what fails is told as it was found.
STORIES = settings(
    IN_THEIR_OWN_TIME, phases=(Phase.explicit, Phase.reuse, Phase.generate), max_examples=150
)
EVERYTHING: Story = [
    (
        0,
        [
            ("is served", 1, 40, 0), ("buys ahead", 2, 4, 900), ("takes back", 3, 9, 5_000),
            ("buys", 4, 1, 20_000), ("buys late", 5, 50, 700), ("joins", 0, 3, 100),
        ],
    ),
    (25, []),
    (1, [("merged", 0, 0, 0), ("undone", 6, 1, 0), ("edited", 5, 0, 10), ("becomes", 8, 2, 0)]),
]  # fmt: skip


def test_counting_some_is_counting_everyone(business: Business) -> None:
    """`./dev long insight` tells many other stories."""
    counting_some_is_counting_everyone(EVERYTHING)


def counting_some_is_counting_everyone(story: Story) -> None:
    make_shop()
    at = A_MORNING
    refreshed()
    for days, deeds in story:
        at += timedelta(days=days)
        for what, who, away, much in deeds:
            do(what, who, at, away, much)
        expected = rebuilt(at)

        done = refreshed(at=at, full=False)

        assert done.way in (Way.CHANGED, Way.DAY)
        assert done.figures["tiers"] == counted_tiers()
        assert stored() == expected, (days, deeds)
        assert not Recount.objects.exists()


def test_orders_read_in_parts_are_counted_like_those_read_at_once(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long list's are read by two at a time."""
    make_shop()
    expected = rebuilt_from_nothing(A_MORNING)
    monkeypatch.setattr(fact_tables, "LONG_LIST", 1)

    refreshed()

    assert stored() == expected
    counting_some_is_counting_everyone([(1, [("buys", 4, 1, 500), ("takes back", 1, 2, 300)])])


@pytest.fixture
def shop(business: Business) -> Business:
    """Ten customers who have been counted."""
    make_shop()
    refreshed()
    return business


def way(monkeypatch: pytest.MonkeyPatch, at: datetime = A_MORNING, *, least: int = 1) -> Way:
    monkeypatch.setattr(again, "LEAST_CUSTOMERS", least)
    return again.way_for(count_for(None, at=at), latest_refresh(), full=None)


def test_where_nothing_is_new_no_engine_is_opened(
    shop: Business,
) -> None:
    before = stored()

    with override_settings(INSIGHT_ENGINE="none that exists"):
        done = refreshed(full=None)

    assert (done.way, done.changed_count, done.customer_count) == (Way.DAY, 0, 10)
    assert stored() == before


def test_few_are_counted_again_and_everyone_when_many_are(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    do("buys", 1, A_MORNING, 1, 500)
    assert way(monkeypatch) == Way.CHANGED
    assert way(monkeypatch, least=11) == Way.FULL
    do("buys", 2, A_MORNING, 1, 500)
    assert way(monkeypatch) == Way.CHANGED
    do("buys", 3, A_MORNING, 1, 500)
    assert way(monkeypatch) == Way.FULL


def test_everyone_is_counted_after_a_week_or_when_what_goes_for_all_has_changed(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert way(monkeypatch, A_MORNING + timedelta(days=6)) == Way.DAY
    assert way(monkeypatch, A_MORNING + timedelta(days=7)) == Way.FULL

    do("buys late", 1, A_MORNING, 100, 500)  # before the first day in the books
    assert way(monkeypatch) == Way.FULL
    Order.objects.filter(placed_on__lt=days_ago(1000)).delete()
    assert way(monkeypatch) == Way.CHANGED

    close_between(shop, days_ago(9), days_ago(8))
    assert way(monkeypatch) == Way.FULL


def test_without_the_watch_everyone_is_counted_and_it_is_put_up_again(shop: Business) -> None:
    with connection.cursor() as cursor:
        on = " ON orders_order" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER insight_again_orders_order_added{on}")
    do("buys", 1, A_MORNING, 1, 500)

    done = refreshed(full=False)

    assert (done.way, is_watched()) == (Way.FULL, True)


def test_after_two_counts_at_once_everyone_is_counted(shop: Business) -> None:
    last = latest_refresh()
    assert last is not None

    def meanwhile(_words: str) -> None:
        if latest_refresh() == last:
            refreshed(full=False)

    refresh_facts(by=SYSTEM, at=A_MORNING, full=True, step=meanwhile)

    do("buys", 1, A_MORNING, 1, 500)
    assert refreshed(full=False).way == Way.FULL


def test_a_past_day_is_counted_by_the_days_of_orders_and_today_is_whole_again(
    shop: Business,
) -> None:
    today = stored()
    late = make_buyer(9, last=days_ago(5))  # days before, and known only now
    add_orders(late, days_ago(4))

    refreshed(days_ago(5), full=None)

    assert facts(late).purchase_count == 2
    late.orders.all().delete()
    late.delete()
    refreshed(full=None)
    assert stored() == today


def rebuilt_from_nothing(at: datetime) -> list[dict[str, Any]]:
    with counted(count_for(None, at=at)) as result:
        return result.counter.rows(result.facts.order_by("customer_id"))


def rebuilt(at: datetime) -> list[dict[str, Any]]:
    """Everyone's facts, counted anew by what goes for everybody already; nothing is written."""
    last = latest_refresh()
    assert last is not None
    count = replace(count_for(None, at=at), basis=Basis.of(last.basis))
    with counted(count) as result:
        return result.counter.rows(result.facts.order_by("customer_id"))


def stored() -> list[dict[str, Any]]:
    return list(CustomerFacts.objects.order_by("pk").values(*FACTS.types))


def test_facts_of_the_day_are_read_and_give_the_same_figures(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages are not counted from scratch where everybody was counted to this day."""
    count_figures(by=SYSTEM, at=A_MORNING)
    read = {one.name: one.rows for one in KeptFigure.objects.all()}
    asked = KeptFigure.objects.get(name="concentration").statements
    monkeypatch.setattr(actions, "as_it_stands", lambda count, _last: count)

    count_figures(by=SYSTEM, at=A_MORNING)

    assert read == {one.name: one.rows for one in KeptFigure.objects.all()}
    assert "facts_before" in asked
    assert "facts_before" not in KeptFigure.objects.get(name="concentration").statements


def test_who_moved_rests_until_everyone_is_counted_or_a_month_begins(shop: Business) -> None:
    count_figures(by=SYSTEM, at=A_MORNING)
    flows = set(Behind.objects.filter(figure="flows").values_list("cell", flat=True))

    def asked(days: int, *, full: bool) -> set[str]:
        at = A_MORNING + timedelta(days=days)
        refreshed(at=at, full=full)
        return set(PAGE_FIGURES) - set(count_figures(by=SYSTEM, at=at))

    assert asked(1, full=False) == {"flows"}
    assert (
        flows == set(Behind.objects.filter(figure="flows").values_list("cell", flat=True)) != set()
    )
    assert asked(2, full=True) == set()
    assert asked(3, full=False) == {"flows"}
    assert asked(8, full=False) == set()
