"""The texts that customers wrote or said: which there are, and which are still to be read.

What is due is found by what is missing: a text without a reading, one that was changed since, one
that was read by other words. Nothing is queued, so nothing is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from regulars.care.choices import Heard
from regulars.care.models import Answer
from regulars.cases.choices import BY_HAND
from regulars.cases.models import Case
from regulars.helping.models import HelpRequest
from regulars.learning.choices import Mood, TextKind
from regulars.learning.models import Reading
from regulars.mentions.models import Mention


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a text, and how what is only named in it is meant."""

    name: str
    words: str
    leaning: Mood


@dataclass(frozen=True, slots=True)
class Text:
    """What one customer said at one time."""

    kind: TextKind
    source_id: int
    # Nobody where nobody knows whose words these are: then they were said in public.
    customer_id: int | None
    said_at: datetime
    touched_at: datetime
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where texts of a kind are: all that count, when a row was last changed, and its parts."""

    rows: Callable[[], "QuerySet[Any]"]
    touched_at: Any
    said_at: str
    read: Callable[[Any], list[Part]]


def _answers() -> "QuerySet[Any]":
    return Answer.objects.counted().exclude(went_well="", not_right="")


def _of_answer(one: Answer) -> list[Part]:
    # A file says what was wrong by the mark alone: its words speak for themselves.
    is_told = one.source != Heard.IMPORT
    return [
        Part("went_well", one.went_well, Mood.GOOD if is_told else Mood.PLAIN),
        Part("not_right", one.not_right, Mood.BAD if is_told else Mood.PLAIN),
    ]


def _cases() -> "QuerySet[Any]":
    # What a bad answer opened says again what the answer said.
    return Case.objects.filter(source=BY_HAND).exclude(what="").exclude(kind="question")


def _of_case(one: Case) -> list[Part]:
    return [Part("what", one.what, Mood.BAD)]


def _requests() -> "QuerySet[Any]":
    return HelpRequest.objects.exclude(words="")


def _of_request(one: HelpRequest) -> list[Part]:
    return [Part("words", one.words, Mood.PLAIN)]


def _mentions() -> "QuerySet[Any]":
    return Mention.objects.about_us().exclude(words="")


def _of_mention(one: Mention) -> list[Part]:
    # What somebody writes in public both praises and blames: its words speak for themselves.
    return [Part("words", one.words, Mood.PLAIN)]


KINDS: Mapping[TextKind, Kind] = {
    TextKind.ANSWER: Kind(
        _answers, Coalesce("changed_at", "recorded_at"), "said_at", _of_answer
    ),
    TextKind.CASE: Kind(_cases, F("recorded_at"), "opened_at", _of_case),
    TextKind.HELP: Kind(_requests, F("recorded_at"), "said_at", _of_request),
    TextKind.PUBLIC: Kind(_mentions, F("changed_at"), "said_at", _of_mention),
}  # fmt: skip


def due(kind: TextKind, version: str, most: int) -> list[Text]:
    """The next texts of a kind that are to be read, the oldest first."""
    read = Reading.objects.filter(
        kind=kind, source_id=OuterRef("pk"), version=version, read_at__gte=OuterRef("touched_at")
    )
    rows = _rows(kind).filter(~Exists(read))
    return [_text_of(kind, row) for row in rows.order_by("pk")[:most]]


def _rows(kind: TextKind) -> "QuerySet[Any]":
    rows: QuerySet[Any] = KINDS[kind].rows().annotate(touched_at=KINDS[kind].touched_at)
    return rows


def gone(kind: TextKind) -> "QuerySet[Reading]":
    """What was read of texts that are not there any more, or do not count."""
    there = KINDS[kind].rows().filter(pk=OuterRef("source_id"))
    return Reading.objects.filter(kind=kind).filter(~Exists(there))


def _text_of(kind: TextKind, row: Any) -> Text:
    one = KINDS[kind]
    parts = [part for part in one.read(row) if part.words.strip()]
    said_at = getattr(row, one.said_at)
    return Text(kind, row.pk, row.customer_id, said_at, row.touched_at, parts)


def texts_by_source(asked: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Text]:
    """These texts, one query a kind; what is not there any more is left out."""
    found: dict[tuple[str, int], Text] = {}
    for kind in KINDS:
        ids = [pk for asked_kind, pk in asked if asked_kind == kind]
        if ids:
            for row in _rows(kind).filter(pk__in=ids):
                found[kind.value, row.pk] = _text_of(kind, row)
    return found
