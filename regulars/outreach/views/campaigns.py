"""Campaigns on the screen: write, look, approve, watch, stop."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.core.keyset import is_whole
from regulars.outreach.actions.planning import throw_away, write_campaign
from regulars.outreach.actions.running import (
    approve_campaign,
    go_on_with_campaign,
    pause_campaign,
    stop_campaign,
)
from regulars.outreach.choices import CampaignKind, CampaignState
from regulars.outreach.errors import CampaignNotFound, OnlyPlanners
from regulars.outreach.forms import CampaignForm
from regulars.outreach.models import Campaign
from regulars.outreach.queries.campaigns import (
    called_by,
    campaign_for,
    campaigns_for,
    has_left,
    is_planner,
    is_seer,
    mailing_of,
    mailings_of,
    waiting_in,
)
from regulars.outreach.showing import page_of
from regulars.outreach.words import row_of
from regulars.team.models import Member
from regulars.team.queries import signed_in_member, the_named_business

SIZE = 25
CHANGED = "campaign-changed"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All campaigns, the newest first."""
    actor, at = _seeing(request).actor, clock.now()
    page = Paginator(campaigns_for(actor, at), SIZE).get_page(request.GET.get("page"))
    shown = list(page)
    mailings, called = mailings_of(shown), called_by(shown)
    today, waiting = the_named_business().day_of(at), waiting_in(mailings.values())
    rows = [
        row_of(one, today, called, has_left=has_left(mailings.get(one.pk), waiting))
        for one in shown
    ]
    return render(
        request, "outreach/home.html", {"rows": rows, "page": page, "may_plan": is_planner(actor)}
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a campaign, or a draft anew; nobody hears of it before somebody approves it."""
    actor, at = _planning(request), clock.now()
    if kind not in CampaignKind.values:
        raise CampaignNotFound
    what, before = CampaignKind(kind), _draft(request, actor)
    form = _begun(request, what, before, actor)
    if request.method == "POST":
        form = CampaignForm(request.POST, kind=what, actor=actor, at=at)
        if form.is_valid():
            try:
                made = write_campaign(form.draft(), by=actor, at=at, instead_of=before)
                return redirect("outreach:show", made.pk)
            except NotAllowed:
                raise
            except Refusal as no:
                form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    shown = {"form": form, "kind": what, "replaces": before}
    return render(request, "outreach/write.html", shown, status=422 if form.is_bound else 200)


def _draft(request: HttpRequest, actor: Actor) -> Campaign | None:
    said = request.POST.get("from") or request.GET.get("from", "")
    if not is_whole(said):
        return None
    rows = campaigns_for(actor, clock.now()).filter(state=CampaignState.DRAFT)
    return rows.filter(pk=said).first()


def _begun(
    request: HttpRequest, kind: CampaignKind, before: Campaign | None, actor: Actor
) -> CampaignForm:
    at = clock.now()
    if before is not None:
        return CampaignForm.of(before, mailing_of(before), actor, at)
    if request.GET.get("asks") == "help" and kind == CampaignKind.MESSAGE:
        return CampaignForm.asking_help(actor, at)
    asked = {name: request.GET.get(name, "") for name in ("segment", "wave")}
    known = {name: said for name, said in asked.items() if is_whole(said)}
    return CampaignForm.begun(kind, actor, at, **known)


@require_safe
def show(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Before it is approved the look at it; afterwards how far it is, and what came of it."""
    member = _seeing(request)
    campaign = campaign_for(member.actor, campaign_id, clock.now())
    shown = page_of(campaign, member, clock.now())
    shown["refusal"] = request.session.pop(_refused(campaign), None)
    return render(request, "outreach/show.html", shown)


def _refused(campaign: Campaign) -> str:
    return f"refused campaign {campaign.pk}"


@require_POST
def approve(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Let it begin: for as many as were seen."""
    actor = _planning(request)
    campaign = campaign_for(actor, campaign_id, clock.now())
    seen = {name: _count(request, name) for name in ("calls", "messages", "left_out")}
    try:
        approve_campaign(
            campaign, seen_calls=seen["calls"], seen_messages=seen["messages"],
            seen_left_out=seen["left_out"], by=actor, at=clock.now(),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refusal as no:
        # The page itself says why not, beside what is true now.
        request.session[_refused(campaign)] = {"sentence": no.sentence, "remedy": no.remedy}
    else:
        messages.success(request, _("Approved: it begins."))
    return redirect("outreach:show", campaign.pk)


def _count(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said) if is_whole(said) else 0


@require_POST
def pause(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Let it wait; undone by letting it go on."""
    undo = reverse("outreach:go_on", args=[campaign_id])
    return _change(request, campaign_id, pause_campaign, _("Paused: nobody hears of it."), undo)


@require_POST
def go_on(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Let it go on from where it stood."""
    undo = reverse("outreach:pause", args=[campaign_id])
    return _change(request, campaign_id, go_on_with_campaign, _("It goes on."), undo)


@require_POST
def stop(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Stop it for good."""
    said = _("Stopped for good: who has not heard of it does not.")
    return _change(request, campaign_id, stop_campaign, said)


@require_POST
def away(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Throw a draft away."""
    said = _("Thrown away: nobody gets it.")
    return _change(request, campaign_id, throw_away, said, there=reverse("outreach:home"))


def _change(
    request: HttpRequest, campaign_id: int, deed: Callable[..., Any], said: str, undo: str = "",
    *, there: str = "",
) -> HttpResponse:  # fmt: skip
    actor = _planning(request)
    campaign = campaign_for(actor, campaign_id, clock.now())
    deed(campaign, by=actor, at=clock.now())
    back_to = there or reverse("outreach:show", args=[campaign.pk])
    return answer_change(request, said, changed=CHANGED, back_to=back_to, undo=undo)


def _seeing(request: HttpRequest) -> Member:
    member = signed_in_member(request)
    if not is_seer(member.actor):
        raise HiddenFromRole
    return member


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise OnlyPlanners
    return actor
