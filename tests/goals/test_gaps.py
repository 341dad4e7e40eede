"""Where goals are heading, whose call would close a gap, and that Today says so."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonDay
from regulars.customers.models import Customer
from regulars.goals.actions.goals import accept_goal, hand_back_goal
from regulars.goals.actions.progress import count_progress
from regulars.goals.choices import Counts
from regulars.goals.goal_words import ahead_words, gap_words, heading_of, pace_words
from regulars.goals.models import Goal, GoalCall, Progress
from regulars.goals.pacing import due_by
from regulars.goals.queries import gaps
from regulars.goals.queries.gaps import calls_today
from regulars.goals.queries.goals import Group, goal_for, goals_waiting_for
from regulars.goals.reasons import describe, gap_calls
from regulars.insight.calendar import OpenDays
from regulars.messaging.models import Hold
from regulars.orders.models import Seller
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.goals import make_goal, make_group
from tests.factories.insight import make_buyer
from tests.factories.orders import make_line, make_order
from tests.factories.planning import make_facts

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
EVEN = [Fraction(1)] * 12


def taken_on(at: datetime, member: Member, **over: object) -> Goal:
    return accept_goal(make_goal(at, member, **over), by=member.actor, at=at)


def test_each_day_open_brings_its_part() -> None:
    def due(today: date, closed: OpenDays) -> int:
        return due_by(
            today, 300_000, date(2026, 11, 1), date(2026, 11, 30), seasons=EVEN, is_by_day=True,
            calendar=closed,
        )  # fmt: skip

    never = OpenDays([])
    assert [due(day, never) for day in (date(2026, 10, 31), date(2026, 11, 15), TODAY)] == [
        0, 150_000, 240_000,
    ]  # fmt: skip
    assert due(date(2026, 11, 15), OpenDays([(date(2026, 11, 1), date(2026, 11, 10))])) == 75_000


def test_a_month_entered_is_shared_out_over_its_days() -> None:
    weights = [Fraction(1)] * 10 + [Fraction(3), Fraction(1)]

    due = due_by(
        date(2026, 11, 30), 400_000, date(2026, 11, 1), date(2026, 12, 31), seasons=weights,
        is_by_day=False, calendar=OpenDays([]),
    )  # fmt: skip

    assert due == 300_000


def a_steady_shop(orders_a_day: int = 1) -> None:
    """A year of days that are all alike: 100.00 each."""
    for _each in range(orders_a_day):
        make_buyer(*[1] * 364, last=TODAY - timedelta(days=1), spend=10_000)


@pytest.mark.parametrize(
    ("goal_minor", "heading"),
    [(200_000, "reached"), (290_000, "sure"), (400_000, "behind")],
)
def test_where_it_is_heading_is_what_the_band_says(
    manager: Member, at: datetime, goal_minor: int, heading: str
) -> None:
    a_steady_shop()
    goal = taken_on(at, manager, amount_minor=goal_minor)

    count_progress(at=at)

    row = Progress.objects.get(goal=goal)
    # 23 days are in, seven are to come, today among them.
    assert (row.sold_minor, row.low_minor, row.high_minor) == (230_000, 300_000, 300_000)
    assert heading_of(goal_for(SYSTEM, goal.pk), TODAY) == heading


def test_a_day_that_brings_more_than_was_foretold_counts_in_full(
    manager: Member, at: datetime
) -> None:
    a_steady_shop()
    make_order(make_customer(), TODAY, 2_000_000)
    goal = taken_on(at, manager, amount_minor=5_000_000)

    count_progress(at=at)

    row = Progress.objects.get(goal=goal)
    assert {row.sold_minor, row.low_minor, row.middle_minor, row.high_minor} == {2_230_000}


def test_without_ten_weeks_nobody_says_where_it_will_end(manager: Member, at: datetime) -> None:
    make_buyer(7, 7, last=TODAY, spend=10_000)
    goal = taken_on(at, manager)

    count_progress(at=at)

    found = goal_for(SYSTEM, goal.pk)
    assert heading_of(found, TODAY) == ""
    assert ahead_words(found, TODAY).startswith("Where it will end cannot be told yet")
    assert pace_words(found, TODAY) == (
        "At an even pace, by season and days open, £3,200 would be in by tonight."
    )


def a_regular(name: str, usual_minor: int, due_on: date = TODAY, **over: object) -> Customer:
    """Ten purchases of so much each; nothing of them in this month."""
    who = make_customer(name)
    make_facts(
        who, purchase_count=10, spend_minor=10 * usual_minor, due_on=due_on,
        last_on=date(2026, 10, 20), **over,
    )  # fmt: skip
    return who


@pytest.mark.parametrize("looked_at_first", [1, 3, 2_000])
def test_the_calls_are_those_whose_usual_purchase_closes_the_gap(
    manager: Member, at: datetime, looked_at_first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due before the end, the biggest usual purchase first, and no more than it takes; whether or
    not they are among those who are looked at first for all goals.
    """
    monkeypatch.setattr(gaps, "LOOKED_AT_FIRST", looked_at_first)
    big, small = a_regular("Big", 30_000), a_regular("Small", 12_000)
    a_regular("Not needed", 2_000)
    a_regular("Not due", 90_000, due_on=date(2026, 12, 1))
    a_regular("Lost", 90_000, lost_on=TODAY)
    a_regular("Cash sale", 90_000, crowd_sales=9)
    moved = a_regular("Moved away", 90_000)
    Hold.objects.create(customer=moved, kind="other", stops="selling", since=at)
    goal = taken_on(at, manager, amount_minor=40_000)

    for _count in range(2):
        count_progress(at=at)

    assert list(GoalCall.objects.values_list("customer_id", "usual_minor")) == [
        (big.pk, 30_000), (small.pk, 12_000),
    ]  # fmt: skip
    assert gap_words(goal_for(SYSTEM, goal.pk), [30_000, 12_000]) == (
        "£400 are missing. If these 2 customers each buy once as they usually do, the gap is"
        " closed."
    )


