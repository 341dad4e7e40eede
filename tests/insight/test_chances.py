"""Chances, purchases and spend to expect: the formulas, one customer's, and everyone's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core.actor import COMMAND
from regulars.core.template_fields import values_for
from regulars.customers.models import Customer
from regulars.insight.chances import (
    Pattern,
    back_within,
    purchases_within,
    still_there,
)
from regulars.insight.figures import figure
from regulars.insight.fitting.renewing import doubtful_reaches
from regulars.insight.models import Refresh
from regulars.insight.queries import expected_of, outlook_of, sentence_of
from regulars.intake.actions import undo_now
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    close_between,
    days_ago,
    facts,
    make_buyer,
    refreshed,
)
from tests.factories.intake import bring

MONTHLY = Pattern(regularity=4, r=5.0, alpha=38.0, a=0.3, b=2.7)
BY_CHANCE = replace(MONTHLY, regularity=1, alpha=150.0)
IN_THEIR_OWN_TIME = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAST = st.tuples(st.integers(0, 40), st.floats(0, 900), st.floats(0, 900))


@IN_THEIR_OWN_TIME
@given(PAST, st.floats(0.1, 400), st.sampled_from([MONTHLY, BY_CHANCE]))
def test_the_longer_the_silence_the_smaller_the_chance(
    past: tuple[int, float, float], longer: float, pattern: Pattern
) -> None:
    repeats, span, silence = past

    now = still_there(pattern, repeats, span, silence)
    later = still_there(pattern, repeats, span, silence + longer)

    assert 0 <= later <= now <= 1


@IN_THEIR_OWN_TIME
@given(PAST, st.floats(1, 400), st.sampled_from([MONTHLY, BY_CHANCE]))
def test_who_comes_back_is_still_there_and_comes_at_least_once(
    past: tuple[int, float, float], ahead: float, pattern: Pattern
) -> None:
    chance = back_within(pattern, *past, ahead)

    assert 0 <= chance <= still_there(pattern, *past) + 1e-12
    assert chance <= back_within(pattern, *past, ahead + 10) + 1e-12
    assert chance <= purchases_within(pattern, *past, ahead) + 1e-9


@pytest.mark.parametrize("pattern", [MONTHLY, BY_CHANCE], ids=["regular", "by chance"])
@pytest.mark.parametrize(("repeats", "span"), [(1, 30.0), (12, 360.0)], ids=["few", "many"])
def test_the_formulas_agree_with_lives_drawn_by_chance(
    pattern: Pattern, repeats: int, span: float
) -> None:
    """Lives are drawn from the pattern given the past, and those kept that fit the silence."""
    chance, silence, ahead, lives = np.random.default_rng(3), 20.0, 120.0, 60_000
    paces = chance.gamma(
        pattern.r + pattern.regularity * repeats, 1 / (pattern.alpha + span), lives
    )
    stops = chance.beta(pattern.a, pattern.b + repeats, lives)
    is_there = chance.random(lives) >= stops
    gaps = chance.gamma(pattern.regularity, 1 / paces, (60, lives))
    silent = ~is_there | (gaps[0] > silence)
    moments = np.cumsum(gaps, axis=0) - silence
    after = chance.random((60, lives)) >= stops
    lasting = np.vstack([is_there, after[:-1]]).cumprod(axis=0).astype(bool)
    came = ((moments <= ahead) & lasting)[:, silent].sum(axis=0)

    past = (float(repeats), span, silence)
    assert still_there(pattern, *past) == pytest.approx(is_there[silent].mean(), abs=0.01)
    assert back_within(pattern, *past, ahead) == pytest.approx((came > 0).mean(), abs=0.01)
    assert purchases_within(pattern, *past, ahead) == pytest.approx(came.mean(), rel=0.03)


def test_even_is_where_the_chance_crosses_a_half() -> None:
    repeats = np.array([0.0, 1.0, 9.0])

    reaches = doubtful_reaches(MONTHLY, repeats)

    silences = (MONTHLY.alpha + 50) * reaches
    assert still_there(MONTHLY, repeats, 50.0, silences) == pytest.approx(np.full(3, 0.5), abs=1e-4)
    likely_gone = replace(MONTHLY, a=5.0, b=1.0)
    assert doubtful_reaches(likely_gone, repeats)[0] == pytest.approx(0, abs=1e-6)


# From the books


def shop() -> list[Customer]:
    """Regulars of several paces, some of whom have been away for long."""
    return [
        make_buyer(*[gap] * (3 + gap % 4), last=days_ago(away))
        for gap, away in [(7, 3), (7, 60), (14, 10), (21, 30), (30, 200), (30, 20), (45, 44)]
    ]


def rows(name: str, **asked: Any) -> list[dict[str, Any]]:
    found = figure(name, as_of=asked.pop("as_of", None), at=A_MORNING, **asked)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.mark.django_db(transaction=True)
def test_the_page_and_the_engine_say_the_same(owner: Member, business: Business) -> None:
    close_between(business, days_ago(20), days_ago(12))
    customers = shop()
    refreshed()

    told = {row["customer_id"]: row for row in rows("chances")}

    for customer in customers:
        expected, row = expected_of(facts(customer), customer.kind, TODAY), told[customer.pk]
        assert expected is not None
        assert row["still_there"] == pytest.approx(expected.still_there, abs=1e-9)
        assert row["back_within"] == pytest.approx(expected.back_within, abs=1e-9)
        assert row["purchases"] == pytest.approx(expected.purchases, rel=1e-9)
        assert row["spend_minor"] == pytest.approx(expected.spend_minor, abs=1)


@pytest.mark.django_db(transaction=True)
def test_a_new_day_lowers_chances_and_rewrites_no_row(owner: Member) -> None:
    [weekly, *_others] = shop()
    refreshed()
    row, tomorrow = facts(weekly), TODAY + timedelta(days=1)

    again = refreshed(tomorrow, at=A_MORNING + timedelta(days=1))

    today, later = (expected_of(row, "person", day) for day in (TODAY, tomorrow))
    assert today is not None
    assert later is not None
    assert later.still_there < today.still_there
    assert again.changed_count == 0


@pytest.mark.django_db(transaction=True)
def test_a_text_may_ask_how_often_they_will_come(owner: Member, business: Business) -> None:
    """What the page of a customer says, in whole purchases and pounds; many cost as one does."""
    regulars, names = shop(), ["expected_purchases", "expected_spend"]
    refreshed()

    with CaptureQueriesContext(connection) as of_one:
        values_for(names, [regulars[0].pk], A_MORNING)
    with CaptureQueriesContext(connection) as of_all:
        told = values_for(names, [one.pk for one in regulars], A_MORNING)

    wanted = expected_of(facts(regulars[0]), regulars[0].kind, TODAY)
    assert wanted is not None
    assert told[regulars[0].pk] == {
        "expected_purchases": round(wanted.purchases),
        "expected_spend": round(wanted.spend_minor / 100),
    }
    assert len(told) == len(regulars)
    assert len(of_all) == len(of_one)


@pytest.mark.django_db(transaction=True)
def test_the_doubtful_day_is_the_first_on_which_gone_is_likelier(owner: Member) -> None:
    [weekly, *_others] = shop()
    refreshed()
    row = facts(weekly)
    assert row.doubtful_on is not None

    before, then = (
        expected_of(row, "person", day)
        for day in (row.doubtful_on - timedelta(days=1), row.doubtful_on)
    )

    assert before is not None
    assert then is not None
    assert then.still_there <= 0.5 < before.still_there


@pytest.mark.django_db(transaction=True)
def test_further_ahead_brings_more(owner: Member) -> None:
    shop()

    soon, late = (rows("chances", ahead_days=days) for days in (14, 180))

    for first, second in zip(soon, late, strict=True):
        assert first["still_there"] == second["still_there"]
        assert first["back_within"] < second["back_within"]
        assert first["purchases"] < second["purchases"]


@pytest.mark.django_db(transaction=True)
def test_words_say_what_they_rest_on(owner: Member) -> None:
    [weekly, *_others] = shop()
    once = make_buyer(last=days_ago(4))
    refreshed()

    regular, newcomer = (outlook_of(facts(one), one.kind, TODAY) for one in (weekly, once))

    assert regular is not None
    assert newcomer is not None
    assert regular.sure == "From 6 gaps of their own, weighed with everyone else’s."
    assert newcomer.sure.startswith("Mostly from others like them")
    assert regular.back.endswith(" in 10") or regular.back.endswith(" in 20")
    assert regular.purchases.startswith("about ")


@pytest.mark.django_db(transaction=True)
def test_too_few_to_tell_is_an_answer(owner: Member) -> None:
    only = make_buyer(30, 31)
    refreshed()

    outlook = outlook_of(facts(only), only.kind, TODAY)

    assert outlook is not None
    assert (outlook.still_there, outlook.back) == ("", "")
    assert outlook.sure == "Too few purchases in all to tell; it takes five that came again."


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_no_person_is_left_out_with_a_word(owner: Member) -> None:
    regulars = [make_buyer(*[30] * 5, last=days_ago(place)) for place in range(6)]
    refreshed()
    alone = Refresh.objects.latest("id").rhythm
    till = make_buyer(name="Cash sale", spend=100)
    days = [days_ago(place % 60) for place in range(1200)]
    add_orders(till, *days, spend=100)

    refreshed()

    row = facts(till)
    assert (row.crowd_sales, row.purchase_count, row.tier, row.stake_minor) == (1201, 0, "new", 0)
    assert row.spend_minor == 120_100
    assert sentence_of(row, TODAY).startswith("1,201 sales are booked to this name")
    assert expected_of(row, till.kind, TODAY) is None
    now = Refresh.objects.latest("id")
    assert now.rhythm["groups"]["person"]["pattern"] == alone["groups"]["person"]["pattern"]
    assert now.figures["concentration"][-1]["buyers"] == len(regulars)


# Odd books


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("gaps", "spend", "kind"),
    [
        ([], 1000, OrderKind.SALE),
        ([2000, 3, 1900], 1000, OrderKind.SALE),
        ([30, 30, 30, 30, 30, 30], -500, OrderKind.SALE),
        ([30, 30], -500, OrderKind.CANCELLATION),
    ],
    ids=["one order", "gaps of years", "negative totals", "only refunds"],
)
def test_odd_books_give_sane_figures(owner: Member, gaps: list[int], spend: int, kind: str) -> None:
    """One customer in all; the owner's own words for too few are tested above."""
    customer = make_buyer(*gaps, last=days_ago(3))
    Order.objects.update(kind=kind, total_minor=spend)
    refreshed()

    told = rows("chances")

    assert len(told) == (kind == OrderKind.SALE)
    for row in told:
        assert 0 <= row["back_within"] <= row["still_there"] <= 1
        assert row["purchases"] >= 0
        assert row["spend_minor"] >= 0
    assert facts(customer).spend_minor == spend * (len(gaps) + 1)


