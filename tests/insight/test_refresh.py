"""Counting everything: each number worked out by hand."""

import math
from datetime import date, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry, Event
from regulars.customers.choices import Kind
from regulars.insight.actions import refresh_facts
from regulars.insight.errors import DayNotOver
from regulars.insight.models import CustomerFacts, Refresh, TierChange
from regulars.orders.choices import OrderKind
from regulars.team.models import Business
from tests.factories.insight import (
    A_MORNING,
    THE_ENGINE,
    TODAY,
    add_orders,
    close_between,
    days_ago,
    facts,
    make_buyer,
    make_stranger,
    refreshed,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]


def test_purchases_and_money_by_hand() -> None:
    ruth = make_buyer(10, 400, last=days_ago(5), spend=1000)
    add_orders(ruth, days_ago(5), spend=250)  # the same day: one purchase
    add_orders(ruth, days_ago(3), spend=-300, kind=OrderKind.CANCELLATION)
    add_orders(ruth, days_ago(2), spend=70, kind=OrderKind.ADJUSTMENT)

    refreshed()

    found = facts(ruth)
    assert found.purchase_count == 3
    assert (found.first_on, found.last_on) == (days_ago(415), days_ago(5))
    assert found.spend_minor == 3000 + 250 - 300 + 70
    assert found.year_spend_minor == 1000 + 250 - 300 + 70


def test_the_year_is_the_365_days_up_to_today() -> None:
    inside = make_buyer(last=days_ago(364), name="inside")
    outside = make_buyer(last=days_ago(365), name="outside")

    refreshed()

    assert facts(inside).year_spend_minor == 1000
    assert facts(inside).next_change_on == TODAY + timedelta(days=1)
    assert facts(outside).year_spend_minor == 0


def test_a_zero_total_is_a_purchase_and_a_cancellation_alone_is_none() -> None:
    given = make_buyer(last=days_ago(4), spend=0)
    taken_back = make_stranger()
    add_orders(taken_back, days_ago(4), spend=-500, kind=OrderKind.CANCELLATION)

    refreshed()

    assert (facts(given).purchase_count, facts(given).spend_minor) == (1, 0)
    assert (facts(taken_back).purchase_count, facts(taken_back).spend_minor) == (0, -500)
    assert facts(taken_back).last_on is None
    assert facts(taken_back).tier == "new"


def test_another_currency_counts_as_a_visit_and_its_money_is_not_added() -> None:
    ruth = make_buyer(7, last=days_ago(1))
    add_orders(ruth, days_ago(3), spend=9999, currency="USD")

    done = refreshed()

    assert (facts(ruth).purchase_count, facts(ruth).spend_minor) == (3, 2000)
    assert done.figures["orders_in_other_currencies"] == 1


def test_gaps_are_shrunk_towards_the_group_by_hand() -> None:
    """One customer with gaps of 10 and 20 days: the formulas of docs/rhythm.md, step by step."""
    ruth = make_buyer(10, 20, last=days_ago(3))

    done = refreshed()

    logs = [math.log(10), math.log(20)]
    mean = sum(logs) / 2
    squares = sum((log - mean) ** 2 for log in logs)
    within = round((squares + 5 * 0.5) / (1 + 5), 2)
    between = 0.5
    prior, own = 1 / (between + within), 1 / (between + within / 2)
    group = round((prior * math.log(30) + own * mean) / (prior + own), 2)
    weight = within / between
    usual = math.exp((2 * mean + weight * group) / (2 + weight))
    spread = math.sqrt((squares + 4 * within) / (1 + 4) + within / (2 + weight))
    found = facts(ruth)
    assert done.rhythm["groups"]["person"]["log_gap"] == group
    assert found.usual_gap_days == round(usual, 2)
    assert found.gap_spread == round(spread, 3)
    assert found.last_on == days_ago(3)
    assert found.due_on == days_ago(3) + timedelta(days=round(usual))
    log_usual = math.log(round(usual, 2))
    for day, quantile in (
        (found.slipping_on, 0.841621), (found.lapsed_on, 1.644854), (found.lost_on, 2.326348)
    ):  # fmt: skip
        wait = math.ceil(math.exp(log_usual + quantile * round(spread, 3)))
        floor = {found.slipping_on: 7, found.lapsed_on: 30, found.lost_on: 90}[day]
        assert day == days_ago(3) + timedelta(days=max(wait, floor))


def test_one_gap_stays_near_the_group_and_many_are_ones_own() -> None:
    for place in range(40):
        make_buyer(*[20, 40] * 4, last=days_ago(place % 9))
    once_quick = make_buyer(3, last=days_ago(1))
    always_quick = make_buyer(*[3] * 60, last=days_ago(1))

    refreshed()

    assert 5 < facts(once_quick).usual_gap_days < 28  # type: ignore[operator]
    assert facts(always_quick).usual_gap_days == pytest.approx(3, rel=0.05)


