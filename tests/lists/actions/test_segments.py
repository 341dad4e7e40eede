from datetime import datetime, timedelta

import pytest

from regulars.core import jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.models import Event, Job
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.lists.actions.segments import (
    archive_segment,
    change_segment,
    refresh_segment,
    save_segment,
)
from regulars.lists.audience import SEGMENT, definition_of_segment
from regulars.lists.errors import FilterNotPossible, NameTaken
from regulars.lists.models import Segment, SegmentMember
from regulars.lists.queries.segments import members_of, stays_of, why_in
from regulars.messaging.audiences import audiences
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

CORE = {"field": "insight.tier", "is": "is", "value": "core"}


def core_customer(name: str, tier: str = "core") -> Customer:
    customer = make_customer(name)
    CustomerFacts.objects.create(customer=customer, tier=tier)
    return customer


def names_in(segment: Segment, owner: Member) -> set[str]:
    return set(members_of(segment, owner.actor).values_list("given_name", flat=True))


def told(segment: Segment) -> list[tuple[str, int, bool]]:
    events = Event.objects.filter(kind__startswith="lists.Customers").order_by("id")
    return [
        (one.kind.split(".")[1], one.payload["count"], one.payload["is_first"])
        for one in events if one.payload["segment_id"] == segment.pk
    ]  # fmt: skip


def test_who_fits_is_in_and_who_no_longer_fits_has_left(owner: Member, at: datetime) -> None:
    ruth, thea = core_customer("Ruth Calloway"), core_customer("Thea Abernathy")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)
    refresh_segment(segment, at=at)

    CustomerFacts.objects.filter(customer=thea).update(tier="active")
    oscar = core_customer("Oscar Winslow")
    segment.refresh_from_db()
    later = at + timedelta(days=1)
    refresh_segment(segment, at=later)

    stays = SegmentMember.objects.order_by("customer_id").values_list(
        "customer_id", "entered_at", "left_at"
    )
    assert list(stays) == [(ruth.pk, at, None), (thea.pk, at, later), (oscar.pk, later, None)]
    assert told(segment) == [
        ("CustomersEntered", 2, True), ("CustomersEntered", 1, False), ("CustomersLeft", 1, False),
    ]  # fmt: skip
    segment.refresh_from_db()
    assert (segment.member_count, segment.refreshed_at) == (2, later)


def test_working_a_segment_out_twice_changes_nothing(owner: Member, at: datetime) -> None:
    core_customer("Ruth Calloway")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)
    refresh_segment(segment, at=at)

    assert refresh_segment(segment, at=at + timedelta(hours=1)) == (0, 0)
    assert SegmentMember.objects.count() == 1


def test_the_archived_leave(owner: Member, at: datetime) -> None:
    ruth = core_customer("Ruth Calloway")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)
    refresh_segment(segment, at=at)

    Customer.objects.filter(pk=ruth.pk).update(archived_at=at)

    assert names_in(segment, owner) == set()
    assert refresh_segment(segment, at=at) == (0, 1)


def test_a_segment_is_worked_out_in_the_background(owner: Member, at: datetime) -> None:
    core_customer("Ruth Calloway")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)

    waiting = Job.objects.get(name="lists.refresh_segment")
    jobs.run_now(waiting.name, at=at, **waiting.arguments)

    assert names_in(segment, owner) == {"Ruth"}


def test_one_that_asks_for_another_is_worked_out_after_it(owner: Member, at: datetime) -> None:
    first = save_segment("Best", CORE, by=owner.actor, at=at)
    second = save_segment("Of the best", {"segment": first.pk}, by=owner.actor, at=at)
    change_segment(first, tree={"all": [CORE]}, by=owner.actor, at=at)
    core_customer("Ruth Calloway")

    job = jobs.run_now("lists.refresh_segments", at=at)

    assert job.result == {"segments": 2, "entered": 2, "left": 0}
    assert names_in(second, owner) == {"Ruth"}


