"""Who still comes, and buys for less: said of those alone of whom it is so."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.engines.opening import Counter, open_engine
from regulars.insight.actions import count_figures
from regulars.insight.buying_less import fallen_of, keep_buying_less
from regulars.insight.metrics import buying_less as metric
from regulars.insight.models import BuyingLess, CustomerFacts
from regulars.insight.moods import Moods
from regulars.insight.queries import buying_less_of
from regulars.team.models import Member
from tests.desk.test_customers import SignIn
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    days_ago,
    make_stranger,
    refreshed,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]
# As baskets vary, in no order that says anything.
WOBBLE = (1.0, 1.2, 0.85, 1.1, 0.9, 1.05, 0.95, 1.15, 0.8, 1.0)


Visits = Sequence[tuple[int, float]]


def every_week(*spends: float) -> list[tuple[int, float]]:
    """So much at each visit, first to last, the last of them two days ago."""
    ages = range(2 + 7 * (len(spends) - 1), 1, -7)
    return [
        (age, spend * WOBBLE[place % len(WOBBLE)])
        for place, (age, spend) in enumerate(zip(ages, spends, strict=True))
    ]


STEADY = {number: every_week(*[4800] * 25) for number in range(100, 108)}


@pytest.fixture
def counter() -> Iterator[Counter]:
    with open_engine() as opened:
        yield opened


def asked(counter: Counter, books: Mapping[int, Visits]) -> tuple[Any, Any]:
    """What the metric says of these, and the visits that it saw."""
    rows = [(who, days_ago(age), round(spend)) for who, of in books.items() for age, spend in of]
    who, day, spend = (list(column) for column in zip(*rows, strict=True))
    types = {"customer_id": "int64", "day": "date", "spend_minor": "int64"}
    purchases = counter.put("bought", {"customer_id": who, "day": day, "spend_minor": spend}, types)
    passed = {"day": "date", "passed": "float64"}
    ages = range(400)
    days: dict[str, Sequence[Any]] = {
        "day": [days_ago(age) for age in ages], "passed": [float(-age) for age in ages],
    }  # fmt: skip
    trading = counter.put("trading", days, passed)
    many: dict[str, Sequence[Any]] = {
        "customer_id": list(books), "tier": ["active"] * len(books),
        "crowd_sales": [0] * len(books),
    }  # fmt: skip
    facts = counter.put(
        "facts",
        many,
        {"customer_id": "int64", "tier": "string", "crowd_sales": "int64"},
    )
    visits = counter.keep("visits", metric.visits(purchases, facts, trading, as_of=TODAY))
    return fallen_of(counter, visits), visits


def told(counter: Counter, books: Mapping[int, Visits]) -> dict[int, dict[str, Any]]:
    fallen, _visits = asked(counter, books)
    return {row["customer_id"]: row for row in counter.rows(fallen) if row["is_sure"]}


@pytest.mark.parametrize("since", [5, 10])
def test_a_halved_basket_is_seen_and_steady_ones_are_not(counter: Counter, since: int) -> None:
    halved = every_week(*[4800] * 20, *[2400] * since)

    found = told(counter, {1: halved, **STEADY})

    assert list(found) == [1]
    one = found[1]
    assert one["is_by_basket"]
    assert one["share"] == pytest.approx(0.5, abs=0.1)
    assert one["usual_minor"] == pytest.approx(4800, rel=0.1)
    assert one["recent_minor"] == pytest.approx(2400, rel=0.12)


def test_few_purchases_tell_nothing(counter: Counter) -> None:
    assert told(counter, {1: every_week(*[4800] * 5, *[2400] * 5), **STEADY}) == {}


def test_what_everybody_buys_less_in_a_month_is_the_month_and_nobodys(counter: Counter) -> None:
    shop = {number: every_week(*[4800] * 20, *[3400] * 5) for number in range(12)}

    found = told(counter, {**shop, 50: every_week(*[4800] * 20, *[1600] * 5)})

    assert list(found) == [50]
    assert found[50]["usual_minor"] < 4400


def test_coming_half_as_often_is_buying_less_over_time(counter: Counter) -> None:
    gaps = [13, 16, 14, 15, 14] + [7, 6, 8, 7, 7] * 4
    slower = [(2 + sum(gaps[:place]), 4800.0) for place in range(len(gaps))]

    found = told(counter, {1: slower, **STEADY})

    assert [(who, one["is_by_basket"]) for who, one in found.items()] == [(1, False)]
    assert found[1]["recent_gap_days"] > 1.6 * found[1]["usual_gap_days"]


def test_one_huge_order_long_ago_and_a_few_bites_are_no_fall(counter: Counter) -> None:
    once_huge = every_week(*[4800] * 10, 90_000, *[4800] * 14)
    bites = every_week(*[4800] * 20, 500, 4800, 4900, 450, 4800)

    assert told(counter, {1: once_huge, 2: bites, **STEADY}) == {}


def test_steady_customers_are_left_alone(counter: Counter) -> None:
    """Two in a hundred at most, of those who vary by chance; `./dev bench buying_less` has more."""
    lot = Random(11)
    shop = {
        number: every_week(*(4800 * lot.lognormvariate(0, 0.35) for _ in range(30)))
        for number in range(200)
    }

    assert len(told(counter, shop)) <= 4


def test_of_those_whose_moods_last_little_is_said(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They buy little for weeks and much again; taken one by one that looks like a fall."""
    lot, shop = Random(3), {}
    for number in range(150):
        mood, spends = 0.0, []
        for _week in range(40):
            mood = 0.7 * mood + lot.gauss(0, 0.3)
            spends.append(4800 * math.exp(mood))
        shop[number] = every_week(*spends)

    heeded = len(told(counter, shop))
    monkeypatch.setattr(metric, "moods_of", lambda _rows, _name: Moods())

    assert heeded <= 2
    with open_engine() as another:
        assert len(told(another, shop)) >= 8


