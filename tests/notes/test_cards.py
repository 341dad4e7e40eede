"""Notes on paper, read by somebody else's code."""

from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from regulars.notes.actions.asking import MOST_LINES, MOST_SIGNS
from regulars.notes.cards import cards_pdf, labels_pdf, sheets_pdf
from regulars.notes.choices import Hand
from regulars.notes.models import Note
from regulars.team.models import Member
from tests.factories.notes import at_home, make_note

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_each]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def size_of(pdf: PdfReader) -> tuple[int, int]:
    """In millimetres."""
    box = pdf.pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def fonts_of(pdf: PdfReader) -> str:
    return " ".join(
        str(font.get_object()["/BaseFont"])
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    )


@pytest.fixture
def notes(manager: Member, at: datetime) -> list[Note]:
    """A short one, one as long as a card holds, and one that is copied by hand."""
    long = "\n".join(["wide words " * 4] * MOST_LINES)[:MOST_SIGNS]
    return [
        make_note(at_home("Ruth Calloway"), manager, at),
        make_note(at_home("#panic() Bell"), manager, at, words=long),
        make_note(at_home("Vera Lund"), manager, at, hand=Hand.PEN),
    ]


def test_cards_are_in_handwriting_one_a_page_however_long(notes: list[Note]) -> None:
    pdf = read(cards_pdf(notes, on_a4=False))

    assert (len(pdf.pages), size_of(pdf)) == (2, (148, 105))
    assert "Caveat" in fonts_of(pdf)
    text = pdf.pages[0].extract_text()
    assert "the rye is back" in text
    assert "Tomasz" in text
    assert pdf.pages[1].extract_text().count("wide words") == 4 * MOST_LINES


def test_four_cards_stand_on_a_sheet_to_cut(notes: list[Note]) -> None:
    pdf = read(cards_pdf([notes[0]] * 5, on_a4=True))

    assert (len(pdf.pages), size_of(pdf)) == (2, (210, 297))


def test_sheets_to_copy_have_the_words_and_the_envelope(notes: list[Note]) -> None:
    text = read(sheets_pdf(notes)).pages[0].extract_text()

    assert "the rye is back" in text
    assert "4 Weir Lane" in text
    assert "Vera Lund" in text
    assert "Ruth Calloway" not in text


def test_labels_begin_where_the_sheet_is_still_whole(notes: list[Note]) -> None:
    whole, begun = read(labels_pdf(notes)), read(labels_pdf(notes, skip=20))

    assert (len(whole.pages), len(begun.pages)) == (1, 2)
    assert "#panic() Bell" in whole.pages[0].extract_text()
    assert "Ruth Calloway" in begun.pages[0].extract_text()
    assert "Vera Lund" in begun.pages[1].extract_text()
