"""Nobody sees or uses an offer before their wave, by any door: a hundred random worlds.

A world costs half a second of the processor and more, so fifty are walked on SQLite and the other
fifty on PostgreSQL: a hundred in a whole run, none of them twice. `./dev long waves` walks a
thousand.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client

from regulars.team.models import Member
from tests.offers.walking import LINKS, THEIRS, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

CASES, AT_A_TIME = 50, 5
# What at least one of so many worlds must come to; else the walk looks at nothing.
MET = {
    "seen", "not seen", "codes in texts", "codes on pages", "refused by the database",
    "refused at the till", "used",
}  # fmt: skip


@pytest.mark.parametrize("first", range(0, CASES, AT_A_TIME))
def test_nobody_is_early_by_any_door(
    client_of: Callable[[Member], Client], owner: Member, at: datetime, first: int
) -> None:
    here = client_of(owner)

    met: Counter[str] = Counter()
    seeds = range(first, first + AT_A_TIME)
    for seed in seeds if connection.vendor == "sqlite" else (CASES + seed for seed in seeds):
        met += walk(seed, at, owner, here)

    assert {*met} >= MET - {"codes in texts", "codes on pages"}
    if first == 0:
        assert {*met} == MET


@pytest.mark.same_on_each
def test_every_door_of_customers_is_walked_through() -> None:
    by_a_token = {door.name for door in THEIRS if "<str:token>" in door.route}

    assert by_a_token == {*LINKS}