def test_a_gap_of_ones_own_or_of_goods_asks_only_those(manager: Member, at: datetime) -> None:
    mine, other = a_regular("Mine", 30_000), a_regular("Other", 30_000)
    mine.manager = manager
    mine.save(update_fields=["manager"])
    here = Seller.objects.create(source="till", words="4", member=manager)
    make_line(make_order(other, date(2026, 10, 20), seller=here), "Seeded rye")
    bread = make_group(at, "Bread", words="rye")
    own = taken_on(at, manager, counts=Counts.OWN)
    goods = taken_on(at, manager, group=Group("goods", goods_id=bread.pk))
    theirs = taken_on(at, manager, counts=Counts.SOLD)

    count_progress(at=at)

    assert set(GoalCall.objects.values_list("goal_id", "customer_id")) == {
        (own.pk, mine.pk), (goods.pk, other.pk), (theirs.pk, other.pk),
    }  # fmt: skip


def test_only_a_goal_that_was_taken_on_is_a_reason_and_it_says_which(
    manager: Member, at: datetime
) -> None:
    big = a_regular("Big", 30_000)
    goal = make_goal(at, manager, amount_minor=20_000)
    asked = ReasonDay(TODAY, at.tzinfo)  # type: ignore[arg-type]
    count_progress(at=at)
    assert list(gap_calls(asked)) == []

    accept_goal(goal, by=manager.actor, at=at)
    count_progress(at=at)

    [row] = gap_calls(asked)
    assert (row["customer_id"], row["subject"]) == (big.pk, f"{goal.pk}:30000")
    told = describe([row["subject"]])[row["subject"]]
    assert told.sentence == (
        "All customers: £0.00 of £200, 0 %; 6 days are left. A purchase as they usually make it"
        " brings about £300."
    )
    hand_back_goal(goal, words="No", by=manager.actor, at=at)
    assert list(gap_calls(asked)) == []
    assert "stands no longer" in describe([row["subject"]])[row["subject"]].sentence


def test_whom_two_goals_ask_for_is_one_customer_to_call(
    client: Client, manager: Member, at: datetime
) -> None:
    for name in ("Big", "Small"):
        a_regular(name, 30_000 if name == "Big" else 20_000)
    for _each in range(2):
        taken_on(at, manager, amount_minor=50_000)
    count_progress(at=at)
    client.force_login(manager)

    home = client.get("/goals/").content.decode()

    assert GoalCall.objects.count() == 4
    assert "2 customers are due before a goal ends" in home
    assert home.count("usually buys for £") == 2
    assert [one.customer.name for one in calls_today(manager.actor, TODAY)] == ["Big", "Small"]


def test_today_says_that_a_goal_ends_below_and_nothing_of_a_weak_day(
    client: Client, manager: Member, owner: Member, at: datetime
) -> None:
    """Of those whose it is, and only where the whole band lies below it."""
    a_steady_shop()
    taken_on(at, manager, amount_minor=290_000)
    client.force_login(manager)

    def head() -> str:
        count_progress(at=at)
        return client.get("/").content.decode()

    enough = head()
    short = taken_on(at, manager, amount_minor=400_000)
    below = head()
    make_goal(at, manager, amount_minor=900_000)
    offered = head()
    client.force_login(owner)
    of_another = head()

    assert "of your goals will not be reached" not in enough
    assert "1 of your goals will not be reached as things go" in below
    assert "1 goal is offered to you, " in offered
    assert "1 of your goals will not be reached as things go" in offered
    assert "goals will not be reached" not in of_another
    with CaptureQueriesContext(connection) as asked:
        days = (short.from_on, short.until_on, short.until_on + timedelta(days=1))
        told = [goals_waiting_for(manager.actor, day, "GBP") for day in days]
    assert [(one.unanswered, one.behind) for one in told] == [(1, 1), (1, 1), (0, 0)]
    before = goals_waiting_for(manager.actor, short.from_on - timedelta(days=1), "GBP")
    assert (before.unanswered, before.behind) == (1, 0)
    assert goals_waiting_for(manager.actor, TODAY, "USD").unanswered == 0
    # One question each, the SQL of which is made once.
    assert len(asked) == 3


def test_the_page_shows_where_it_ends_and_whom_to_call(
    client: Client, manager: Member, at: datetime
) -> None:
    a_steady_shop(3)
    big = a_regular("Big Baker", 30_000)
    goal = taken_on(at, manager, amount_minor=2_000_000)
    count_progress(at=at)
    client.force_login(manager)

    page = client.get(reverse("goals:show", args=[goal.pk])).content.decode()

    assert "That is below the goal: something has to happen." in page
    assert reverse("customers:detail", args=[big.pk]) in page
    home = client.get("/goals/").content.decode()
    assert "8 times in 10" in home
    assert "usually buys for £300" in home
