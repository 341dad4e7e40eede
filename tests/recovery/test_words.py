"""What is said of a disruption on its own page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.recovery import declared, make_segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


def test_others_at_the_same_time_are_named_and_drills_are_not(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    fire = declared(at=at)
    alone = here.get(f"/recovery/{fire.pk}/").content.decode()
    declared(at=at, what="The road is closed", since=at - timedelta(days=2))
    declared(at=at, what="Only tried", is_drill=True)

    both = here.get(f"/recovery/{fire.pk}/").content.decode()

    assert "It shares time with" not in alone
    assert "It shares time with “The road is closed”:" in both


@pytest.mark.parametrize(
    ("names", "said"),
    [
        pytest.param(["Ruth Calloway", "Ruth Bell"], "It hits everybody on your list", id="all"),
        pytest.param(["Ruth Calloway", "Otis Bell"], "It hits 1 of 2 customers.", id="some"),
        pytest.param(["Otis Bell"], "It hits nobody on your list at this moment", id="nobody"),
    ],
)
def test_a_segment_that_is_everybody_or_nobody_is_said(
    client_of: ClientOf, owner: Member, at: datetime, names: list[str], said: str
) -> None:
    for name in names:
        make_customer(name)
    some = declared(at=at, segment=make_segment(at=at))

    assert said in client_of(owner).get(f"/recovery/{some.pk}/").content.decode()
