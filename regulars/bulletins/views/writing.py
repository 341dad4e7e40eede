"""Writing a version: the sheet, the look at it, publishing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.bulletins.actions import writing as change
from regulars.bulletins.actions.sending import start_sending
from regulars.bulletins.asked import MOST, groups_of, with_questions
from regulars.bulletins.choices import Box
from regulars.bulletins.drafts import drafted_version, page_of_draft
from regulars.bulletins.errors import BulletinMoved, NothingCorrected, TextTooLong, UpdateNotAhead
from regulars.bulletins.forms import BoxesForm, boxes_of
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import frame_at, page_of
from regulars.bulletins.queries import (
    bulletin_for,
    latest_version,
    open_questions,
    version_of,
    versions_of,
)
from regulars.bulletins.readers import readers_of, readers_words
from regulars.bulletins.rules import require_publish
from regulars.bulletins.screens import evening_of_tomorrow, public_of, shown_of
from regulars.bulletins.ways import counted_ways
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.keyset import is_whole
from regulars.promises.proposing import Proposal, promise_as_ticked, proposal_in
from regulars.team.queries import signed_in_member, the_named_business

Sheet = Callable[..., HttpResponse]
ALONE = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [],
}


def _alone(view: Sheet) -> Sheet:
    """In a frame of ours, without scripts, loading nothing."""
    return cast(Sheet, xframe_options_sameorigin(csp_replace(ALONE)(view)))


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The sheet of four boxes; it begins with what the version before said."""
    actor, now = signed_in_member(request).actor, clock.now()
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    said = request.POST if request.method == "POST" else request.GET
    corrects = _corrected(bulletin, said.get("corrects") or str(_of_draft(bulletin, "corrects")))
    frame = frame_at(now)
    if request.method != "POST":
        form = BoxesForm(
            languages=frame.languages, corrects=corrects, initial=_begun(bulletin, now)
        )
        return _sheet(request, bulletin, form, corrects)
    form = BoxesForm(request.POST, languages=frame.languages, corrects=corrects)
    if form.is_valid():
        try:
            change.save_draft(
                bulletin, _drafted(form, corrects, request, bulletin), by=actor, at=now
            )
            return redirect("bulletins:look", bulletin.pk)
        except (BulletinMoved, TextTooLong) as no:
            return _refused(request, bulletin, form, corrects, no)
    return _sheet(request, bulletin, form, corrects, status=422)


def _corrected(bulletin: Bulletin, number: str) -> Version | None:
    return version_of(bulletin, int(number)) if is_whole(number) else None


def _of_draft(bulletin: Bulletin, name: str) -> Any:
    return (bulletin.draft or {}).get(name) or ""


def _begun(bulletin: Bulletin, now: datetime) -> dict[str, Any]:
    drafted, newest = bulletin.draft or {}, latest_version(bulletin)
    texts = drafted.get("texts") or change.texts_of(newest)
    by_then = drafted.get("next_update_by")
    return {
        **boxes_of(texts), "seen_number": bulletin.version_count,
        "next_update_by": datetime.fromisoformat(by_then) if by_then else evening_of_tomorrow(now),
    }  # fmt: skip


def _drafted(
    form: BoxesForm, corrects: Version | None, request: HttpRequest, bulletin: Bulletin
) -> dict[str, Any]:
    by_then = form.cleaned_data["next_update_by"]
    said = [one for some in request.POST.getlist("answers") for one in some.split(",")]
    asked = [int(one) for one in said if is_whole(one)]
    return {
        "texts": with_questions(form.texts(), request.POST.getlist("not_known"), bulletin),
        "seen_number": form.cleaned_data["seen_number"],
        "next_update_by": by_then.isoformat() if by_then else "",
        "corrects": corrects.number if corrects else None, "answers": asked,
    }  # fmt: skip


def _refused(
    request: HttpRequest, bulletin: Bulletin, form: BoxesForm, corrects: Version | None, no: Refusal
) -> HttpResponse:
    """Their words stay on the sheet; where somebody was quicker, the next press takes those in."""
    form = form.shortened()
    if isinstance(no, BulletinMoved):
        form = form.again({"seen_number": str(bulletin_for(bulletin.pk).version_count)})
    return _sheet(request, bulletin, form, corrects, refusal=no, status=422)