def test_a_newcomer_is_expected_as_the_group_is() -> None:
    for place in range(40):
        make_buyer(*[14] * 6, last=days_ago(place % 9))
    newcomer = make_buyer(last=days_ago(2))

    done = refreshed()

    group = done.rhythm["groups"]["person"]
    assert facts(newcomer).usual_gap_days == round(math.exp(group["log_gap"]), 2)
    assert facts(newcomer).usual_gap_days == pytest.approx(14, rel=0.1)
    assert facts(newcomer).tier == "new"


def test_a_kind_with_enough_customers_has_a_rhythm_of_its_own() -> None:
    for place in range(30):
        make_buyer(*[7] * 5, last=days_ago(place % 5))
        make_buyer(*[60] * 5, last=days_ago(place % 5), kind=Kind.ORGANISATION)

    groups = refreshed().rhythm["groups"]

    assert groups["person"]["usual_gap_days"] == pytest.approx(7, rel=0.1)
    assert groups["organisation"]["usual_gap_days"] == pytest.approx(60, rel=0.1)
    assert 7 < groups["department"]["usual_gap_days"] < 60  # everyone's


def test_days_closed_are_not_the_customers(business: Business) -> None:
    """Ten days apart with five of them closed is a gap of five."""
    close_between(business, days_ago(28), days_ago(24))
    over_closure = make_buyer(10, last=days_ago(20))
    five_apart = make_buyer(5, last=days_ago(10))

    refreshed()

    assert facts(over_closure).usual_gap_days == facts(five_apart).usual_gap_days


def test_a_due_day_moves_over_days_that_will_be_closed(business: Business) -> None:
    ruth = make_buyer(10, 10, 10, last=days_ago(1))
    refreshed()
    before = facts(ruth)
    close_between(business, TODAY + timedelta(days=2), TODAY + timedelta(days=5))

    refreshed()

    after = facts(ruth)
    four = timedelta(days=4)
    assert before.due_on is not None
    assert before.lost_on is not None
    assert (after.due_on, after.lost_on) == (before.due_on + four, before.lost_on + four)
    assert after.usual_gap_days == before.usual_gap_days


def test_nobody_is_lost_in_a_week_however_fast_their_rhythm() -> None:
    daily = make_buyer(*[1] * 200, last=days_ago(6))

    refreshed()

    found = facts(daily)
    assert found.usual_gap_days == pytest.approx(1, abs=0.1)
    assert found.due_on == days_ago(5)
    assert found.slipping_on == days_ago(6) + timedelta(days=7)
    assert found.lapsed_on == days_ago(6) + timedelta(days=30)
    assert found.lost_on == days_ago(6) + timedelta(days=90)
    assert found.tier == "active"


def test_tiers_follow_the_days() -> None:
    ruth = make_buyer(30, 30, 30, 30, last=days_ago(10))
    refreshed()
    known = facts(ruth)
    assert known.slipping_on is not None
    assert known.lapsed_on is not None
    assert known.lost_on is not None

    seen = {}
    for day in (known.slipping_on, known.lapsed_on, known.lost_on):
        for as_of in (day - timedelta(days=1), day):
            noon = A_MORNING + (as_of - TODAY)
            refreshed(as_of, at=noon)
            seen[as_of - day, day] = facts(ruth).tier

    one = timedelta(days=-1)
    assert [tier for (_, _), tier in seen.items()] == [
        "active", "slipping", "slipping", "lapsed", "lapsed", "lost",
    ]  # fmt: skip
    assert seen[one, known.slipping_on] == "active"


def test_core_are_the_few_who_bring_half_of_the_money() -> None:
    """1,000 in all: 300 and 250 reach half together; two of ten buyers is as many as may be."""
    spends = [300, 250, 200, 100, 50, 40, 30, 10, 10, 10]
    people = [make_buyer(7, 7, last=days_ago(1), spend=spend) for spend in spends]

    refreshed()

    assert [facts(one).tier for one in people] == ["core"] * 2 + ["active"] * 8


def test_core_needs_three_purchases_and_someone_who_is_not_slipping() -> None:
    twice = make_buyer(7, last=days_ago(1), spend=9000)
    away = make_buyer(7, 7, 7, last=days_ago(60), spend=9000)
    people = [make_buyer(7, 7, last=days_ago(1), spend=100) for _ in range(4)]

    refreshed()

    assert facts(twice).tier == "active"
    assert facts(away).tier in ("slipping", "lapsed")
    assert [facts(one).tier for one in people] == ["core", "active", "active", "active"]


def test_below_five_buyers_nobody_is_core() -> None:
    people = [make_buyer(7, 7, 7, last=days_ago(1)) for _ in range(4)]

    refreshed()

    assert {facts(one).tier for one in people} == {"active"}


def test_core_stays_core_within_the_wider_gate_and_the_past_starts_afresh() -> None:
    """Of five places one is core's; whoever has it keeps it on the second place, not the third."""
    first = make_buyer(7, 7, last=days_ago(3), spend=500)
    second, third, *_others = (make_buyer(7, 7, last=days_ago(3), spend=200) for _ in range(5))
    refreshed(days_ago(1))
    assert facts(first).tier == "core"
    add_orders(second, days_ago(3), TODAY, spend=500)

    refreshed()
    assert [facts(one).tier for one in (first, second)] == ["core", "core"]
    refreshed(days_ago(2))
    assert [facts(one).tier for one in (first, second)] == ["core", "active"]

    add_orders(third, days_ago(3), TODAY, spend=600)
    refreshed()
    assert [facts(one).tier for one in (first, second, third)] == ["active", "core", "core"]


