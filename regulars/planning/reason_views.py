"""Reasons: which there are, how often they helped, switching them off; the list by mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed
from regulars.customers.queries.people import customer_for
from regulars.messaging.queries import is_carried
from regulars.planning.automatic import automatic_as_set, text_choices
from regulars.planning.kept import MorningMail
from regulars.planning.labels import label_of
from regulars.planning.morning import EARLIEST, LATEST, want_morning_mail
from regulars.planning.reason_rows import reason_rows
from regulars.planning.rules import may_set_cadence_of_one, may_set_cadences
from regulars.planning.silences import hear_reason, silence_reason
from regulars.team.queries import signed_in_member

# How words say the name, and what stands there where we know none.
NAMED = '{{ first_name | default: "Hello" }}'


@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    """Every reason that we are given, in the order in which they have the word."""
    member = signed_in_member(request)
    wish = MorningMail.objects.filter(member=member).first()
    shown = {
        "rows": reason_rows(),
        "automatic": automatic_as_set(),
        "texts": text_choices(),
        "texts_leave": is_carried(Channel.TEXT),
        "named": NAMED,
        "may_set": may_set_cadences(member.actor),
        "hours": range(EARLIEST, LATEST + 1),
        "hour": wish.hour if wish else None,
    }
    return render(request, "planning/reasons.html", shown)


@require_POST
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """Switch a reason off for everybody, or on again."""
    actor = signed_in_member(request).actor
    if not may_set_cadences(actor):
        raise NotAllowed(_("Only the owner switches reasons off for everybody."))
    if request.POST.get("on") == "yes":
        hear_reason(name, None, by=actor, at=clock.now())
        said = _("Given again, from the next lists on.")
    else:
        silence_reason(name, None, by=actor, at=clock.now())
        said = _("Not given any more, from the next lists on.")
    return answer_change(request, said, changed="reasons-changed", back_to="planning:reasons")


@require_POST
def silence(request: HttpRequest, customer_id: int, name: str) -> HttpResponse:
    """Tell this reason of this customer no more."""
    actor = _changing(request)
    customer = customer_for(actor, customer_id)
    silence_reason(name, customer, by=actor, at=clock.now())
    said = _("“%(reason)s” is no reason for them any more, from the next list on.")
    undo = reverse("planning:hear", args=[customer.pk, name])
    return answer_change(
        request, said % {"reason": label_of(name)}, changed="reasons-changed",
        back_to=reverse("customers:detail", args=[customer.pk]), undo=undo,
    )  # fmt: skip


@require_POST
def hear(request: HttpRequest, customer_id: int, name: str) -> HttpResponse:
    """Tell it of them again."""
    actor = _changing(request)
    customer = customer_for(actor, customer_id)
    hear_reason(name, customer, by=actor, at=clock.now())
    page = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, _("As before."), changed="often-changed", back_to=page)


@require_POST
def morning(request: HttpRequest) -> HttpResponse:
    """Have one's own list by mail every morning, or no more."""
    _changing(request)
    member = signed_in_member(request)
    asked = request.POST.get("hour", "")
    hour = int(asked) if asked.isdecimal() and len(asked) <= 2 else None
    want_morning_mail(member, hour, by=member.actor, at=clock.now())
    said = _("Your list comes by mail at %(hour)s:00.") % {"hour": hour} if hour else ""
    return answer_change(
        request, said or _("No more mail in the morning."), changed="reasons-changed",
        back_to="planning:reasons",
    )  # fmt: skip


def _changing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_set_cadence_of_one(actor):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    return actor