def _sheet(
    request: HttpRequest, bulletin: Bulletin, form: BoxesForm, corrects: Version | None, *,
    refusal: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    frame = frame_at(clock.now())
    newest = latest_version(bulletin)
    shown = {
        "bulletin": bulletin, "form": form, "corrects": corrects, "refusal": refusal,
        "newest": shown_of(newest, None, frame.main) if newest else None,
        "wrong": shown_of(corrects, None, frame.main) if corrects else None,
        "groups": groups_of(list(open_questions(bulletin)[:MOST])),
        "ticked": [",".join(map(str, (bulletin.draft or {}).get("answers") or []))],
    }  # fmt: skip
    return render(request, "bulletins/write.html", shown, status=status)


@require_safe
def look(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """What is about to be published: the page as everybody will read it."""
    require_publish(signed_in_member(request).actor)
    bulletin = bulletin_for(bulletin_id)
    if not bulletin.draft:
        return redirect("bulletins:show", bulletin.pk)
    return _looked(request, bulletin)


def _looked(
    request: HttpRequest, bulletin: Bulletin, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    now = clock.now()
    version = drafted_version(bulletin, now)
    is_told = bool(bulletin.audience) and not bulletin.is_drill
    shown = {
        "ways": counted_ways(readers_of(bulletin), now) if is_told else None,
        "readers": readers_words(bulletin), "bulletin": bulletin, "refusal": refusal,
        "seal": change.seal_of(bulletin),
        "version": version, "public": public_of(bulletin),
        "found": None if bulletin.is_drill else _promised_in(version, now),
    }  # fmt: skip
    return render(request, "bulletins/look.html", shown, status=status)


def _promised_in(version: Version, now: datetime) -> Proposal | None:
    """What the words about what we are doing seem to promise everybody."""
    today = the_named_business().day_of(now)
    found = (proposal_in(boxes.get(Box.DOING, ""), today) for boxes in version.texts.values())
    return next((one for one in found if one is not None), None)


@require_POST
def publish(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Publish what was looked at, and nothing else."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    if not bulletin.draft or request.POST.get("seal") != change.seal_of(bulletin):
        no = BulletinMoved(
            _("These words were changed or published by somebody else while you looked at them."),
            _("Look at what stands here now, and publish that."),
        )
        if not bulletin.draft:
            raise no
        return _looked(request, bulletin, refusal=no, status=422)
    try:
        version = change.publish_draft(bulletin, by=actor, at=clock.now())
    except (BulletinMoved, UpdateNotAhead, NothingCorrected, TextTooLong) as no:
        return _looked(request, bulletin, refusal=no, status=422)
    promise_as_ticked(request.POST, by=actor, at=clock.now())
    messages.success(request, _("Published: version %(number)s.") % {"number": version.number})
    if request.POST.get("send"):
        return _sent(request, version, actor)
    return redirect("bulletins:show", bulletin.pk)


def _sent(request: HttpRequest, version: Version, actor: Actor) -> HttpResponse:
    """It stands on the page by now; where it cannot be sent, the next page says why."""
    seen = request.POST.get("seen", "")
    try:
        start_sending(
            version, seen_count=int(seen) if is_whole(seen) else 0, by=actor, at=clock.now()
        )
    except Refusal as no:
        messages.error(request, f"{no.sentence} {no.remedy}")
        return redirect("bulletins:before", version.bulletin_id)
    return redirect("bulletins:show", version.bulletin_id)


@require_safe
@_alone
def draft_paper(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The public page with the words that are not published yet."""
    require_publish(signed_in_member(request).actor)
    return HttpResponse(page_of_draft(bulletin_for(bulletin_id), clock.now()))


@require_safe
@_alone
def paper(request: HttpRequest, bulletin_id: int, number: int) -> HttpResponse:
    """The public page of a version, for whoever cannot reach the file."""
    bulletin, frame = bulletin_for(bulletin_id), frame_at(clock.now())
    version, versions = version_of(bulletin, number), versions_of(bulletin)
    same = next(one for one in versions if one.pk == version.pk)
    return HttpResponse(page_of(bulletin, versions, same, frame.main, frame))
