"""What becomes of a mention: once, whose, answered, set aside, and the way back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.cases.actions import note_in_case
from regulars.cases.errors import PromiseWithoutDay
from regulars.cases.models import Case, CaseEntry
from regulars.conversations.models import Touch
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import Event
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.customers.choices import PointKind
from regulars.mentions.actions.answering import (
    draft_answer,
    entrust_mention,
    mark_answered,
    set_aside,
    take_back_mention,
)
from regulars.mentions.actions.hearing import Heard, note_mention
from regulars.mentions.actions.whose import call_it_a_complaint, match_mention, part_mention
from regulars.mentions.choices import Aside
from regulars.mentions.errors import (
    CustomerGone,
    CustomerUnknown,
    MentionChangedSince,
    MentionInTheFuture,
    MentionSettled,
    MentionUnclear,
)
from regulars.mentions.models import KnownHandle, Mention
from regulars.messaging.models import Hold
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer, make_point
from tests.factories.mentions import make_mention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def test_an_unknown_voice_waits_for_the_owner_with_a_clock_by_how_unhappy_it_is(
    owner: Member, manager: Member, at: datetime
) -> None:
    bad = make_mention(at, by=manager.actor)
    good = make_mention(at, mark=5, author="Jo", words="Lovely")

    assert (bad.owner, bad.customer, bad.state, bad.is_bad) == (owner, None, "waiting", True)
    # Tuesday, nine o'clock: open until five on weekdays.
    assert (str(bad.due_at), str(bad.warn_at)) == (
        "2026-11-24 13:00:00+00:00", "2026-11-24 12:00:00+00:00",
    )  # fmt: skip
    assert (good.is_bad, str(good.due_at)) == (False, "2026-11-25 17:00:00+00:00")
    assert Case.objects.count() == Touch.objects.count() == 0
    told = Event.objects.filter(kind="mentions.MentionHeard").values_list("payload", flat=True)
    assert told[0] == {"mention_id": bad.pk, "customer_id": 0, "is_bad": True}


@pytest.mark.parametrize(
    ("first", "again", "count"),
    [
        pytest.param({"external_id": "7"}, {"external_id": "7", "words": "New"}, 1, id="number"),
        pytest.param({"external_id": "7"}, {"external_id": "8"}, 2, id="another number"),
        pytest.param(
            {"external_id": "7"}, {"external_id": "7", "site": "Other Guide"}, 2, id="another site"
        ),
        pytest.param(
            {"external_id": "7"}, {"external_id": "7", "site": "  town  GUIDE "}, 1, id="spelling"
        ),
        pytest.param(
            {"link": "https://t.example/r/1?utm_source=x"},
            {"link": "http://www.t.example/r/1/"},
            1,
            id="link",
        ),
        pytest.param(
            {"link": "https://t.example/place"},
            {"link": "https://t.example/place", "author": "Jo"},
            2,
            id="one page for all of them",
        ),
        pytest.param(
            {"link": "https://t.example/r/1", "external_id": "7"},
            {"link": "https://t.example/r/1"},
            1,
            id="number and link, then link",
        ),
        pytest.param({}, {"words": "the rye  was BURNT"}, 1, id="the same words"),
        pytest.param({}, {"author": "Jo"}, 2, id="the same words of somebody else"),
    ],
)
def test_however_often_it_is_written_down_it_is_one(
    at: datetime, first: dict[str, Any], again: dict[str, Any], count: int
) -> None:
    known = make_mention(at, **first)
    words = known.words

    make_mention(at + DAY, said_at=at, **again)

    assert Mention.objects.count() == count
    known.refresh_from_db()
    assert known.words == words


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        pytest.param({"site": "  "}, MentionUnclear, id="nowhere"),
        pytest.param({"words": " ", "mark": None}, MentionUnclear, id="says nothing"),
        pytest.param({"mark": 6}, MentionUnclear, id="six of five"),
        pytest.param({"mark": 0}, MentionUnclear, id="nought of five"),
        pytest.param({"mark": 11, "scale": 10}, MentionUnclear, id="eleven of ten"),
        pytest.param({"link": "javascript:alert(1)"}, MentionUnclear, id="a script"),
        pytest.param({"link": "https://t.example/" + "x" * 500}, MentionUnclear, id="long link"),
        pytest.param({"in_days": 1}, MentionInTheFuture, id="tomorrow"),
    ],
)
def test_what_cannot_be_is_refused(
    at: datetime, over: dict[str, Any], refusal: type[Refusal]
) -> None:
    said_at = at + int(over.pop("in_days", 0)) * DAY

    with pytest.raises(refusal):
        make_mention(at, **{"said_at": said_at, **over})

    assert Mention.objects.count() == 0


def test_history_waits_for_nobody_and_opens_nothing(manager: Member, at: datetime) -> None:
    Business.objects.update(live_since=at.date())
    ruth = make_customer(email="ruth@x.example", manager=manager)

    past = make_mention(at, said_at=at - 40 * DAY, email="ruth@x.example")

    assert (past.state, past.due_at, past.customer) == ("past", None, ruth)
    assert Case.objects.count() == Touch.objects.count() == 0


def test_a_bad_one_of_a_known_customer_is_a_case_and_stands_in_their_timeline(
    manager: Member, at: datetime
) -> None:
    ruth = make_customer(email="ruth@x.example", manager=manager)

    mention = make_mention(at + DAY, said_at=at, email=" Ruth@X.example ")

    assert (mention.customer, mention.known_by, mention.owner) == (ruth, "email", manager)
    case, touch = Case.objects.get(), Touch.objects.get()
    assert (case.source, case.manager, case.opened_at) == (f"mention:{mention.pk}", manager, at)
    assert case.what == "The rye was burnt\n2 of 5 in public on Town Guide."
    assert (touch.direction, touch.channel, touch.said) == ("in", "social", case.what)
    make_mention(at + DAY, said_at=at, email="ruth@x.example")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("state", ["shared", "bounced", "name"])
def test_nobody_is_assumed(at: datetime, state: str) -> None:
    ruth = make_customer("Ruth Calloway")
    if state == "shared":
        make_point(ruth, PointKind.EMAIL, "ruth@x.example")
        make_customer("Joss", email="ruth@x.example")
    elif state == "bounced":
        make_point(ruth, PointKind.EMAIL, "ruth@x.example", state="bounced")

    mention = make_mention(at, author="Ruth Calloway", email="ruth@x.example")

    assert (mention.customer, mention.known_by) == (None, "")


def test_a_handle_that_somebody_knew_is_known_the_next_time(manager: Member, at: datetime) -> None:
    ruth = make_customer(manager=manager)
    first = make_mention(at, handle="@Ruth_C")
    match_mention(first, ruth, is_their_handle=True, by=manager.actor, at=at)

    second = make_mention(at, handle="ruth_c", words="Again", mark=None)
    elsewhere = make_mention(at, site="Other Guide", handle="ruth_c")

    assert (second.customer, second.known_by, elsewhere.customer) == (ruth, "handle", None)
    assert Case.objects.count() == 1
    part_mention(second, by=manager.actor, at=at)
    assert KnownHandle.objects.count() == 0


def test_words_of_somebody_else_take_the_case_with_them(manager: Member, at: datetime) -> None:
    ruth, joss = make_customer(manager=manager), make_customer("Joss", manager=manager)
    mention = make_mention(at)
    match_mention(mention, ruth, by=manager.actor, at=at)
    assert Hold.objects.filter(customer=ruth, lifted_at=None).count() == 1

    match_mention(mention, joss, by=manager.actor, at=at)

    assert Case.objects.get().customer == joss
    assert Hold.objects.filter(customer=ruth, lifted_at=None).count() == 0
    assert Touch.objects.standing().get().customer == joss
    parted = part_mention(mention, by=manager.actor, at=at)
    assert (parted.customer, parted.known_by, parted.touch) == (None, "", None)
    assert Case.objects.count() == Touch.objects.standing().count() == 0
    with pytest.raises(MentionChangedSince):
        part_mention(mention, by=manager.actor, at=at)


def test_a_case_on_which_somebody_worked_stays_and_says_so(manager: Member, at: datetime) -> None:
    mention = match_mention(make_mention(at), make_customer(), by=manager.actor, at=at)
    note_in_case(Case.objects.get(), words="Called", by=manager.actor, at=at)

    part_mention(mention, by=manager.actor, at=at)

    last = CaseEntry.objects.latest("pk")
    assert last.words == "What was said in public on Town Guide was of somebody else."


def test_answered_where_it_stands_they_heard_from_us(manager: Member, at: datetime) -> None:
    mention = match_mention(make_mention(at), make_customer(), by=manager.actor, at=at)
    draft_answer(mention, words="We are sorry", by=manager.actor, at=at)

    done = mark_answered(
        mention, words="We are sorry, and called you.", link="https://t.example/r/1#a",
        by=manager.actor, at=at + DAY,
    )  # fmt: skip

    assert (done.state, done.answered_by, done.answer_link) == (
        "answered", manager, "https://t.example/r/1#a",
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.state, case.answered_at) == ("answered", at + DAY)
    assert Touch.objects.get(direction="out").body == "We are sorry, and called you."
    with pytest.raises(MentionSettled, match="has answered this already"):
        mark_answered(mention, words="Twice", by=manager.actor, at=at)

    back = take_back_mention(done, state="answered", by=manager.actor, at=at + DAY)
    assert (back.state, back.answer, back.draft) == (
        "waiting", "", "We are sorry, and called you.",
    )  # fmt: skip
    assert Case.objects.get().state == "open"
    assert Touch.objects.standing().filter(direction="out").count() == 0
    with pytest.raises(MentionChangedSince):
        take_back_mention(done, state="answered", by=manager.actor, at=at)


@pytest.mark.parametrize(
    ("words", "link", "refusal"),
    [
        (" ", "", MentionUnclear),
        ("Sorry", "ftp://t.example", MentionUnclear),
        ("It will never happen again", "", PromiseWithoutDay),
    ],
)
def test_an_answer_says_something_that_can_be_kept(
    manager: Member, at: datetime, words: str, link: str, refusal: type[Refusal]
) -> None:
    mention = match_mention(make_mention(at), make_customer(), by=manager.actor, at=at)

    with pytest.raises(refusal):
        mark_answered(mention, words=words, link=link, by=manager.actor, at=at)

    assert Mention.objects.get().state == "waiting"
    assert Touch.objects.filter(direction="out").count() == 0


def test_about_another_business_it_is_set_aside_with_a_word_and_counts_nowhere(
    owner: Member, at: datetime
) -> None:
    ruth = make_customer()
    mention = match_mention(make_mention(at), ruth, by=owner.actor, at=at)

    with pytest.raises(MentionUnclear):
        set_aside(mention, why=Aside.OTHER, by=owner.actor, at=at)
    aside = set_aside(mention, why=Aside.OTHER, words="The bar next door", by=owner.actor, at=at)

    assert (aside.state, aside.customer, Case.objects.count()) == ("aside", None, 0)
    assert Mention.objects.about_us().count() == 0
    with pytest.raises(MentionSettled):
        draft_answer(aside, words="Hello", by=owner.actor, at=at)
    back = take_back_mention(aside, state="aside", by=owner.actor, at=at)
    assert (back.state, back.aside_why, back.aside_words) == ("waiting", "", "")


def test_a_post_without_a_mark_is_a_complaint_where_somebody_says_so(
    owner: Member, manager: Member, at: datetime
) -> None:
    post = make_mention(at, mark=None, words="Closed at noon, again")

    with pytest.raises(CustomerUnknown):
        call_it_a_complaint(post, by=owner.actor, at=at)
    match_mention(post, make_customer(manager=manager), by=owner.actor, at=at)
    assert Case.objects.count() == 0
    case = call_it_a_complaint(post, by=owner.actor, at=at)

    assert (case.what, case.manager) == (
        "Closed at noon, again\nSaid in public on Town Guide.", manager,
    )  # fmt: skip
    assert call_it_a_complaint(post, by=owner.actor, at=at) == case


def test_it_is_given_to_whoever_can_answer(
    owner: Member, manager: Member, viewer: Member, at: datetime
) -> None:
    mention = make_mention(at)

    assert entrust_mention(mention, owner=manager, by=owner.actor, at=at).owner == manager
    with pytest.raises(MentionUnclear):
        entrust_mention(mention, owner=viewer, by=owner.actor, at=at)


def test_merged_it_goes_along_and_erased_it_is_gone(owner: Member, at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    mention = make_mention(at, handle="rc")
    match_mention(mention, twin, is_their_handle=True, by=owner.actor, at=at)

    merge_customers(ruth, twin, by=owner.actor, at=at)

    assert Mention.objects.get().customer == KnownHandle.objects.get().customer == ruth
    erase_customer(ruth, by=owner.actor, at=at)
    assert Mention.objects.count() == KnownHandle.objects.count() == 0
    ruth.refresh_from_db()
    with pytest.raises(CustomerGone):
        match_mention(make_mention(at), ruth, by=owner.actor, at=at)


def test_two_tabs_in_one_second_write_one(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second did not see the first when it looked."""
    heard = Heard("Town Guide", at, "The rye was burnt", author="R. C.")
    first, _new = note_mention(heard, by=SYSTEM, at=at)
    looked = Mention.objects.filter
    blind = [Mention.objects.none()]
    monkeypatch.setattr(
        Mention.objects, "filter", lambda *a, **k: blind.pop() if blind else looked(*a, **k)
    )

    second, is_new = note_mention(heard, by=SYSTEM, at=at)

    assert (second.pk, is_new) == (first.pk, False)
    assert connection.in_atomic_block
    assert not transaction.get_rollback()


def test_days_that_are_closed_do_not_count(at: datetime) -> None:
    business = Business.objects.get()
    business.closures.create(starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24))

    assert str(make_mention(at).due_at) == "2026-11-25 13:00:00+00:00"
