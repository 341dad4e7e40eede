"""When a look is taken, and how much chance of a false alarm all of them share."""

from datetime import date, timedelta

import pytest

from regulars.verdicts.looks import ALPHAS, day_of_look, latest_due
from tests.verdicts.shops import campaign

BEGAN = date(2026, 10, 1)


def test_all_looks_together_use_up_less_than_one_chance_in_twenty() -> None:
    assert sum(ALPHAS) == pytest.approx(0.045)


def test_the_last_look_counts_the_whole_window() -> None:
    days = [day_of_look(BEGAN, 30, look) - BEGAN for look in (1, 2, 3, 4)]

    assert [one.days + 1 for one in days] == [8, 15, 23, 30]


@pytest.mark.parametrize(
    ("today", "books", "due"),
    [
        (8, 8, 0), (9, 7, 0), (9, 8, 1), (15, 15, 1), (16, 15, 2), (31, 30, 4), (90, 90, 4),
        # Orders that have not been brought in yet are waited for, but not for ever.
        (37, 12, 2), (45, 12, 4),
    ],
)  # fmt: skip
def test_a_look_waits_until_its_days_are_over_and_in_the_books(
    today: int, books: int, due: int
) -> None:
    day = BEGAN - timedelta(days=1)

    found = latest_due(
        BEGAN, 30, today=day + timedelta(days=today), books_end_on=day + timedelta(days=books)
    )

    assert found == due


def test_without_any_order_a_look_is_taken_after_a_fortnight() -> None:
    assert latest_due(BEGAN, 28, today=date(2026, 10, 21), books_end_on=None) == 0
    assert latest_due(BEGAN, 28, today=date(2026, 10, 22), books_end_on=None) == 1


def test_looking_four_times_at_nothing_seldom_finds_something() -> None:
    """A sample of `./dev bench verdicts`; 7 of 30 would be seen once in a thousand."""
    said = sum(
        any(campaign(count, number, share=share).said(redraws=99))
        for count, share in ((40, 0.3), (120, 0.5))
        for number in range(15)
    )

    assert said <= 6
