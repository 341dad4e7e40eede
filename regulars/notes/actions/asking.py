"""Asking for notes, wording them, and taking them off the desk."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from django.db import transaction
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.selling_words import asks_how_to_help, what_sells
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.messaging.words import sentence_of
from regulars.notes.choices import Hand, NoteState, Source
from regulars.notes.enclosures import enclosed_offer
from regulars.notes.errors import (
    CannotBeWrittenTo,
    NoteEmpty,
    NoteSettledAlready,
    NoteTooLong,
    OfferEnclosed,
    TooManyNotes,
)
from regulars.notes.models import Note
from regulars.notes.queries import Loyal, in_the_way, loyal_among, note_under_way, purpose_of
from regulars.notes.rules import require_write

# As many as somebody words in some days; a card holds so many signs and lines.
MOST_ASKED, MOST_SIGNS, MOST_LINES = 500, 600, 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of those for whom notes were asked."""

    added: int
    # A note to them is on the desk already.
    already: int
    # The gate's code for why not, or that no address is known, and how many each.
    refused: Mapping[str, int]


@transaction.atomic
def ask_for_notes(customers: CustomerQuerySet, *, source: Source, by: Actor, at: datetime) -> Asked:
    """Put a note to each of these customers on the desk; whoever has one there gets no second."""
    require_write(by)
    ids = list(
        customers.on_the_list().order_by("pk").values_list("pk", flat=True)[: MOST_ASKED + 1]
    )
    if len(ids) > MOST_ASKED:
        raise TooManyNotes(
            _("Nobody words more than %(most)s notes at a time.") % {"most": MOST_ASKED},
            _("Choose fewer customers: those for whom it matters most."),
        )
    # In the order of their numbers, so that two at once never wait for each other.
    list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    there = set(
        Note.objects.under_way().filter(customer__in=ids).values_list("customer", flat=True)
    )
    refused = in_the_way([pk for pk in ids if pk not in there], purpose=Purpose.SERVE, at=at)
    fresh = [pk for pk in ids if pk not in there and pk not in refused]
    Note.objects.bulk_create(
        Note(
            customer_id=pk, writer_id=by.member_id, source=source, asked_at=at,
            asked_by_id=by.member_id, state_at=at,
        )
        for pk in fresh
    )  # fmt: skip
    audit.record("asked for notes", "notes.note", by=by, at=at, count=len(fresh))
    return Asked(len(fresh), len(there), dict(Counter(refused.values())))


def ask_for_note(customer: Customer, *, source: Source, by: Actor, at: datetime) -> Note:
    """Put one note on the desk, or take up the one that is there."""
    asked = ask_for_notes(
        Customer.objects.filter(pk=customer.pk), source=source, by=by, at=at
    )  # fmt: skip
    note = note_under_way(customer)
    if note is None:
        code = next(iter(asked.refused), "archived")
        raise CannotBeWrittenTo(_("No note goes to them. %(why)s") % {"why": sentence_of(code)})
    return note


@transaction.atomic
def write_note_to(
    customer: Customer, *, words: str, hand: Hand, source: Source, by: Actor, at: datetime
) -> Note:
    """Put a note with its words on the desk; where the words are refused, nothing is left there."""
    note = ask_for_note(customer, source=source, by=by, at=at)
    return word_note(note, words=words, hand=hand, by=by, at=at)


@transaction.atomic
def word_note(note: Note, *, words: str, hand: Hand, by: Actor, at: datetime) -> Note:
    """Keep the words of a note; whoever wrote them signs it. Nothing that sells to a loyal one."""
    require_write(by)
    note = Note.objects.select_for_update(of=("self",)).select_related("customer").get(pk=note.pk)
    if note.state != NoteState.WAITING:
        raise NoteSettledAlready(
            _("This note has been put on paper already."), _("Take the printing back first.")
        )
    note.words = _fitting(words)
    refuse_enclosure(note.customer, note.words, at=at)
    note.purpose, note.hand = purpose_of(note.words), hand
    note.writer_id, note.state_at = by.member_id or note.writer_id, at
    note.save(update_fields=["words", "purpose", "hand", "writer", "state_at"])
    audit.record("worded note", note, by=by, at=at, customer=note.customer_id)
    return note


def _fitting(words: str) -> str:
    words = "\n".join(line.rstrip() for line in words.strip().splitlines())
    if not words:
        raise NoteEmpty(_("A note says something."), _("Two lines of your own are enough."))
    if len(words) > MOST_SIGNS or len(words.splitlines()) > MOST_LINES:
        raise NoteTooLong(
            _("A card holds %(signs)s signs on %(lines)s lines.")
            % {"signs": MOST_SIGNS, "lines": MOST_LINES},
            _("Say less: what is long reads like a circular."),
        )
    return words


def refuse_enclosure(customer: Customer, words: str, *, at: datetime) -> None:
    """Refuse what sells in a note to a customer who comes anyway, and say why.

    To others it may go where the gate lets offers through.
    """
    found = enclosed_offer(words)
    if not found:
        return
    if asks_how_to_help(words) and what_sells(words):
        raise OfferEnclosed(
            _("It asks how you can help, and “%(found)s” sells: then nobody believes the question.")
            % {"found": found},
            _("Ask today, and sell nothing with it. The offer can go another day, another way."),
        )
    loyal = loyal_among([customer.pk]).get(customer.pk)
    remedy = _("Take it out of the note. The offer can go another day, another way.")
    if loyal is not None:
        raise OfferEnclosed(why_no_offer(customer.name, found, loyal), remedy)
    code = in_the_way([customer.pk], purpose=Purpose.SELL, at=at).get(customer.pk)
    if code:
        sells = _("“%(found)s” sells. %(why)s")
        raise OfferEnclosed(sells % {"found": found, "why": sentence_of(code)}, remedy)


def why_no_offer(name: str, found: str, loyal: Loyal) -> str:
    """Why an offer spoils a note to a loyal customer: what was found, who it is, what is known."""
    told = _("“%(found)s” sells, and %(name)s is loyal to you%(how)s.") % {
        "found": found, "name": name, "how": _how_loyal(loyal),
    }  # fmt: skip
    known = _(
        "In a field experiment with 1,232 customers of a shop a handwritten note doubled what loyal"
        " ones spent afterwards, from $26 to $52; with a coupon or a gift in it that was gone"
        " (Journal of Interactive Marketing, 2022)."
    )
    return f"{told} {known}"


def _how_loyal(loyal: Loyal) -> str:
    if not loyal.purchase_count or loyal.first_on is None:
        return ""
    return ngettext(
        ": %(count)d purchase since %(month)s", ": %(count)d purchases since %(month)s",
        loyal.purchase_count,
    ) % {"count": loyal.purchase_count, "month": _month(loyal.first_on)}  # fmt: skip


def _month(day: date) -> str:
    return format_date(day, "MMMM y", locale=to_locale(get_language() or "en"))
