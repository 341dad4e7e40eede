"""Whom nobody has minutes for: a text goes by itself, once somebody or a setting lets it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.consent.choices import Decision
from regulars.conversations.models import Touch
from regulars.core import clock, jobs
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.core.events import deliver_events
from regulars.customers.models import Customer
from regulars.messaging import sending
from regulars.messaging.actions.texts import bring_starters
from regulars.messaging.models import Message, Template
from regulars.planning.actions import undo_item
from regulars.planning.automatic import automatic_as_set, automatic_now, set_automatic
from regulars.planning.errors import NothingToUndo, NotToday, TextUnfit
from regulars.planning.letting_go import call_back, let_go
from regulars.planning.models import AutomaticText, PlanItem
from regulars.planning.pressing import put_first
from regulars.planning.queries import is_begun, list_of
from regulars.planning.why_not import why_not_today
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.messaging import Carrier
from tests.factories.planning import TODAY, make_due, names_of, plan_of, plan_today, touched
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.fixture
def ask_text(business: Business, owner: Member) -> Template:
    """“First touch” goes by this text where nobody has the minutes."""
    bring_starters(by=SYSTEM, at=NOON)
    text = Template.objects.get(source="starter:what-matters")
    set_automatic({"no_touch_yet": text.pk}, most=2, unasked=False, by=owner.actor, at=NOON)
    return text


@pytest.fixture
def tomasz(business: Business) -> Member:
    """Six minutes: one call fits."""
    return make_member("manager", minutes=6)


def mailed(name: str, manager: Member, stake: int, **over: Any) -> Customer:
    """Somebody who can be written to, and by no other means."""
    email = f"{name.lower()}@mail.example"
    customer = make_due(name, manager=manager, stake=stake, phone=None, email=email, **over)
    make_decision(customer)
    make_decision(customer, "call", Decision.WITHDRAWN)
    return customer


@pytest.fixture
def some(ask_text: Template, tomasz: Member) -> list[Customer]:
    """One is called; of three who can be written to alone, none fits after that."""
    make_due("Ruth", manager=tomasz, stake=90_000_000)
    found = [mailed(name, tomasz, stake) for name, stake in
             (("Samuel", 900), ("Joss", 800), ("Ida", 700))]  # fmt: skip
    plan_today()
    return found


def may_go(member: Member) -> list[str]:
    return [one.item.customer.name for one in list_of(member.actor, member, TODAY).may_go]


def test_who_does_not_fit_and_can_be_written_to_may_go_the_most_worthy_first(
    some: list[Customer], tomasz: Member
) -> None:
    found = list_of(tomasz.actor, tomasz, TODAY)

    assert names_of(tomasz) == ["Ruth"]
    assert may_go(tomasz) == ["Samuel", "Joss"]
    assert [one.item.customer.name for one in found.waiting] == ["Ida"]
    assert found.may_go[0].how_it_goes == "E-mail, once you let it: “What matters to you now?”."
    assert not Message.objects.exists()


@pytest.mark.parametrize(("days", "gone"), [(31, []), (95, ["Both"])])
def test_who_is_worth_a_call_that_can_still_come_is_not_spent_on_a_mail(
    ask_text: Template, tomasz: Member, owner: Member, days: int, gone: list[str]
) -> None:
    serve = Template.objects.get(source="starter:how-can-we-help")
    set_automatic({"cadence_due": serve.pk}, most=2, unasked=False, by=owner.actor, at=NOON)
    make_due("Ruth", manager=tomasz, stake=90_000_000)
    both = make_due("Both", manager=tomasz, stake=500, tier="core", email="both@mail.example")
    make_decision(both)
    touched(both, days_ago=days)

    plan_today()

    assert (names_of(tomasz), may_go(tomasz)) == (["Ruth"], gone)


def test_let_go_it_leaves_once_counts_as_a_touch_and_is_on_no_other_list(
    some: list[Customer], tomasz: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    plan = plan_of(tomasz)

    counts = [let_go(plan, by=tomasz.actor, at=NOON) for _twice in range(2)]
    plan_today(at=NOON)
    again = (names_of(tomasz), may_go(tomasz), is_begun(TODAY))
    with clock.stopped_at(NOON + timedelta(seconds=11)):
        sending.drain()
        # A batch ends when its time is over.
        while deliver_events(at=clock.now()):
            pass

    found = list_of(tomasz.actor, tomasz, TODAY)
    assert counts == [2, 0]
    assert again == (["Ruth"], ["Ida"], False)
    assert sorted(one.item.customer.name for one in found.going) == ["Joss", "Samuel"]
    assert {one.message.state for one in found.going if one.message} == {"accepted"}
    assert len(carrier.carried) == 2
    touched = Touch.objects.order_by("customer").values_list("customer__name", flat=True)
    assert sorted(touched) == ["Joss", "Samuel"]
    assert (found.planned_count, found.used_minutes) == (1, 6)


def test_who_was_reached_meanwhile_gets_nothing_by_itself(
    some: list[Customer], tomasz: Member, at: datetime
) -> None:
    samuel, joss, _ida = some
    make_touch(samuel, NOON)

    count = let_go(plan_of(tomasz), by=tomasz.actor, at=NOON)
    make_touch(joss, NOON)
    # A batch ends when its time is over.
    while deliver_events(at=NOON):
        pass

    assert count == 1
    assert list(Message.objects.values_list("customer", "state")) == [(joss.pk, "cancelled")]
    assert not PlanItem.objects.filter(state="going").exists()


def test_called_back_it_stays_and_can_go_again(some: list[Customer], tomasz: Member) -> None:
    samuel, plan = some[0], plan_of(tomasz)
    before = PlanItem.objects.get(customer=samuel)
    let_go(plan, by=tomasz.actor, at=NOON)
    going = PlanItem.objects.get(customer=samuel)

    one = undo_item(going, by=tomasz.actor, at=NOON)
    all_others = call_back(plan, by=tomasz.actor, at=NOON)
    again = let_go(plan, by=tomasz.actor, at=NOON)

    assert (going.channel, going.minutes, all_others, again) == ("email", 0, 1, 2)
    assert (one.state, one.channel, one.minutes) == ("waiting", before.channel, before.minutes)
    assert Message.objects.filter(customer=samuel).count() == 2
    Message.objects.update(state="accepted")
    with pytest.raises(NothingToUndo):
        call_back(plan, by=tomasz.actor, at=NOON)


def test_only_whose_list_it_is_or_an_owner_today_alone(
    some: list[Customer], tomasz: Member, owner: Member, helper: Member
) -> None:
    plan = plan_of(tomasz)

    for who in (helper, make_member("manager", name="Else"), make_member("viewer")):
        with pytest.raises(NotAllowed):
            let_go(plan, by=who.actor, at=NOON)
    with pytest.raises(NotToday):
        let_go(plan, by=owner.actor, at=NOON + timedelta(days=1))

    assert let_go(plan, by=owner.actor, at=NOON) == 2


def test_unasked_it_goes_with_the_list_and_a_case_calls_it_back(
    some: list[Customer], ask_text: Template, owner: Member, at: datetime
) -> None:
    set_automatic({"no_touch_yet": ask_text.pk}, most=2, unasked=True, by=owner.actor, at=at)

    done = jobs.run_now("planning.make_plans", at=at)
    put_first(some[0].pk, at=at)

    assert done.result["gone"] == 2
    states = dict(PlanItem.objects.filter(customer__in=some).values_list("customer__name", "state"))
    assert states == {"Samuel": "waiting", "Joss": "going", "Ida": "waiting"}


def test_why_not_today_names_the_mail(some: list[Customer], tomasz: Member) -> None:
    let_go(plan_of(tomasz), by=tomasz.actor, at=NOON)

    said = why_not_today(some[0], actor=tomasz.actor, at=NOON).sentences

    assert said == [f"Gets an e-mail by itself today, from {tomasz.name}’s list."]


@pytest.mark.parametrize(
    ("reason", "source", "most"),
    [("no_touch_yet", "starter:thank-you", 2), ("birthday", "starter:thank-you", 2),
     ("personal_due", "starter:how-can-we-help", 2), ("no_touch_yet", "starter:what-matters", 0),
     ("no_touch_yet", "starter:what-matters", 51)],
    ids=["another purpose", "of another room", "in person", "none", "too many"],
)  # fmt: skip
def test_what_cannot_go_by_itself_is_refused(
    ask_text: Template, owner: Member, reason: str, source: str, most: int
) -> None:
    key = Template.objects.get(source=source).pk
    before = automatic_as_set()

    with pytest.raises(TextUnfit):
        set_automatic({reason: key}, most=most, unasked=True, by=owner.actor, at=NOON)

    assert automatic_as_set() == before


def test_a_text_put_away_or_for_something_else_now_goes_to_nobody(ask_text: Template) -> None:
    seen = [dict(automatic_now().texts)]
    Template.objects.filter(pk=ask_text.pk).update(purpose="sell")
    seen.append(dict(automatic_now().texts))
    Template.objects.filter(pk=ask_text.pk).update(purpose="ask", archived_at=NOON)
    seen.append(dict(automatic_now().texts))

    assert seen == [{"no_touch_yet": ask_text.pk}, {}, {}]


def test_on_the_page_it_is_let_go_called_back_and_set(
    some: list[Customer], ask_text: Template, tomasz: Member, owner: Member, at: datetime,
    client_of: Callable[[Member], Client],
) -> None:  # fmt: skip
    here, plan, part = client_of(tomasz), plan_of(tomasz), {"HX-Request": "true"}

    page = here.get(reverse("desk:today")).content.decode()
    gone = here.post(reverse("planning:let_go", args=[plan.pk]), headers=part)
    going = here.get(reverse("desk:today")).content.decode()
    back = here.post(reverse("planning:call_back", args=[plan.pk]), headers=part)
    set_by = client_of(owner).post(reverse("planning:set_texts"), {"most": "5"}, headers=part)
    after = automatic_as_set()
    undo = set_by["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    client_of(owner).post(undo, headers=part)

    assert "Let these 2 go" in page
    assert "Going out by themselves</span><span>2</span>" in page
    assert "2 messages leave by themselves." in gone["HX-Trigger"]
    assert "Call back what has not left yet" in going
    assert "2 messages stay here." in back["HX-Trigger"]
    assert after == {"texts": {}, "words": {}, "most": 5, "unasked": False}
    assert automatic_as_set() == {"texts": {"no_touch_yet": ask_text.pk}, "words": {}, "most": 2,
                                  "unasked": False}  # fmt: skip
    assert client_of(tomasz).post(reverse("planning:set_texts"), {}).status_code == 403
    assert AutomaticText.objects.count() == 1


def test_as_many_questions_for_one_as_for_three(some: list[Customer], tomasz: Member) -> None:
    plan, counted = plan_of(tomasz), []
    # The first time freezes the words.
    for again, few in enumerate((some[:1], some[:1], some), start=1):
        for item in PlanItem.objects.filter(plan=plan).exclude(customer__name="Ruth"):
            item.values.pop("goes", None)
            item.values |= {"goes": {"again": again}} if item.customer in few else {}
            item.state = "waiting"
            item.save()
        with CaptureQueriesContext(connection) as queries:
            assert let_go(plan, by=tomasz.actor, at=NOON) == len(few)
        counted.append(len(queries))

    assert counted[1] == counted[2]
