"""The note desk, for reading: always as far as the one who asks may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from regulars.consent.choices import Channel, Decision, Purpose
from regulars.consent.models import ConsentState
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.customers.queries.addresses import addresses_of
from regulars.insight.choices import Tier
from regulars.insight.queries import with_tier
from regulars.messaging.gate import verdicts_for_customers
from regulars.notes.choices import NoteState
from regulars.notes.enclosures import enclosed_offer
from regulars.notes.errors import NoteNotFound, PrintingNotFound
from regulars.notes.models import Note, NoteQuerySet, Printing
from regulars.notes.rules import may_see_addresses, may_see_desk, may_write_notes, visible_to

# Who comes again: twice can be chance. Our own line; the field study speaks of loyal customers.
LOYAL_PURCHASES = 3
LOYAL_TIERS = (Tier.CORE, Tier.ACTIVE, Tier.SLIPPING)
# What keeps a pen from the paper; quiet hours and caps are for what a machine sends.
STANDS_IN_THE_WAY = frozenset({"archived", "refused", "topics", "paused", "held"})
SELLING_TOO = frozenset({"no_ground", "balance", "capped"})
NO_ADDRESS = "no_address"


def is_seer(actor: Actor) -> bool:
    return may_see_desk(actor)


def is_note_writer(actor: Actor) -> bool:
    return may_write_notes(actor)


def sees_addresses(actor: Actor) -> bool:
    return may_see_addresses(actor)


def notes_for(actor: Actor) -> NoteQuerySet:
    """Every note that this person may see, with the customer and whoever signs."""
    return visible_to(actor).select_related("customer", "writer")


def note_for(actor: Actor, note_id: int) -> Note:
    """One note, or the same answer for one that is not there and one that is not theirs."""
    found = notes_for(actor).filter(pk=note_id).first()
    if found is None:
        raise NoteNotFound
    return found


def note_under_way(customer: Customer) -> Note | None:
    """The note to a customer that is on the desk, if there is one."""
    return Note.objects.under_way().filter(customer=customer).first()


def printing_for(actor: Actor, printing_id: int) -> tuple[Printing, list[Note]]:
    """One printing with its notes, as far as this person may see them."""
    printing = Printing.objects.filter(pk=printing_id).first()
    theirs = list(notes_for(actor).filter(printing=printing).order_by("pk")) if printing else []
    if printing is None or not theirs:
        raise PrintingNotFound
    return printing, theirs


@dataclass(frozen=True, slots=True)
class Desk:
    """What is on the desk of one writer, or of all: counts, and the first of each pile."""

    wordless: Sequence[Note]
    ready: Sequence[Note]
    on_paper: Sequence[Note]
    posted: Sequence[Note]
    counts: Mapping[str, int]


def desk_of(actor: Actor, *, is_own: bool, most: int) -> Desk:
    """What waits for words, for paper, for the post, and what was posted last."""
    rows = notes_for(actor)
    if is_own:
        rows = rows.filter(writer=actor.member_id)
    piles = {
        "wordless": rows.waiting().filter(words=""),
        "ready": rows.waiting().exclude(words=""),
        "on_paper": rows.on_paper(),
        "posted": rows.filter(state=NoteState.POSTED).order_by("-state_at", "-pk"),
    }
    counts = {name: pile.count() for name, pile in piles.items() if name != "posted"}
    return Desk(**{name: list(pile[:most]) for name, pile in piles.items()}, counts=counts)


@dataclass(frozen=True, slots=True)
class Loyal:
    """A customer who comes again and again: how often, and since when."""

    purchase_count: int
    first_on: date | None


def loyal_among(customer_ids: Collection[int]) -> dict[int, Loyal]:
    """Those who come again: of the core, or with purchases enough and not gone; one query."""
    rows: Any = with_tier(Customer.objects.filter(pk__in=customer_ids))
    again = Q(shown_tier__in=LOYAL_TIERS, facts__purchase_count__gte=LOYAL_PURCHASES)
    rows = rows.filter(Q(shown_tier=Tier.CORE) | again).order_by()
    found = rows.values_list("pk", F("facts__purchase_count"), F("facts__first_on"))
    return {pk: Loyal(count or 0, first) for pk, count, first in found}


def in_the_way(customer_ids: Collection[int], *, purpose: str, at: datetime) -> dict[int, str]:
    """Who is written no note now, and the gate's code for why: no address, a no, a hold, a pause.

    A no to letters or notes goes for every purpose, as the plan has it. What sells asks for more
    than what serves.
    """
    ids = list(customer_ids)
    wanted = Customer.objects.filter(pk__in=ids).order_by().values("pk")
    there = addresses_of(ids)
    found = {pk: NO_ADDRESS for pk in ids if pk not in there}
    found |= dict.fromkeys(_said_no(ids), "refused")
    codes = STANDS_IN_THE_WAY | (SELLING_TOO if purpose == Purpose.SELL else frozenset())
    for pk, verdict in verdicts_for_customers(Channel.LETTER, purpose, at, wanted):
        if verdict.code in codes:
            found.setdefault(pk, verdict.code)
    return found


def _said_no(ids: Collection[int]) -> list[int]:
    told = ConsentState.objects.filter(
        customer__in=ids, channel__in=(Channel.NOTE, Channel.LETTER), purpose="",
        decision=Decision.WITHDRAWN,
    )  # fmt: skip
    return list(told.values_list("customer_id", flat=True))


def purpose_of(words: str) -> Purpose:
    """What a note is for: it serves, unless its words sell."""
    return Purpose.SELL if enclosed_offer(words) else Purpose.SERVE
