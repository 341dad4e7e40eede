"""Reading what customers wrote: a stretch at a time, and only what was not read yet."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from regulars.core import jobs
from regulars.core.models import Job
from regulars.learning.choices import Mood, TextKind
from regulars.learning.finding import MOST_SPOTS, Dictionary, dictionary_of, themes_in
from regulars.learning.models import Hit, Reading
from regulars.learning.queries.themes import Named, themes_in_force, version_of
from regulars.learning.texts import Text, due, gone

JOB = "learning.read"
# In one short transaction: others who write are let in between.
TOGETHER = 200
Tell = Callable[[int], None]


def ask_to_read(*, at: datetime, key: str) -> Job:
    """Leave what is new to be read soon; once for each key."""
    return jobs.enqueue(JOB, at=at, unique_key=f"{JOB}:{key}")


def read_texts(*, at: datetime, tell: Tell | None = None) -> dict[str, int]:
    """Read every text that is new, was changed, or was read by other words; forget what is gone.

    Safe to run again, and to be killed: what is read stays read, the rest is found again.
    """
    themes = themes_in_force()
    version, words = version_of(themes), dictionary_of(_words(themes))
    Hit.objects.filter(~Exists(Reading.objects.filter(pk=OuterRef("reading")))).delete()
    forgotten, read = sum(_forget(kind) for kind in TextKind), 0
    for kind in TextKind:
        while texts := due(kind, version, TOGETHER):
            _keep(texts, words, version, at)
            read += len(texts)
            if tell:
                tell(read)
    return {"read": read, "forgotten": forgotten}


def _words(themes: Sequence[Named]) -> dict[str, dict[Mood, Sequence[str]]]:
    return {one.key: dict(one.words) for one in themes}


@transaction.atomic
def _forget(kind: TextKind) -> int:
    ids = list(gone(kind).values_list("pk", flat=True))
    for low in range(0, len(ids), 500):
        Reading.objects.filter(pk__in=ids[low : low + 500]).delete()
    return len(ids)


@transaction.atomic
def _keep(texts: Sequence[Text], words: Dictionary, version: str, at: datetime) -> None:
    kind = texts[0].kind
    before = Reading.objects.filter(kind=kind, source_id__in=[one.source_id for one in texts])
    before.delete()
    readings = Reading.objects.bulk_create(
        Reading(
            kind=kind, source_id=one.source_id, customer_id=one.customer_id, said_at=one.said_at,
            # Changed while this ran, it is not read over and over again.
            version=version, read_at=max(at, one.touched_at),
        )
        for one in texts
    )  # fmt: skip
    Hit.objects.bulk_create(
        Hit(reading=reading, theme=theme, mood=mood, said_at=text.said_at, spots=spots)
        for reading, text in zip(readings, texts, strict=True)
        for (theme, mood), spots in spots_of(text, words).items()
    )


def spots_of(text: Text, words: Dictionary) -> dict[tuple[str, Mood], list[list[str | int]]]:
    """By theme and mood, where it stands: the part of the text, from and to."""
    found: dict[tuple[str, Mood], list[list[str | int]]] = defaultdict(list)
    for part in text.parts:
        for one in themes_in(part.words, words, part.leaning):
            spots = found[one.theme, one.mood]
            if len(spots) < MOST_SPOTS:
                spots.append([part.name, one.start, one.end])
    return found
