"""From words to the letter box, and each step taken back."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision, Purpose
from regulars.conversations.models import Clock, Touch
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.messaging.models import Contact
from regulars.notes.actions.posting import (
    drop_notes,
    note_written,
    post_notes,
    print_notes,
    take_back,
    take_back_printing,
)
from regulars.notes.choices import Hand, NoteState
from regulars.notes.errors import (
    NoteSettledAlready,
    NothingToPost,
    NothingToPrint,
    PrintingNotFound,
)
from regulars.notes.models import Note
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.messaging import agrees
from tests.factories.notes import at_home, make_note
from tests.factories.planning import make_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(manager: Member, at: datetime) -> list[Note]:
    """Notes to three: the second is copied by hand."""
    return [
        make_note(at_home("Ruth Calloway"), manager, at),
        make_note(at_home("Otis Bell"), manager, at, hand=Hand.PEN),
        make_note(at_home("Nova New"), manager, at),
    ]


def states() -> list[str]:
    return list(Note.objects.order_by("pk").values_list("state", flat=True))


def ids(notes: list[Note]) -> list[int]:
    return [one.pk for one in notes]


def test_notes_go_on_paper_but_for_those_who_may_not_be_written_to_any_more(
    three: list[Note], manager: Member, at: datetime
) -> None:
    record_decision(
        [three[1].customer_id], "note", Decision.WITHDRAWN, source="desk", wording="no",
        proof="said", happened_at=at, by=SYSTEM, at=at,
    )  # fmt: skip
    Note.objects.filter(pk=three[2].pk).update(words="Your code: BREAD", purpose=Purpose.SELL)
    agrees(three[2].customer, channel="letter")
    make_facts(three[2].customer, tier="core", purchase_count=9)

    printed = print_notes(ids(three), by=manager.actor, at=at)

    assert (printed.count, states()) == (1, ["printed", "waiting", "waiting"])
    assert [name for name, _why in printed.left] == ["Otis Bell", "Nova New"]
    assert "“code: BREAD” sells" in dict(printed.left)["Nova New"]
    assert list(printed.printing.notes.all()) == [three[0]]


def test_nothing_is_printed_twice(three: list[Note], manager: Member, at: datetime) -> None:
    print_notes(ids(three), by=manager.actor, at=at)

    with pytest.raises(NothingToPrint, match="on paper already"):
        print_notes(ids(three), by=manager.actor, at=at)


def test_a_printing_is_taken_back_as_a_whole(
    three: list[Note], manager: Member, at: datetime
) -> None:
    printing = print_notes(ids(three), by=manager.actor, at=at).printing
    post_notes([three[0].pk], by=manager.actor, at=at)

    count = take_back_printing(printing, by=manager.actor, at=at)

    assert (count, states()) == (2, ["posted", "waiting", "waiting"])
    with pytest.raises(PrintingNotFound):
        take_back_printing(printing, by=manager.actor, at=at)


def test_only_sheets_are_copied_by_hand(three: list[Note], manager: Member, at: datetime) -> None:
    print_notes(ids(three), by=manager.actor, at=at)

    count = note_written(ids(three), by=manager.actor, at=at)

    assert (count, states()) == (1, ["printed", "written", "printed"])
    with pytest.raises(NoteSettledAlready, match="waits to be copied"):
        note_written(ids(three), by=manager.actor, at=at)


def test_posting_writes_a_touch_of_each_and_winds_the_clocks(
    three: list[Note], manager: Member, at: datetime
) -> None:
    print_notes(ids(three), by=manager.actor, at=at)
    Note.objects.filter(pk=three[2].pk).update(purpose=Purpose.THANK, words="Thank you, Nova.")
    later = at + timedelta(hours=2)

    count = post_notes(ids(three), by=manager.actor, at=later)

    touches = Touch.objects.order_by("customer").values_list("channel", "purpose", "body")
    assert count == 3
    assert list(touches) == [
        ("note", "serve", three[0].words), ("note", "serve", three[1].words),
        ("note", "thank", "Thank you, Nova."),
    ]  # fmt: skip
    assert set(Clock.objects.values_list("last_touch_at", "last_personal_at")) == {(later, later)}
    assert states() == ["posted"] * 3
    with pytest.raises(NothingToPost):
        post_notes(ids(three), by=manager.actor, at=later)


def test_posting_many_takes_as_many_queries_as_one(manager: Member, at: datetime) -> None:
    counts = []
    for names in (["X Y"], ["A B"], ["C D", "E F", "G H"]):
        notes = [make_note(at_home(name), manager, at) for name in names]
        print_notes(ids(notes), by=manager.actor, at=at)
        with CaptureQueriesContext(connection) as seen:
            post_notes(ids(notes), by=manager.actor, at=at)
        counts.append(len(seen))

    assert counts[1] == counts[2]


def test_posting_is_taken_back_with_its_touches_and_the_clock_shows_what_was_before(
    three: list[Note], manager: Member, at: datetime
) -> None:
    make_touch(three[0].customer, at - timedelta(days=9), by=manager.actor, channel="email")
    before = list(Contact.objects.values_list("source", flat=True))
    print_notes(ids(three), by=manager.actor, at=at)
    post_notes(ids(three), by=manager.actor, at=at)

    count = take_back(
        Note.objects.get(pk=three[1].pk), state=NoteState.POSTED, by=manager.actor, at=at
    )

    assert (count, states()) == (3, ["printed"] * 3)
    assert Touch.objects.standing().filter(channel="note").count() == 0
    assert list(Contact.objects.values_list("source", flat=True)) == before
    clock = Clock.objects.get()
    assert (clock.customer, clock.last_touch_at) == (three[0].customer, at - timedelta(days=9))
    assert clock.last_personal_at is None


def test_what_is_off_the_desk_comes_back_unless_another_note_is_there(
    three: list[Note], manager: Member, at: datetime
) -> None:
    drop_notes([three[0].pk], by=manager.actor, at=at)
    dropped = Note.objects.get(pk=three[0].pk)
    assert states() == ["dropped", "waiting", "waiting"]

    take_back(dropped, state=NoteState.DROPPED, by=manager.actor, at=at)
    assert states() == ["waiting"] * 3

    drop_notes([three[0].pk], by=manager.actor, at=at)
    make_note(three[0].customer, manager, at)
    with pytest.raises(NoteSettledAlready, match="Another note"):
        take_back(
            Note.objects.get(pk=three[0].pk), state=NoteState.DROPPED, by=manager.actor, at=at
        )


def test_a_helper_posts_only_to_those_whom_they_look_after(
    three: list[Note], helper: Member, viewer: Member, manager: Member, at: datetime
) -> None:
    print_notes(ids(three), by=manager.actor, at=at)

    with pytest.raises(NothingToPost):
        post_notes(ids(three), by=helper.actor, at=at)
    with pytest.raises(NotAllowed):
        post_notes(ids(three), by=viewer.actor, at=at)
