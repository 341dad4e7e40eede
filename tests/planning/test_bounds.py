"""What we said of how often at most holds for what is written too: the gate knows it."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.consent.models import Wish
from regulars.core import jobs
from regulars.customers.models import Customer
from regulars.messaging.gate import (
    Verdict,
    counts_by_verdict,
    verdicts_for_customers,
    verdicts_for_messages,
)
from regulars.messaging.models import Rules, Standing
from regulars.planning.agreeing import Whose, agree_on, end_cadence
from regulars.planning.coming import keep_bounds
from regulars.planning.models import Cadence
from regulars.planning.terms import EVERYBODY
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.messaging_gate import make_message, make_version
from tests.factories.planning import TODAY, make_facts
from tests.planning.test_terms import put_in_segment

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def bounds() -> dict[str, int | None]:
    bound = Standing.objects.exclude(rarest_days=None)
    return dict(bound.values_list("customer__name", "rarest_days"))


def someone(name: str, tier: str = "core") -> Customer:
    customer = make_customer(name, email=f"{name.lower()}@x.example")
    make_facts(customer, tier=tier)
    make_decision(customer)
    return customer


def test_the_gate_knows_own_bounds_before_those_of_segments_and_tiers(business: Business) -> None:
    own, grouped, _tiered = someone("Own"), someone("Grouped"), someone("Tiered")
    someone("Unbound", "active")
    wishing = someone("Wishing", "active")
    Wish.objects.create(customer=wishing, every_days=90, changed_at=NOON)
    weddings = put_in_segment(grouped, "Weddings")
    put_in_segment(own, "Weddings")
    Cadence.objects.create(tier="core", at_least_every_days=30, at_most_every_days=14)
    Cadence.objects.create(segment=weddings, at_most_every_days=21)
    Cadence.objects.create(customer=own, at_most_every_days=60)

    changed = keep_bounds(EVERYBODY, business, TODAY)
    again = keep_bounds(EVERYBODY, business, TODAY)

    assert bounds() == {"Own": 60, "Grouped": 21, "Tiered": 14}
    assert (changed, again) == (3, 0)


def test_out_of_season_and_taken_away_it_binds_nobody(business: Business, owner: Member) -> None:
    someone("Ruth")
    ida = Whose(customer_id=someone("Ida").pk)
    in_summer = Whose(tier="core", months=0b0000_1110_0000)
    agree_on(in_summer, at_least=None, at_most=30, by=owner.actor, at=NOON)
    agree_on(ida, at_least=None, at_most=9, by=owner.actor, at=NOON)
    one_at_once = bounds()

    jobs.run_now("planning.next_contacts", at=NOON)
    november = bounds()
    jobs.run_now("planning.next_contacts", at=datetime(2027, 7, 1, 9, tzinfo=UTC))
    july = bounds()
    end_cadence(in_summer, by=owner.actor, at=NOON)
    end_cadence(ida, by=owner.actor, at=NOON)
    jobs.run_now("planning.next_contacts", at=datetime(2027, 7, 2, 9, tzinfo=UTC))

    assert (one_at_once, november, july) == ({"Ida": 9}, {"Ida": 9}, {"Ida": 9, "Ruth": 30})
    assert bounds() == {}


def test_a_mailing_waits_for_whoever_heard_from_us_within_those_days(business: Business) -> None:
    """Whoever was called yesterday gets no mail today; what belongs to a purchase leaves."""
    Rules.objects.create(pk=1)
    called, rested = someone("Called"), someone("Rested")
    for one, days in ((called, 3), (rested, 15)):
        Standing.objects.create(customer=one, last_contact_at=NOON - timedelta(days=days))
    Cadence.objects.create(tier="core", at_least_every_days=30, at_most_every_days=14)
    keep_bounds(EVERYBODY, business, TODAY)
    thanks = make_message(called, NOON, version=make_version(NOON, "thank"), purpose="thank")
    served = make_message(
        called, NOON, version=make_version(NOON, "serve"), purpose="serve", occasion="served"
    )

    set_wise = dict(verdicts_for_customers("email", "thank", NOON))
    by_key = {one.pk: verdicts_for_messages([one.pk], NOON)[one.pk] for one in (thanks, served)}

    waits = Verdict("rarely", NOON + timedelta(days=11))
    assert set_wise == {called.pk: waits, rested.pk: Verdict()}
    assert by_key == {thanks.pk: waits, served.pk: Verdict()}
    assert counts_by_verdict("email", "thank", NOON) == {"rarely": 1, "": 1}
