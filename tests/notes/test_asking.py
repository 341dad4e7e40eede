"""Asking for notes, wording them, and the refusal of an offer inside."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision, Purpose
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold, Standing
from regulars.notes.actions import asking
from regulars.notes.actions.asking import ask_for_note, ask_for_notes, word_note
from regulars.notes.choices import Hand, NoteState, Source
from regulars.notes.errors import (
    CannotBeWrittenTo,
    NoteEmpty,
    NoteSettledAlready,
    NoteTooLong,
    OfferEnclosed,
    TooManyNotes,
)
from regulars.notes.models import Note
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees
from tests.factories.notes import WORDS, at_home, make_note
from tests.factories.planning import make_facts, make_override

pytestmark = pytest.mark.django_db


def everybody() -> list[str]:
    return list(Note.objects.order_by("pk").values_list("customer__name", flat=True))


def test_notes_are_asked_for_once_and_for_whoever_may_be_written_to(
    manager: Member, at: datetime
) -> None:
    ruth, otis, vera, late = (
        at_home(name) for name in ("Ruth Calloway", "Otis Bell", "Vera Lund", "Late Mourner")
    )
    make_customer("No Address")
    at_home("Away Gone", archived_at=at)
    record_decision(
        [vera.pk], "letter", Decision.WITHDRAWN, source="desk", wording="no", proof="said",
        happened_at=at, by=SYSTEM, at=at,
    )  # fmt: skip
    Hold.objects.create(
        customer=late, kind=HoldKind.BEREAVEMENT, stops=Holds.ALL, why="his mother", since=at
    )
    make_note(otis, manager, at)

    asked = ask_for_notes(
        Customer.objects.all(), source=Source.SELECTION, by=manager.actor, at=at
    )  # fmt: skip

    assert (asked.added, asked.already) == (1, 1)
    assert asked.refused == {"no_address": 1, "refused": 1, "held": 1}
    assert everybody() == ["Otis Bell", ruth.name]


def test_many_notes_take_as_many_queries_as_one(manager: Member, at: datetime) -> None:
    counts = []
    # The first asks what is then kept for all.
    for names in (["X Y"], ["A B"], ["C D", "E F", "G H"]):
        ids = [at_home(name).pk for name in names]
        with CaptureQueriesContext(connection) as seen:
            ask_for_notes(
                Customer.objects.filter(pk__in=ids), source=Source.SELECTION, by=manager.actor,
                at=at,
            )  # fmt: skip
        counts.append(len(seen))

    assert counts[1] == counts[2]


def test_more_notes_than_anybody_words_are_refused(
    manager: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_ASKED", 1)
    at_home("A B"), at_home("C D")

    with pytest.raises(TooManyNotes, match="more than 1 notes"):
        ask_for_notes(Customer.objects.all(), source=Source.SELECTION, by=manager.actor, at=at)

    assert everybody() == []


def test_asking_for_one_who_cannot_be_written_to_says_why(manager: Member, at: datetime) -> None:
    with pytest.raises(CannotBeWrittenTo, match="no address of theirs"):
        ask_for_note(make_customer("No Address"), source=Source.CUSTOMER, by=manager.actor, at=at)


def test_a_viewer_asks_for_no_note(viewer: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed, match="write nothing"):
        ask_for_note(at_home(), source=Source.CUSTOMER, by=viewer.actor, at=at)


def test_whoever_words_a_note_signs_it(manager: Member, owner: Member, at: datetime) -> None:
    note = ask_for_note(at_home(), source=Source.CUSTOMER, by=owner.actor, at=at)

    note = word_note(
        note, words=f"  {WORDS}  \n", hand=Hand.PEN, by=manager.actor, at=at + timedelta(minutes=1)
    )

    assert (note.words, note.hand, note.writer) == (WORDS, Hand.PEN, manager)
    assert (note.purpose, note.is_ready) == (Purpose.SERVE, True)


@pytest.mark.parametrize(
    ("words", "error"),
    [(" \n ", NoteEmpty), ("x" * 601, NoteTooLong), ("a\n" * 13 + "b", NoteTooLong)],
    ids=["empty", "long", "lines"],
)
def test_words_fit_on_a_card(
    manager: Member, at: datetime, words: str, error: type[Exception]
) -> None:
    note = ask_for_note(at_home(), source=Source.CUSTOMER, by=manager.actor, at=at)

    with pytest.raises(error):
        word_note(note, words=words, hand=Hand.FONT, by=manager.actor, at=at)


def test_an_offer_in_a_note_to_a_loyal_customer_is_refused_with_the_evidence(
    manager: Member, at: datetime
) -> None:
    ruth = at_home()
    make_facts(ruth, tier="active", purchase_count=42)
    note = ask_for_note(ruth, source=Source.CUSTOMER, by=manager.actor, at=at)

    with pytest.raises(OfferEnclosed) as no:
        word_note(note, words="Here are 20% off", hand=Hand.FONT, by=manager.actor, at=at)

    assert no.value.sentence.startswith(
        "“20%” sells, and Ruth Calloway is loyal to you: 42 purchases since May 2024."
    )
    assert "1,232 customers" in no.value.sentence
    assert Note.objects.get().words == ""


@pytest.mark.parametrize(
    ("tier", "purchases", "override", "is_loyal"),
    [
        ("active", 3, "", True), ("active", 2, "", False), ("new", 9, "", False),
        ("lapsed", 40, "", False), ("lapsed", 1, "core", True),
    ],
)  # fmt: skip
def test_whoever_comes_again_is_loyal(
    manager: Member, at: datetime, tier: str, purchases: int, override: str, is_loyal: bool
) -> None:
    ruth = at_home()
    make_facts(ruth, tier=tier, purchase_count=purchases)
    if override:
        make_override(ruth, override)
    agrees(ruth, channel="letter")
    Standing.objects.create(customer=ruth, balance=3)
    note = ask_for_note(ruth, source=Source.CUSTOMER, by=manager.actor, at=at)

    def word() -> Note:
        return word_note(note, words="Code: BREAD", hand=Hand.FONT, by=manager.actor, at=at)

    if is_loyal:
        with pytest.raises(OfferEnclosed):
            word()
    else:
        assert word().purpose == Purpose.SELL


def test_an_offer_to_somebody_new_asks_the_gate_as_selling_does(
    manager: Member, at: datetime
) -> None:
    note = ask_for_note(at_home(), source=Source.CUSTOMER, by=manager.actor, at=at)

    with pytest.raises(OfferEnclosed, match="“BREAD10” sells"):
        word_note(note, words="BREAD10 is yours", hand=Hand.FONT, by=manager.actor, at=at)


def test_a_note_that_asks_how_we_can_help_has_no_offer_in_it(manager: Member, at: datetime) -> None:
    new = at_home()
    agrees(new, channel="letter")
    Standing.objects.create(customer=new, balance=3)
    note = ask_for_note(new, source=Source.CUSTOMER, by=manager.actor, at=at)

    def word(words: str) -> Note:
        return word_note(note, words=words, hand=Hand.FONT, by=manager.actor, at=at)

    with pytest.raises(OfferEnclosed, match="asks how you can help, and “voucher” sells"):
        word("How can we help? A voucher lies in this card.")
    assert word("How can we help?").purpose == Purpose.SERVE


def test_words_of_a_note_on_paper_stand(manager: Member, at: datetime) -> None:
    note = make_note(at_home(), manager, at)
    Note.objects.update(state=NoteState.PRINTED)

    with pytest.raises(NoteSettledAlready, match="on paper already"):
        word_note(note, words="Other words", hand=Hand.FONT, by=manager.actor, at=at)
