"""Making the day's lists: who is on them, by which channel, and who waits."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Decision
from regulars.conversations.choices import Outcome
from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.events import announce, deliver_events
from regulars.core.models import AuditEntry, Job
from regulars.customers.choices import Kind, PointState
from regulars.insight.events import FactsRefreshed
from regulars.planning.actions import finish_item, make_plans, put_off_item
from regulars.planning.candidates import due_customers
from regulars.planning.choosing import day_ahead
from regulars.planning.knapsack import BITS, best_day, best_use, options_of
from regulars.planning.means import weigh_means
from regulars.planning.models import Cadence, Plan, PlanItem
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.planning import (
    MORNING,
    TODAY,
    first_touch,
    items_of,
    make_due,
    names_of,
    plan_of,
    plan_today,
    touched,
)
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


def channels_open(manager: Member) -> str:
    """The first letters of what is open to the one customer who is due."""
    [item] = items_of(manager) or items_of(manager, "waiting")
    return "".join(channel[0] for channel, bit in BITS.items() if item.values["open"] & bit)


# Channels


def test_who_has_no_way_written_down_is_called_once_the_number_is_found(manager: Member) -> None:
    make_due(manager=manager, phone=None)
    plan_today()

    [item] = items_of(manager)
    assert (item.channel, item.minutes, plan_of(manager).unreachable_count) == ("call", 10, 0)
    [why] = item.why_channel(set())
    assert why.startswith("No telephone number or address that can be used is written down.")


def test_who_does_not_want_calls_and_has_no_other_way_is_counted(manager: Member) -> None:
    ruth = make_due(manager=manager, phone="020 7946 0991")
    make_decision(ruth, channel="call", decision=Decision.WITHDRAWN)
    plan_today()

    assert (names_of(manager), plan_of(manager).unreachable_count) == ([], 1)


def test_a_call_needs_a_usable_phone(manager: Member) -> None:
    ruth = make_due(manager=manager, phone=None)
    make_point(ruth, "phone", "12", state=PointState.DOUBTFUL)
    plan_today()
    assert channels_open(manager) == ""

    make_point(ruth, "phone", "020 7946 0991")
    plan_today()

    assert (channels_open(manager), plan_of(manager).unreachable_count) == ("c", 0)


@pytest.mark.parametrize(
    ("kind", "tier", "opened"),
    [
        (Kind.PERSON, "core", "vn"),
        (Kind.PERSON, "slipping", "vn"),
        (Kind.PERSON, "active", "n"),
        (Kind.ORGANISATION, "active", "vn"),
    ],
)
def test_a_visit_needs_an_address_and_a_core_or_slipping_customer_or_an_organisation(
    manager: Member, kind: Kind, tier: str, opened: str
) -> None:
    make_due(manager=manager, kind=kind, tier=tier, phone=None, address="8 Weir Cottages")

    plan_today()

    assert channels_open(manager) == opened


@pytest.mark.parametrize(
    ("decision", "opened"),
    [(None, ""), (Decision.CLAIMED, ""), (Decision.WITHDRAWN, ""), (Decision.GRANTED, "e")],
)
def test_an_email_needs_permission(manager: Member, decision: Decision | None, opened: str) -> None:
    ruth = make_due(manager=manager, phone=None, email="ruth@example.org")
    if decision:
        make_decision(ruth, "email", decision)

    plan_today()

    assert (channels_open(manager) if names_of(manager) else "") == opened


def test_a_yes_to_one_purpose_opens_no_channel_and_a_no_to_one_closes_none(
    manager: Member,
) -> None:
    ruth = make_due(manager=manager, email="ruth@example.org")
    make_decision(ruth, "email", purpose="inform")
    make_decision(ruth, "call", Decision.WITHDRAWN, purpose="sell")

    plan_today()

    assert channels_open(manager) == "c"


def test_a_channel_someone_refused_is_closed(manager: Member) -> None:
    ruth = make_due(manager=manager, tier="core", address="8 Weir Cottages")
    make_decision(ruth, "call", Decision.WITHDRAWN)
    make_decision(ruth, "visit", Decision.WITHDRAWN)

    plan_today()

    assert channels_open(manager) == "n"


# Minutes


def test_the_worthiest_get_the_minutes_and_the_rest_can_wait(business: Business) -> None:
    member = make_member("manager", minutes=13)
    for name, stake in (("Ruth Calloway", 900), ("Samuel Birch", 800), ("Joss Tully", 700)):
        make_due(name, manager=member, stake=stake)

    plan_today()

    assert names_of(member) == ["Ruth Calloway", "Samuel Birch"]
    [waiting] = items_of(member, "waiting")
    assert (waiting.customer.name, waiting.values["over"], waiting.values["needs"]) == (
        "Joss Tully",
        1,
        6,
    )
    assert plan_of(member).due_count == 3


def test_only_fifty_of_those_who_wait_are_kept(business: Business) -> None:
    member = make_member("manager", minutes=6)
    for number in range(60):
        make_due(f"Customer {number}", manager=member, stake=1000 + number)

    plan_today()

    assert names_of(member) == ["Customer 59"]
    assert names_of(member, "waiting") == [f"Customer {n}" for n in range(58, 8, -1)]
    assert plan_of(member).due_count == 60


def test_no_minutes_no_list(business: Business) -> None:
    member = make_member("manager", minutes=0)
    make_due(manager=member)

    plan_today()

    assert list(PlanItem.objects.all()) == []
    assert (plan_of(member).minutes, plan_of(member).due_count) == (0, 1)


def test_customers_of_nobody_are_shared_by_those_who_may_see_them(business: Business) -> None:
    nora, olga = make_member("owner"), make_member("owner", name="Olga Brandt")
    gone = make_member("manager", is_active=False)
    viewer = make_member("viewer")
    make_member("helper")
    for number, manager in enumerate((None, None, gone, viewer)):
        make_due(f"Customer {number}", manager=manager)

    plan_today()

    assert sorted(names_of(nora) + names_of(olga)) == [f"Customer {n}" for n in range(4)]
    # By their numbers, which differ: so each has one at least, and about half of many.
    assert 0 < len(names_of(nora)) < 4
    assert all(item.values["without_manager"] for item in items_of(nora))


def test_no_orders_no_facts_still_a_list(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone="020 7946 0991")
    first_touch(ruth, TODAY)

    plan_today()

    assert names_of(manager) == ["Ruth Calloway"]


def test_a_recent_touch_weighs_against_the_next(business: Business) -> None:
    member = make_member("manager", minutes=6)
    Cadence.objects.create(tier="slipping", at_least_every_days=7)
    recent = make_due("Ruth Calloway", manager=member, stake=1000, tier="slipping")
    touched(recent, days_ago=22)
    long_ago = make_due("Samuel Birch", manager=member, stake=1000, tier="slipping")
    touched(long_ago, days_ago=40)

    plan_today()

    assert names_of(member) == ["Samuel Birch"]


def test_pruning_in_the_database_keeps_the_best_day(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make_member("manager", minutes=9)
    for number in range(40):
        customer = make_due(
            f"Customer {number}",
            manager=member,
            stake=100 + 37 * (number * 7 % 40),
            tier=("core", "active")[number % 2],
            phone="020 7946 0991" if number % 3 else None,
            address="8 Weir Cottages" if number % 4 else None,
            email=f"c{number}@example.org",
        )
        if number % 5:
            make_decision(customer)
    everyone = day_ahead(business, [member], {member.pk: 5000}, TODAY)
    all_due = due_customers(everyone)
    weigh_means(all_due, everyone)
    monkeypatch.setattr("regulars.planning.ranking.SHORTLISTED", 8)
    monkeypatch.setattr("regulars.planning.ranking.WAITING_KEPT", 0)
    pruned = due_customers(day_ahead(business, [member], {member.pk: 9}, TODAY))[member.pk]

    plan_today()

    found = all_due[member.pk].candidates
    assert (len(found), pruned.count, pruned.unreachable_count) == (40, 40, 0)
    assert len(pruned.candidates) < 30
    assert sorted(item.customer_id for item in items_of(member)) == sorted(
        one.key for one in best_day(found, 9)
    )


# Again


def test_making_it_again_changes_nothing_that_was_settled(
    business: Business, owner: Member
) -> None:
    member = make_member("manager", minutes=18)
    for name, stake in (("Ruth Calloway", 900), ("Samuel Birch", 800), ("Joss Tully", 700)):
        make_due(name, manager=member, stake=stake)
    plan_today()
    done, put_off, _open = items_of(member)
    finish_item(done, outcome=Outcome.REACHED, by=member.actor, at=MORNING)
    put_off_item(put_off, by=member.actor, at=MORNING)
    make_due("Late Comer", manager=member, stake=5000)

    plan_today()

    states = PlanItem.objects.filter(plan__member=member).values_list("customer__name", "state")
    assert dict(states) == {
        "Ruth Calloway": "done",
        "Samuel Birch": "not_now",
        "Late Comer": "open",
        "Joss Tully": "open",
    }
    assert sum(item.minutes for item in items_of(member)) == 12


def test_making_it_again_keeps_whoever_was_touched_today(manager: Member) -> None:
    ruth = make_due(manager=manager)
    plan_today()
    make_touch(ruth, datetime(2026, 11, 24, 8, tzinfo=UTC))

    plan_today()

    assert names_of(manager) == ["Ruth Calloway"]


def test_one_member_can_be_planned_alone(manager: Member, owner: Member) -> None:
    make_due(manager=manager)
    make_due("Samuel Birch", manager=owner)

    made = make_plans(day=TODAY, by=COMMAND, at=MORNING, member_ids=[manager.pk])

    assert (made.plan_count, names_of(manager), names_of(owner)) == (1, ["Ruth Calloway"], [])


def test_nobody_is_on_two_lists(business: Business, manager: Member, owner: Member) -> None:
    make_due(manager=manager)
    plan_today()
    PlanItem.objects.get().customer.manager = owner
    customer = PlanItem.objects.get().customer
    customer.manager = owner
    customer.save()

    make_plans(day=TODAY, by=COMMAND, at=MORNING, member_ids=[owner.pk])

    assert (names_of(manager), names_of(owner)) == (["Ruth Calloway"], [])


def test_the_job_makes_the_lists_of_today(manager: Member, at: datetime) -> None:
    make_due(manager=manager)

    job = jobs.run_now("planning.make_plans", at=at)

    assert (job.state, job.result) == (
        Job.State.DONE,
        {"day": "2026-11-24", "plans": 1, "items": 1, "gone": 0, "lost_at_most": 0.0},
    )
    assert AuditEntry.objects.filter(verb="planned").count() == 1


def test_new_facts_plan_again_unless_someone_has_begun(manager: Member, at: datetime) -> None:
    make_due(manager=manager)
    announce(FactsRefreshed("2026-11-24", 1), at=at)
    deliver_events(at=at)
    assert Job.objects.filter(name="planning.make_plans").count() == 1

    plan_today()
    put_off_item(items_of(manager)[0], by=manager.actor, at=at)
    announce(FactsRefreshed("2026-11-24", 1), at=at)
    deliver_events(at=at)

    assert Job.objects.filter(name="planning.make_plans").count() == 1


def test_permission_is_counted_over_the_whole_list(manager: Member) -> None:
    make_decision(make_customer("Ruth Calloway", manager=manager))
    make_customer("Samuel Birch", manager=manager)
    make_decision(make_customer("Gone", archived_at=MORNING))

    plan_today()

    assert (plan_of(manager).listed_count, plan_of(manager).permitted_count) == (2, 1)


def test_queries_do_not_grow_with_customers(manager: Member) -> None:
    make_due(manager=manager)
    with CaptureQueriesContext(connection) as one:
        plan_today()
    Plan.objects.all().delete()
    for number in range(5):
        make_due(f"Customer {number}", manager=manager)

    with CaptureQueriesContext(connection) as many:
        plan_today()

    assert len(many) == len(one)


def test_best_use_is_what_matters_most_for_its_minutes() -> None:
    assert best_use(options_of(15)).channel == "call"
    assert best_use(options_of(8)).channel == "visit"
