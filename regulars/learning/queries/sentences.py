"""The sentences in which a theme stands: each with its customer, and where it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.learning.choices import Mood, TextKind
from regulars.learning.finding import sentence_around
from regulars.learning.models import Hit
from regulars.learning.queries.keys import key_after, older_than, told_key
from regulars.learning.queries.themes import hits_for
from regulars.learning.texts import Text, texts_by_source

SIZE = 25


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the word by which it was found."""

    before: str
    word: str
    after: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer said of a theme in one text."""

    hit: Hit
    customer: Customer | None
    kind: TextKind
    mood: Mood
    href: str
    sentences: Sequence[Sentence]


def sentences_of(
    actor: Actor, key: str, *, mood: str = "", since: datetime | None = None, after: str = "",
    size: int = SIZE,
) -> tuple[list[Said], str]:  # fmt: skip
    """One page of a theme's sentences, the newest first, and where the next begins."""
    rows = hits_for(actor, since).filter(theme=key)
    rows = rows.filter(mood=mood) if mood else rows
    place = told_key(after)
    rows = rows.filter(older_than(place, "said_at")) if place else rows
    found = list(rows.select_related("reading__customer").order_by("-said_at", "-pk")[: size + 1])
    page = found[:size]
    texts = texts_by_source([(one.reading.kind, one.reading.source_id) for one in page])
    said = [
        _said(one, texts[one.reading.kind, one.reading.source_id])
        for one in page
        if (one.reading.kind, one.reading.source_id) in texts
    ]
    last = page[-1] if len(found) > size else None
    return said, key_after(last.said_at, last.pk) if last else ""


def _said(hit: Hit, text: Text) -> Said:
    reading, words = hit.reading, {part.name: part.words for part in text.parts}
    sentences, until = [], dict.fromkeys(words, -1)
    for name, start, end in hit.spots:
        # A text that was changed a moment ago is read again soon; until then it may be shorter.
        if name in words and until[name] <= start < end <= len(words[name]):
            before, word, rest = sentence_around(words[name], start, end)
            sentences.append(Sentence(before, word, rest))
            until[name] = end + len(rest)
    return Said(
        hit, reading.customer, text.kind, Mood(hit.mood), _where(text), sentences
    )  # fmt: skip


def _where(text: Text) -> str:
    if text.kind == TextKind.CASE:
        return reverse("cases:show", args=[text.source_id])
    if text.kind == TextKind.PUBLIC:
        return reverse("mentions:show", args=[text.source_id])
    if text.kind == TextKind.HELP:
        return reverse("helping:show", args=[text.source_id])
    return f"{reverse('customers:detail', args=[text.customer_id])}#went"
