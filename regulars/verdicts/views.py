"""What helped: verdicts on the screen."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole, NotAllowed, NotFound, Refusal
from regulars.core.list_fields import is_hidden
from regulars.messaging.models import Mailing
from regulars.team.models import Member
from regulars.team.queries import signed_in_member, the_named_business
from regulars.verdicts.actions import leave_out_by_default
from regulars.verdicts.mailed import keep_for_mailing, leave_nobody_out
from regulars.verdicts.models import Trial
from regulars.verdicts.queries import (
    SIZE,
    leaves_out_by_default,
    looks_at,
    trial_shown,
    trials_drawn,
    verdicts_together,
)
from regulars.verdicts.rules import may_decide, may_see_verdicts, may_set_policy
from regulars.verdicts.wording import (
    line_of,
    money_words,
    needed_words,
    next_look_words,
    picture_of,
    rate_words,
    together_details,
    together_words,
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What helped: all together, then each."""
    member = _seeing(request)
    together = verdicts_together()
    page = Paginator(trials_drawn(), SIZE).get_page(request.GET.get("page"))
    shown: dict[str, object] = {
        "lines": [line_of(trial) for trial in page], "page": page, "together": together,
        "is_by_default": leaves_out_by_default(), "may_set": may_set_policy(member.actor),
    }  # fmt: skip
    if together is not None:
        rate = together.rate
        shown.update(
            says=together_words(together), details=together_details(together),
            picture=picture_of(rate.low, rate.difference, rate.high),
        )  # fmt: skip
    return render(request, "verdicts/home.html", shown)


@require_safe
def show(request: HttpRequest, trial_id: int) -> HttpResponse:
    """One verdict: what was tried, what came of it, and how sure that is."""
    _seeing(request)
    line = line_of(trial_shown(trial_id))
    trial, verdict = line.trial, line.verdict
    shown: dict[str, object] = {
        "line": line, "trial": trial, "verdict": verdict, "next": next_look_words(trial, verdict),
        "confidence": line.confidence, "looks": looks_at(trial),
        "sides": [
            (_("Left out by lot"), trial.left_out_count, _listed("left_out", trial)),
            (_("It was meant for"), trial.list_count - trial.left_out_count,
             _listed("meant", trial)),
        ],
    }  # fmt: skip
    if verdict is not None:
        currency = the_named_business().currency
        shown.update(
            rate=rate_words(trial, verdict), money=money_words(verdict, currency),
            needed=needed_words(verdict), picture=line.picture,
        )  # fmt: skip
    return render(request, "verdicts/trial.html", shown)


def _listed(side: str, trial: Trial) -> str:
    """The customers of one side of a trial, as a list."""
    clause = {"field": f"verdicts.{side}", "is": "is", "value": trial.pk}
    tree = json.dumps({"all": [clause]}, separators=(",", ":"))
    return f"{reverse('customers:list')}?{urlencode({'f': tree})}"


@require_POST
def by_default(request: HttpRequest) -> HttpResponse:
    """Whether some are left out of every mailing that may keep a control group."""
    actor = signed_in_member(request).actor
    leave_out_by_default(is_on=request.POST.get("is_on") == "yes", by=actor, at=clock.now())
    return redirect("verdicts:home")


@require_POST
def keep(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Leave some of a mailing's customers out by lot."""
    actor, mailing = _deciding(request), _mailing(mailing_id)
    return _decided(request, mailing, lambda: keep_for_mailing(mailing, by=actor, at=clock.now()))


@require_POST
def everybody(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Leave nobody out after all."""
    actor, mailing = _deciding(request), _mailing(mailing_id)
    return _decided(request, mailing, lambda: leave_nobody_out(mailing, by=actor, at=clock.now()))


def _decided(request: HttpRequest, mailing: Mailing, deed: Callable[[], object]) -> HttpResponse:
    try:
        deed()
    except NotAllowed:
        raise
    except Refusal as no:
        messages.error(request, f"{no.sentence} {no.remedy}".strip())
    return redirect("messaging:mailing", mailing.pk)


def _mailing(mailing_id: int) -> Mailing:
    mailing = Mailing.objects.filter(pk=mailing_id).first()
    if mailing is None:
        raise NotFound(_("There is no such mailing."))
    return mailing


def _deciding(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_decide(actor):
        raise NotAllowed(
            _("Only owners and managers say who is left out by lot."), _("Ask one of them.")
        )
    return actor


def _seeing(request: HttpRequest) -> Member:
    member = signed_in_member(request)
    if not may_see_verdicts(member.actor):
        raise NotAllowed(
            _("Verdicts are for those who see the whole list: owners, managers, viewers.")
        )
    if is_hidden(member.actor, "order", "message"):
        raise HiddenFromRole
    return member
