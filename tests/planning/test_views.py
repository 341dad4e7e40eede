"""The cadences on a screen."""

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.planning.queries import cadence_days
from regulars.team.models import Member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
ClientOf = Callable[[Member], Client]
DAYS = {"core": 14, "active": 60, "new": 45, "slipping": 21, "lapsed": 120, "lost": 365}


def test_the_owner_sets_the_cadences(owner: Member, client_of: ClientOf) -> None:
    answer = client_of(owner).post("/plan/cadences", DAYS, follow=True)

    assert cadence_days() == DAYS
    assert "Kept. The next lists follow it." in answer.content.decode()


def test_an_impossible_number_comes_back_with_the_remedy(
    owner: Member, client_of: ClientOf
) -> None:
    answer = client_of(owner).post("/plan/cadences", DAYS | {"core": "0"})

    assert answer.status_code == 422
    assert "At least every day, so 1 or more." in answer.content.decode()
    assert cadence_days()["core"] == 30


def test_others_look_but_do_not_set(manager: Member, client_of: ClientOf) -> None:
    page = client_of(manager).get("/plan/cadences")
    answer = client_of(manager).post("/plan/cadences", DAYS)

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "Only the owner changes these." in page.content.decode()
    assert cadence_days()["core"] == 30
