"""Letters for those who get nothing else: print-ready pages, one letter a customer."""

from collections.abc import Sequence

from regulars.bulletins.choices import Box
from regulars.bulletins.frame_words import frame_words
from regulars.bulletins.models import Owed, Version
from regulars.bulletins.public_pages import Frame, text_in
from regulars.bulletins.texts import lines_of
from regulars.core.typesetting import typeset
from regulars.customers.models import ContactPoint
from regulars.customers.queries.addresses import address_lines, addresses_of

# As many as one goes to the post with; the rest stands on the next file.
MOST = 200


def letters_pdf(letters: Sequence[Owed], version: Version, frame: Frame) -> bytes:
    """One PDF of these letters, each beginning on a sheet of its own."""
    ids = [one.customer_id for one in letters]
    places = addresses_of(ids)
    pages = [
        _page(one, places[one.customer_id], version, frame)
        for one in letters
        if one.customer_id in places
    ]
    business = frame.business
    town = " ".join(part for part in (business.postcode, business.city) if part)
    sender = [part for part in (business.name, business.street, town, business.phone) if part]
    values = {"title": version.bulletin.title, "letters": pages, "sender": sender, "foot": ""}
    return typeset("bulletins/paper/letters.typ", values)


def _page(owed: Owed, point: ContactPoint, version: Version, frame: Frame) -> dict[str, object]:
    language = owed.language if owed.language in version.texts else frame.main
    words, said = frame_words(language), text_in(version, language, frame.main)
    promised = version.next_update_by
    return {
        "to": [owed.customer.name, *address_lines(point)],
        "title": version.bulletin.title,
        "day": frame.day(version.published_at, language),
        "language": language,
        "fix": f"{words['wrong']} {said['wrong']}. {said.get('said', '')}"
        if said.get("wrong") else "",
        "boxes": [
            {"heading": words[box], "lines": lines_of(said.get(box, "")) or [words["nothing"]]}
            for box in Box.values
        ],
        "next": f"{words['next']} {frame.moment(promised, language)}" if promised else "",
        "even_if": words["even_if"],
    }  # fmt: skip
