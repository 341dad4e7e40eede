"""The list of bulletins, one of them, a new one, its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.bulletins.actions import writing as change
from regulars.bulletins.asked import MOST, groups_of
from regulars.bulletins.forms import ClosingForm, NewForm, QuestionForm, ReadersForm
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.queries import (
    all_bulletins,
    bulletin_for,
    is_noter,
    is_publisher,
    kept_of,
    open_questions,
    owed_for,
    sendings_of,
    versions_of,
)
from regulars.bulletins.readers import EVERYBODY, choice_of, chosen_readers, readers_words
from regulars.bulletins.rules import require_publish
from regulars.bulletins.screens import public_of, told_of, versions_shown
from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.keyset import is_whole
from regulars.team.queries import signed_in_member

LISTED = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every bulletin, newest first: what was said last, and by when there is more."""
    actor, below = signed_in_member(request).actor, request.GET.get("below", "")
    found = all_bulletins()
    if is_whole(below):
        found = found.filter(pk__lt=int(below))
    rows = list(found[: LISTED + 1])
    more = f"?below={rows[LISTED - 1].pk}" if len(rows) > LISTED else ""
    now = clock.now()
    shown = {
        "rows": [(one, one.is_late(now)) for one in rows[:LISTED]], "next": more,
        "may_publish": is_publisher(actor), "public": public_of(None),
    }  # fmt: skip
    return render(request, "bulletins/index.html", shown)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin one: what it is about, and who is told."""
    actor, now = signed_in_member(request).actor, clock.now()
    require_publish(actor)
    if request.method != "POST":
        form = NewForm(actor=actor, at=now, initial={"readers": EVERYBODY})
        return render(request, "bulletins/new.html", {"form": form})
    form = NewForm(request.POST, actor=actor, at=now)
    if form.is_valid():
        audience, definition = chosen_readers(form.cleaned_data["readers"], actor, now)
        bulletin = change.draft_bulletin(
            title=form.cleaned_data["title"], audience=audience, definition=definition, by=actor,
            at=now,
        )  # fmt: skip
        return redirect("bulletins:write", bulletin.pk)
    return render(request, "bulletins/new.html", {"form": form}, status=422)


@require_safe
def show(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """One bulletin: how it stands, its versions, who was told, what came back."""
    bulletin = bulletin_for(bulletin_id)
    return _page(request, bulletin)


def _page(request: HttpRequest, bulletin: Bulletin, status: int = 200) -> HttpResponse:
    actor, now = signed_in_member(request).actor, clock.now()
    versions = versions_of(bulletin)
    shown = {
        "bulletin": bulletin, "versions": versions_shown(versions), "kept": kept_of(versions),
        "is_late": bulletin.is_late(now), "may_publish": is_publisher(actor),
        "may_note": is_noter(actor), "readers": readers_words(bulletin),
        "public": public_of(bulletin), **_of_telling(bulletin, versions),
        "groups": groups_of(list(open_questions(bulletin)[:MOST])), "question": QuestionForm(),
        "question_count": open_questions(bulletin).count(),
        "closing": ClosingForm(),
        "readers_form": ReadersForm(actor=actor, at=now, initial={"readers": choice_of(bulletin)}),
    }  # fmt: skip
    return render(request, "bulletins/show.html", shown, status=status)


def _of_telling(bulletin: Bulletin, versions: list[Version]) -> dict[str, object]:
    told = told_of(sendings_of(bulletin))
    newest = versions[-1].pk if versions else None
    was_sent = any(one.sending.version_id == newest for one in told)
    return {
        "told": told, "owed_count": owed_for(bulletin).count(),
        "is_moving": any(one.is_moving for one in told),
        "may_send": bool(versions) and not was_sent and not bulletin.is_drill,
    }  # fmt: skip


@require_POST
def choose_readers(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Say who is told, from the next version on."""
    actor, now = signed_in_member(request).actor, clock.now()
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    form = ReadersForm(request.POST, actor=actor, at=now)
    if not form.is_valid():
        raise Refusal(_("Nobody knows who is meant."), _("Choose from the list."))
    audience, definition = chosen_readers(form.cleaned_data["readers"], actor, now)
    change.choose_readers(bulletin, audience=audience, definition=definition, by=actor, at=now)
    messages.success(request, _("Kept: who is told from now on."))
    return redirect("bulletins:show", bulletin.pk)


@require_POST
def close(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Say that the matter is over."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin, form = bulletin_for(bulletin_id), ClosingForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("That is more than a sentence."), _("Say it in 500 letters."))
    change.close_bulletin(bulletin, words=form.cleaned_data["words"], by=actor, at=clock.now())
    messages.success(request, _("Closed: all that was said stays on the page."))
    return redirect("bulletins:show", bulletin.pk)