def test_a_segment_never_asks_for_itself(owner: Member, at: datetime) -> None:
    first = save_segment("Best", CORE, by=owner.actor, at=at)
    second = save_segment("Of the best", {"segment": first.pk}, by=owner.actor, at=at)

    with pytest.raises(FilterNotPossible, match="cannot ask for itself"):
        change_segment(first, tree={"segment": second.pk}, by=owner.actor, at=at)


def test_one_that_another_asks_for_is_not_put_away(owner: Member, at: datetime) -> None:
    first = save_segment("Best", CORE, by=owner.actor, at=at)
    save_segment("Of the best", {"segment": first.pk}, by=owner.actor, at=at)

    with pytest.raises(NotAllowed, match="Of the best"):
        archive_segment(first, by=owner.actor, at=at)


def test_a_segment_of_a_field_that_is_gone_stays_as_it_was(owner: Member, at: datetime) -> None:
    core_customer("Ruth Calloway")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)
    refresh_segment(segment, at=at)

    Segment.objects.update(tree={"field": "custom.gone", "is": "filled"})
    segment.refresh_from_db()

    assert refresh_segment(segment, at=at) == (0, 0)
    assert names_in(segment, owner) == {"Ruth"}
    segment.refresh_from_db()
    assert segment.trouble.startswith("The filter asks for something that is not known here")


def test_two_segments_have_two_names(owner: Member, at: datetime) -> None:
    save_segment("Best", CORE, by=owner.actor, at=at)

    with pytest.raises(NameTaken):
        save_segment("Best", CORE, by=owner.actor, at=at)


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_only_owners_and_managers_keep_segments(role: str, owner: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        save_segment("Best", CORE, by=Actor("staff", "Priya", role, 1), at=at)


def test_me_is_whoever_made_the_segment(manager: Member, at: datetime) -> None:
    make_customer("Ruth Calloway", manager=manager)
    make_customer("Oscar Winslow")
    mine = {"field": "customer.manager", "is": "is", "value": "me"}
    segment = save_segment("Mine", mine, by=manager.actor, at=at)

    refresh_segment(segment, at=at)

    assert names_in(segment, manager) == {"Ruth"}


def test_why_a_customer_is_in(owner: Member, at: datetime) -> None:
    ruth = core_customer("Ruth Calloway")
    make_point(ruth, "address", "8 Weir Road", city="Leeds")
    for days in (3, 9):
        make_order(ruth, (at - timedelta(days=days)).date())
    segment = save_segment("Best", {"all": [
        CORE, {"event": "order", "in": {"days": 30}, "at_least": 2},
        {"any": [{"field": "customer.city", "is": "is", "value": "York"},
                 {"field": "customer.city", "is": "begins", "value": "lee"}]},
    ]}, by=owner.actor, at=at)  # fmt: skip
    refresh_segment(segment, at=at)

    assert why_in(segment, ruth, owner.actor, at) == [
        "In “Best” since 24 November 2026.",
        "Yes: Tier is Core; now: Core.",
        "Yes: at least 2 orders in the last 30 days; now: 2, the last on 21 Nov 2026.",
        "Yes: Town is “York” or Town begins with “lee”.",
    ]
    assert [stay.segment.name for stay in stays_of(ruth, owner.actor, at)] == ["Best"]


def test_why_a_customer_is_not_in(owner: Member, at: datetime) -> None:
    thea = core_customer("Thea Abernathy", "active")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)

    assert why_in(segment, thea, owner.actor, at) == [
        "Not in “Best”, and was never in it.",
        "No: Tier is Core; now: Active.",
    ]


def test_a_mailing_can_go_to_a_segment(owner: Member, at: datetime) -> None:
    core_customer("Ruth Calloway")
    core_customer("Oscar Winslow", "lapsed")
    segment = save_segment("Best", CORE, by=owner.actor, at=at)
    refresh_segment(segment, at=at)

    audience, definition = audiences[SEGMENT], definition_of_segment(segment)

    assert [one.given_name for one in audience.customers(definition)] == ["Ruth"]
    assert audience.words(definition) == "segment “Best”: Tier is Core"
