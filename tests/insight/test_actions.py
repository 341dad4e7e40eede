"""Asking for a count, and the word of a person over it."""

from datetime import datetime, timedelta

import pytest

from regulars.core import jobs
from regulars.core.events import announce, deliver_events
from regulars.core.models import AuditEntry, Event, Job
from regulars.customers.models import Customer
from regulars.insight.actions import ask_for_count, set_tier, take_back_tier
from regulars.insight.choices import Tier
from regulars.insight.errors import ReasonMissing
from regulars.insight.models import Refresh, TierOverride
from regulars.insight.queries import (
    facts_of,
    of_tier,
    slipping_customers,
    tiers_of_the_list,
    with_tier,
)
from regulars.intake.events import ImportFinished
from regulars.team.models import Member
from tests.factories.insight import days_ago, make_buyer, make_stranger, refreshed


@pytest.mark.django_db
def test_asking_twice_is_one_count(manager: Member, at: datetime) -> None:
    first = ask_for_count(by=manager.actor, at=at)

    again = ask_for_count(by=manager.actor, at=at)

    assert first == again
    assert AuditEntry.objects.filter(verb="asked for a count").count() == 1


@pytest.mark.django_db
def test_a_tier_set_by_hand_wins_and_can_be_taken_back(manager: Member, at: datetime) -> None:
    ruth = make_stranger()

    set_tier(ruth, tier=Tier.CORE, reason=" Supplies our flour ", by=manager.actor, at=at)

    override = TierOverride.objects.get()
    assert (override.tier, override.reason, override.set_by) == (
        "core",
        "Supplies our flour",
        manager,
    )
    assert [one.shown_tier for one in with_tier(Customer.objects.all())] == ["core"]  # type: ignore[attr-defined]
    assert Event.objects.get().payload == {"customer_id": ruth.pk, "tier": "core"}

    take_back_tier(ruth, by=manager.actor, at=at)

    assert [one.shown_tier for one in with_tier(Customer.objects.all())] == ["new"]  # type: ignore[attr-defined]
    assert list(of_tier(Customer.objects.all(), Tier.NEW)) == [ruth]
    assert facts_of(ruth) is None


@pytest.mark.django_db
def test_a_tier_without_a_reason_is_refused(manager: Member, at: datetime) -> None:
    with pytest.raises(ReasonMissing):
        set_tier(make_stranger(), tier=Tier.CORE, reason=" ", by=manager.actor, at=at)

    assert not TierOverride.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_is_followed_by_one_count(manager: Member, at: datetime) -> None:
    announce(ImportFinished(import_id=7, kind="orders", created=3, updated=0), at=at)
    announce(ImportFinished(import_id=7, kind="orders", created=3, updated=0), at=at)
    announce(ImportFinished(import_id=8, kind="orders", created=0, updated=0), at=at)

    deliver_events(at=at)

    counts = Job.objects.filter(name="insight.refresh")

    assert counts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_job_counts_as_of_its_day_and_says_what_it_did(manager: Member, at: datetime) -> None:
    make_buyer(10, last=days_ago(0))

    done = jobs.run_now("insight.refresh", at=at, day=days_ago(2).isoformat())

    refresh = Refresh.objects.get()
    assert done.state == Job.State.DONE
    assert (done.done_count, done.total_count) == (3, 3)
    assert done.result == {
        "as_of": days_ago(2).isoformat(), "customers": 1, "orders": 1, "changed": 1,
        "seconds": refresh.seconds,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_job_refuses_a_day_to_come(manager: Member, at: datetime) -> None:
    tomorrow = (at + timedelta(days=1)).date().isoformat()

    done = jobs.run_now("insight.refresh", at=at, as_of=tomorrow)

    assert (done.state, done.sentence) == (
        Job.State.REFUSED, "Nobody can count a day that has not come yet.",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_list_by_tier_heeds_what_a_person_set(manager: Member, at: datetime) -> None:
    regular = make_buyer(7, 7, last=days_ago(1), spend=500)
    late = make_buyer(*[7] * 6, last=days_ago(25), spend=900)
    refreshed()
    assert [one.customer for one in slipping_customers(5)] == [late]
    set_tier(late, tier=Tier.LOST, reason="Moved away", by=manager.actor, at=at)
    set_tier(regular, tier=Tier.SLIPPING, reason="Said so", by=manager.actor, at=at)

    lines = {
        line.tier: (line.customer_count, line.year_spend_minor) for line in tiers_of_the_list()
    }

    assert lines == {
        "core": (0, 0), "active": (0, 0), "new": (0, 0), "slipping": (1, 1500),
        "lapsed": (0, 0), "lost": (1, 6300),
    }  # fmt: skip
    assert [one.customer for one in slipping_customers(5)] == [regular]
    assert set(of_tier(Customer.objects.all(), Tier.SLIPPING)) == {regular}
    assert set(of_tier(Customer.objects.all(), Tier.ACTIVE)) == set()
