"""Answering what was said in public where it stands, or setting it aside; and the way back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.actions import answer_case, take_back
from regulars.cases.choices import CaseState, Entry
from regulars.cases.queries import case_of
from regulars.conversations.actions import take_back_touch
from regulars.conversations.choices import Direction
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.mentions.actions.whose import locked_mention, take_from, touch_of, touched
from regulars.mentions.choices import Aside, MentionState
from regulars.mentions.errors import MentionChangedSince, MentionSettled, MentionUnclear
from regulars.mentions.events import MentionAnswered
from regulars.mentions.models import Mention
from regulars.mentions.naming import refuse_wrong_link
from regulars.team.choices import Role
from regulars.team.models import Member

LONGEST, LONGEST_WORD = 5_000, 300


@transaction.atomic
def draft_answer(mention: Mention, *, words: str, by: Actor, at: datetime) -> Mention:
    """Keep what somebody wants to answer, before it stands there."""
    mention = _waiting(mention)
    mention.draft, mention.drafted_by_id = words.strip()[:LONGEST], by.member_id
    touched(mention, at)
    mention.save(update_fields=["draft", "drafted_by", "changed_at"])
    audit.record("drafted", mention, by=by, at=at)
    return mention


@transaction.atomic
def mark_answered(
    mention: Mention, *, words: str, by: Actor, at: datetime, link: str = ""
) -> Mention:
    """Say that it was answered where it stands, in these words.

    Whose words they are hears from us by it: it is a touch, and the first answer in their case.
    """
    mention = _waiting(mention)
    words, link = words.strip()[:LONGEST], link.strip()
    if not words:
        raise MentionUnclear(_("Say what you answered, as it stands there."))
    refuse_wrong_link(link)
    mention.state, mention.answer, mention.answer_link = MentionState.ANSWERED, words, link
    mention.answered_at, mention.answered_by_id = at, by.member_id
    if mention.customer is not None:
        mention.answer_touch = touch_of(mention.customer, Direction.OUT, words, at, by=by, at=at)
        case = case_of(mention.case_source)
        if case is not None and case.state == CaseState.OPEN:
            answer_case(case, words=words, by=by, at=at)
    touched(mention, at)
    mention.save()
    audit.record("answered", mention, by=by, at=at)
    announce(MentionAnswered(mention.pk, mention.customer_id or 0), at=at)
    return mention


@transaction.atomic
def set_aside(
    mention: Mention, *, why: Aside, by: Actor, at: datetime, words: str = ""
) -> Mention:  # fmt: skip
    """Say that it needs no answer, is spam, or is about another business; then it counts nowhere.

    What was taken for the words of a customer, and is no word about us, is taken from them.
    """
    mention = _waiting(mention)
    words = words.strip()[:LONGEST_WORD]
    if why == Aside.OTHER and not words:
        raise MentionUnclear(_("Say in a word which business it is about, or how you know."))
    if why != Aside.ENOUGH and mention.customer_id is not None:
        take_from(mention, by=by, at=at)
    mention.state, mention.aside_why, mention.aside_words = MentionState.ASIDE, why, words
    touched(mention, at)
    mention.save()
    audit.record("set aside", mention, by=by, at=at, why=why.value)
    return mention


@transaction.atomic
def take_back_mention(mention: Mention, *, state: str, by: Actor, at: datetime) -> Mention:
    """Undo what was said of it last: then it waits again."""
    mention = locked_mention(mention)
    if mention.state != state or state not in (MentionState.ANSWERED, MentionState.ASIDE):
        raise MentionChangedSince(_("Somebody has changed this since. Look at it again."))
    if mention.state == MentionState.ANSWERED:
        _unanswer(mention, by=by, at=at)
    mention.state, mention.aside_why, mention.aside_words = MentionState.WAITING, "", ""
    mention.due_at = mention.due_at or at
    touched(mention, at)
    mention.save()
    audit.record("took back", mention, by=by, at=at)
    return mention


@transaction.atomic
def entrust_mention(mention: Mention, *, owner: Member, by: Actor, at: datetime) -> Mention:
    """Let somebody else answer it; its clock runs on."""
    mention = _waiting(mention)
    if not owner.is_active or owner.role == Role.VIEWER:
        raise MentionUnclear(_("%(name)s answers no mentions.") % {"name": owner.name})
    mention.owner = owner
    touched(mention, at)
    mention.save(update_fields=["owner", "changed_at"])
    audit.record("handed over", mention, by=by, at=at, owner=owner.pk)
    return mention


def _unanswer(mention: Mention, *, by: Actor, at: datetime) -> None:
    touch = mention.answer_touch
    if touch is not None and touch.taken_back_at is None:
        take_back_touch(touch, by=by, at=at)
    case = case_of(mention.case_source)
    last = case.entries.last() if case is not None else None
    if last is not None and last.kind == Entry.ANSWERED and last.words == mention.answer:
        take_back(last, by=by, at=at)
    mention.draft = mention.answer
    mention.answer, mention.answer_link, mention.answer_touch = "", "", None
    mention.answered_at, mention.answered_by = None, None


def _waiting(mention: Mention) -> Mention:
    mention = locked_mention(mention)
    if mention.state == MentionState.ANSWERED:
        who = mention.answered_by.name if mention.answered_by else _("Somebody")
        raise MentionSettled(_("%(name)s has answered this already.") % {"name": who})
    if mention.state == MentionState.ASIDE:
        raise MentionSettled(
            _("This was set aside."), _("Take that back first, if it is to be answered.")
        )
    return mention
