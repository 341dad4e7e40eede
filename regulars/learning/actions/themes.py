"""What the themes are, and by which words each is found: the owner's to say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.learning.actions.reading import ask_to_read
from regulars.learning.choices import Mood
from regulars.learning.errors import ThemeChangedSince, ThemeUnclear
from regulars.learning.finding import as_words
from regulars.learning.models import Hit, Theme
from regulars.learning.queries.themes import MOODS, theme_called
from regulars.learning.rules import may_set_words
from regulars.learning.taxonomy import OURS

LONGEST_NAME, MOST_WORDS = 60, 400
KEPT = ("name", "bad", "good", "plain", "is_off")


@transaction.atomic
def add_theme(
    name: str, words: Mapping[Mood, str], *, by: Actor, at: datetime
) -> Theme:  # fmt: skip
    """Make a theme of the business's own; what is there is read by its words soon."""
    _check_may(by)
    name, told = _told(name, words)
    row = Theme(key=_free_key(name), name=name, changed_at=at, changed_by_id=by.member_id, **told)
    row.save()
    audit.record("added", row, by=by, at=at)
    _read_again(at)
    return row


@transaction.atomic
def change_theme(
    key: str, name: str, words: Mapping[Mood, str], *, by: Actor, at: datetime
) -> Theme:
    """Change by which words a theme is found, or what it is called; all texts are read again."""
    _check_may(by)
    name, told = _told(name, words)
    given = OURS.get(key)
    if given is not None:
        # What is as it came along goes on with what comes along later.
        told = {
            mood: None if listed == list(getattr(given, mood)) else listed
            for mood, listed in told.items()
        }
        name = "" if name == str(given.name) else name
    row = _changing(key, by, at)
    row.name = name
    for mood, listed in told.items():
        setattr(row, mood, listed)
    return _kept(row, "changed", by, at)


@transaction.atomic
def switch_theme(key: str, *, is_off: bool, by: Actor, at: datetime) -> Theme:
    """Leave a theme out, or let it count again."""
    _check_may(by)
    row = _changing(key, by, at)
    row.is_off = is_off
    return _kept(row, "switched off" if is_off else "switched on", by, at)


@transaction.atomic
def forget_theme(key: str, *, by: Actor, at: datetime) -> None:
    """Ours is again as it came along; one of the business's own is gone."""
    _check_may(by)
    theme_called(key)
    row = Theme.objects.select_for_update().filter(key=key).first()
    if row is None:
        return
    audit.record("forgot", row, by=by, at=at)
    if key not in OURS:
        Hit.objects.filter(theme=key).delete()
    row.delete()
    _read_again(at)


@transaction.atomic
def take_back_theme(key: str, *, changed_at: datetime, by: Actor, at: datetime) -> None:
    """Undo what was changed last, as long as nobody has changed it since."""
    _check_may(by)
    row = Theme.objects.select_for_update().filter(key=key).first()
    if row is None or int(row.changed_at.timestamp()) != int(changed_at.timestamp()):
        raise ThemeChangedSince(_("Somebody has changed this since. Look at it again."))
    if row.before is None:
        forget_theme(key, by=by, at=at)
        return
    for name, value in row.before.items():
        setattr(row, name, value)
    row.before = None
    _kept(row, "took back", by, at)


def _told(name: str, words: Mapping[Mood, str]) -> tuple[str, dict[str, Any]]:
    name = " ".join(name.split())
    told: dict[str, Any] = {mood.value: as_words(words.get(mood, "")) for mood in MOODS}
    if not name or len(name) > LONGEST_NAME:
        raise ThemeUnclear(
            _("Give the theme a name."),
            _("At most %(most)s signs: “Delivery”, “Opening hours”.") % {"most": LONGEST_NAME},
        )
    if not any(told.values()):
        raise ThemeUnclear(
            _("Without words nothing is found."), _("Write at least one word that speaks of it.")
        )
    _check_few_enough(told.values())
    return name, told


def _check_few_enough(lists: Any) -> None:
    longest: Sequence[str] = max(lists, key=len)
    if len(longest) > MOST_WORDS:
        raise ThemeUnclear(
            _("That are more than %(most)s words of one kind.") % {"most": MOST_WORDS},
            _("Make two themes of it, or leave out those that say nothing."),
        )


def _free_key(name: str) -> str:
    stem = slugify(name)[:16] or "theme"
    taken = {*OURS, *Theme.objects.values_list("key", flat=True)}
    return next(
        key for number in range(1, 10_000)
        if (key := f"own-{stem}" if number == 1 else f"own-{stem}-{number}"[:24]) not in taken
    )  # fmt: skip


def _changing(key: str, by: Actor, at: datetime) -> Theme:
    """The row of a theme, held, with how it stood; one of ours has none before it is changed."""
    theme_called(key)
    row = Theme.objects.select_for_update().filter(key=key).first()
    if row is None:
        return Theme(key=key, changed_at=at, changed_by_id=by.member_id)
    row.before = {name: getattr(row, name) for name in KEPT}
    return row


def _kept(row: Theme, deed: str, by: Actor, at: datetime) -> Theme:
    row.changed_at, row.changed_by_id = at, by.member_id
    row.save()
    audit.record(deed, row, by=by, at=at)
    _read_again(at)
    return row


def _read_again(at: datetime) -> None:
    ask_to_read(at=at, key=f"words:{at.isoformat()}")


def _check_may(by: Actor) -> None:
    if not may_set_words(by):
        raise NotAllowed(_("Only an owner says by which words a theme is found."))
