"""The sentence of why, in each of its forms."""

from datetime import date, timedelta

import pytest

from regulars.core import clock
from regulars.insight.calendar import OpenDays
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import sentence_of, wait_of
from regulars.insight.sentences import share_in_words
from tests.factories.insight import A_MORNING, TODAY, days_ago

NEVER_CLOSED = OpenDays([])


def said(
    waited: int,
    *,
    usual: float = 34.0,
    purchases: int = 12,
    spread: float = 0.6,
    days: OpenDays = NEVER_CLOSED,
) -> str:
    last = days_ago(waited)
    due = last + timedelta(days=round(usual) + days.closed_between(last, TODAY))
    facts = CustomerFacts(
        purchase_count=purchases,
        last_on=last,
        usual_gap_days=usual,
        gap_spread=spread,
        due_on=due,
    )
    with clock.stopped_at(A_MORNING):
        return sentence_of(facts, TODAY, days)


@pytest.mark.parametrize(
    ("waited", "sentence"),
    [
        (0, "Usually every 34 days; bought today."),
        (1, "Usually every 34 days; last here yesterday, next expected about 27 Dec."),
        (20, "Usually every 34 days; last here 20 days ago, next expected about 8 Dec."),
        (32, "Usually every 34 days; last here 32 days ago, due Thu 26."),
        (33, "Usually every 34 days; last here 33 days ago, due tomorrow."),
        (36, "Usually every 34 days, now 36: about their time."),
        (57, "Usually every 34 days, now 57; 8 in 10 such gaps were over by now."),
        (95, "Usually every 34 days, now 95; 19 in 20 such gaps were over by now."),
        (140, "Usually every 34 days, now 140; 99 in 100 such gaps were over by now."),
        (400, "Usually every 34 days, now 400; nearly all such gaps were over by now."),
    ],
)
def test_the_sentence_of_a_regular(waited: int, sentence: str) -> None:
    assert said(waited) == sentence


@pytest.mark.parametrize(
    ("waited", "sentence"),
    [
        (0, "Bought for the first time today."),
        (12, "Bought once, 12 days ago; half of those who come back do so within about 41 days."),
        (90, "Bought once, 90 days ago; 9 in 10 of those who come back had done so by now."),
    ],
)
def test_the_sentence_of_a_newcomer(waited: int, sentence: str) -> None:
    assert said(waited, usual=41.0, purchases=1) == sentence


def test_with_few_gaps_of_their_own_the_sentence_names_the_others() -> None:
    assert said(50, usual=30.0, purchases=3) == (
        "About every 30 days, going by others like them, now 50;"
        " 8 in 10 such gaps were over by now."
    )


def test_days_closed_are_named_and_not_held_against_them() -> None:
    closed = OpenDays([(days_ago(20), days_ago(9))])

    assert said(50, days=closed) == (
        "Usually every 34 days, now 50 (12 of those days we were closed);"
        " 5 in 10 such gaps were over by now."
    )


def test_a_daily_guest() -> None:
    assert said(2, usual=1.1, spread=0.2) == (
        "Usually every day, now 2; nearly all such gaps were over by now."
    )


def test_who_never_bought_has_no_rhythm() -> None:
    facts = CustomerFacts(purchase_count=0)

    assert sentence_of(facts, TODAY, NEVER_CLOSED) == "No purchase on record yet."
    assert wait_of(facts, TODAY, NEVER_CLOSED) is None


def test_a_last_purchase_after_the_day_is_no_wait() -> None:
    facts = CustomerFacts(
        purchase_count=4, last_on=date(2026, 12, 1), usual_gap_days=7.0, gap_spread=0.5,
        due_on=date(2026, 12, 8),
    )  # fmt: skip

    assert sentence_of(facts, TODAY, NEVER_CLOSED) == "Usually every 7 days; bought today."


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.05, "fewer than 1 in 10"), (0.1, "1 in 10"), (0.8, "8 in 10"), (0.799, "7 in 10"),
        (0.949, "9 in 10"), (0.95, "19 in 20"), (0.99, "99 in 100"), (0.995, "nearly all"),
    ],
)  # fmt: skip
def test_shares_never_say_more_than_is_true(share: float, words: str) -> None:
    assert share_in_words(share) == words
