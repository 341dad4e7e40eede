"""Whom to call next, and what those who are not back said: counted, and on the page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.bulletins.models import Question
from regulars.care.models import Expectation
from regulars.consent.models import ConsentState
from regulars.customers.models import Customer
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind
from regulars.planning.models import Pause
from regulars.recovery.models import Disruption, Return, WayBack
from regulars.recovery.returning import figures_of
from regulars.team.models import Member
from tests.factories.bulletins import make_bulletin
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)


@pytest.fixture
def fire(at: datetime) -> Disruption:
    return Disruption.objects.create(what="A fire", since=at - 30 * DAY, declared_at=at)


def away(fire: Disruption, name: str, state: str = "overdue") -> Customer:
    customer = make_customer(name, phone="+44 1632 960100")
    Return.objects.create(
        disruption=fire, customer=customer, since_on=fire.since.date(), tier="core", state=state
    )
    return customer


def asks(customer: Customer, moment: datetime, words: str) -> None:
    Question.objects.create(
        bulletin=make_bulletin(moment, title="After the fire"), customer=customer, words=words,
        asked_at=moment,
    )  # fmt: skip


def expects(customer: Customer, moment: datetime, words: str = "") -> None:
    Expectation.objects.create(
        customer=customer, what="delivery", words=words, source="staff", said_at=moment,
        recorded_at=moment,
    )  # fmt: skip


def count(fire: Disruption, at: datetime) -> None:
    figures = {**figures_of(fire, at), "weeks": []}
    WayBack.objects.update_or_create(
        disruption=fire, defaults={"as_of": TODAY, "counted_at": at, "figures": figures}
    )


def test_what_the_silent_asked_and_expect_stands_beside_what_they_said(
    client_of: ClientOf, owner: Member, fire: Disruption, at: datetime
) -> None:
    ben, cleo = away(fire, "Ben"), away(fire, "Cleo", "waiting")
    anna = away(fire, "Anna", "back")
    make_touch(ben, at - 3 * DAY, by=owner.actor, said="I go elsewhere.")
    asks(cleo, at - 2 * DAY, "Do you still bake spelt?")
    expects(ben, at - DAY)
    asks(anna, at - DAY, "Is Anna asking?")
    expects(anna, at - DAY, "Anna expects")
    asks(ben, fire.since - DAY, "Before the fire?")
    count(fire, at)

    page = client_of(owner).get("/recovery/").content.decode()

    order = [
        "Matters most to them: Delivery and stock.", "Asked about “After the fire”.",
        "“Do you still bake spelt?”", "“I go elsewhere.”",
    ]  # fmt: skip
    places = [page.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert not any(words in page for words in ("Is Anna", "Anna expects", "Before the fire?"))


def test_whom_nobody_calls_now_is_not_among_the_next_calls(
    client_of: ClientOf, owner: Member, fire: Disruption, at: datetime
) -> None:
    names = ("Ben", "Bereaved", "Said No", "Put Off", "Put Off Once", "Waits For An Answer")
    ben, bereaved, refuses, paused, before, waits = (away(fire, name) for name in names)
    place_hold(bereaved, HoldKind.BEREAVEMENT, by=owner.actor, at=at)
    place_hold(waits, HoldKind.CASE, by=owner.actor, at=at)
    ConsentState.objects.create(
        customer=refuses, channel="call", decision="withdrawn", changed_at=at
    )
    for one, until in ((paused, TODAY + DAY), (before, TODAY)):
        Pause.objects.create(customer=one, until=until, put_off_at=at - 9 * DAY)
    count(fire, at)
    assert set(WayBack.objects.get().figures["calls"]) == {ben.pk, before.pk, waits.pk}

    # Heard after the count: nobody waits for the next one.
    place_hold(ben, HoldKind.BEREAVEMENT, by=owner.actor, at=at)
    page = client_of(owner).get("/recovery/").content.decode()

    calls = page[page.index("The next ten calls") : page.index("Waiting longest")]
    assert "Put Off Once" in calls
    assert "Ben" not in calls


def test_three_customers_cost_no_more_questions_than_one(
    client_of: ClientOf, owner: Member, fire: Disruption, at: datetime
) -> None:
    here, asked = client_of(owner), []
    for names in (("Ben",), ("Cleo", "Dora")):
        for name in names:
            one = away(fire, name)
            make_touch(one, at - DAY, by=owner.actor, said="I go elsewhere.")
            asks(one, at - DAY, "Do you still bake spelt?")
            expects(one, at - DAY, "Come at seven.")
        count(fire, at)
        here.get("/recovery/")
        with CaptureQueriesContext(connection) as seen:
            page = here.get("/recovery/").content.decode()
        asked.append(len(seen))
        assert all(name in page for name in names)

    assert asked[0] == asked[1]
