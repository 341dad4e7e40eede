"""What becomes of a help request, and what it leaves on the customer's page."""

from datetime import datetime, timedelta

import pytest

from regulars.consent.choices import Channel
from regulars.conversations.models import Clock, Touch
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry, Event
from regulars.customers.actions.interests import Heard, note_interest
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.customers.choices import InterestKind
from regulars.customers.models import Interest
from regulars.helping.actions import (
    come_back,
    entrust_request,
    note_nothing,
    note_request,
    take_back,
    withdraw_request,
)
from regulars.helping.errors import (
    DueInThePast,
    HelpChangedSince,
    HelpOverAlready,
    NeedUnclear,
    OutcomeMissing,
)
from regulars.helping.models import HelpRequest
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.helping import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def test_what_they_need_waits_for_whoever_looks_after_them_and_is_noted(
    owner: Member, manager: Member, at: datetime
) -> None:
    ruth = make_customer(manager=manager)

    asked = make_request(ruth, at, topic=" Choosing  a loaf ", words="No nuts.", by=owner.actor)

    assert (asked.topic, asked.words, asked.state) == ("Choosing a loaf", "No nuts.", "open")
    assert (asked.owner, asked.recorded_by) == (manager, owner)
    assert str(asked.due_at) == "2026-11-26 23:59:00+00:00"
    need = Interest.objects.get()
    assert (need.kind, need.topic, need.words) == ("need", "Choosing a loaf", "No nuts.")
    told = Event.objects.get(kind="helping.HelpAsked").payload
    assert told == {
        "request_id": asked.pk, "customer_id": ruth.pk, "state": "open", "source": "staff",
    }  # fmt: skip
    assert AuditEntry.objects.get(verb="noted", thing="helping.helprequest").thing_id == str(
        asked.pk
    )


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        pytest.param({"topic": "  "}, NeedUnclear, id="says nothing"),
        pytest.param({"topic": "x" * 121}, NeedUnclear, id="too long"),
        pytest.param({"days": 0}, DueInThePast, id="due now"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    at: datetime, over: dict[str, object], refusal: type[Refusal]
) -> None:
    due_at = at + int(str(over.pop("days", 1))) * DAY

    with pytest.raises(refusal):
        make_request(make_customer(), at, due_at=due_at, **over)  # type: ignore[arg-type]

    assert HelpRequest.objects.count() == 0


def test_it_is_over_when_they_heard_from_us_and_that_is_a_touch(
    manager: Member, at: datetime
) -> None:
    ruth = make_customer(manager=manager)
    asked = make_request(ruth, at)

    done = come_back(
        asked, outcome=" The small tin. ", channel=Channel.CALL, by=manager.actor, at=at + DAY
    )

    assert (done.state, done.outcome, done.told_at) == ("done", "The small tin.", at + DAY)
    touch = Touch.objects.get()
    assert (touch.channel, touch.purpose, touch.body) == ("call", "serve", "The small tin.")
    assert Clock.objects.get(pk=ruth.pk).last_personal_at == at + DAY
    assert Interest.objects.get().is_still_true is False
    with pytest.raises(HelpOverAlready):
        come_back(asked, outcome="Again", channel=Channel.CALL, by=manager.actor, at=at + DAY)


def test_without_words_nothing_is_over(at: datetime) -> None:
    asked = make_request(make_customer(), at)

    with pytest.raises(OutcomeMissing):
        come_back(asked, outcome=" ", channel=Channel.EMAIL, by=SYSTEM, at=at)
    with pytest.raises(OutcomeMissing):
        withdraw_request(asked, words="", by=SYSTEM, at=at)

    assert HelpRequest.objects.get().state == "open"
    assert Touch.objects.count() == 0


def test_undo_opens_it_again_without_the_touch_and_with_the_need(at: datetime) -> None:
    asked = make_request(make_customer(), at)
    done = come_back(asked, outcome="Told", channel=Channel.VISIT, by=SYSTEM, at=at)

    take_back(done, state="done", by=SYSTEM, at=at)

    again = HelpRequest.objects.get()
    assert (again.state, again.told_at, again.outcome) == ("open", None, "")
    assert Touch.objects.standing().count() == 0
    assert Interest.objects.get().is_still_true is True
    with pytest.raises(HelpChangedSince):
        take_back(again, state="done", by=SYSTEM, at=at)


def test_undo_of_a_new_one_leaves_what_was_known_before(at: datetime) -> None:
    ruth, kept = make_customer(), Heard(InterestKind.NEED, "Gluten-free", "Since June.")
    note_interest(ruth, kept, by=SYSTEM, at=at, noted_on=at.date())
    first = make_request(ruth, at, topic="Gluten-free")
    other = make_request(ruth, at, topic="A cake")

    take_back(first, state="open", by=SYSTEM, at=at)
    take_back(other, state="open", by=SYSTEM, at=at)

    assert HelpRequest.objects.count() == 0
    assert [one.topic for one in Interest.objects.filter(is_still_true=True)] == ["Gluten-free"]


def test_the_same_link_changes_the_answer_until_we_came_back(at: datetime) -> None:
    ruth = make_customer()
    first = note_nothing(ruth, link="a", by=SYSTEM, at=at)
    second = note_request(ruth, topic="A cake", link="a", by=SYSTEM, at=at + DAY)
    come_back(second, outcome="Baked", channel=Channel.CALL, by=SYSTEM, at=at + DAY)

    third = note_request(ruth, topic="A loaf", link="a", by=SYSTEM, at=at + 2 * DAY)

    assert first.pk == second.pk != third.pk
    rows = HelpRequest.objects.order_by("pk").values_list("topic", "state", "source", "link")
    assert list(rows) == [("A cake", "done", "link", ""), ("A loaf", "open", "link", "a")]


def test_handed_over_somebody_else_owns_it_by_another_day(
    owner: Member, manager: Member, at: datetime
) -> None:
    asked = make_request(make_customer(manager=manager), at)

    given = entrust_request(asked, owner=owner, due_at=at + 5 * DAY, by=manager.actor, at=at)

    assert (given.owner, given.due_at) == (owner, at + 5 * DAY)
    with pytest.raises(DueInThePast):
        entrust_request(asked, owner=owner, due_at=at - DAY, by=manager.actor, at=at)


def test_merged_it_goes_along_and_erased_it_is_gone(owner: Member, at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    make_request(twin, at)

    merge_customers(ruth, twin, by=owner.actor, at=at)

    assert HelpRequest.objects.get().customer_id == ruth.pk
    erase_customer(ruth, by=owner.actor, at=at)
    assert HelpRequest.objects.count() == 0
