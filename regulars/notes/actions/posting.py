"""From words to the letter box: printing, writing by hand, posting, and each of them taken back."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted, take_back_posted
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.messaging.words import sentence_of
from regulars.notes.actions.asking import why_no_offer
from regulars.notes.choices import ON_PAPER, UNDER_WAY, Hand, NoteState
from regulars.notes.enclosures import enclosed_offer
from regulars.notes.errors import (
    NoteSettledAlready,
    NothingToPost,
    NothingToPrint,
    PrintingNotFound,
)
from regulars.notes.models import Note, Printing
from regulars.notes.queries import in_the_way, loyal_among
from regulars.notes.rules import require_write, visible_to

# As many as one goes to the post with.
MOST = 200


@dataclass(frozen=True, slots=True)
class Printed:
    """What went to the printer, and why each of the others did not, by their names."""

    printing: Printing
    count: int
    left: list[tuple[str, str]]


@transaction.atomic
def print_notes(ids: Collection[int], *, by: Actor, at: datetime) -> Printed:
    """Put worded notes on paper: cards in handwriting, sheets to copy from, a label for each.

    Asked again on the day: whoever said no, is left alone or has become loyal meanwhile stays out.
    """
    notes = [one for one in _locked(ids, by) if one.is_ready]
    left = _left_out(notes, at)
    printed = [one for one in notes if one.pk not in left]
    if not printed:
        why = next(iter(left.values()), _("They have no words, or are on paper already."))
        raise NothingToPrint(_("None of them can be printed now. %(why)s") % {"why": why})
    printing = Printing.objects.create(made_at=at, made_by_id=by.member_id)
    Note.objects.filter(pk__in=[one.pk for one in printed]).update(
        state=NoteState.PRINTED, printing=printing, state_at=at
    )
    audit.record("printed notes", printing, by=by, at=at, count=len(printed))
    told = [(one.customer.name, left[one.pk]) for one in notes if one.pk in left]
    return Printed(printing, len(printed), told)


def _left_out(notes: Collection[Note], at: datetime) -> dict[int, str]:
    """Why a note cannot go, for those that cannot: three questions, however many there are."""
    found: dict[int, str] = {}
    for purpose in {Purpose(one.purpose) for one in notes}:
        theirs = {one.customer_id: one.pk for one in notes if one.purpose == purpose}
        for pk, code in in_the_way(theirs, purpose=purpose, at=at).items():
            found[theirs[pk]] = sentence_of(code)
    loyal = loyal_among([one.customer_id for one in notes if one.purpose == Purpose.SELL])
    for one in notes:
        if one.customer_id in loyal and (offer := enclosed_offer(one.words)):
            found[one.pk] = why_no_offer(one.customer.name, offer, loyal[one.customer_id])
    return found


@transaction.atomic
def take_back_printing(printing: Printing, *, by: Actor, at: datetime) -> int:
    """Notes of a printing that are not posted yet wait again, as if they had not been printed."""
    require_write(by)
    theirs = visible_to(by).filter(printing=printing, state__in=ON_PAPER)
    ids = list(theirs.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not ids:
        raise PrintingNotFound
    count = Note.objects.filter(pk__in=ids).update(
        state=NoteState.WAITING, printing=None, state_at=at
    )
    audit.record("took back printing", printing, by=by, at=at, count=count)
    return count


@transaction.atomic
def note_written(ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Say that printed sheets were copied by hand; returns how many."""
    notes = _locked(ids, by)
    chosen = [n.pk for n in notes if n.state == NoteState.PRINTED and n.hand == Hand.PEN]
    if not chosen:
        raise NoteSettledAlready(
            _("None of them is a sheet that waits to be copied."), _("Load the page again.")
        )
    return _moved(chosen, NoteState.WRITTEN, "wrote notes", by=by, at=at)


@transaction.atomic
def post_notes(ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Say that notes are in the post: each is a touch, in one go. Returns how many."""
    notes = [one for one in _locked(ids, by) if one.state in ON_PAPER]
    if not notes:
        raise NothingToPost(
            _("None of them is on paper, or they are in the post already."),
            _("Print them first, or load the page again."),
        )
    by_purpose: dict[str, list[Note]] = defaultdict(list)
    for one in notes:
        by_purpose[one.purpose].append(one)
    for purpose, some in by_purpose.items():
        touches = log_posted(
            [one.customer_id for one in some], channel=Channel.NOTE, purpose=Purpose(purpose),
            by=by, at=at, body={one.customer_id: one.words for one in some},
        )  # fmt: skip
        of = {touch.customer_id: touch for touch in touches}
        for one in some:
            one.touch = of[one.customer_id]
    for one in notes:
        one.state_before, one.state, one.state_at = one.state, NoteState.POSTED, at
    Note.objects.bulk_update(notes, ["touch", "state_before", "state", "state_at"])
    audit.record("posted notes", "notes.note", by=by, at=at, count=len(notes))
    return len(notes)


@transaction.atomic
def drop_notes(ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Take notes off the desk: nothing is sent, and their words are kept for taking it back."""
    chosen = [one.pk for one in _locked(ids, by) if one.state in UNDER_WAY]
    if not chosen:
        raise NoteSettledAlready(_("None of them is on the desk."), _("Load the page again."))
    return _moved(chosen, NoteState.DROPPED, "dropped notes", by=by, at=at)


@transaction.atomic
def take_back(note: Note, *, state: NoteState, by: Actor, at: datetime) -> int:
    """Undo what was done last with a note, and with those that it was done with together."""
    require_write(by)
    together = visible_to(by).filter(state=state, state_at=note.state_at).exclude(state_before="")
    notes = list(together.select_for_update(of=("self",)).order_by("pk"))
    if note.pk not in {one.pk for one in notes}:
        raise NoteSettledAlready(
            _("Something else has happened to this note since."), _("Load the page again.")
        )
    if state == NoteState.DROPPED:
        _refuse_second(notes)
    take_back_posted([one.touch_id for one in notes if one.touch_id], by=by, at=at)
    for one in notes:
        one.state, one.state_before, one.touch, one.state_at = one.state_before, "", None, at
    Note.objects.bulk_update(notes, ["state", "state_before", "touch", "state_at"])
    audit.record("took back notes", "notes.note", by=by, at=at, count=len(notes))
    return len(notes)


def _refuse_second(notes: Collection[Note]) -> None:
    theirs = [one.customer_id for one in notes]
    if Note.objects.under_way().filter(customer__in=theirs).exists():
        raise NoteSettledAlready(
            _("Another note to them has been put on the desk since."), _("Word that one instead.")
        )


def _locked(ids: Collection[int], by: Actor) -> list[Note]:
    """The chosen notes that this person may see, in the order of their customers."""
    require_write(by)
    wanted = visible_to(by).filter(pk__in=list(ids)[:MOST]).select_related("customer")
    return list(wanted.select_for_update(of=("self",)).order_by("customer_id", "pk"))


def _moved(
    ids: Collection[int], state: NoteState, verb: str, *, by: Actor, at: datetime
) -> int:  # fmt: skip
    notes = list(Note.objects.filter(pk__in=ids))
    for one in notes:
        one.state_before, one.state, one.state_at = one.state, state, at
    Note.objects.bulk_update(notes, ["state_before", "state", "state_at"])
    audit.record(verb, "notes.note", by=by, at=at, count=len(notes))
    return len(notes)
