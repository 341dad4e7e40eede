"""The week ahead, with what evens it out; and for the owner how the team's time is spent."""

import json
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, NotFound
from regulars.core.slips import read_slip, write_slip
from regulars.customers.actions.assigning import undo_assignment
from regulars.customers.models import Assignment
from regulars.planning.ahead import DAYS, Week, week_ahead
from regulars.planning.coverage import COVERED_DAYS, core_coverage
from regulars.planning.handing import even_out
from regulars.planning.rules import may_hand_over_for_good, may_see_team
from regulars.team.absences import away_on
from regulars.team.models import Member
from regulars.team.queries import signed_in_member, the_named_business

BACK = "move"
CHANGED = "week-changed"


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Who comes due on each of the next seven days, beside the minutes there are."""
    actor, business = signed_in_member(request).actor, the_named_business()
    found = week_ahead(actor, business, business.day_of(clock.now()))
    shown = {
        "week": found, "all": _linked(found), "sees_team": may_see_team(actor),
        "may_move": may_hand_over_for_good(actor),
    }  # fmt: skip
    return render(request, "planning/week.html", shown)


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """How full everybody's week is, and to how many of the core they gave their time."""
    actor, business = signed_in_member(request).actor, the_named_business()
    if not may_see_team(actor):
        raise NotAllowed(_("Only the owner sees how the team's time is spent."))
    today = business.day_of(clock.now())
    found = week_ahead(actor, business, today)
    shown = {
        "week": found, "coverage": core_coverage(business, found.members, today),
        "days": COVERED_DAYS, "sees_team": True, "away": list(away_on(today).values()),
    }  # fmt: skip
    return render(request, "planning/team.html", shown)


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """One of the moves that the week suggests; with the way back."""
    actor, at = _mover(request), clock.now()
    giver, taker = (_member(request.POST.get(name, "")) for name in ("giver", "taker"))
    count = request.POST.get("count", "")
    if not count.isdecimal() or len(count) > 4 or not int(count):
        raise NotFound(_("How many are to be given?"))
    last = the_named_business().day_of(at) + timedelta(days=DAYS - 1)
    made = even_out(giver, taker, count=int(count), until=last, by=actor, at=at)
    said = ngettext(
        "%(name)s looks after %(count)s more customer from now on.",
        "%(name)s looks after %(count)s more customers from now on.",
        made.count,
    )
    undo = reverse("planning:move_back", args=[write_slip(BACK, made.pk, at=at)])
    return answer_change(
        request, said % {"name": taker.name, "count": made.count}, changed=CHANGED,
        back_to="planning:week", undo=undo,
    )  # fmt: skip


@require_POST
def move_back(request: HttpRequest, slip: str) -> HttpResponse:
    """Give them back."""
    actor, at = _mover(request), clock.now()
    made = get_object_or_404(Assignment, pk=read_slip(slip, BACK, at=at))
    undo_assignment(made, by=actor, at=at)
    return answer_change(request, _("As before."), changed=CHANGED, back_to="planning:week")


def _mover(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_hand_over_for_good(actor):
        raise NotAllowed(_("Only an owner or a manager changes who looks after a customer."))
    return actor


def _member(key: str) -> Member:
    found = Member.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 10 else None
    if found is None:
        raise NotFound(_("There is no such member."))
    return found


def _linked(found: Week) -> list[tuple[date, int, str]]:
    """By day, how many, and the list of just those."""
    return [
        (day, count, _those("until" if place == 0 else "is", day))
        for place, (day, count) in enumerate(found.counts)
    ]


def _those(comparing: str, day: date) -> str:
    asked = {"field": "planning.next_contact", "is": comparing, "value": day.isoformat()}
    told = json.dumps({"all": [asked]}, separators=(",", ":"))
    return f"{reverse('customers:list')}?{urlencode({'f': told})}"
