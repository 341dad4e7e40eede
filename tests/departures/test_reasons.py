"""Who has lapsed and is worth it is to be asked why; a text that asks sells nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonDay, reason_sources
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.departures.actions.leaving import note_staying
from regulars.departures.choices import Reason, SaidBy
from regulars.departures.reasons import describe, lapsed_unasked
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.messaging.linting import Written, grave_findings
from regulars.messaging.starters import starters
from regulars.team.models import Business
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def make_lapsed(name: str, today: date, **over: object) -> Customer:
    customer = make_customer(name)
    given: dict[str, object] = {
        "tier": Tier.LAPSED, "lapsed_on": today - 5 * DAY, "last_on": date(2026, 9, 1),
        "usual_gap_days": 9.4, "stake_minor": 9_000,
    }  # fmt: skip
    CustomerFacts.objects.create(customer=customer, **(given | over))
    return customer


def _asked(at: datetime) -> set[str]:
    rows = lapsed_unasked(ReasonDay(at.date(), UTC))  # type: ignore[arg-type]
    return {Customer.objects.get(pk=row["customer_id"]).name for row in rows}


def test_who_lapsed_and_is_worth_it_is_asked_until_somebody_knows_why(
    business: Business, at: datetime
) -> None:
    Business.objects.update(live_since=at.date() - 30 * DAY)
    today = at.date()
    make_lapsed("Asked for", today)
    make_lapsed("Poor", today, stake_minor=10)
    make_lapsed("Before we went live", today, lapsed_on=today - 31 * DAY)
    make_lapsed("Slipping", today, tier=Tier.SLIPPING)
    ours = make_lapsed("Kitchen", today)
    Customer.objects.filter(pk=ours.pk).update(kind=Kind.DEPARTMENT)
    kept = make_lapsed("Kept in the core", today)
    TierOverride.objects.create(customer=kept, tier=Tier.CORE, reason="Abroad", set_at=at)
    known = make_lapsed("Known", today)
    make_departure(known, at)
    guessed = make_lapsed("Guessed", today)
    make_departure(guessed, at, reason=Reason.UNKNOWN, said_by=SaidBy.GUESSED)
    note_staying(make_lapsed("Stays", today), by=SYSTEM, at=at)
    called = make_lapsed("Called", today)
    log_touch(
        called, channel=Channel.CALL, direction=Direction.OUT, purpose=Purpose.SERVE,
        outcome=Outcome.REACHED, happened_at=at - DAY, by=SYSTEM, at=at,
    )  # fmt: skip
    earlier = make_lapsed("Called before", today)
    log_touch(
        earlier, channel=Channel.CALL, direction=Direction.OUT, purpose=Purpose.SERVE,
        outcome=Outcome.REACHED, happened_at=at - 9 * DAY, by=SYSTEM, at=at,
    )  # fmt: skip

    assert _asked(at) == {"Asked for", "Guessed", "Called before"}
    assert reason_sources["lapsed_why"].purpose == Purpose.SERVE


def test_it_says_how_long_they_have_been_silent_and_sells_nothing(at: datetime) -> None:
    ruth = make_lapsed("Ruth", at.date())

    with CaptureQueriesContext(connection) as asked:
        told = describe([str(ruth.pk), "999999"])

    assert len(asked) == 1
    assert told[str(ruth.pk)].sentence == (
        "They used to come every 9 days, and were last here on 1 September: ask why they stay away."
    )
    assert "Sell nothing" in told[str(ruth.pk)].lines[-1].text


@pytest.mark.parametrize(("words", "codes"), [("Dear you", []), ("And 20 % off", ["strings"])])
def test_a_text_that_asks_why_and_sells_is_refused(words: str, codes: list[str]) -> None:
    body = f"{words}\n\n[Tell us]({{{{ why_url }}}})\n\n{{{{ signature }}}}"

    assert [one.code for one in grave_findings(Written("Missed", "", body, "ask"))] == codes


def test_the_text_that_misses_them_carries_the_link() -> None:
    missed = next(one for one in starters() if one.key == "missed-you")

    assert "{{ why_url }}" in missed.body
    found = grave_findings(Written(missed.subject, missed.preheader, missed.body, missed.purpose))
    assert found == []
