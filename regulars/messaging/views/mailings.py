"""One text to a list of customers: write, look, approve, watch it leave."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.keyset import is_whole
from regulars.messaging import lots
from regulars.messaging.actions import mailings as change
from regulars.messaging.audiences import audiences, sealed
from regulars.messaging.choices import MailingState
from regulars.messaging.errors import MailingChanged, MailingNotOpen
from regulars.messaging.forms.sending import MailingForm
from regulars.messaging.lists import mailing_for, messages_for, page_of
from regulars.messaging.looking import look_at
from regulars.messaging.models import Mailing, Template
from regulars.messaging.queries import (
    end_of,
    progress_of,
    why_held_for_everybody,
    why_nothing_leaves,
)
from regulars.messaging.rules import may_approve
from regulars.messaging.screens import GROUPS, watched
from regulars.messaging.templatetags.carried import with_gaps
from regulars.messaging.views.papers import look_of, rendered_for
from regulars.team.queries import signed_in_member


def _approver(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_approve(actor):
        raise NotAllowed(_("Only an owner or a manager writes to a list of customers."))
    return actor


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write to the customers whom a list has sealed into the address."""
    actor = _approver(request)
    if request.method == "GET":
        return _sheet(request, _begun(request))
    if "taking" in request.POST:
        return _sheet(request, MailingForm.taking(request, who=request.POST.get("who", "")))
    form = MailingForm(request.POST)
    if form.is_valid():
        try:
            before = _draft(request.POST.get("from", ""))
            mailing = _written(form, actor, before)
            _replace(before, actor)
            return redirect("messaging:mailing", mailing.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.refuse(no)
    return _sheet(request, form, status=422)


def _begun(request: HttpRequest) -> MailingForm:
    """An empty sheet, or the words and the customers of a draft that is to be changed."""
    draft = _draft(request.GET.get("from", ""))
    if draft is None:
        return MailingForm.begun(request, who=request.GET.get("who", ""))
    words = draft.version
    return MailingForm.begun(
        request, who=sealed(draft.audience, draft.definition), text=words.template_id or "",
        subject=words.subject, body=words.body, purpose=draft.purpose,
    )  # fmt: skip


def _draft(mailing_id: str) -> Mailing | None:
    drafts = Mailing.objects.filter(state=MailingState.DRAFT).select_related("version")
    return drafts.filter(pk=mailing_id).first() if is_whole(mailing_id) else None


def _replace(draft: Mailing | None, actor: Actor) -> None:
    """The words were changed: the draft that held the old ones is thrown away."""
    if draft is not None:
        change.cancel_mailing(draft, by=actor, at=clock.now())


def _name_of(form: MailingForm) -> str:
    """The name of the text that it began with, else the subject with gaps for their values."""
    kept: Template | None = form.cleaned_data["text"]
    return kept.name if kept else with_gaps(form.cleaned_data["subject"])


def _written(form: MailingForm, actor: Actor, before: Mailing | None) -> Mailing:
    """Other words change neither when it leaves nor how long it is worth sending."""
    now = clock.now()
    when: dict[str, Any] = {} if before is None else {
        "not_before": before.not_before, "expires_after_hours": before.expires_after_hours,
    }  # fmt: skip
    audience, definition = form.cleaned_data["who"]
    written = change.write_mailing(
        name=_name_of(form), version=form.version(by=actor, at=now),
        purpose=form.said_purpose, audience=audience, definition=definition, by=actor, at=now,
        **when,
    )  # fmt: skip
    if before is None or before.local_on is None or before.local_time is None:
        return written
    return change.send_by_their_clock(
        written, day=before.local_on, hour=before.local_time,
        good_for_hours=before.expires_after_hours, by=actor, at=now,
    )  # fmt: skip


def _sheet(request: HttpRequest, form: MailingForm, status: int = 200) -> HttpResponse:
    meant = form.meant()
    if meant is None:
        raise Refusal(_("Nobody knows who is meant."), _("Choose the customers on the list again."))
    shown = {
        "form": form,
        "who": audiences[meant[0]].words(meant[1]),
        "replaces": request.POST.get("from") or request.GET.get("from", ""),
    }
    return render(request, "messaging/mailings/write.html", shown, status=status)


@require_safe
def show(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Before approval the look at it; afterwards how far it is."""
    member = signed_in_member(request)
    mailing = mailing_for(mailing_id)
    shown: dict[str, object] = {
        "mailing": mailing,
        "may_approve": may_approve(member.actor),
        "refusal": request.session.pop(_refused(mailing), None),
        "lots": lots.said_of(mailing, member.actor),
    }
    if mailing.state == MailingState.DRAFT:
        seen = look_at(mailing, as_seen_by=member, shown_id=request.GET.get("as", ""))
        if seen.chosen:
            shown["rendered"] = rendered_for(seen.chosen, mailing.version, member)
        shown.update(look=seen, view=look_of(request))
        return render(request, "messaging/mailings/look.html", shown)
    shown.update(_watched(mailing))
    return render(request, "messaging/mailings/watch.html", shown)


@require_safe
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """How far it is, again and again while it goes."""
    actor, mailing = signed_in_member(request).actor, mailing_for(mailing_id)
    shown = {"mailing": mailing, "may_approve": may_approve(actor), **_watched(mailing)}
    return render(request, "messaging/mailings/watch.html#progress", shown)


def _watched(mailing: Mailing) -> dict[str, object]:
    halted = why_nothing_leaves() or why_held_for_everybody(mailing)
    return watched(mailing, progress_of(mailing), halted=halted)


def _refused(mailing: Mailing) -> str:
    return f"refused mailing {mailing.pk}"


def _say_on_its_page(request: HttpRequest, mailing: Mailing, no: Refusal) -> HttpResponse:
    """The page itself says why not, beside what is true now."""
    request.session[_refused(mailing)] = {"sentence": no.sentence, "remedy": no.remedy}
    there = redirect("messaging:mailing", mailing.pk)
    there.status_code = 303
    return there


@require_safe
def listed(request: HttpRequest, mailing_id: int, group: str) -> HttpResponse:
    """Those of a mailing's messages that are in one state, and why."""
    actor, mailing = signed_in_member(request).actor, mailing_for(mailing_id)
    if group not in GROUPS:
        return redirect("messaging:mailing", mailing.pk)
    chosen = messages_for(actor).filter(mailing=mailing, state__in=GROUPS[group].states)
    page = page_of(chosen, request.GET.get("after", ""), actor)
    halted = why_nothing_leaves()
    shown = {
        "mailing": mailing,
        "group": GROUPS[group],
        "rows": [(one, end_of(one, halted=halted)) for one in page.messages],
        "next": f"?after={page.next}" if page.next else "",
    }
    return render(request, "messaging/mailings/listed.html", shown)


@require_POST
def approve(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Let it go: for this text, these customers, and as many as were seen."""
    actor, mailing = _approver(request), mailing_for(mailing_id)
    seen = request.POST.get("seen", "")
    count = int(seen) if is_whole(seen) else 0
    left_out = request.POST.get("left_out", "")
    without = int(left_out) if is_whole(left_out) else 0
    return _done(
        request, mailing,
        lambda: change.approve_mailing(
            mailing, seen_count=count, by=actor, at=clock.now(), seen_left_out=without
        ),
    )  # fmt: skip


@require_POST
def pause(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Let what has not left wait; of what is finished there is nothing to hold."""
    actor, mailing = _approver(request), mailing_for(mailing_id)

    def paused() -> None:
        if mailing.state == MailingState.RUNNING and progress_of(mailing).is_finished:
            raise MailingNotOpen(
                _("Everything has left already."), _("There is nothing left to pause.")
            )
        change.pause_mailing(mailing, by=actor, at=clock.now())

    return _done(request, mailing, paused)


@require_POST
def go_on(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Let a paused mailing go on from where it stood."""
    actor, mailing = _approver(request), mailing_for(mailing_id)
    return _done(request, mailing, lambda: change.resume_mailing(mailing, by=actor, at=clock.now()))


@require_POST
def stop(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Stop it for good: what has not left never does. A draft is thrown away."""
    actor, mailing = _approver(request), mailing_for(mailing_id)
    is_draft = mailing.state == MailingState.DRAFT
    said = (
        _("Thrown away: nobody gets it.") if is_draft
        else _("Stopped for good: what had not left stays here.")
    )  # fmt: skip

    def stopped() -> None:
        change.cancel_mailing(mailing, by=actor, at=clock.now())
        messages.success(request, said)

    there = redirect("messaging:home") if is_draft else None
    return _done(request, mailing, stopped, there=there)


def _done(
    request: HttpRequest,
    mailing: Mailing,
    deed: Callable[[], object],
    *,
    there: HttpResponse | None = None,
) -> HttpResponse:
    """Do it; where that is refused, the mailing's own page says why, beside what is true now."""
    try:
        deed()
    except (MailingChanged, MailingNotOpen) as no:
        return _say_on_its_page(request, mailing, no)
    return there or redirect("messaging:mailing", mailing.pk)
