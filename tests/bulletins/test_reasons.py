"""Whoever cannot be written to of a bulletin is a reason on the list of the day."""

from datetime import timedelta

import pytest

from regulars.bulletins.actions.sending import owe_rest, start_sending
from regulars.bulletins.actions.writing import close_bulletin
from regulars.bulletins.models import Bulletin, Owed
from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.customers import make_customer, make_point
from tests.factories.messaging import agrees
from tests.factories.planning import MORNING, items_of, make_facts, plan_today, touched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "at")]
EVENING = MORNING - timedelta(hours=12)


def called(name: str, manager: Member) -> Customer:
    customer = make_customer(name, manager=manager, phone="+44 1632 960100")
    agrees(customer, channel="call")
    make_facts(customer)
    touched(customer, days_ago=2)
    return customer


def tell() -> Bulletin:
    """Sent the evening before; who is owed a call or a letter is written down."""
    version = make_version(make_bulletin(EVENING), EVENING)
    start_sending(version, seen_count=Customer.objects.count(), by=SYSTEM, at=EVENING)
    owe_rest(version, at=EVENING)
    return version.bulletin


def test_whoever_is_owed_a_call_stands_on_the_list_with_the_words(manager: Member) -> None:
    called("Otis Bell", manager)
    bulletin = tell()

    plan_today()

    [item] = items_of(manager)
    assert (item.reason, item.purpose, item.channel) == ("bulletin_owed", "inform", "call")
    assert item.sentence == (
        "We cannot write them a mail about “How we are doing after the fire”: tell them before "
        "others do."
    )
    assert "Two of three ovens bake." in [line.text for line in item.lines]
    assert item.given.page == f"/bulletins/{bulletin.pk}/read-out"


def test_a_letter_leads_to_those_to_print(manager: Member) -> None:
    vera = make_customer("Vera Lund", manager=manager)
    make_point(vera, PointKind.ADDRESS, "4 Weir Lane\nAmbley AB1 2CD")
    make_facts(vera)
    touched(vera, days_ago=2)
    bulletin = tell()

    plan_today()

    [item] = items_of(manager)
    assert item.reason == "bulletin_owed"
    assert item.sentence.endswith("their letter waits to be printed.")
    assert item.given.page == f"/bulletins/{bulletin.pk}/owed"


def test_whoever_knows_by_now_is_left_alone(manager: Member) -> None:
    called("Otis Bell", manager)
    told = called("Told Already", manager)
    bulletin = tell()
    Owed.objects.filter(customer=told).update(told_at=MORNING)
    talked = called("Talked Since", manager)
    Owed.objects.create(
        bulletin=bulletin, customer=talked, version=bulletin.versions.get(), by="call",
        owed_at=MORNING - timedelta(days=3),
    )  # fmt: skip

    plan_today()
    names = [item.customer.name for item in items_of(manager)]
    close_bulletin(bulletin, words="", by=SYSTEM, at=MORNING)
    plan_today()

    assert names == ["Otis Bell"]
    assert items_of(manager) == []
