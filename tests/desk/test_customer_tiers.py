"""The customer's page tells how their tier came about, to who may see the tier."""

from datetime import datetime, timedelta

import pytest

from regulars.insight.actions import set_tier
from regulars.insight.models import TierChange, TierOverride
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.desk.test_customers import HTMX, SignIn
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_a_tier_is_set_until_a_day(at: datetime, owner: Member, client_of: SignIn) -> None:
    ruth = make_customer("Ruth")
    day = at.date() + timedelta(days=30)
    form = {"tier": "core", "reason": "Ours", "until_on": day.isoformat()}
    client = client_of(owner)

    assert client.post(f"/customers/{ruth.pk}/tier", form).status_code < 400
    page = client.get(f"/customers/{ruth.pk}/").content.decode()

    assert TierOverride.objects.get().until_on == day
    assert "Set by hand until" in page
    assert "Became core" in page
    assert f'value="{day.isoformat()}"' in page


def test_a_day_that_has_come_is_refused(at: datetime, owner: Member, client_of: SignIn) -> None:
    ruth = make_customer("Ruth")
    form = {"tier": "core", "reason": "Ours", "until_on": at.date().isoformat()}

    answer = client_of(owner).post(f"/customers/{ruth.pk}/tier", form, headers=HTMX)

    assert answer.status_code == 422
    assert "a day after today" in answer.content.decode()
    assert not TierOverride.objects.exists()


def test_history_is_hidden_with_the_tier(
    at: datetime, owner: Member, viewer: Member, client_of: SignIn
) -> None:
    ruth = make_customer("Ruth")
    make_facts(ruth, tier="slipping", known_tier="slipping")
    TierChange.objects.create(
        customer=ruth, from_tier="active", to_tier="slipping", changed_on=at.date(),
        written_at=at, why="count",
    )  # fmt: skip
    set_tier(ruth, tier="lost", reason="Moved away", by=owner.actor, at=at)
    client = client_of(viewer)
    seen = client.get(f"/customers/{ruth.pk}/").content.decode()
    assert "Became slipping" in seen
    assert "longer than 8 in 10" in seen
    assert "Moved away" in seen

    HiddenField.objects.create(role="viewer", field="insight.tier", hidden_at=at)

    hidden = client.get(f"/customers/{ruth.pk}/").content.decode()
    assert "Became slipping" not in hidden
    assert "Moved away" not in hidden
