"""All of two businesses' campaigns from their files: `./dev long campaigns`."""

from pathlib import Path

import pytest

from regulars.team.models import Member
from tests.offers.real_files import bring_campaigns, bring_responses

pytestmark = [
    pytest.mark.django_db, pytest.mark.usefixtures("business"), pytest.mark.realdata,
]  # fmt: skip


def test_a_year_of_campaigns(real_data: Path, owner: Member) -> None:
    bring_campaigns(real_data, owner.actor)


def test_six_campaigns_as_columns(real_data: Path) -> None:
    bring_responses(real_data)
