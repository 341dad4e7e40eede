"""Mentions in words: by when they are to be answered, how it stands, how we know whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.cases.words import moment_words
from regulars.core.templatetags.look import day_words
from regulars.mentions.choices import Aside, Match, MentionState
from regulars.mentions.models import Mention


@dataclass(frozen=True, slots=True)
class Told:
    """One mention as a list shows it."""

    mention: Mention
    how: str
    is_late: bool
    is_breaking: bool


def told(mention: Mention, at: datetime) -> Told:
    return Told(
        mention, state_words(mention, at), mention.is_late_at(at), mention.is_breaking_at(at)
    )


def all_told(mentions: Sequence[Mention], at: datetime) -> list[Told]:
    return [told(one, at) for one in mentions]


def state_words(mention: Mention, at: datetime) -> str:
    """By when it is to be answered, or what became of it."""
    if mention.state == MentionState.ANSWERED:
        when = mention.answered_at or mention.said_at
        return _("we answered %(when)s") % {"when": day_words(when)}
    if mention.state == MentionState.ASIDE:
        why = str(Aside(mention.aside_why).label) if mention.aside_why else ""
        return f"{why}: {mention.aside_words}" if mention.aside_words else why
    if mention.state == MentionState.PAST or mention.due_at is None:
        return _("said before we began here")
    places = {"when": moment_words(mention.due_at)}
    if mention.is_late_at(at):
        return _("an answer was due %(when)s") % places
    return _("to be answered by %(when)s") % places


def known_words(mention: Mention) -> str:
    """How we know whose words they are."""
    if mention.customer_id is None:
        return str(Match.NONE.label)
    who = mention.matched_by.name if mention.matched_by else _("somebody here")
    return {
        Match.EMAIL: _("by their e-mail address, which nobody else has"),
        Match.HANDLE: _("by their handle, which somebody here knew"),
        Match.PERSON: _("%(who)s knew") % {"who": who},
    }.get(Match(mention.known_by), "")


def mark_words(mention: Mention) -> str:
    if mention.mark is None:
        return ""
    return _("%(mark)s of %(of)s") % {"mark": mention.mark, "of": mention.scale}
