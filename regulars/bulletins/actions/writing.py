"""Writing a bulletin: drafted, published as versions, corrected, closed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regulars.bulletins.actions.promising import promise_update, settle_promise
from regulars.bulletins.choices import WARNED_HOURS
from regulars.bulletins.errors import (
    BulletinClosed,
    BulletinMoved,
    NothingCorrected,
    UpdateNotAhead,
)
from regulars.bulletins.events import BulletinClosedForGood, BulletinPublished
from regulars.bulletins.models import Bulletin, Question, Texts, Version
from regulars.bulletins.public_pages import check_size, frame_at, write_pages
from regulars.bulletins.queries import languages_of, latest_version, versions_of
from regulars.bulletins.rules import require_publish
from regulars.bulletins.texts import cleaned, require_words
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.events import announce
from regulars.core.templatetags.look import ago
from regulars.team.queries import the_named_business

PAGES_JOB, WARN_JOB, MISSED_JOB = "bulletins.put_out", "bulletins.warn", "bulletins.say_missed"
FURTHEST = timedelta(days=366)


@transaction.atomic
def draft_bulletin(
    *,
    title: str,
    audience: str,
    definition: dict[str, Any],
    by: Actor,
    at: datetime,
    source: str = "desk",
    is_drill: bool = False,
) -> Bulletin:
    """Begin a bulletin; nobody reads it before a version of it is published."""
    require_publish(by)
    said = " ".join(title.split())[:200]
    if not said:
        raise Refusal(_("A bulletin needs a title."), _("Say in a few words what it is about."))
    bulletin = Bulletin.objects.create(
        title=said, slug=_slug_of(said, at), audience=audience, definition=definition,
        source=source, is_drill=is_drill, created_at=at, created_by_id=by.member_id,
    )  # fmt: skip
    audit.record("began bulletin", bulletin, by=by, at=at, source=source, is_drill=is_drill)
    return bulletin


def _slug_of(title: str, at: datetime) -> str:
    """Readable in the address, and never another bulletin's."""
    stem = slugify(title)[:60].strip("-_") or "bulletin"
    taken = set(Bulletin.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    wanted, nth = stem, 1
    # A number after it is a version's, so another bulletin of the name is told by its day.
    while wanted in taken:
        wanted, nth = f"{stem}-of-{at:%Y%m%d}" + (f"-{nth}th" if nth > 1 else ""), nth + 1
    return wanted


@transaction.atomic
def save_draft(
    bulletin: Bulletin, draft: Mapping[str, Any], *, by: Actor, at: datetime
) -> Bulletin:
    """Keep words that are not published yet, so that they can be looked at."""
    require_publish(by)
    bulletin = _open(bulletin)
    _refuse_moved(bulletin, int(draft["seen_number"]))
    business = the_named_business()
    texts = cleaned(draft.get("texts", {}), languages_of(business))
    bulletin.draft = {**draft, "texts": texts}
    bulletin.drafted_at, bulletin.drafted_by = at, by.name
    bulletin.save(update_fields=["draft", "drafted_at", "drafted_by"])
    return bulletin


def seal_of(bulletin: Bulletin) -> str:
    """What tells this draft from another: who publishes says which one they have looked at."""
    said = json.dumps(bulletin.draft, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@transaction.atomic
def choose_readers(
    bulletin: Bulletin, *, audience: str, definition: dict[str, Any], by: Actor, at: datetime
) -> Bulletin:
    """Say who is told of this bulletin, from its next version on."""
    require_publish(by)
    bulletin = _open(bulletin)
    bulletin.audience, bulletin.definition = audience, definition
    bulletin.save(update_fields=["audience", "definition"])
    audit.record("chose readers of bulletin", bulletin, by=by, at=at, audience=audience)
    return bulletin


@transaction.atomic
def publish(
    bulletin: Bulletin,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    next_update_by: datetime | None,
    by: Actor,
    at: datetime,
    seen_number: int,
    answers: list[int] | None = None,
) -> Version:
    """Say how things stand now, and by when people hear from us again.

    Of two people who publish at once the second is told, and nothing of theirs is published.
    """
    require_publish(by)
    return _published(
        bulletin, texts, next_update_by=next_update_by, by=by, at=at, seen_number=seen_number,
        answers=answers or [], corrects=None,
    )  # fmt: skip


@transaction.atomic
def publish_draft(bulletin: Bulletin, *, by: Actor, at: datetime) -> Version:
    """Publish the words that were kept as a draft, as they were looked at."""
    bulletin = _open(bulletin)
    draft = bulletin.draft or {}
    by_then = draft.get("next_update_by")
    said: dict[str, Any] = {
        "next_update_by": datetime.fromisoformat(by_then) if by_then else None, "by": by, "at": at,
        "seen_number": int(draft.get("seen_number", -1)), "answers": draft.get("answers") or [],
    }  # fmt: skip
    corrects = bulletin.versions.filter(number=draft.get("corrects") or 0).first()
    if corrects is not None:
        return correct(corrects, draft.get("texts") or {}, **said)
    return publish(bulletin, draft.get("texts") or {}, **said)


@transaction.atomic
def correct(
    version: Version,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    next_update_by: datetime | None,
    by: Actor,
    at: datetime,
    seen_number: int,
    answers: list[int] | None = None,
) -> Version:
    """Say that something we published was wrong; what was wrong stays, struck out, beside it.

    A correction can be corrected like everything else.
    """
    require_publish(by)
    _refuse_made_up(version, texts)
    return _published(
        version.bulletin, texts, next_update_by=next_update_by, by=by, at=at,
        seen_number=seen_number, answers=answers or [], corrects=version,
    )  # fmt: skip


def _refuse_made_up(version: Version, texts: Mapping[str, Mapping[str, Any]]) -> None:
    quoted = {name: str(said.get("wrong") or "") for name, said in texts.items()}
    if not any(" ".join(wrong.split()) for wrong in quoted.values()):
        raise NothingCorrected(
            _("A correction says which words were wrong."), _("Copy them from the version.")
        )
    for language, wrong in quoted.items():
        there = " ".join(" ".join(version.texts.get(language, {}).values()).split()).casefold()
        if " ".join(wrong.split()).casefold() not in there:
            raise NothingCorrected(
                _("“%(words)s” does not stand in version %(number)s.")
                % {"words": wrong[:80], "number": version.number},
                _("Copy the words that were wrong from there, letter by letter."),
            )


def _published(
    bulletin: Bulletin,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    next_update_by: datetime | None,
    by: Actor,
    at: datetime,
    seen_number: int,
    answers: list[int],
    corrects: Version | None,
) -> Version:
    bulletin = _open(bulletin)
    _refuse_moved(bulletin, seen_number)
    languages = languages_of(the_named_business())
    said = cleaned(texts, languages)
    require_words(said, languages[0])
    _refuse_behind(next_update_by, at)
    version = Version.objects.create(
        bulletin=bulletin, number=bulletin.version_count + 1, texts=said,
        next_update_by=next_update_by, was_promised_by=bulletin.next_update_by, published_at=at,
        published_by_id=by.member_id, published_by_name=by.name, corrects=corrects,
    )  # fmt: skip
    check_size(bulletin, versions_of(bulletin), frame_at(at))
    Question.objects.filter(bulletin=bulletin, answered_in=None, pk__in=answers).update(
        answered_in=version
    )
    _move_on(bulletin, version)
    if next_update_by is not None and not bulletin.is_drill:
        promise_update(bulletin, due_at=next_update_by, by=by, at=at)
    audit.record("published bulletin", bulletin, by=by, at=at, number=version.number)
    announce(BulletinPublished(bulletin.pk, version.number, bulletin.source), at=at)
    _leave_work(bulletin, at)
    return version


def _move_on(bulletin: Bulletin, version: Version) -> None:
    bulletin.version_count, bulletin.next_update_by = version.number, version.next_update_by
    bulletin.draft, bulletin.drafted_at, bulletin.drafted_by = {}, None, ""
    bulletin.warned_at = bulletin.missed_at = None
    bulletin.save()


def _leave_work(bulletin: Bulletin, at: datetime) -> None:
    """The page at once, without waiting for a worker; the rest at its hour."""
    if bulletin.is_drill:
        return
    number, by_then = bulletin.version_count, bulletin.next_update_by
    jobs.enqueue(PAGES_JOB, at=at, bulletin_id=bulletin.pk)
    transaction.on_commit(partial(write_pages, bulletin.pk, at=at), robust=True)
    if by_then is None:
        return
    named = {"bulletin_id": bulletin.pk, "number": number}
    jobs.enqueue(WARN_JOB, at=warned_from(at, by_then),
                 unique_key=f"{WARN_JOB}:{bulletin.pk}:{number}", **named)  # fmt: skip
    jobs.enqueue(MISSED_JOB, at=by_then + timedelta(seconds=1),
                 unique_key=f"{MISSED_JOB}:{bulletin.pk}:{number}", **named)  # fmt: skip


def warned_from(at: datetime, by_then: datetime) -> datetime:
    """Some hours before; where the whole time is short, when a quarter of it is left."""
    return by_then - min(timedelta(hours=WARNED_HOURS), (by_then - at) / 4)


@transaction.atomic
def close_bulletin(bulletin: Bulletin, *, words: str, by: Actor, at: datetime) -> Bulletin:
    """Say that the matter is over: nothing more is promised, and all that was said stays."""
    require_publish(by)
    bulletin = _open(bulletin)
    bulletin.closed_at, bulletin.closing_words = at, " ".join(words.split())[:500]
    bulletin.draft = {}
    bulletin.save(update_fields=["closed_at", "closing_words", "draft"])
    settle_promise(bulletin, by=by, at=at, words=_("The bulletin was closed."))
    audit.record("closed bulletin", bulletin, by=by, at=at)
    announce(BulletinClosedForGood(bulletin.pk, bulletin.source), at=at)
    if not bulletin.is_drill and bulletin.version_count:
        jobs.enqueue(PAGES_JOB, at=at, bulletin_id=bulletin.pk)
        transaction.on_commit(partial(write_pages, bulletin.pk, at=at), robust=True)
    return bulletin


def _open(bulletin: Bulletin) -> Bulletin:
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if bulletin.closed_at is not None:
        raise BulletinClosed(
            _("This bulletin is closed: nothing more is said in it."), _("Begin a new one.")
        )
    return bulletin


def _refuse_moved(bulletin: Bulletin, seen_number: int) -> None:
    if bulletin.version_count == seen_number:
        return
    newest = latest_version(bulletin)
    who, when = (newest.published_by_name, newest.published_at) if newest else ("", None)
    raise BulletinMoved(
        _("%(who)s published version %(number)s %(when)s, while you were writing.")
        % {"who": who or _("Somebody"), "number": bulletin.version_count, "when": ago(when)},
        _("Your words are still here. Read theirs, and publish yours as the next version."),
    )


def _refuse_behind(next_update_by: datetime | None, at: datetime) -> None:
    if next_update_by is None:
        raise UpdateNotAhead(
            _("Say by when people hear from you again."),
            _("It may well be that nothing has changed by then: say that, too."),
        )
    if next_update_by <= at:
        raise UpdateNotAhead(
            _("The next update would have been due already."), _("Choose a moment to come.")
        )
    if next_update_by > at + FURTHEST:
        raise UpdateNotAhead(
            _("The next update is more than a year away."), _("Promise something sooner.")
        )


def texts_of(version: Version | None) -> Texts:
    """What the newest version says, as the next one begins; its correction is its own."""
    if version is None:
        return {}
    return {
        language: {box: text for box, text in said.items() if box not in ("wrong", "said")}
        for language, said in version.texts.items()
    }
