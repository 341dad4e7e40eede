from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.insight.models import CustomerFacts, TierOverride
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def lane(page: str, tier: str) -> str:
    return page.split(f'data-lane="{tier}"')[1].split("</section>", maxsplit=1)[0]


def test_each_stands_in_their_tier_and_a_reason_moves_them(
    client_of: SignIn, owner: Member
) -> None:
    ruth, here = make_customer("Ruth Calloway"), client_of(owner)
    CustomerFacts.objects.create(customer=ruth, tier="slipping")

    before = here.get("/customers/tiers").content.decode()
    here.post(f"/customers/{ruth.pk}/tier", {"tier": "core", "reason": "Back from hospital"})
    cache.clear()
    after = here.get("/customers/tiers").content.decode()

    assert "Ruth Calloway" in lane(before, "slipping")
    assert "by hand: Back from hospital" in lane(after, "core")
    assert "Ruth Calloway" not in lane(after, "slipping")


def test_without_a_reason_nobody_is_moved(client_of: SignIn, owner: Member) -> None:
    ruth = make_customer("Ruth Calloway")

    answer = client_of(owner).post(f"/customers/{ruth.pk}/tier", {"tier": "core", "reason": ""})

    assert answer.status_code == 422
    assert not TierOverride.objects.exists()


def test_a_viewer_sees_the_board_and_moves_nobody(client_of: SignIn, viewer: Member) -> None:
    make_customer("Ruth Calloway")

    page = client_of(viewer).get("/customers/tiers").content.decode()

    assert ["Ruth Calloway" in page, "draggable" in page] == [True, False]
