"""One text for a list of customers: written, approved for what was seen, sent, paused, stopped."""

import hashlib
import json
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Channel
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.messaging import lots
from regulars.messaging.actions.waiting import leave_taking_back
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import WAITING, MailingState
from regulars.messaging.errors import (
    ChannelNotCarried,
    MailingChanged,
    MailingNotOpen,
    MailingUnfit,
)
from regulars.messaging.linting import grave_findings, written_of
from regulars.messaging.models import Mailing, Message, TemplateVersion
from regulars.messaging.rules import may_approve, may_write

EXPAND_JOB = "messaging.expand"
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
    channel: str = Channel.EMAIL,
) -> Mailing:
    """Write down what is meant for whom; nothing leaves before somebody approves it."""
    _check(may_write(by))
    check_carried(channel)
    mailing = Mailing.objects.create(
        name=name.strip() or version.subject,
        channel=channel,
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
    lots.begin(mailing, at=at)
    return mailing


@transaction.atomic
def send_by_their_clock(
    mailing: Mailing, *, day: date, hour: time, good_for_hours: int, by: Actor, at: datetime
) -> Mailing:
    """Have each customer get a draft when their own clock shows an hour, from a day on.

    Who lives where nobody knows has ours. Nobody gets it before the moment from which it may leave.
    """
    _check(may_write(by))
    mailing = _locked(mailing, MailingState.DRAFT)
    mailing.local_on, mailing.local_time = day, hour
    mailing.expires_after_hours = good_for_hours
    mailing.save(update_fields=["local_on", "local_time", "expires_after_hours"])
    audit.record("sends by their clock", mailing, by=by, at=at, hour=hour.isoformat("minutes"))
    return mailing


@transaction.atomic
def approve_mailing(
    mailing: Mailing, *, seen_count: int, by: Actor, at: datetime, seen_left_out: int = 0
) -> Mailing:
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
    _refuse_another_lot(mailing, seen_left_out)
    if not count:
        raise MailingNotOpen(_("There is nobody on this list."), _("Choose other customers."))
    _refuse_what_is_grave(mailing.version)
    freeze(mailing.version, at=at)
    mailing.approved_sha256 = mailing.version.sha256
    mailing.approved_definition_sha256 = hash_of(mailing.definition)
    mailing.approved_count, mailing.approved_at = count, at
    mailing.approved_by_id = by.member_id
    mailing.state, mailing.why_paused = MailingState.RUNNING, ""
    mailing.save()
    audit.record("approved mailing", mailing, by=by, at=at, count=count)
    _leave_to_be_written(mailing, at)
    return mailing


def _leave_to_be_written(mailing: Mailing, at: datetime) -> None:
    # Each approval has a job of its own: the one before may have ended without a message.
    jobs.enqueue(
        EXPAND_JOB, at=max(at, mailing.not_before or at),
        unique_key=f"{EXPAND_JOB}:{mailing.pk}:{at.isoformat()}", mailing_id=mailing.pk,
    )  # fmt: skip


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
    if mailing.expanded_at is None:
        _leave_to_be_written(mailing, at)
    return mailing


@transaction.atomic
def cancel_mailing(mailing: Mailing, *, by: Actor, at: datetime) -> int:
    """Stop a mailing for good; returns how many messages wait, and are taken back."""
    _check(may_write(by))
    mailing = _locked(mailing, MailingState.RUNNING, MailingState.PAUSED, MailingState.DRAFT)
    mailing.state = MailingState.CANCELLED
    mailing.save(update_fields=["state"])
    # Nothing of it is claimed from here on, so that what waits can be taken back in stretches.
    count = Message.objects.filter(mailing=mailing, state__in=WAITING).count()
    leave_taking_back(at=at)
    audit.record("cancelled mailing", mailing, by=by, at=at, count=count)
    return count


def check_carried(channel: str) -> None:
    """So far only e-mail is carried: what is meant for another channel would never arrive."""
    if channel != Channel.EMAIL:
        raise ChannelNotCarried(
            _("Messages are carried only by e-mail so far."), _("Choose e-mail, or call them.")
        )


def _refuse_another_lot(mailing: Mailing, seen: int) -> None:
    if lots.is_pending(mailing):
        raise MailingNotOpen(
            _("How many of this long list are left out by lot is still being worked out."),
            _("Load the page again in a minute, and approve it then."),
        )
    now = lots.left_out_count(mailing)
    if now != seen:
        raise MailingChanged(
            _("How many are left out by lot has changed: it was %(seen)s, and is %(now)s now.")
            % {"seen": seen, "now": now},
            _("Look at it once more, then approve it."),
        )


def _refuse_what_is_grave(version: TemplateVersion) -> None:
    for finding in grave_findings(written_of(version)):
        raise MailingUnfit(finding.sentence, finding.remedy)


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
