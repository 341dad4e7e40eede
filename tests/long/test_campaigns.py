"""All of two businesses' campaigns from their files, and win-backs by the hundred that change
nothing: `./dev long campaigns`.
"""

from pathlib import Path

import pytest

from regulars.team.models import Member
from tests.offers.real_files import bring_campaigns, bring_responses
from tests.outreach.win_backs import interval, words_of

SIZES, SHOPS = (40, 100, 200, 400), 500


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
@pytest.mark.realdata
def test_a_year_of_campaigns(real_data: Path, owner: Member) -> None:
    bring_campaigns(real_data, owner.actor)


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
@pytest.mark.realdata
def test_six_campaigns_as_columns(real_data: Path) -> None:
    bring_responses(real_data)


def test_of_win_backs_without_effect_at_most_one_in_twenty_is_ever_said_to_have_one() -> None:
    """Any of four looks, in margin; 2,000 of them together, 500 of each size."""
    said = {count: words_of(count, SHOPS) for count in SIZES}

    wrong = {count: words["helped"] + words["hurt"] for count, words in said.items()}
    told = {count: (found / SHOPS, *interval(found, SHOPS)) for count, found in wrong.items()}
    assert all(low <= 0.05 for _share, low, _high in told.values()), told
    assert sum(wrong.values()) <= 0.05 * SHOPS * len(SIZES), told


def test_what_brings_back_one_in_five_is_not_said_to_hurt() -> None:
    said = {count: words_of(count, 100, moved=0.2) for count in (100, 400)}

    assert all(words["hurt"] <= 2 for words in said.values()), said
    assert said[400]["helped"] > said[100]["helped"] > 0, said
