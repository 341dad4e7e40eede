"""What customers wish, by which clock they live, and when they last bought."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import note_purchases, place_by_clock, set_wishes
from regulars.consent.errors import WishUnclear
from regulars.consent.models import Wish
from regulars.consent.zones import country_code, zone_of
from regulars.core import worker
from regulars.core.actor import SYSTEM
from regulars.core.events import announce
from regulars.customers.actions.points import change_contact_point
from regulars.customers.choices import PointKind
from regulars.customers.models import Customer
from regulars.intake.events import ImportFinished
from regulars.orders.queries import last_purchases
from regulars.team.models import Member
from regulars.team.queries import zone_of_the_business
from tests.factories.customers import A_DAY, make_customer, make_point
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


def lives_in(country: str, name: str = "Ruth Calloway", **over: Any) -> Customer:
    customer = make_customer(name)
    make_point(customer, PointKind.ADDRESS, f"1 Weir Lane, {country}", country=country, **over)
    return customer


def test_wishes_take_the_place_of_earlier_ones(owner: Member) -> None:
    ruth = make_customer()
    until = A_DAY + timedelta(days=30)
    set_wishes(ruth, by=owner.actor, at=A_DAY, channel="call", topics=["sell", "inform", "sell"],
               every_days=14, paused_until=until, time_zone="Europe/Paris")  # fmt: skip

    wish = Wish.objects.get()
    assert (wish.channel, wish.topics, wish.every_days, wish.paused_until) == (
        "call", ["inform", "sell"], 14, until,
    )  # fmt: skip
    assert (wish.time_zone, wish.zone_source) == ("Europe/Paris", "staff")
    assert wish.only_for == ",inform,sell,"

    set_wishes(ruth, by=SYSTEM, at=A_DAY)

    wish.refresh_from_db()
    assert (wish.channel, wish.topics, wish.every_days, wish.paused_until) == ("", [], None, None)
    assert wish.only_for == ""
    assert wish.time_zone == "Europe/Paris"


@pytest.mark.parametrize(
    "wished",
    [
        {"channel": "pigeon"},
        {"topics": ["sell", "gossip"]},
        {"every_days": 0},
        {"every_days": 367},
        {"paused_until": A_DAY},
        {"paused_until": A_DAY + timedelta(days=400)},
        {"time_zone": "Europe/Ambley"},
    ],
)
def test_an_unclear_wish_is_refused(owner: Member, wished: dict[str, Any]) -> None:
    with pytest.raises(WishUnclear):
        set_wishes(make_customer(), by=owner.actor, at=A_DAY, **wished)

    assert Wish.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "code"),
    [("GB", "GB"), ("United Kingdom", "GB"), ("england", "GB"), ("Deutschland", "DE"),
     ("Österreich", "AT"), ("osterreich", "AT"), ("España", "ES"), ("U.S.A.", "US"),
     ("The Moon", ""), ("", ""), ("XX", "")],
)  # fmt: skip
def test_a_country_is_known_as_people_write_it(written: str, code: str) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("code", "zone"),
    [("DE", "Europe/Berlin"), ("JP", "Asia/Tokyo"), ("US", ""), ("ES", ""), ("", "")],
)
def test_only_a_country_of_one_clock_tells_the_zone(code: str, zone: str) -> None:
    assert zone_of(code) == zone


def zones() -> dict[str, tuple[str, str]]:
    rows = Wish.objects.values_list("customer__name", "time_zone", "zone_source")
    return {name: (zone, source) for name, zone, source in rows}


def test_everybody_is_placed_by_the_country_they_live_in(business: object) -> None:
    lives_in("Germany", "Berta")
    lives_in("GB", "Ruth")
    lives_in("USA", "Joss")
    told = lives_in("Japan", "Ken")
    Wish.objects.create(
        customer=told, time_zone="Europe/Oslo", zone_source="customer", changed_at=A_DAY
    )
    make_customer("Nobody Knows")

    assert place_by_clock(at=A_DAY) == 2
    assert place_by_clock(at=A_DAY) == 0

    assert zones() == {
        "Berta": ("Europe/Berlin", "address"), "Ruth": ("Europe/London", "address"),
        "Ken": ("Europe/Oslo", "customer"),
    }  # fmt: skip


def test_a_hundred_customers_take_no_more_statements_than_one(business: object) -> None:
    counts = []
    for number in (1, 60):
        ids = [lives_in("Germany", f"Berta {number} {n}").pk for n in range(number)]
        with CaptureQueriesContext(connection) as seen:
            place_by_clock(ids, at=A_DAY)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_whoever_moved_lives_by_another_clock(owner: Member) -> None:
    berta = lives_in("Germany", "Berta")
    place_by_clock(at=A_DAY)
    point = berta.contact_points.get()
    point.country = ""
    point.save()

    change_contact_point(point, "2 Harbour Row, Ambley", by=owner.actor, at=A_DAY)
    worker.tick((), zone_of_the_business)

    assert zones() == {"Berta": ("", "")}


def test_files_that_came_in_place_everybody(business: object) -> None:
    lives_in("Germany", "Berta")
    announce(ImportFinished(7, "customers", 1, 0), at=A_DAY)

    worker.tick((), zone_of_the_business)

    assert zones() == {"Berta": ("Europe/Berlin", "address")}


def test_the_last_purchase_is_kept_set_by_set(business: object) -> None:
    ruth, oscar, nobody = (make_customer(name) for name in ("Ruth", "Oscar", "Nobody"))
    set_wishes(ruth, by=SYSTEM, at=A_DAY, every_days=14)
    for day in (3, 9, 5):
        make_order(ruth, date(2026, 11, day))
    make_order(oscar, date(2026, 11, 1))
    make_order(oscar, date(2026, 11, 20), kind="cancellation")

    with CaptureQueriesContext(connection) as seen:
        count = note_purchases(last_purchases(), at=A_DAY)

    assert (count, note_purchases(last_purchases(), at=A_DAY)) == (2, 0)
    assert len([one for one in seen if "INSERT" in one["sql"]]) == 1
    assert dict(Wish.objects.values_list("customer_id", "last_purchase_on")) == {
        ruth.pk: date(2026, 11, 9), oscar.pk: date(2026, 11, 1),
    }  # fmt: skip
    assert Wish.objects.get(customer=ruth).every_days == 14
    assert not Wish.objects.filter(customer=nobody).exists()