def test_what_is_no_longer_in_the_basket_is_named(counter: Counter) -> None:
    halved = every_week(*[4800] * 20, *[2400] * 5)
    fallen, visits = asked(counter, {1: halved, **STEADY})
    bought = [
        (days_ago(age), goods, 1000 * place)
        for age, _spend in halved
        for place, goods in enumerate(
            ["Coffee", "Dark rye"] if age > 30 or age == 16 else ["Coffee"]
        )
    ]
    day, goods, spend = (list(column) for column in zip(*bought, strict=True))
    lines = counter.put(
        "lines",
        {
            "customer_id": [1] * len(day), "day": day, "product": goods, "name": goods,
            "spend_minor": spend,
        },
        {
            "customer_id": "int64", "day": "date", "product": "string", "name": "string",
            "spend_minor": "int64",
        },
    )  # fmt: skip

    found = counter.rows(metric.missing(fallen, visits, lines))

    assert found == [{"customer_id": 1, "name": "Dark rye", "is_wholly": False}]


def test_it_is_found_and_kept_after_a_count(owner: Member) -> None:
    halved, few = make_stranger(name="Halved"), make_stranger(name="Few")
    for age, spend in every_week(*[4800] * 20, *[2400] * 5):
        add_orders(halved, days_ago(age), spend=round(spend))
    add_orders(few, days_ago(2), days_ago(9))
    refreshed()

    count_figures(by=SYSTEM, at=A_MORNING)

    one = BuyingLess.objects.get()
    stake = CustomerFacts.objects.get(customer=halved).stake_minor
    assert (one.customer_id, one.since_on, one.recent_count) == (halved.pk, TODAY, 5)
    assert one.worth_minor == pytest.approx(one.share * stake, rel=0.01)
    assert buying_less_of(halved, "GBP").startswith("About ")
    assert buying_less_of(few, "GBP").startswith("Too few purchases to tell")


def row(one: Customer, **over: Any) -> dict[str, Any]:
    return {
        "customer_id": one.pk, "is_sure": True, "recent_count": 5, "is_by_basket": True,
        "share": 0.3, "usual_minor": 100, "recent_minor": 70, "usual_gap_days": 7.0,
        "recent_gap_days": 7.0, "missing": "", "is_wholly_missing": False, "worth_minor": 300,
        **over,
    }  # fmt: skip


def test_what_was_said_is_said_until_it_is_plainly_over() -> None:
    stays, goes, new = (make_stranger(name=name) for name in ("stays", "goes", "new"))
    keep_buying_less([row(stays), row(goes)], day=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    kept = keep_buying_less(
        [row(stays, is_sure=False, share=0.2), row(new, is_sure=False)], day=tomorrow
    )

    assert kept == 1
    assert list(BuyingLess.objects.values_list("customer__name", "share", "since_on")) == [
        ("stays", 0.2, TODAY)
    ]


def test_the_page_shows_them_worth_most_first(owner: Member, client_of: SignIn) -> None:
    keep_buying_less(
        [
            row(make_stranger(name=name), worth_minor=worth)
            for name, worth in (("Small", 100), ("Big", 900))
        ],
        day=date(2026, 11, 3),
    )

    page = client_of(owner).get("/insight/buying-less").content.decode()

    assert "2 customers still come, and buy for less" in page
    assert page.index("Big") < page.index("Small")
    assert "usually £1 a visit" in page


def test_the_page_says_when_there_is_nobody(owner: Member, client_of: SignIn) -> None:
    page = client_of(owner).get("/insight/buying-less").content.decode()

    assert "Nobody who still comes buys plainly less" in page


def test_helpers_do_not_see_the_page(helper: Member, client_of: SignIn) -> None:
    assert client_of(helper).get("/insight/buying-less").status_code == 403
