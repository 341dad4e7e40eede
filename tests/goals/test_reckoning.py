"""From costs, margins and books to what has to be sold by the day, the week and the month."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest

from regulars.core.actor import SYSTEM
from regulars.goals.actions.breaking_even import If, keep_basis, keep_what_if
from regulars.goals.actions.counting import count_trade
from regulars.goals.choices import SeasonFrom
from regulars.goals.queries.breaking_even import change_of, inputs_at
from regulars.goals.reckoning import Band, break_even
from regulars.goals.words import headline, runway_words, standing
from regulars.team.models import Business, Closure, OpeningHours
from tests.factories.customers import make_customer
from tests.factories.goals import make_cost, make_group
from tests.factories.orders import make_line, make_order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_every_day_alike_by_hand(business: Business, at: datetime) -> None:
    """5,000.00 a month at 0.6: 100,000.00 a year of 365 days: 8,219.18 in 30 of them."""
    make_cost(at)
    make_group(at)

    told = break_even(inputs_at(business, TODAY))

    assert told.trouble == ""
    assert told.year == Band(10_000_000, 10_000_000, 10_000_000)
    assert told.month.middle == 821_918
    assert told.week.middle == 191_781  # 8,219.18 × 7 / 30, to the cent above
    assert told.day.middle == 27_398
    assert sum(one.need.middle for one in told.months) == 10_000_000


def test_days_closed_bring_nothing_and_the_others_more(business: Business, at: datetime) -> None:
    make_cost(at)
    make_group(at)
    for weekday in range(6):
        OpeningHours.objects.create(
            business=business, weekday=weekday, opens_at=time(8), closes_at=time(18)
        )
    Closure.objects.create(
        business=business, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)
    )

    told = break_even(inputs_at(business, TODAY))

    november, december = told.months[:2]
    assert (november.open_days, december.open_days) == (25, 0)  # five Sundays
    assert december.need.middle == 0
    assert december.fixed.middle == 500_000
    assert told.year.middle == 10_000_000


def test_costs_count_from_and_until_their_days(business: Business, at: datetime) -> None:
    """1,200.00 a year are 100.00 a month; 900.00 a quarter from 16 November 150.00 and 300.00."""
    make_cost(at, "Insurance", 120_000, every="year")
    make_cost(at, "Till", 90_000, every="quarter", from_on=date(2026, 11, 16))
    make_cost(at, "Loan", 40_000, until_on=date(2026, 12, 31))
    make_group(at, bp=10_000)

    months = break_even(inputs_at(business, TODAY)).months

    assert [one.fixed.middle for one in months[:3]] == [65_000, 80_000, 40_000]


def test_ranges_make_ranges_and_the_seasons_are_as_entered(
    business: Business, at: datetime
) -> None:
    """4,000.00 to 6,000.00 at 0.5 to 0.6: at least 80,000.00, at most 144,000.00 a year."""
    make_cost(at, low_minor=400_000, high_minor=600_000)
    make_group(at, margin_low_bp=5_000, margin_high_bp=6_000)
    weights = [1] * 12
    weights[10] = 3
    keep_basis(
        cash_minor=None, cash_on=None, basket_minor=2_000, season=SeasonFrom.ENTERED,
        month_weights=weights, by=SYSTEM, at=at,
    )  # fmt: skip

    told = break_even(inputs_at(business, TODAY))

    assert told.year == Band(8_000_000, 10_909_091, 14_400_000)
    assert told.month == Band(1_714_286, 2_337_662, 3_085_714)  # three of fourteen parts
    assert told.orders_a_day == Band(29, 39, 52)
    assert headline(told, inputs_at(business, TODAY)) == (
        "You break even at £4,000 to £7,200 a week: about 29 to 52 orders a day."
    )


def test_the_books_say_the_mix_the_basket_and_how_far_we_are(
    business: Business, at: datetime
) -> None:
    ruth = make_customer()
    bread = make_group(at, "Bread", 7_000, words="loaf\n77")
    rest = make_group(at, "The rest", 4_000)
    make_cost(at, minor=240_000)
    for nth in range(10):
        on = date(2026, 10, 5) + timedelta(days=nth)
        order = make_order(ruth, on, total_minor=30_000)
        make_line(order, "Rye LOAF", 20_000)
        make_line(order, "Tea", 10_000)
    make_order(None, date(2026, 10, 20), total_minor=15_000)
    make_order(ruth, date(2026, 10, 21), total_minor=9_900, currency="USD")
    count_trade(at=at)

    inputs = inputs_at(business, TODAY)
    told = break_even(inputs)

    assert inputs.weights == {bread.pk: Fraction(200_000), rest.pk: Fraction(100_000)}
    assert told.margins[1] == Fraction(6, 10)  # two thirds of 0.7 and a third of 0.4
    assert inputs.basket_minor == 30_000
    assert told.last_month is not None
    # 48,000.00 a year; October is 31 of 365 days: 4,076.72.
    assert (told.last_month.sold_minor, told.last_month.need_minor) == (315_000, 407_672)
    assert standing(told) == "In October 2026 you were at 77 %."


def test_how_long_money_lasts(business: Business, at: datetime) -> None:
    """Nothing sold, 5,000.00 a month: 12,000.00 pay for two whole months."""
    make_cost(at)
    make_group(at)
    keep_basis(
        cash_minor=1_200_000, cash_on=TODAY, basket_minor=None, season=SeasonFrom.EVEN,
        month_weights=[], by=SYSTEM, at=at,
    )  # fmt: skip

    inputs = inputs_at(business, TODAY)
    told = break_even(inputs)

    assert told.runway is not None
    assert (told.runway.closed, told.runway.is_known) == (2, False)
    assert runway_words(told.runway, inputs) == (
        "Your £12,000 last for 2 months, through January 2027 if nothing at all is sold."
    )


@pytest.mark.parametrize(
    ("bp", "has_cost", "trouble", "said"),
    [
        (0, True, "nothing_left", "At this mix nothing is left of what you sell"),
        (-500, True, "nothing_left", "At this mix nothing is left of what you sell"),
        (6_000, False, "no_costs", "Without fixed costs the first sale already pays"),
        (None, True, "no_groups", "Say what is left of what you sell"),
    ],
)
def test_where_there_is_no_break_even_a_sentence_says_why(
    business: Business, at: datetime, bp: int | None, has_cost: bool, trouble: str, said: str
) -> None:
    if bp is not None:
        make_group(at, bp=bp)
    if has_cost:
        make_cost(at)

    inputs = inputs_at(business, TODAY)
    told = break_even(inputs)

    assert told.trouble == trouble
    assert headline(told, inputs).startswith(said)


def test_a_what_if_stands_beside(business: Business, at: datetime) -> None:
    """At 0.6 left, prices 5 % up leave 1 - 0.4 / 1.05: 5,000.00 take 96,923.08 a year."""
    make_cost(at)
    make_group(at)
    dearer = keep_what_if(If("5 % up", price_bp=500), by=SYSTEM, at=at)

    told = break_even(inputs_at(business, TODAY), change_of(dearer))

    assert told.year.middle == 9_692_308
    assert told.may_lose == 1 - Fraction(60, 65)
