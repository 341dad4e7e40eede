"""Cases in words: how long they have waited, by when they hear from us, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_time
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.cases.choices import CaseState, Entry
from regulars.cases.felt import Felt
from regulars.cases.models import Case, CaseEntry
from regulars.core.templatetags.look import day_words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One case as a list shows it."""

    case: Case
    waited: str
    due: str
    is_broken: bool
    is_breaking: bool


def told(case: Case, at: datetime) -> Told:
    return Told(
        case, waited_words(case, at), due_words(case, at), case.is_broken_at(at),
        case.is_breaking_at(at),
    )  # fmt: skip


def all_told(cases: Sequence[Case], at: datetime) -> list[Told]:
    return [told(one, at) for one in cases]


def length_words(length: timedelta) -> str:
    """How long, as somebody feels it who waits: minutes, hours, days."""
    if length < HOUR:
        minutes = max(1, int(length.total_seconds() // 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if length < 2 * DAY:
        hours = int(length.total_seconds() // 3600)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", length.days) % {"n": length.days}


def waited_words(case: Case, at: datetime) -> str:
    return length_words(case.waited_until(at))


@dataclass(frozen=True, slots=True)
class FeltTold:
    """How long customers of a tier waited, in words, beside how many."""

    felt: Felt
    half_heard: str
    nine_heard: str
    half_right: str
    nine_right: str


def felt_words(felt: Felt) -> FeltTold:
    lengths = (felt.half_heard, felt.nine_heard, felt.half_right, felt.nine_right)
    return FeltTold(felt, *(length_words(one) for one in lengths))


def moment_words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    hour = format_time(local.time(), "short", locale=to_locale(get_language() or "en"))
    return _("%(day)s, %(time)s") % {"day": day_words(moment), "time": hour}


def due_words(case: Case, at: datetime) -> str:
    """By when they hear from us, or how it ended."""
    places = {"when": moment_words(case.due_at)}
    if case.state == CaseState.RIGHT:
        return _("they say that it is right")
    if case.state == CaseState.RESOLVED:
        if case.told_at is None:
            return _("put right, and they were not told yet")
        return _("put right; they were asked whether it is")
    if case.is_broken_at(at):
        return _("an answer was due %(when)s") % places if case.state == CaseState.OPEN else (
            _("it should have been right by %(when)s") % places
        )  # fmt: skip
    if case.state == CaseState.OPEN:
        return _("they hear from us by %(when)s") % places
    return _("to be right by %(when)s") % places


def entry_words(entry: CaseEntry) -> str:
    """What happened, in a word or two."""
    return str(Entry(entry.kind).label)


def source_words(case: Case) -> str:
    """How we know."""
    kind, _colon, _number = case.source.partition(":")
    return {
        "answer": _("They gave a bad mark after a delivery"),
        "checkin": _("They did not answer after a late delivery"),
        "mention": _("They said so in public"),
        "helping": _("They asked for help"),
    }.get(kind, _("Somebody here wrote it down"))
