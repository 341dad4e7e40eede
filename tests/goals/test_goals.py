"""Goals: offered, taken on, passed on or handed back; and how far they are."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import Job
from regulars.goals.actions.goals import (
    accept_goal,
    hand_back_goal,
    hand_over_goal,
    put_goal_back,
    remove_goal,
    set_goal,
)
from regulars.goals.actions.progress import PROGRESS_JOB, count_progress
from regulars.goals.choices import Answer, Counts
from regulars.goals.errors import GoalChanged, GoalNotPossible, NotYourGoal, OnlyOwners
from regulars.goals.goal_words import counts_words, far_words, group_words, period_words
from regulars.goals.models import Goal, Progress
from regulars.goals.queries.goals import Group, customers_in, goal_for
from regulars.insight.models import TierChange
from regulars.lists.models import Segment, SegmentMember
from regulars.orders.choices import OrderKind
from regulars.orders.models import Seller
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.goals import make_goal, make_group, told_goal
from tests.factories.orders import make_line, make_order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def sold(goal: Goal) -> tuple[int, int]:
    row = Progress.objects.get(goal=goal)
    return row.sold_minor, row.orders


def test_a_goal_is_offered_and_taken_on(owner: Member, manager: Member, at: datetime) -> None:
    goal = set_goal(told_goal(manager), by=owner.actor, at=at)

    assert (goal.answer, goal.answered_at) == (Answer.OFFERED, None)
    accepted = accept_goal(goal, by=manager.actor, at=at)
    assert (accepted.answer, accepted.answered_at) == (Answer.ACCEPTED, at)
    assert Job.objects.filter(name=PROGRESS_JOB).count() == 1


def test_what_one_gives_to_oneself_is_taken_on(owner: Member, at: datetime) -> None:
    assert set_goal(told_goal(owner), by=owner.actor, at=at).is_accepted


def test_nobody_says_yes_for_another(owner: Member, manager: Member, at: datetime) -> None:
    goal = make_goal(at, manager)

    with pytest.raises(NotYourGoal):
        accept_goal(goal, by=owner.actor, at=at)


def test_passed_on_it_is_offered_to_the_colleague(
    manager: Member, helper: Member, at: datetime
) -> None:
    goal = accept_goal(make_goal(at, manager), by=manager.actor, at=at)

    there = hand_over_goal(goal, to_id=helper.pk, words="Ife knows them", by=manager.actor, at=at)

    assert (there.manager, there.answer, there.words) == (helper, Answer.OFFERED, "Ife knows them")
    with pytest.raises(NotYourGoal):
        hand_back_goal(there, words="no", by=manager.actor, at=at)
    # From a page that was opened before it was passed on.
    with pytest.raises(GoalChanged):
        hand_back_goal(goal, words="no", by=manager.actor, at=at)


def test_what_nobody_has_nobody_takes_on(manager: Member, at: datetime) -> None:
    goal = make_goal(at, manager, manager_id=None)

    with pytest.raises(GoalNotPossible, match="Nobody has this goal yet"):
        accept_goal(goal, by=SYSTEM, at=at)


def test_handed_back_it_says_why(manager: Member, at: datetime) -> None:
    goal = make_goal(at, manager)

    with pytest.raises(Refusal, match="Say in a word why"):
        hand_back_goal(goal, words=" ", by=manager.actor, at=at)
    back = hand_back_goal(goal, words="Too few of them", by=manager.actor, at=at)

    assert (back.answer, back.words, back.said_by) == (Answer.RETURNED, "Too few of them", manager)


def test_changed_it_is_offered_anew_and_unchanged_it_is_not(
    owner: Member, manager: Member, at: datetime
) -> None:
    goal = accept_goal(make_goal(at, manager), by=manager.actor, at=at)

    same = set_goal(told_goal(manager), by=owner.actor, at=at, goal=goal)
    more = set_goal(told_goal(manager, amount_minor=500_000), by=owner.actor, at=at, goal=goal)

    assert (same.answer, more.answer) == (Answer.ACCEPTED, Answer.OFFERED)


def test_only_owners_set_and_take_away_and_it_can_be_put_back(
    owner: Member, manager: Member, at: datetime
) -> None:
    goal = make_goal(at, manager)

    with pytest.raises(OnlyOwners):
        set_goal(told_goal(manager), by=manager.actor, at=at)
    with pytest.raises(OnlyOwners):
        remove_goal(goal, by=manager.actor, at=at)
    remove_goal(goal, by=owner.actor, at=at)
    assert Goal.objects.standing().count() == 0
    put_goal_back(goal_for(owner.actor, goal.pk, is_removed=True), by=owner.actor, at=at)
    assert Goal.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"amount_minor": 0}, "reached already"),
        ({"until_on": TODAY - timedelta(days=99)}, "or later"),
        ({"until_on": TODAY + timedelta(days=1_200)}, "Three years"),
        ({"currency": "USD"}, "no rates of exchange"),
        ({"manager_id": None, "counts": Counts.OWN}, "as long as nobody has the goal"),
        ({"manager_id": None, "counts": Counts.SOLD}, "as long as nobody has the goal"),
        ({"group": Group("tier", tier="core")}, "Nobody is in this group"),
        ({"group": Group("region", place_kind="city", place="Atlantis")}, "Nobody is in"),
    ],
)
def test_what_cannot_be_gets_a_sentence(
    manager: Member, at: datetime, over: dict[str, object], said: str
) -> None:
    with pytest.raises(Refusal) as no:
        set_goal(told_goal(manager, **over), by=SYSTEM, at=at)

    assert said in f"{no.value.sentence} {no.value.remedy}"
    assert Goal.objects.count() == 0


def test_a_manager_who_left_gets_no_goal(manager: Member, viewer: Member, at: datetime) -> None:
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    for gone in (manager, viewer):
        with pytest.raises(Refusal, match="not on the team any more, or only looks on"):
            set_goal(told_goal(gone), by=SYSTEM, at=at)


def test_what_counts_is_net_of_the_days_and_of_the_currency(manager: Member, at: datetime) -> None:
    ruth = make_customer(manager=manager)
    make_order(ruth, date(2026, 10, 31), 99_900)
    make_order(ruth, date(2026, 11, 1), 10_000)
    make_order(None, date(2026, 11, 24), 5_000)
    make_order(ruth, date(2026, 11, 5), -2_000, kind=OrderKind.CANCELLATION)
    make_order(ruth, date(2026, 11, 6), 7_000, currency="USD")
    every, own = make_goal(at, manager), make_goal(at, manager, counts=Counts.OWN)

    count_progress(at=at)

    assert (sold(every), sold(own)) == ((13_000, 2), (8_000, 1))
    assert (
        far_words(goal_for(SYSTEM, own.pk), TODAY, "GBP")
        == "£80.00 of £4,000, 2 %; 6 days are left."
    )


def test_what_somebody_sold_counts_for_them_whoever_bought_it(
    manager: Member, owner: Member, at: datetime
) -> None:
    here = Seller.objects.create(source="till", words="4", member=manager)
    other = Seller.objects.create(source="till", words="5", member=owner)
    ruth = make_customer(manager=owner)
    for seller, minor in ((here, 10_000), (other, 500), (None, 30)):
        make_line(make_order(ruth, date(2026, 11, 6), minor, seller=seller), "Seeded rye", minor)
    make_order(None, date(2026, 11, 7), 2_000, seller=here)
    bread = make_group(at, "Bread", words="rye")
    own, sold_by, goods = (
        make_goal(at, manager, **over)
        for over in (
            {"counts": Counts.OWN}, {"counts": Counts.SOLD},
            {"counts": Counts.SOLD, "group": Group("goods", goods_id=bread.pk)},
        )
    )  # fmt: skip

    count_progress(at=at)

    assert [sold(one) for one in (own, sold_by, goods)] == [(0, 0), (12_000, 2), (10_000, 1)]
    assert [group_words(goal_for(SYSTEM, one.pk)) for one in (sold_by, goods)] == [
        f"Sold by {manager.name}", f"Bread, sold by {manager.name}",
    ]  # fmt: skip
    assert [counts_words(goal_for(SYSTEM, one.pk)) for one in (sold_by, goods)] == [
        f"Counted is what {manager.name} sold, whoever bought it.",
        f"Counted is what {manager.name} sold of it, whoever bought it.",
    ]
    every, own = (
        make_goal(at, manager, group=Group("goods", goods_id=bread.pk), counts=counts)
        for counts in (Counts.ALL, Counts.OWN)
    )
    assert [counts_words(goal_for(SYSTEM, one.pk)) for one in (every, own)] == [
        "Counted is all that is sold of it, whoever buys it.",
        f"Counted is what customers buy of it whom {manager.name} looks after.",
    ]


def test_each_group_counts_its_own(manager: Member, at: datetime) -> None:
    ruth, hugo, late = make_customer("Ruth Calloway"), make_customer("Hugo"), make_customer("Late")
    for who, tier in ((ruth, "core"), (hugo, "active")):
        TierChange.objects.create(
            customer=who, to_tier=tier, changed_on=date(2026, 6, 1), written_at=at, why="first"
        )
    # Since the goal began she slipped: what she buys counts all the same.
    TierChange.objects.filter(customer=ruth).update(until_on=date(2026, 11, 10))
    TierChange.objects.create(
        customer=ruth, from_tier="core", to_tier="slipping", changed_on=date(2026, 11, 10),
        written_at=at, why="count",
    )  # fmt: skip
    make_point(ruth, "address", "1 Weir Lane", city="Ambley", country="GB")
    make_point(ruth, "address", "Far", city="Elsewhere", is_primary=False)
    cafes = Segment.objects.create(name="Cafés", created_at=at, changed_at=at)
    SegmentMember.objects.create(segment=cafes, customer=hugo, entered_at=at)
    bread = make_group(at, "Bread", words="rye")
    for who, minor in ((ruth, 1_000), (hugo, 200), (late, 30)):
        order = make_order(who, date(2026, 11, 20), minor)
        make_line(order, "Seeded rye", minor - 10)
        make_line(order, "Tea", 10)
    goals = [
        make_goal(at, manager, group=group)
        for group in (
            Group("tier", tier="core"), Group("tier", tier="active"), Group("tier", tier="new"),
            Group("region", place_kind="city", place="Ambley"),
            Group("segment", segment_id=cafes.pk), Group("goods", goods_id=bread.pk),
        )
    ]  # fmt: skip

    count_progress(at=at)

    assert [sold(one)[0] for one in goals] == [1_000, 200, 30, 1_000, 200, 1_200]


def test_a_goal_of_a_sales_region_counts_what_was_sold_there(
    manager: Member, helper: Member, at: datetime
) -> None:
    sellers = [
        Seller.objects.create(source="till", words=str(nth), region=region, member=member)
        for nth, (region, member) in enumerate(
            (("Harbour", manager), ("Harbour", helper), ("Moor", helper))
        )
    ]
    ruth, hugo = make_customer("Ruth Calloway"), make_customer("Hugo")
    for who, seller, minor in (
        (ruth, sellers[0], 1_000), (hugo, sellers[1], 200), (None, sellers[1], 50),
        (hugo, sellers[2], 30), (ruth, None, 7),
    ):  # fmt: skip
        make_order(who, date(2026, 11, 20), minor, seller=seller)
    harbour = Group("region", place_kind="area", place="Harbour")
    all_of_it = make_goal(at, manager, group=harbour)
    of_helper = make_goal(at, helper, group=harbour, counts="sold")

    count_progress(at=at)

    assert [sold(one) for one in (all_of_it, of_helper)] == [(1_250, 3), (250, 2)]
    assert set(customers_in(harbour, at.date())) == {ruth, hugo}
    assert [group_words(one) for one in (all_of_it, of_helper)] == [
        "Sold in Harbour", f"Sold in Harbour, sold by {helper.name}",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="Nobody is in"):
        make_goal(at, manager, group=Group("region", place_kind="area", place="Nowhere"))


def test_as_many_statements_for_three_goals_as_for_one(manager: Member, at: datetime) -> None:
    make_order(make_customer(), TODAY, 1_000)

    def asked() -> int:
        make_goal(at, manager)
        with CaptureQueriesContext(connection) as seen:
            count_progress(at=at)
        return len(seen)

    first = asked()
    asked()

    assert asked() == first


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
        (date(2026, 10, 1), date(2026, 12, 31), "October to December 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 11, 1), date(2027, 1, 31), "November 2026 to January 2027"),
    ],
)
def test_a_period_is_said_as_people_say_it(first: date, last: date, said: str) -> None:
    assert period_words(first, last) == said
