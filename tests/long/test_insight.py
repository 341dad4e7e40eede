"""What must hold for any books, tried on many: `./dev long insight`."""

from random import Random

import pytest
from hypothesis import given, settings

from regulars.team.models import Business
from tests.insight.test_again import STORIES, STORY, Story, counting_some_is_counting_everyone
from tests.insight.test_properties import (
    BOOKS,
    IN_THEIR_OWN_TIME,
    ROWS,
    Buyers,
    dates_are_in_order_and_sums_agree,
    the_order_of_rows_does_not_matter,
)

pytestmark = pytest.mark.django_db(transaction=True)

MANY = settings(IN_THEIR_OWN_TIME, max_examples=250)


@MANY
@given(*BOOKS)
def test_dates_are_in_order_sums_agree_and_counting_again_changes_nothing(
    business: Business, buyers: Buyers, closed: list[tuple[int, int]]
) -> None:
    dates_are_in_order_and_sums_agree(buyers, closed)


@MANY
@given(*ROWS)
def test_the_order_of_the_rows_does_not_matter(
    business: Business, buyers: Buyers, chance: Random
) -> None:
    the_order_of_rows_does_not_matter(buyers, chance)


@STORIES
@given(STORY)
def test_counting_some_is_counting_everyone(business: Business, story: Story) -> None:
    counting_some_is_counting_everyone(story)
