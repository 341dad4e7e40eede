"""Help requests in words: what waits and how long, or what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import day_words
from regulars.helping.choices import HelpState
from regulars.helping.models import HelpRequest


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as a page shows it."""

    asked: HelpRequest
    title: str
    when: str
    is_late: bool


def said(asked: HelpRequest, at: datetime) -> Said:
    """What they need, since when, by when; or how it ended."""
    title = asked.topic or str(HelpState(asked.state).label)
    return Said(asked, title, _when(asked, at), asked.is_late_at(at))


def _when(asked: HelpRequest, at: datetime) -> str:
    places = {
        "said": day_words(asked.said_at),
        "due": day_words(asked.due_at) if asked.due_at else "",
        "told": day_words(asked.told_at) if asked.told_at else "",
    }
    if asked.is_late_at(at):
        return _("asked %(said)s; we meant to come back %(due)s") % places
    return {
        HelpState.OPEN: _("asked %(said)s; we come back by %(due)s"),
        HelpState.DONE: _("asked %(said)s; we came back %(told)s"),
        HelpState.NOTHING: _("asked %(said)s"),
        HelpState.WITHDRAWN: _("asked %(said)s; not needed any more since %(told)s"),
    }[HelpState(asked.state)] % places
