"""What things cost in the sample, and whom a planned price undercuts."""

from datetime import datetime, timedelta

import pytest

from regulars.demo import stories
from regulars.demo.prices import forget_prices, number_of, write_prices
from regulars.demo.scene import Scene
from regulars.prices.models import Concern, Price
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought

pytestmark = pytest.mark.django_db


def test_the_rye_to_come_undercuts_who_bought_it_and_all_of_it_goes_again(
    at: datetime, owner: Member
) -> None:
    scene, hotel, ruth = Scene(at.date()), make_customer("Harbour"), make_customer("Ruth")
    day = at.date() - timedelta(days=3)
    bought(ruth, day, 840, quantity="2", sku=number_of("Seeded rye"))
    bought(ruth, day, 620, sku=number_of("Fruit loaf"))

    write_prices({stories.HARBOUR: hotel.pk}, {"nora": owner}, scene, at=at)

    assert (Price.objects.published().count(), Price.objects.planned().count()) == (8, 3)
    one = Concern.objects.select_related("price").get()
    assert (one.price.name, one.customer, one.due_minor) == ("Seeded rye", ruth, 60)
    assert Price.objects.get(kind="quote").customer == hotel
    forget_prices()
    assert (Price.objects.count(), Concern.objects.count()) == (0, 0)
