"""Notes on paper: cards in handwriting, sheets to copy from by hand, labels for envelopes."""

from collections.abc import Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.core.typesetting import typeset
from regulars.customers.models import ContactPoint
from regulars.customers.queries.addresses import address_lines, addresses_of
from regulars.notes.choices import Hand
from regulars.notes.models import Note

# A sheet of labels has three by seven.
LABELS = 21


def cards_pdf(notes: Sequence[Note], *, on_a4: bool) -> bytes:
    """Cards in handwriting: each on a page of its own (A6), or four on a sheet to cut (A4)."""
    cards = [_card(one) for one in notes if one.hand == Hand.FONT]
    values = {"title": _("Note cards"), "cards": cards, "on_a4": on_a4, **_language()}
    return typeset("notes/paper/cards.typ", values)


def sheets_pdf(notes: Sequence[Note]) -> bytes:
    """What is to be copied by hand, one after the other, each with its envelope."""
    places = addresses_of([one.customer_id for one in notes])
    sheets = [
        {
            **_card(one),
            "to": [one.customer.name, *_lines(places, one.customer_id)],
        }
        for one in notes
        if one.hand == Hand.PEN
    ]
    values = {
        "title": _("Notes to copy by hand"), "sheets": sheets, "foot": _("Copy with a pen."),
        **_language(),
    }  # fmt: skip
    return typeset("notes/paper/sheets.typ", values)


def labels_pdf(notes: Sequence[Note], *, skip: int = 0) -> bytes:
    """A label for each envelope, on sheets of 21; `skip` are gone from the first sheet already."""
    places = addresses_of([one.customer_id for one in notes])
    labels: list[list[str]] = [[] for _gone in range(max(0, min(skip, LABELS - 1)))]
    labels += [
        [one.customer.name, *_lines(places, one.customer_id)]
        for one in notes
        if one.customer_id in places
    ]
    values = {"title": _("Address labels"), "labels": labels, **_language()}
    return typeset("notes/paper/labels.typ", values)


def _card(note: Note) -> dict[str, object]:
    name = note.writer.name if note.writer else ""
    return {"lines": note.words.splitlines(), "name": name, "whom": note.customer.name}


def _lines(places: Mapping[int, ContactPoint], customer_id: int) -> list[str]:
    point = places.get(customer_id)
    return address_lines(point) if point is not None else []


def _language() -> dict[str, str]:
    # The paper knows languages without their countries.
    return {"language": (get_language() or "en").partition("-")[0]}
