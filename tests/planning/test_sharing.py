"""On whose list a customer is: with whoever covers for who is away, or shared fairly."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.planning.actions import hand_over_item, put_off_item, snooze_item
from regulars.planning.ahead import week_ahead
from regulars.planning.errors import CannotHandOver
from regulars.planning.models import Plan, PlanItem
from regulars.planning.receivers import plan_on_absence
from regulars.planning.sharing import PARTS, STEP, Load, homes_on, shares_of, split
from regulars.planning.why_not import why_not_today
from regulars.promises.queries import due_now
from regulars.team.events import AbsenceChanged
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.planning import (
    MORNING,
    TODAY,
    items_of,
    make_facts,
    names_of,
    plan_today,
    touched,
)
from tests.factories.promises import make_one
from tests.factories.team import away, make_member

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
# Both by the same: minutes, and what they got of what they had.
MINUTES = st.dictionaries(st.integers(1, 9), st.integers(1, 480), min_size=1)


def silent(name: str, manager: Member, days: int, tier: str = "active", **over: Any) -> None:
    """Somebody of a tier of every 60 days who has not heard from us for so many."""
    customer = make_customer(name, manager=manager, phone="020 7946 0991", **over)
    make_facts(customer, tier=tier)
    touched(customer, days)


def test_what_cannot_wait_goes_to_whoever_covers_and_a_cadence_waits(
    owner: Member, manager: Member
) -> None:
    """Of every 60 days; back on Saturday, in four: up to 86 days of silence can wait."""
    silent("Just due", manager, 62)
    silent("Late already", manager, 88)
    promised = make_customer("Promised", manager=manager, phone="020 7946 0991")
    make_one(MORNING, days=0.2, customer=promised, keeper=manager)
    away(manager, covered_by=owner)

    plan_today()

    assert names_of(manager) == []
    assert (Plan.objects.get(member=manager).minutes, names_of(manager, "waiting")) == (0, [])
    assert sorted(names_of(owner)) == ["Late already", "Promised"]


def test_today_says_for_whom_and_why_another_waits(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    silent("Late already", manager, 88)
    silent("Just due", manager, 62)
    away(manager, covered_by=owner)
    plan_today()

    page = client_of(owner).get("/").content.decode()
    theirs = client_of(manager).get("/").content.decode()

    assert "for Tomasz, who is away until Friday" in page
    assert "You are away until Friday, so there is no list." in theirs
    assert "What cannot wait is with Nora Lindqvist." in theirs
    waits = why_not_today(_called("Just due"), actor=owner.actor, at=at)
    assert waits.sentences == ["Can wait for Tomasz, who is away and back on Saturday 28 November."]


def _called(name: str) -> Customer:
    return Customer.objects.get(name=name)


def test_without_a_name_those_with_time_share_and_helpers_do_not(
    owner: Member, manager: Member, helper: Member
) -> None:
    olga = make_member("manager", name="Olga Brandt")
    make_member("manager", name="No minutes", minutes=0)
    for nth in range(8):
        # Who gets whom is told by the number; the same ones in every run.
        silent(f"Late {nth}", manager, 100, pk=1_001 + nth)
    away(manager)

    plan_today()

    assert names_of(helper) == []
    counts = Counter(
        PlanItem.objects.filter(plan__day=TODAY, state__in=["open", "waiting"]).values_list(
            "plan__member__name", flat=True
        )
    )
    assert set(counts) == {owner.name, olga.name}
    assert abs(counts[owner.name] - counts[olga.name]) <= 2


def test_paying_customers_do_not_go_to_who_serves_departments_alone(
    owner: Member, manager: Member
) -> None:
    """And departments do, where somebody is there for them."""
    inward = make_member("manager", name="Only Inward")
    make_customer("Kitchen", kind="department", manager=inward)
    olga = make_member("manager", name="Olga Brandt")

    homes = homes_on(TODAY, [owner, manager, inward, olga])

    assert [pk for pk, _part in homes.shares] == sorted([owner.pk, manager.pk, olga.pk])
    assert homes.department_shares == [(inward.pk, PARTS)]
    make_customer("A payer", manager=inward)
    assert inward.pk in dict(homes_on(TODAY, [owner, manager, inward, olga]).shares)


@settings(deadline=None)
@given(MINUTES)
def test_shares_go_by_minutes_where_all_are_as_full(minutes: dict[int, int]) -> None:
    shares = shares_of(minutes, {pk: Load(30, 60) for pk in minutes})

    whole = sum(minutes.values())
    assert [pk for pk, _bound in shares] == sorted(minutes)
    assert shares[-1][1] == PARTS
    parts = split(PARTS, shares)
    for pk, count in minutes.items():
        assert abs(parts[pk] - PARTS * count / whole) <= 1.001


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_whoever_had_less_to_do_never_gets_less(fullness: list[float]) -> None:
    load = {pk: Load(round(1000 * full), 1000) for pk, full in enumerate(fullness, start=1)}

    parts = split(PARTS, shares_of(dict.fromkeys(load, 60), load))

    emptiest_first = sorted(load, key=lambda pk: load[pk].got)
    given_to = [parts[pk] for pk in emptiest_first]
    # But for what is rounded to whole parts.
    assert all(a >= b - 1 for a, b in pairwise(given_to))
    assert max(given_to) <= 9 * max(1, min(given_to)) + 9


def test_an_uneven_load_closes_by_itself() -> None:
    """Two with the same minutes, of whom one was full and one was idle; 40 to share a day."""
    days = {1: [60] * 28, 2: [0] * 28}
    for _day in range(28):
        load = {pk: Load(sum(got[-28:]), 28 * 60) for pk, got in days.items()}
        for pk, count in split(10, shares_of({1: 60, 2: 60}, load)).items():
            days[pk].append(count * 6)

    lately = {pk: sum(got[-5:]) for pk, got in days.items()}
    assert days[2][28] > 2 * days[1][28]
    assert abs(lately[1] - lately[2]) <= 0.25 * sum(lately.values())


def test_neighbours_fall_apart() -> None:
    """However few: of any ten numbers in a row three to seven are in the first half."""
    for start in range(3_000):
        first = sum((n * STEP) % PARTS < PARTS // 2 for n in range(start, start + 10))
        assert 3 <= first <= 7


def test_what_was_got_of_late_counts(owner: Member, manager: Member) -> None:
    yesterday = TODAY - timedelta(days=1)
    plan = Plan.objects.create(member=owner, day=yesterday, minutes=60, made_at=MORNING)
    Plan.objects.create(member=manager, day=yesterday, minutes=60, made_at=MORNING)
    for nth in range(10):
        PlanItem.objects.create(
            plan=plan, customer=make_customer(f"Got {nth}"), position=nth, channel="call",
            purpose="serve", minutes=6, reason="cadence_due", due_on=yesterday, state="done",
        )  # fmt: skip

    parts = split(PARTS, homes_on(TODAY, [owner, manager]).shares)

    assert parts[manager.pk] > 2 * parts[owner.pk]


def test_promises_of_who_is_away_are_kept_by_whoever_covers(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    olga = make_member("manager", name="Olga Brandt")
    customer = make_customer("Ruth Calloway", manager=manager)
    make_one(at - timedelta(days=2), days=1, customer=customer, keeper=manager)
    one = away(manager, covered_by=olga)

    assert due_now(olga.actor, at, at).late == 1
    assert due_now(owner.actor, at, at).late == 0
    assert (
        "Call back about the rye" in client_of(olga).get("/promises/?whose=mine").content.decode()
    )

    one.covered_by = None
    one.save()
    assert (due_now(olga.actor, at, at).late, due_now(owner.actor, at, at).late) == (0, 1)


def test_who_is_ill_this_morning_is_off_the_list_and_what_was_done_stays(
    owner: Member, manager: Member, at: datetime
) -> None:
    for nth in range(4):
        silent(f"Late {nth}", manager, 100 + nth)
    plan_today()
    later, off, *_rest = items_of(manager)
    snooze_item(later, until="afternoon", by=manager.actor, at=at)
    put_off_item(off, by=manager.actor, at=at)

    away(manager, covered_by=owner, kind="ill")
    plan_today()

    assert [item.customer_id for item in items_of(manager, "not_now")] == [off.customer_id]
    assert (items_of(manager), items_of(manager, "snoozed")) == ([], [])
    assert later.customer_id in {item.customer_id for item in items_of(owner)}
    assert len(items_of(owner)) == 3


def test_nobody_is_handed_to_who_is_away_and_who_was_comes_back(
    owner: Member, manager: Member, at: datetime
) -> None:
    silent("Hers", owner, 100)
    plan_today()
    (item,) = items_of(owner)
    hand_over_item(item, to=manager, for_good=False, by=owner.actor, at=at)
    away(manager, covered_by=owner)

    plan_today()

    assert [one.customer.name for one in items_of(owner)] == ["Hers"]
    assert items_of(manager) == []
    with pytest.raises(CannotHandOver, match="Tomasz Wilk is away until Friday"):
        hand_over_item(items_of(owner)[0], to=manager, for_good=False, by=owner.actor, at=at)


def test_lists_of_today_are_made_anew_where_it_is_about_today(
    business: Business, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "regulars.planning.receivers.enqueue", lambda name, **_values: asked.append(name)
    )

    plan_on_absence(AbsenceChanged(owner.pk, "2026-11-24", "2026-11-30"), at)
    assert asked == []
    plan_today()
    plan_on_absence(AbsenceChanged(owner.pk, "2026-11-25", "2026-11-30"), at)
    plan_on_absence(AbsenceChanged(owner.pk, "2026-11-20", "2026-11-24"), at)
    assert asked == ["planning.make_plans"]


def test_the_week_and_the_team_say_who_is_away(
    client_of: ClientOf, business: Business, owner: Member, manager: Member
) -> None:
    away(manager, 0, 1, covered_by=owner)

    (theirs,) = [
        one for one in week_ahead(COMMAND, business, TODAY).members if one.member == manager
    ]
    here = client_of(owner)
    week = here.get("/plan/week").content.decode()
    team = here.get("/plan/team").content.decode()

    assert [(day.is_away, day.minutes) for day in theirs.days[:3]] == [
        (True, 0), (True, 0), (False, 60),
    ]  # fmt: skip
    assert week.count(">away<") == 2
    assert "of 0" not in week
    assert "Tomasz Wilk is away until tomorrow; Nora Lindqvist covers." in team


def test_as_many_questions_for_one_away_as_for_three(business: Business, owner: Member) -> None:
    members = [make_member("manager", name=f"Manager {nth}") for nth in range(3)]

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            homes_on(TODAY, [owner, *members])
        return len(asked)

    away(members[0])
    one = count()
    away(members[1], covered_by=owner)
    away(members[2], covered_by=members[1])
    assert count() == one
