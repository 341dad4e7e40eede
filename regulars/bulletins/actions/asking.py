"""What people ask about a bulletin: noted by staff, or sent by the public page."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.bulletins.errors import BulletinClosed, NothingSaid
from regulars.bulletins.models import Bulletin, Question
from regulars.bulletins.rules import may_note_questions
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import rows_of
from regulars.core.errors import NotAllowed
from regulars.core.keys import kept_key
from regulars.customers.models import Customer

LONGEST = 500
# From one network address, in an hour, and of one bulletin in all that wait for an answer.
MOST_FROM_ONE_PLACE, MOST_WAITING = 5, 2000
WINDOW = timedelta(hours=1)


@transaction.atomic
def note_question(
    bulletin: Bulletin, words: str, *, by: Actor, at: datetime, customer: Customer | None = None
) -> Question:
    """Write down what somebody asked about a bulletin, so that the next version can answer it."""
    if not may_note_questions(by):
        raise NotAllowed(_("You may look, and note nothing. An owner can change that."))
    question = Question.objects.create(
        bulletin=_open(bulletin), words=_tidy(words), customer=customer, asked_at=at,
        noted_by_id=by.member_id,
    )  # fmt: skip
    audit.record("noted question", question, by=by, at=at, bulletin=bulletin.pk)
    return question


@transaction.atomic
def take_question(
    bulletin: Bulletin, words: str, *, asked_from_ip: str, at: datetime
) -> Question | None:
    """Take a question from the public page; of what comes too often nothing is kept."""
    seal, said = _sealed(asked_from_ip), _tidy(words)
    if connection.vendor == "postgresql":
        rows_of("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"asked {seal}"])
    bulletin = _open(bulletin)
    recent = Question.objects.filter(asked_from=seal, asked_at__gt=at - WINDOW)
    waiting = bulletin.questions.filter(answered_in=None, put_aside_at=None, came_by="page")
    if (seal and recent.count() >= MOST_FROM_ONE_PLACE) or waiting.count() >= MOST_WAITING:
        return None
    return Question.objects.create(
        bulletin=bulletin, words=said, came_by="page", asked_from=seal, asked_at=at
    )


@transaction.atomic
def put_aside(bulletin: Bulletin, ids: list[int], *, by: Actor, at: datetime) -> int:
    """Leave questions without an answer: they were answered otherwise, or are none."""
    if not may_note_questions(by):
        raise NotAllowed(_("You may look, and note nothing. An owner can change that."))
    waiting = Question.objects.filter(bulletin=bulletin, answered_in=None, put_aside_at=None)
    count = waiting.filter(pk__in=ids).update(put_aside_at=at)
    audit.record("put aside questions", bulletin, by=by, at=at, count=count)
    return count


def _open(bulletin: Bulletin) -> Bulletin:
    bulletin = Bulletin.objects.get(pk=bulletin.pk)
    if bulletin.closed_at is not None:
        raise BulletinClosed(_("This is over: nothing more is answered here."), _("Call us."))
    return bulletin


def _tidy(words: str) -> str:
    said = " ".join(words.split())[:LONGEST]
    if not said:
        raise NothingSaid(_("Nothing was asked."), _("Write the question as they asked it."))
    return said


def _sealed(ip: str) -> str:
    """A network address that can be known again, and not read."""
    if not ip:
        return ""
    return hmac.new(kept_key("addresses"), f"ip:{ip}".encode(), hashlib.sha256).hexdigest()[:32]
