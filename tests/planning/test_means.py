"""By which means each can be reached: how they answer, what they asked for, how far they live."""

from datetime import timedelta

import pytest

from regulars.consent.choices import Channel
from regulars.consent.models import Wish
from regulars.conversations.choices import Direction, Outcome
from regulars.customers.models import Customer
from regulars.planning import day_sql
from regulars.planning.candidates import Candidate
from regulars.planning.knapsack import BITS
from regulars.planning.means import answering
from regulars.planning.models import FirstTouch, PlanItem, Shortlist
from regulars.planning.priors import ANSWERS_LEAST, ANSWERS_MOST
from regulars.planning.shortlists import read
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.planning import MORNING, TODAY, items_of, make_due, names_of, plan_today
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
LONG_AGO = MORNING - timedelta(days=100)


def tried(customer: Customer, times: int, outcome: Outcome, channel: str = "call") -> None:
    """Calls before the business went live, so that they are no touches that begin a cadence."""
    for nth in range(times):
        make_touch(customer, LONG_AGO - timedelta(days=nth), channel=channel, outcome=outcome)


def planned(manager: Member) -> PlanItem:
    plan_today()
    [item] = items_of(manager)
    return item


def test_who_never_answers_a_call_gets_a_note(manager: Member) -> None:
    ruth = make_due(manager=manager, address="8 Weir Cottages")
    tried(ruth, 5, Outcome.NO_ANSWER)

    item = planned(manager)

    assert item.channel == Channel.NOTE
    assert item.why_channel({"phone", "address"}) == [
        "A call matters less to them than this: they said so, or seldom answer."
    ]


def test_who_answers_calls_is_called(manager: Member) -> None:
    ruth = make_due(manager=manager, address="8 Weir Cottages")
    tried(ruth, 5, Outcome.REACHED)

    assert planned(manager).channel == Channel.CALL


def test_what_they_asked_for_goes_first(manager: Member) -> None:
    ruth = make_due(manager=manager, address="8 Weir Cottages")
    Wish.objects.create(customer=ruth, channel="note", changed_at=MORNING)

    assert planned(manager).channel == Channel.NOTE


def test_a_few_tries_say_little_and_none_say_nothing() -> None:
    assert answering(Channel.CALL, 0, 0) == 1.0
    assert 0.7 < answering(Channel.CALL, 1, 0) < 1.0 < answering(Channel.CALL, 1, 1) < 1.3
    assert answering(Channel.CALL, 1000, 0) == ANSWERS_LEAST
    assert answering(Channel.EMAIL, 1000, 1000) == ANSWERS_MOST
    assert answering(Channel.NOTE, 9, 0) == 1.0


def test_an_email_is_answered_when_something_comes_back(business: Business) -> None:
    member = make_member("manager", minutes=3)
    ruth, samuel = (
        make_due(name, manager=member, email=f"{name[0]}@example.org", stake=500)
        for name in ("Ruth Calloway", "Samuel Birch")
    )
    for one in (ruth, samuel):
        make_decision(one)
        tried(one, 3, Outcome.SENT, "email")
    make_touch(samuel, LONG_AGO, channel="email", direction=Direction.IN, outcome=Outcome.REACHED)

    plan_today()

    assert names_of(member) == ["Samuel Birch"]


def test_who_agreed_to_texts_can_be_texted(business: Business) -> None:
    member = make_member("manager", minutes=2)
    make_decision(make_due(manager=member), channel="text")
    make_due("Samuel Birch", manager=member, stake=90_000)

    item = planned(member)

    assert (item.channel, item.minutes, item.customer.name) == ("text", 2, "Ruth Calloway")
    assert item.values["open"] == BITS[Channel.CALL] | BITS[Channel.TEXT]
    assert item.why_channel({"phone"})[1:2] == ["A call would count for more, but takes 6 minutes."]


def test_the_way_to_a_visit_takes_minutes(business: Business, manager: Member) -> None:
    Business.objects.update(street="1 Mill Lane", postcode="1012", city="Ghent")
    far = make_due(manager=manager, tier="core", phone=None, address="8 Weir Cottages")
    far.contact_points.update(postcode="1019", city="Elsewhere", street="8 Weir Cottages")

    item = planned(manager)

    assert item.channel == Channel.VISIT
    assert item.minutes == 12 + 20
    assert item.values["takes"] == {"visit": 32}


def test_many_touches_of_late_weigh_on_the_next(business: Business) -> None:
    member = make_member("manager", minutes=6)
    for name in ("Ruth Calloway", "Samuel Birch"):
        one = make_due(name, manager=member, stake=1000)
        if name == "Ruth Calloway":
            for days in (20, 22, 24):
                at = MORNING - timedelta(days=days)
                make_touch(one, at, channel="email", outcome=Outcome.SENT)

    plan_today()

    assert names_of(member) == ["Samuel Birch"]


@pytest.mark.parametrize(("keeps", "stands"), [(1.15, "Samuel Birch"), (1.0, "Ruth Calloway")])
def test_who_stood_on_the_last_list_keeps_a_place(
    business: Business, monkeypatch: pytest.MonkeyPatch, keeps: float, stands: str
) -> None:
    member = make_member("manager", minutes=6)
    samuel = make_due("Samuel Birch", manager=member, stake=1000)
    FirstTouch.objects.update(due_on=TODAY - timedelta(days=1))
    plan_today(day=TODAY - timedelta(days=1))
    assert PlanItem.objects.filter(customer=samuel).exists()
    make_due(manager=member, stake=1100)
    told = day_sql.STOOD.replace("1.15", str(keeps))
    monkeypatch.setattr("regulars.planning.candidates.STOOD", told)

    plan_today()

    assert names_of(member) == [stands]


@pytest.mark.parametrize(
    ("silent_days", "left_word", "called"),
    [(31, False, "Samuel Birch"), (290, False, "Ruth Calloway"), (31, True, "Ruth Calloway")],
)
def test_who_could_be_visited_waits_for_it_unless_late_or_for_a_matter_of_their_own(
    business: Business, silent_days: int, left_word: bool, called: str
) -> None:
    Business.objects.update(live_since=TODAY - timedelta(days=365))
    member = make_member("manager", minutes=6)
    ruth = make_due(manager=member, tier="core", stake=33_000, address="8 Weir Cottages")
    samuel = make_due("Samuel Birch", manager=member, tier="core", stake=30_000)
    for one in (ruth, samuel):
        make_touch(one, MORNING - timedelta(days=silent_days))
        if left_word:
            yesterday = MORNING - timedelta(days=1)
            make_touch(one, yesterday, direction=Direction.IN, outcome=Outcome.MESSAGE)

    plan_today()

    assert names_of(member) == [called]
    assert items_of(member)[0].channel == Channel.CALL


def test_a_shortlist_knows_how_late_each_is_and_one_without_that_still_reads(
    business: Business,
) -> None:
    Business.objects.update(live_since=TODAY - timedelta(days=365))
    member = make_member("manager", minutes=6)
    ruth = make_due(manager=member, tier="core", address="8 Weir Cottages")
    make_touch(ruth, MORNING - timedelta(days=31))
    plan_today()
    [row] = Shortlist.objects.get(plan__member=member).candidates
    without = [*row[: (place := Candidate._fields.index("overdue"))], *row[place + 1 :]]

    found = [{o.channel: round(o.matters, 2) for o in one.options} for one in read([row, without])]

    # They answered one call, and so answer more likely than anybody.
    assert found == [{"visit": 0.6, "call": 0.28}, {"visit": 0.6, "call": 0.38}]