@pytest.mark.django_db(transaction=True)
def test_everyone_on_one_day_orders_ahead_and_no_orders(owner: Member) -> None:
    assert rows("chances") == []
    for _one in range(8):
        make_buyer(last=TODAY)
    make_buyer(last=TODAY + timedelta(days=40))  # has not happened yet

    told = rows("chances")

    assert len(told) == 8
    assert len({row["still_there"] for row in told}) == 1


@pytest.mark.django_db(transaction=True)
def test_orders_that_arrive_late_and_leave_again_leave_nothing_behind(owner: Member) -> None:
    [first, *_others] = shop()
    before = rows("chances")
    add_orders(first, days_ago(55), days_ago(52))
    with_them = rows("chances")

    Order.objects.filter(placed_on__in=[days_ago(55), days_ago(52)], customer=first).delete()

    assert with_them != before
    assert rows("chances") == before


@pytest.mark.same_on_each
@pytest.mark.django_db(transaction=True)
def test_neither_the_order_of_rows_nor_the_zone_of_the_business_matters(
    owner: Member, business: Business
) -> None:
    shop()
    asked = {"as_of": days_ago(2)}
    before = [rows(name, **asked) for name in ("chances", "facts", "season")]
    kept = list(Order.objects.order_by("-id"))
    Order.objects.all().delete()
    for one in kept:
        one.pk = None
    Order.objects.bulk_create(kept)
    business.time_zone = "Pacific/Auckland"
    business.save()

    after = [rows(name, **asked) for name in ("chances", "facts", "season")]

    assert after == before


@pytest.mark.django_db(transaction=True)
def test_an_import_of_the_same_orders_again_that_is_undone_leaves_nothing(owner: Member) -> None:
    lines = [f"{n},2026-0{1 + n % 9}-1{n % 7},7,{n}.00" for n in range(20)]
    first = "Receipt,Date,Customer ID,Total\n" + "\n".join(lines) + "\n"
    bring("orders", first, at=A_MORNING)
    before = rows("chances")
    again = first.replace("\n", "\nB")[: -len("B")]
    second = bring("orders", again.replace(",7,", ",7,1"), at=A_MORNING)
    spoilt = rows("chances")

    undo_now(second, by=COMMAND, at=A_MORNING)

    assert spoilt != before
    assert rows("chances") == before
