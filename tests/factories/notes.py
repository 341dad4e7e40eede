"""Customers who can be sent a note, and notes as somebody asked for them."""

from datetime import datetime
from typing import Any

from regulars.customers.models import Customer
from regulars.notes.actions.asking import ask_for_note, word_note
from regulars.notes.choices import Hand, Source
from regulars.notes.models import Note
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

WORDS = "Dear Ruth,\n\nthe rye is back. I thought of you at once."


def at_home(name: str = "Ruth Calloway", **over: Any) -> Customer:
    """Somebody to whom a letter can go."""
    customer = make_customer(name, **over)
    make_point(
        customer, "address", "4 Weir Lane\nAmbley AB1 2CD", street="4 Weir Lane",
        postcode="AB1 2CD", city="Ambley",
    )  # fmt: skip
    return customer


def make_note(
    customer: Customer, by: Member, at: datetime, *, words: str = WORDS, hand: Hand = Hand.FONT
) -> Note:
    """A note with words, ready to be printed."""
    note = ask_for_note(customer, source=Source.CUSTOMER, by=by.actor, at=at)
    return word_note(note, words=words, hand=hand, by=by.actor, at=at)
