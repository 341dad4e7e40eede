"""Whose early access has opened and who has not heard of it: a call on the day's list."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonDay, reason_sources
from regulars.customers.models import Customer
from regulars.messaging.choices import State
from regulars.messaging.models import Message
from regulars.offers.actions.planning import end_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.actions.telling import tell_wave
from regulars.offers.models import Offer
from regulars.offers.queries.codes import codes_of
from regulars.offers.reasons import describe, early_access
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.offers import DAY, a_wave, make_offer
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def asked(at: datetime) -> set[str]:
    rows = early_access(ReasonDay(at.date(), UTC))  # type: ignore[arg-type]
    return {Customer.objects.get(pk=row["customer_id"]).name for row in rows}


@pytest.fixture
def people() -> dict[str, Customer]:
    found = {}
    for name, tier in (("Ruth", "core"), ("Used", "core"), ("Told", "core"), ("Ada", "active")):
        found[name] = make_customer(name)
        make_facts(found[name], tier=tier)
    return found


def make_waves(at: datetime) -> Offer:
    return make_offer(at, a_wave(at, 0, "core"), a_wave(at, 4, "active"), a_wave(at, 20))


def test_who_is_first_and_was_not_told_is_called_while_it_is_news(
    people: dict[str, Customer], owner: Member, at: datetime
) -> None:
    offer = make_waves(at)
    used, told = people["Used"], people["Told"]
    redeem(codes_of(offer, [used.pk])[used.pk], slip="1", by=SYSTEM, at=at)
    wave = offer.waves.order_by("opens_at")[0]
    mailing = tell_wave(wave, subject="Yours", body="{{ offer_code }}", by=owner.actor, at=at)
    Message.objects.create(
        mailing=mailing, customer=told, version=mailing.version, state=State.DELIVERED,
        purpose="sell", channel="email", occasion="wave", created_at=at, state_at=at,
        not_before=at, expires_at=at + DAY,
    )  # fmt: skip

    assert asked(at - DAY) == set()
    assert asked(at) == {"Ruth"}
    assert asked(at + 3 * DAY) == {"Ruth"}
    # No news any more, and the next wave has its own day.
    assert asked(at + 4 * DAY) == {"Ada"}
    # Once everybody may have it, nobody is early.
    assert asked(at + 20 * DAY) == set()
    end_offer(offer, by=owner.actor, at=at)
    assert asked(at) == set()
    assert reason_sources["early_access"].purpose == "sell"


def test_it_says_what_it_is_and_before_whom(people: dict[str, Customer], at: datetime) -> None:
    waves = list(make_waves(at).waves.order_by("opens_at")[:2])
    with CaptureQueriesContext(connection) as one:
        told = describe([str(waves[0].pk)])
    with CaptureQueriesContext(connection) as two:
        describe([str(wave.pk) for wave in waves])

    assert len(one) == len(two) == 2
    sentence = told[str(waves[0].pk)].sentence
    assert sentence.startswith(
        "“A fifth off the rye” (20 % off) is open to them before others, who come "
    )
    assert sentence.endswith(": nobody has told them.")
    assert told[str(waves[0].pk)].page == f"/offers/{waves[0].offer_id}/"
