"""Every change of a tier is written down once, and announced once a count."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from regulars.core.actor import SYSTEM
from regulars.core.models import Event, Job
from regulars.customers.models import Customer
from regulars.insight import recording
from regulars.insight.actions import end_tiers, set_tier, take_back_tier
from regulars.insight.errors import EndIsPast
from regulars.insight.models import CustomerFacts, TierChange, TierOverride
from regulars.insight.recording import begin_history, let_go_of_archived, write_down_moves
from regulars.lists.queries.filters import compile_filter
from regulars.team.models import Member
from tests.factories.insight import A_MORNING, TODAY, add_orders, facts, make_buyer, refreshed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("business")]

TOMORROW = TODAY + timedelta(days=1)


def changes() -> list[tuple[Any, ...]]:
    rows = TierChange.objects.order_by("id")
    return list(rows.values_list("customer_id", "from_tier", "to_tier", "changed_on", "why"))


def counted_as(tier: str, known: str = "active") -> Customer:
    """Somebody whose facts a count has just stored."""
    one = make_buyer(7)
    CustomerFacts.objects.create(customer=one, tier=tier, known_tier=known)
    return one


def test_history_begins_with_the_first_count_and_goes_on_with_what_moves() -> None:
    ruth = make_buyer(7, 7, 7, last=TODAY)
    refreshed()
    assert changes() == []
    late = facts(ruth).slipping_on
    assert late is not None
    newcomer = make_buyer(last=TODAY)

    refreshed(at=A_MORNING + (late - TODAY))
    refreshed(at=A_MORNING + (late - TODAY))

    assert changes() == [
        (ruth.pk, "active", "slipping", late, "count"), (newcomer.pk, "", "new", late, "count"),
    ]  # fmt: skip
    assert (facts(ruth).known_tier, facts(ruth).tier_since) == ("slipping", late)
    event = Event.objects.get(kind="insight.TiersMoved")
    assert event.payload == {
        "as_of": late.isoformat(), "moves": [["", "new", 1], ["active", "slipping", 1]],
    }  # fmt: skip


def test_counts_of_the_past_write_nothing_and_confuse_nothing() -> None:
    ruth = make_buyer(*[7] * 9, last=TODAY - timedelta(days=30))
    refreshed()
    then = facts(ruth).tier
    add_orders(ruth, TODAY)

    for back in (33, 2, 0):
        refreshed(TODAY - timedelta(days=back))

    assert then != "active"
    assert changes() == [(ruth.pk, then, "active", TODAY, "count")]


def test_under_the_word_of_a_person_nothing_moves(owner: Member) -> None:
    ruth = counted_as("slipping")
    TierOverride.objects.create(customer=ruth, tier="core", reason="ours", set_at=A_MORNING)

    moves = write_down_moves(TODAY, at=A_MORNING)

    assert (moves, changes()) == ({}, [])
    assert facts(ruth).known_tier == "slipping"


def test_many_are_written_in_short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ROWS_AT_FIRST", 2)
    people = [counted_as("lapsed") for _ in range(5)]

    moves = write_down_moves(TODAY, at=A_MORNING)

    assert moves == {("active", "lapsed"): 5}
    assert [row[0] for row in changes()] == [one.pk for one in people]
    assert write_down_moves(TODAY, at=A_MORNING) == {}


def test_a_stretch_of_none_but_those_held_by_hand_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "ROWS_AT_FIRST", 1)
    held, free = counted_as("lapsed"), counted_as("lapsed")
    TierOverride.objects.create(
        customer=held, tier="core", reason="An old friend.", set_at=A_MORNING, since_on=TODAY
    )

    assert write_down_moves(TODAY, at=A_MORNING) == {("active", "lapsed"): 1}
    assert [row[0] for row in changes()] == [free.pk]


@pytest.mark.only_on("sqlite")  # PostgreSQL looks a small table through.
def test_who_moved_is_found_without_looking_at_the_others() -> None:
    moved = CustomerFacts.objects.exclude(tier=F("known_tier")).order_by("pk")

    assert "facts_tier_moved" in moved.values_list("pk")[:5].explain()


def test_whoever_is_archived_has_no_tier_any_more() -> None:
    stays, goes = counted_as("active"), counted_as("active")
    Customer.objects.filter(pk=goes.pk).update(archived_at=A_MORNING)

    let_go_of_archived(TODAY, at=A_MORNING)
    let_go_of_archived(TODAY, at=A_MORNING)

    assert changes() == [(goes.pk, "active", "", TODAY, "gone")]
    assert list(CustomerFacts.objects.all()) == [facts(stays)]


def test_the_word_of_a_person_is_a_change_and_so_is_its_end(owner: Member) -> None:
    ruth = counted_as("active")
    said: dict[str, Any] = {"by": owner.actor, "at": A_MORNING}
    set_tier(ruth, tier="core", reason="Ours", until_on=TOMORROW, **said)
    set_tier(ruth, tier="core", reason="Still ours", until_on=TOMORROW, **said)

    assert end_tiers(**said) == 0
    assert end_tiers(by=owner.actor, at=A_MORNING + timedelta(days=1)) == 1

    assert changes() == [
        (ruth.pk, "active", "core", TODAY, "set"), (ruth.pk, "core", "active", TOMORROW, "ended"),
    ]  # fmt: skip
    assert TierChange.objects.earliest("id").reason == "Ours"
    assert TierChange.objects.latest("id").reason == "Still ours"
    assert facts(ruth).tier_since == TOMORROW
    assert not TierOverride.objects.exists()


def test_each_change_says_until_when_it_lasted(owner: Member) -> None:
    ruth = counted_as("slipping")
    write_down_moves(TODAY, at=A_MORNING)
    set_tier(ruth, tier="core", reason="Ours", by=owner.actor, at=A_MORNING + timedelta(days=1))

    lasted = TierChange.objects.order_by("id").values_list("to_tier", "changed_on", "until_on")

    assert list(lasted) == [("slipping", TODAY, TOMORROW), ("core", TOMORROW, None)]


def test_the_history_begins_with_what_everyone_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ROWS_AT_FIRST", 2)
    people = [counted_as("active") for _ in range(3)]
    moved = counted_as("slipping")
    write_down_moves(TODAY, at=A_MORNING)

    assert (begin_history(TODAY, at=A_MORNING), begin_history(TODAY, at=A_MORNING)) == (3, 0)

    assert sorted(changes()) == [
        *((one.pk, "", "active", TODAY, "first") for one in people),
        (moved.pk, "active", "slipping", TODAY, "count"),
    ]


def test_the_first_count_has_the_history_begin() -> None:
    make_buyer(7)

    refreshed()

    assert Job.objects.get(name="insight.begin_history").due_at == A_MORNING


WAS_CORE = {"event": "tier_held", "where": [{"field": "tier", "is": "is", "value": "core"}]}


def found_on(day: date) -> list[int]:
    asked = {**WAS_CORE, "in": {"from": day.isoformat(), "to": day.isoformat()}}
    return list(compile_filter(asked, actor=SYSTEM, at=A_MORNING).values_list("pk", flat=True))


def test_a_list_finds_who_was_core_on_a_day(owner: Member) -> None:
    ruth, ever, never = (counted_as(tier, "") for tier in ("core", "core", "active"))
    write_down_moves(TODAY, at=A_MORNING)
    set_tier(ruth, tier="lost", reason="x", by=owner.actor, at=A_MORNING + timedelta(days=1))

    assert found_on(TODAY - timedelta(days=1)) == []
    assert sorted(found_on(TODAY)) == [ruth.pk, ever.pk]
    assert found_on(TOMORROW) == [ever.pk]
    assert never.pk not in found_on(TODAY)


def test_a_word_taken_back_is_a_change(owner: Member) -> None:
    ruth = counted_as("active")
    set_tier(ruth, tier="lost", reason="Moved", by=owner.actor, at=A_MORNING)

    take_back_tier(ruth, by=owner.actor, at=A_MORNING)

    assert [row[1:] for row in changes()] == [
        ("active", "lost", TODAY, "set"), ("lost", "active", TODAY, "taken_back"),
    ]  # fmt: skip


@pytest.mark.parametrize("until_on", [TODAY, date(2026, 1, 1)], ids=["today", "past"])
def test_a_word_cannot_end_before_it_begins(owner: Member, until_on: date) -> None:
    ruth = counted_as("active")

    with pytest.raises(EndIsPast):
        set_tier(ruth, tier="lost", reason="x", until_on=until_on, by=owner.actor, at=A_MORNING)

    assert changes() == []