def test_after_undoing_tiers_are_held_to_what_they_were_before() -> None:
    """The second place is kept by who was core before the import, though not since."""
    make_buyer(7, 7, last=days_ago(3), spend=500)
    second, *_others = (
        make_buyer(7, 7, last=days_ago(3), spend=spend) for spend in (300, *[200] * 4)
    )
    refreshed()
    assert facts(second).tier == "active"
    TierChange.objects.create(
        customer=second, from_tier="core", to_tier="active", changed_on=TODAY,
        written_at=A_MORNING, why="count",
    )  # fmt: skip

    refresh_facts(by=SYSTEM, at=A_MORNING, undone_since=A_MORNING + timedelta(seconds=1))
    assert facts(second).tier == "active"
    refresh_facts(by=SYSTEM, at=A_MORNING, undone_since=A_MORNING)

    assert facts(second).tier == "core"


def test_one_big_order_makes_nobody_core() -> None:
    sure = make_buyer(7, 7, last=days_ago(3), spend=500)
    lucky, *_others = (make_buyer(7, 7, last=days_ago(3), spend=100) for _ in range(5))
    add_orders(lucky, TODAY, spend=90_000)

    refreshed()

    assert [facts(one).tier for one in (sure, lucky)] == ["core", "active"]


def test_orders_after_the_day_are_not_seen() -> None:
    ruth = make_buyer(10, 10, last=days_ago(0))

    refreshed(days_ago(5))

    assert facts(ruth).purchase_count == 2
    assert facts(ruth).last_on == days_ago(10)
    assert facts(ruth).spend_minor == 2000


def test_the_future_is_refused() -> None:
    with pytest.raises(DayNotOver):
        refreshed(TODAY + timedelta(days=1))

    assert not Refresh.objects.exists()


def test_without_a_business_the_refusal_says_what_to_do(business: Business) -> None:
    business.delete()

    with pytest.raises(Refusal, match="does not know its business"):
        refresh_facts(by=SYSTEM, at=A_MORNING)


def test_a_refresh_is_written_down_and_announced() -> None:
    make_buyer(10, last=days_ago(1))
    make_stranger()

    done = refreshed()

    assert (done.customer_count, done.order_count, done.changed_count) == (2, 2, 2)
    assert (done.as_of, done.engine) == (TODAY, THE_ENGINE)
    event = Event.objects.get(kind="insight.FactsRefreshed")
    assert event.payload == {"as_of": "2026-11-24", "changed": 2}
    assert AuditEntry.objects.get(verb="counted").detail == {"changed": 2}


def test_counting_twice_changes_nothing() -> None:
    for place in range(12):
        make_buyer(*[place + 2] * place, last=days_ago(place * 3), spend=100 * place + 1)
    refreshed()

    again = refreshed()

    assert again.changed_count == 0


def test_a_new_day_changes_only_those_whose_day_has_come() -> None:
    for place in range(40):
        make_buyer(*[place % 9 + 3] * (place % 6), last=days_ago(place * 9), spend=100 * place + 1)
    refreshed()
    tomorrow = TODAY + timedelta(days=1)
    before = {row.pk: row for row in CustomerFacts.objects.all()}
    due = {
        pk for pk, row in before.items() if row.next_change_on and row.next_change_on <= tomorrow
    }

    done = refreshed(at=A_MORNING + timedelta(days=1))

    changed = {
        row.pk
        for row in CustomerFacts.objects.all()
        if (row.tier, row.year_spend_minor)
        != (before[row.pk].tier, before[row.pk].year_spend_minor)
    }
    assert done.as_of == tomorrow
    assert changed <= due
    assert done.changed_count == len(due)


def test_archived_customers_are_not_counted_and_their_facts_go() -> None:
    stays, goes = make_buyer(5), make_buyer(5)
    refreshed()
    goes.archived_at = A_MORNING
    goes.save()

    done = refreshed()

    assert done.customer_count == 1
    assert [row.pk for row in CustomerFacts.objects.all()] == [stays.pk]


def test_an_empty_list_and_a_list_without_orders_can_be_counted() -> None:
    assert refreshed().customer_count == 0
    make_stranger()

    done = refreshed()

    assert (done.customer_count, done.order_count, done.changed_count) == (1, 0, 1)
    assert CustomerFacts.objects.get().stake_minor == 0


def test_gaps_of_years_and_odd_totals_stay_within_bounds() -> None:
    rare = make_buyer(4000, 3900, last=date(2026, 1, 1))
    owed = make_buyer(10, 10, last=days_ago(3), spend=-900)

    refreshed()

    assert facts(rare).lost_on is not None
    assert facts(rare).lost_on <= date(2026, 1, 1) + timedelta(days=3650)  # type: ignore[operator]
    assert facts(owed).stake_minor == 0
