"""Promises in words: by when, how late, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from babel.dates import format_time
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.core.templatetags.look import day_words
from regulars.promises.choices import PromiseState
from regulars.promises.models import Promise
from regulars.promises.queries import KeptRate

# What is promised "by Friday" may be done in the last minute of Friday.
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class Told:
    """One promise as a page shows it."""

    promise: Promise
    when: str
    is_late: bool
    before: Sequence[str] = ()
    may_settle: bool = False

    @property
    def is_late_kept(self) -> bool:
        return self.promise.state == PromiseState.KEPT_LATE


def told(promise: Promise, at: datetime, *, may_settle: bool, with_dates: bool = False) -> Told:
    """A promise in words: when it is due, or how and when it ended, and the dates it had before."""
    dates = [moved.due_before for moved in promise.postponements.all()] if with_dates else []
    return Told(
        promise,
        when_words(promise, at),
        promise.is_late_at(at),
        [moment_words(one) for one in dates],
        may_settle,
    )


def moment_words(moment: datetime) -> str:
    """A day, and the time of day where it is not just the end of it."""
    local = timezone.localtime(moment)
    day = day_words(moment)
    if local.time().replace(second=0, microsecond=0) == END_OF_DAY:
        return day
    told_time = format_time(local.time(), "short", locale=to_locale(get_language() or "en"))
    return _("%(day)s, %(time)s") % {"day": day, "time": told_time}


def when_words(promise: Promise, at: datetime) -> str:
    """By when, or what came of it and when."""
    places = {"when": moment_words(promise.due_at)}
    if promise.is_late_at(at):
        return _("was due %(when)s") % places
    if promise.is_open:
        return _("by %(when)s") % places
    places = {"due": moment_words(promise.first_due_at), "when": day_words(promise.settled_at)}
    return {
        PromiseState.KEPT: _("kept %(when)s"),
        PromiseState.KEPT_LATE: _("kept late, %(when)s; it was promised for %(due)s"),
        PromiseState.BROKEN: _("not kept; said so %(when)s"),
        PromiseState.WITHDRAWN: _("withdrawn %(when)s"),
    }[PromiseState(promise.state)] % places


def to_whom_words(promise: Promise) -> str:
    if promise.customer is not None:
        return promise.customer.name
    return promise.to_whom or _("everybody")


def bulletin_page(promise: Promise) -> str:
    """Where the bulletin stands whose next update was promised; empty for any other promise."""
    kind, _colon, number = promise.source.partition(":")
    return reverse("bulletins:show", args=[int(number)]) if kind == "bulletin" else ""


def rate_words(rate: KeptRate) -> str:
    """The kept rate with its count; a share alone would hide how few they are."""
    if not rate.total:
        return _("No promise has been due yet.")
    return ngettext(
        "Of %(total)d promise that was due, %(kept)d was kept in time, %(late)d late, "
        "%(broken)d not.",
        "Of %(total)d promises that were due, %(kept)d were kept in time, %(late)d late, "
        "%(broken)d not.",
        rate.total,
    ) % {"total": rate.total, "kept": rate.kept, "late": rate.late, "broken": rate.broken}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list where every line begins with a dash."""

    lines: Sequence[str]
    is_list: bool = False


def paragraphs_of(text: str) -> list[Block]:
    """Plain text in blocks: an empty line ends one."""
    blocks = []
    for part in text.replace("\r", "").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith("-") for line in lines):
            blocks.append(Block([line.lstrip("- ") for line in lines], is_list=True))
        elif lines:
            blocks.append(Block(lines))
    return blocks
