"""What people see in the sample business once it is loaded: one loading serves all these tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db.models import Sum
from pytest_django import DjangoDbBlocker

from regulars.consent.models import ConsentEvent, ConsentState
from regulars.conversations.models import Clock, Touch
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.demo.actions import load_demo
from regulars.insight.models import CustomerFacts
from regulars.orders.models import Order, OrderLine
from regulars.planning.models import PlanItem
from tests.demo.rows import rows_of_rooms

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _juniper_and_rye(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), clock.stopped_at(AT):
        load_demo(day=DAY, by=COMMAND, at=AT)
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


pytestmark = pytest.mark.django_db


def test_the_stories_come_out_of_the_products_own_counting(at: datetime) -> None:
    def facts(name: str) -> CustomerFacts:
        return CustomerFacts.objects.get(customer__name=name)

    ruth = facts("Ruth Calloway")
    assert (ruth.last_on, ruth.year_spend_minor) == (date(2026, 11, 5), 131_200)
    assert 5 <= (ruth.usual_gap_days or 0) <= 6.5
    assert ruth.customer.tier_override.tier == "core"
    tiers = [facts(n).tier for n in ("Samuel Birch", "Harbour Physio", "Joss Tully")]
    assert tiers == ["core", "slipping", "new"]
    assert facts("Halloran House").tier == "core"
    today = PlanItem.objects.filter(plan__member__name="Tomasz Beran", state="open")
    expected = {"Ruth Calloway", "Harbour Physio", "Oakfield School", "Samuel Birch", "Joss Tully"}
    assert expected <= set(today.values_list("customer__name", flat=True))


def test_every_part_of_the_list_adds_up(at: datetime) -> None:
    lines = OrderLine.objects.aggregate(total=Sum("total_minor"))["total"]
    assert lines == Order.objects.aggregate(total=Sum("total_minor"))["total"]
    real = Touch.objects.exclude(outcome="no_answer").order_by("happened_at")
    last = dict(real.values_list("customer_id", "happened_at"))
    assert dict(Clock.objects.values_list("customer_id", "last_touch_at")) == last
    decided = ConsentEvent.objects.order_by("id").values_list(
        "customer_id", "channel", "purpose", "decision"
    )
    standing = {(one, channel, purpose): said for one, channel, purpose, said in decided}
    stated = ConsentState.objects.values_list("customer_id", "channel", "purpose", "decision")
    assert {(one, channel, purpose): said for one, channel, purpose, said in stated} == standing


def test_a_second_load_changes_nothing(at: datetime) -> None:
    before = rows_of_rooms()

    again = load_demo(day=DAY - timedelta(days=3), by=COMMAND, at=at)

    assert (again["loaded"], again["day"]) == (False, "2026-11-24")
    assert rows_of_rooms() == before
