"""A thousand random worlds of offers, clocks and people: `./dev long waves`."""

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.core import clock
from regulars.team.models import Member
from tests.conftest import A_MORNING
from tests.offers.walking import walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

AT_A_TIME = 20


@pytest.mark.parametrize("first", range(1_000, 2_000, AT_A_TIME))
def test_nobody_is_early_by_any_door(
    client_of: Callable[[Member], Client], owner: Member, first: int
) -> None:
    with clock.stopped_at(A_MORNING):
        here = client_of(owner)
        for seed in range(first, first + AT_A_TIME):
            walk(seed, A_MORNING, owner, here)
