"""Themes, for reading: which there are, how often each is spoken of, and in which sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from regulars.core.actor import Actor
from regulars.customers.queries.people import customers_for
from regulars.learning.chance import Share, apart
from regulars.learning.choices import Mood
from regulars.learning.errors import ThemeNotFound
from regulars.learning.models import Hit, Reading, Theme
from regulars.learning.rules import kinds_seen, may_see, may_see_causes, may_set_words
from regulars.learning.taxonomy import OURS

MOODS = (Mood.BAD, Mood.GOOD, Mood.PLAIN)


def is_seer(actor: Actor) -> bool:
    return may_see(actor)


def is_seer_of_causes(actor: Actor) -> bool:
    return may_see_causes(actor)


def is_word_setter(actor: Actor) -> bool:
    return may_set_words(actor)


@dataclass(frozen=True, slots=True)
class Named:
    """A theme as it holds now: ours, ours as the business changed it, or one of its own."""

    key: str
    name: str
    bad: Sequence[str]
    good: Sequence[str]
    plain: Sequence[str]
    is_off: bool
    is_ours: bool
    is_changed: bool
    row: Theme | None

    @property
    def words(self) -> Mapping[Mood, Sequence[str]]:
        return {Mood.BAD: self.bad, Mood.GOOD: self.good, Mood.PLAIN: self.plain}


def every_theme() -> list[Named]:
    """All themes, those that come along first, switched off ones too."""
    rows = {one.key: one for one in Theme.objects.all()}
    ours = [_named(key, rows.pop(key, None)) for key in OURS]
    return ours + sorted((_named(key, row) for key, row in rows.items()), key=lambda one: one.name)


def _named(key: str, row: Theme | None) -> Named:
    given = OURS.get(key)
    words = {}
    for mood in MOODS:
        kept = getattr(row, mood.value) if row else None
        words[mood.value] = list(
            getattr(given, mood.value) if kept is None and given else kept or ()
        )
    is_changed = row is not None and any(getattr(row, mood.value) is not None for mood in MOODS)
    name = (row.name if row else "") or (str(given.name) if given else key)
    return Named(
        key, name, **words, is_off=bool(row and row.is_off), is_ours=given is not None,
        is_changed=bool(given is not None and (is_changed or (row and row.name))), row=row,
    )  # fmt: skip


def themes_in_force() -> list[Named]:
    return [one for one in every_theme() if not one.is_off]


def theme_called(key: str) -> Named:
    found = next((one for one in every_theme() if one.key == key), None)
    if found is None:
        raise ThemeNotFound
    return found


def version_of(themes: Sequence[Named]) -> str:
    """A short name of all words together: other words, another name."""
    told = {one.key: {mood.value: list(words) for mood, words in one.words.items()}
            for one in themes}  # fmt: skip
    return sha256(dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def readings_for(
    actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> "QuerySet[Reading]":
    """What was read of those whom this person may see, and is not hidden from them."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    # What nobody's name is on stands in public anyway.
    rows = Reading.objects.filter(theirs | Q(customer=None), kind__in=kinds_seen(actor))
    rows = rows.filter(said_at__gte=since) if since else rows
    return rows.filter(said_at__lt=until) if until else rows


def hits_for(
    actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> "QuerySet[Hit]":
    """Where themes were found, as far as this person may see."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("reading__customer")))
    rows = Hit.objects.filter(
        theirs | Q(reading__customer=None), reading__kind__in=kinds_seen(actor)
    )
    rows = rows.filter(said_at__gte=since) if since else rows
    return rows.filter(said_at__lt=until) if until else rows


@dataclass(frozen=True, slots=True)
class Told:
    """How often a theme is spoken of, in how many texts, and whether more than before."""

    theme: Named
    bad: Share
    good: Share
    plain: int
    bad_customers: int
    before: Share | None

    @property
    def word(self) -> str:
        """More, less, the same as far as anybody can tell, or too few."""
        return apart(self.before, self.bad) if self.before else ""


@dataclass(frozen=True, slots=True)
class Themes:
    """What customers speak of within a stretch of time."""

    texts: int
    before: int | None
    rows: Sequence[Told]

    @property
    def bad(self) -> list[Told]:
        return sorted((one for one in self.rows if one.bad.count), key=lambda one: -one.bad.count)

    @property
    def good(self) -> list[Told]:
        return sorted((one for one in self.rows if one.good.count), key=lambda one: -one.good.count)

    @property
    def most(self) -> int:
        return max((max(one.bad.count, one.good.count) for one in self.rows), default=0)


def themes_told(actor: Actor, since: datetime | None, at: datetime) -> Themes:
    """How often each theme is spoken of since a moment, beside as long a time before."""
    texts, counts = readings_for(actor, since).count(), _counts(actor, since, None)
    before: int | None = None
    earlier: Mapping[tuple[str, str], tuple[int, int]] = {}
    if since is not None:
        start = since - (at - since)
        before = readings_for(actor, start, since).count()
        earlier = _counts(actor, start, since)
    rows = []
    for theme in themes_in_force():
        bad, good, plain = (counts.get((theme.key, mood.value), (0, 0)) for mood in MOODS)
        was = None
        if before is not None:
            was = Share(earlier.get((theme.key, Mood.BAD.value), (0, 0))[0], before)
        rows.append(Told(theme, Share(bad[0], texts), Share(good[0], texts), plain[0], bad[1], was))
    return Themes(texts, before, rows)


def _counts(
    actor: Actor, since: datetime | None, until: datetime | None
) -> dict[tuple[str, str], tuple[int, int]]:
    """By theme and mood: in how many texts, of how many customers."""
    rows = hits_for(actor, since, until).order_by().values_list("theme", "mood").annotate(
        texts=Count("pk"), customers=Count("reading__customer", distinct=True)
    )  # fmt: skip
    return {(theme, mood): (texts, customers) for theme, mood, texts, customers in rows}
