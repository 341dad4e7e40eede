"""What the sample keeps for old customers: told by post, noted at the till, and out again."""

from datetime import datetime

import pytest

from regulars.conversations.models import Touch
from regulars.customers.models import Customer
from regulars.demo.offers import LETTERS, RYE, forget_offers, keep_offers
from regulars.demo.scene import Scene
from regulars.demo.team import IFE, NORA
from regulars.offers.models import Chosen, Code, Offer, OfflineUse, Redemption
from regulars.team.models import Member
from tests.factories.customers import make_point
from tests.offers.test_redeeming import of_tier

pytestmark = pytest.mark.django_db


def test_letters_and_noted_uses_come_and_go_with_the_offers(
    at: datetime, owner: Member, helper: Member
) -> None:
    for number in range(30):
        tier = "core" if number % 2 else "active"
        make_point(of_tier(f"Customer {number}", tier), "address", f"{number} Mill Lane")

    keep_offers({NORA: owner, IFE: helper}, Scene(at.date()))

    rye = Offer.objects.get(name=RYE)
    assert Chosen.objects.filter(offer=rye, posted_at__isnull=False).count() == LETTERS
    noted, refused = OfflineUse.objects.filter(member=owner).order_by("pk")
    came = Redemption.objects.get(pk=noted.redemption_id or 0)
    first = Redemption.objects.get(pk=refused.other_id or 0)
    assert (came.came_later, refused.redemption_id, first.member) == (True, None, helper)
    forget_offers()
    Touch.objects.all().delete()
    Customer.objects.all().delete()
    tables = (Offer, Chosen, Code, Redemption, OfflineUse)
    assert [model.objects.count() for model in tables] == [0] * 5
