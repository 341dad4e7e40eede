"""One text for a list of customers: written, approved for what was seen, sent, paused, stopped."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.messaging import outbox
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import WAITING, MailingState, State
from regulars.messaging.errors import MailingChanged, MailingNotOpen
from regulars.messaging.models import Mailing, Message, TemplateVersion
from regulars.messaging.rules import may_approve, may_write

BATCH = 500
# RELIABILITY M10: a list that has grown by more than this asks again.
MOST_MORE, MOST_SHARE = 100, 0.10


@transaction.atomic
def write_mailing(  # noqa: PLR0913 - each says one thing about the mailing
    *,
    name: str,
    version: TemplateVersion,
    purpose: str,
    audience: str,
    definition: dict[str, Any],
    by: Actor,
    at: datetime,
    not_before: datetime | None = None,
    expires_after_hours: int = 24,
) -> Mailing:
    """Write down what is meant for whom; nothing leaves before somebody approves it."""
    _check(may_write(by))
    mailing = Mailing.objects.create(
        name=name.strip() or version.subject,
        purpose=purpose,
        version=version,
        audience=audience,
        definition=definition,
        audience_words=audiences[audience].words(definition)[:300],
        not_before=not_before,
        expires_after_hours=expires_after_hours,
        created_at=at,
        created_by_id=by.member_id,
    )
    audit.record("wrote mailing", mailing, by=by, at=at, audience=audience)
    return mailing


@transaction.atomic
def approve_mailing(mailing: Mailing, *, seen_count: int, by: Actor, at: datetime) -> Mailing:
    """Send a mailing to those whom the approver has seen counted: this text, this list, this many.

    Where the list has changed by more than a tenth or a hundred since, it asks again.
    """
    _check(may_approve(by))
    mailing = _locked(mailing, MailingState.DRAFT)
    count = audiences[mailing.audience].customers(mailing.definition).count()
    if is_another_list(seen_count, count):
        raise MailingChanged(
            _("The list has changed: it was %(seen)s customers, and is %(now)s now.")
            % {"seen": seen_count, "now": count},
            _("Look at it once more, then approve it."),
        )
    if not count:
        raise MailingNotOpen(_("There is nobody on this list."), _("Choose other customers."))
    freeze(mailing.version, at=at)
    mailing.approved_sha256 = mailing.version.sha256
    mailing.approved_definition_sha256 = hash_of(mailing.definition)
    mailing.approved_count, mailing.approved_at = count, at
    mailing.approved_by_id = by.member_id
    mailing.state, mailing.why_paused = MailingState.RUNNING, ""
    mailing.save()
    audit.record("approved mailing", mailing, by=by, at=at, count=count)
    jobs.enqueue(
        "messaging.expand", at=max(at, mailing.not_before or at),
        unique_key=f"messaging.expand:{mailing.pk}", mailing_id=mailing.pk,
    )  # fmt: skip
    return mailing


@transaction.atomic
def pause_mailing(mailing: Mailing, *, by: Actor, at: datetime, why: str = "") -> Mailing:
    """Let what has not left yet wait."""
    _check(may_write(by))
    mailing = _locked(mailing, MailingState.RUNNING)
    mailing.state, mailing.why_paused = MailingState.PAUSED, why.strip()[:300]
    mailing.save(update_fields=["state", "why_paused"])
    audit.record("paused mailing", mailing, by=by, at=at)
    return mailing


@transaction.atomic
def resume_mailing(mailing: Mailing, *, by: Actor, at: datetime) -> Mailing:
    """Go on with a paused mailing."""
    _check(may_approve(by))
    mailing = _locked(mailing, MailingState.PAUSED)
    mailing.state, mailing.why_paused = MailingState.RUNNING, ""
    mailing.save(update_fields=["state", "why_paused"])
    audit.record("resumed mailing", mailing, by=by, at=at)
    return mailing


@transaction.atomic
def cancel_mailing(mailing: Mailing, *, by: Actor, at: datetime) -> int:
    """Stop a mailing for good; returns how many messages are taken back that had not left."""
    _check(may_write(by))
    mailing = _locked(mailing, MailingState.RUNNING, MailingState.PAUSED, MailingState.DRAFT)
    mailing.state = MailingState.CANCELLED
    mailing.save(update_fields=["state"])
    count = 0
    waiting = Message.objects.filter(mailing=mailing, state__in=WAITING).order_by("pk")
    while ids := list(waiting.values_list("pk", flat=True)[:BATCH]):
        count += len(outbox.transition(ids, State.CANCELLED, at=at, why="mailing"))
    audit.record("cancelled mailing", mailing, by=by, at=at, count=count)
    return count


def freeze(version: TemplateVersion, *, at: datetime) -> None:
    """From its first use on, a version stays as it is."""
    TemplateVersion.objects.filter(pk=version.pk, frozen_at=None).update(frozen_at=at)


def is_another_list(seen: int, now: int) -> bool:
    return abs(now - seen) > MOST_MORE or abs(now - seen) > MOST_SHARE * max(seen, 1)


def hash_of(definition: object) -> str:
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()


def pause_for_approval(mailing: Mailing, *, count: int) -> None:
    """The list grew between approval and start: it waits until somebody has looked again."""
    seen = mailing.approved_count or 0
    why = ngettext(
        "The list was %(seen)s customer when it was approved, and is %(now)s now.",
        "The list was %(seen)s customers when it was approved, and is %(now)s now.",
        seen,
    ) % {"seen": seen, "now": count}
    Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING).update(
        state=MailingState.DRAFT, why_paused=why
    )


def _locked(mailing: Mailing, *states: MailingState) -> Mailing:
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state not in states:
        raise MailingNotOpen(
            _("This mailing is no longer in a state for that."), _("Load the page again.")
        )
    return mailing


def _check(may: bool) -> None:
    if not may:
        raise NotAllowed(
            _("Only owners and managers write to many at once."), _("Ask one of them.")
        )
