"""The switch over every path by which a message can leave: random days, and a walk of the code."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from regulars.core import faults, instance
from regulars.core.models import Instance
from regulars.messaging import sending
from regulars.messaging.models import Rules
from regulars.messaging.posting import PostOffice
from regulars.messaging.queries import the_server
from regulars.team.models import Business
from tests.recovery.schedules import NOON, Day, die, disarm

SCHEDULES, AT_A_TIME, STEPS = 100, 25, 12
URL = "https://bakery.example"


@pytest.fixture
def house(business: Business, settings: object) -> Iterator[None]:
    settings.PUBLIC_URL = URL  # type: ignore[attr-defined]
    instance.settle_identity()
    Instance.objects.update(public_url=URL, public_url_proved_at=NOON)
    instance.forget_seen()
    Rules.objects.create(
        pk=1, contacts_a_week=None, emails_a_week=None, texts_a_week=None, serve_per_sell=0
    )
    yield
    disarm()


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_nothing_sells_while_it_is_on_and_only_the_confirmed_goes_on(
    house: None, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Must show: 0 selling messages while on, service all goes, back exactly the confirmed."""
    monkeypatch.setattr(faults, "_act", die)
    office = PostOffice(the_server())
    monkeypatch.setattr(sending, "PostOffice", lambda _server: office)
    days = []
    for seed in range(first, first + AT_A_TIME):
        with transaction.atomic():
            day = Day(seed)
            monkeypatch.setattr(sending, "adapter_for", lambda _server, day=day: day.carrier)
            day.play(STEPS)
            days.append(day)
            transaction.set_rollback(True)
    # Days on which nothing was sold, or nothing kept back, would show nothing.
    assert sum(day.sold for day in days) > AT_A_TIME
    assert sum(len(day.never) for day in days) > AT_A_TIME / 2
