"""Nobody flaps: whoever is in a tier leaves it by a wider gate than they came in by."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from regulars.engines.opening import Counter, open_engine
from regulars.insight.estimating import core_bars
from regulars.insight.metrics import tiers
from tests.factories.insight import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

TYPES = {
    "customer_id": "int64", "purchase_count": "int64", "purchases_before": "int64",
    "last_on": "date", "last_on_before": "date", "year_spend_minor": "int64",
    "year_squares": "float64", "doubtful_on": "date", "leaves_on": "date",
    "slipping_on": "date", "lapsed_on": "date", "lost_on": "date",
    "slipping_wait": "int64", "lapsed_wait": "int64", "lost_wait": "int64", "tier_before": "string",
}  # fmt: skip
FAR = TODAY + timedelta(days=500)


@pytest.fixture
def counter() -> Iterator[Counter]:
    with open_engine() as opened:
        yield opened


def standing(customer_id: int, **over: Any) -> dict[str, Any]:
    """A regular of middling worth, as far from everything as can be."""
    spend = over.pop("spend", 1_000)
    over.setdefault("year_squares", spend * spend / 10)
    return {
        "customer_id": customer_id, "purchase_count": 10, "purchases_before": 10,
        "last_on": TODAY, "last_on_before": TODAY, "year_spend_minor": spend,
        "doubtful_on": FAR, "leaves_on": TODAY, "slipping_on": FAR, "lapsed_on": FAR,
        "lost_on": FAR, "slipping_wait": 50, "lapsed_wait": 90, "lost_wait": 150,
        "tier_before": "active", **over,
    }  # fmt: skip


def counted(counter: Counter, rows: list[dict[str, Any]], day: date = TODAY) -> dict[int, str]:
    table = counter.put("standing", {name: [row[name] for row in rows] for name in TYPES}, TYPES)
    held = tiers.held(table, as_of=day)
    bars = core_bars(counter, held, day).as_tuples()
    core = tiers.core(held, as_of=day, bars=bars)
    at_once = tiers.core(held, as_of=day)
    assert counter.rows(core.order_by("customer_id")) == counter.rows(
        at_once.order_by("customer_id")
    )
    whole = held.left_join(core, "customer_id").drop("customer_id_right")
    found = counter.rows(tiers.tiers(whole, as_of=day).select("customer_id", "tier"))
    counter.run("DROP TABLE standing")
    return {row["customer_id"]: row["tier"] for row in found}


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("before", "ahead", "same", "expected"),
    [
        ("active", 1, True, "active"),
        ("slipping", 1, True, "slipping"),
        ("slipping", 5, True, "slipping"),
        ("slipping", 6, True, "active"),
        ("slipping", 1, False, "active"),
        ("lost", 5, True, "slipping"),
    ],
    ids=["came_near", "a_day", "a_tenth", "more", "bought_since", "from_lost"],
)
def test_whoever_slipped_stays_so_until_they_buy_or_the_day_lies_well_ahead(
    counter: Counter, before: str, ahead: int, same: bool, expected: str
) -> None:
    one = standing(
        1, tier_before=before, slipping_on=in_days(ahead), lapsed_on=in_days(60),
        purchases_before=10 if same else 9,
    )  # fmt: skip

    assert counted(counter, [one])[1] == expected


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({}, "core"),
        ({"purchase_count": 2, "purchases_before": 2}, "active"),
        ({"year_squares": 9_000.0**2 / 2.4}, "active"),
        ({"year_squares": 9_000.0**2 / 2.4, "tier_before": "core"}, "core"),
        ({"year_squares": 9_000.0**2 / 1.9, "tier_before": "core"}, "active"),
        ({"doubtful_on": TODAY}, "active"),
        ({"doubtful_on": TODAY, "tier_before": "core"}, "core"),
        ({"slipping_on": TODAY, "tier_before": "core"}, "slipping"),
    ],
    ids=[
        "sure", "twice", "one_big", "one_big_kept", "one_bigger", "doubtful", "doubtful_kept",
        "slipping",
    ],
)  # fmt: skip
def test_core_are_those_of_whose_money_we_may_be_sure(
    counter: Counter, over: dict[str, Any], expected: str
) -> None:
    biggest = standing(1, spend=9_000, **over)

    found = counted(counter, [biggest, *(standing(number) for number in range(2, 11))])

    assert found[1] == expected


@pytest.mark.parametrize(("before", "expected"), [(10, "core"), (11, "active")])
def test_whose_purchases_were_taken_away_has_no_wider_gate(
    counter: Counter, before: int, expected: str
) -> None:
    first = standing(1, spend=3_000)
    second = standing(2, spend=2_000, tier_before="core", purchases_before=before)

    found = counted(counter, [first, second, *(standing(number) for number in range(3, 7))])

    assert (found[1], found[2]) == ("core", expected)


def test_small_movements_of_many_days_move_nobody_back_and_forth(counter: Counter) -> None:
    """Money moves by 4 % and days by two, to and fro: nobody comes into a tier a second time."""
    lot, steady = Random(5), {number: 1_000 * 1.12**number for number in range(1, 31)}
    first_day = {number: lot.randint(-6, 30) for number in steady}
    held: dict[int, list[str]] = {number: [] for number in steady}
    for back in range(14):
        rows = [
            standing(
                number, spend=round(spend * lot.uniform(0.96, 1.04)), purchase_count=10,
                slipping_on=in_days(first_day[number] + lot.randint(-2, 2)),
                doubtful_on=in_days(lot.randint(0, 4)),
                tier_before=held[number][-1] if held[number] else None,
            )
            for number, spend in steady.items()
        ]  # fmt: skip
        for number, tier in counted(counter, rows, in_days(back)).items():
            if held[number][-1:] != [tier]:
                held[number].append(tier)

    assert [stays for stays in held.values() if len(set(stays)) < len(stays)] == []
    assert {tier for stays in held.values() for tier in stays} == {"core", "active", "slipping"}
