"""The means of a day: the way from visit to visit, a calendar, briefs, what to say in a call."""

from datetime import datetime, time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Channel
from regulars.conversations.choices import Outcome
from regulars.core import clock, instance
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole
from regulars.core.keyset import is_whole
from regulars.customers.queries.people import customer_for
from regulars.library.queries.statements import said_today
from regulars.lists.queries.fields import fields_hidden_from
from regulars.planning.brief_pages import briefs_pdf
from regulars.planning.briefs import Brief, briefs_of
from regulars.planning.calendar_file import calendar_file
from regulars.planning.calls import answering_machine, script_of
from regulars.planning.day_list import DayList
from regulars.planning.feeding import (
    close_feed,
    feed_of,
    member_of_token,
    open_feed,
    token_of,
)
from regulars.planning.hours import (
    begin_of,
    hours_of,
    round_of,
    sees_addresses,
    visits_of,
)
from regulars.planning.models import PlanItem
from regulars.planning.queries import item_for, list_of
from regulars.planning.rules import may_see_list, may_settle
from regulars.team.models import Business, Member
from regulars.team.queries import signed_in_member, the_named_business

MAP = "https://www.openstreetmap.org/search?query="
OUTCOMES = (Outcome.REACHED, Outcome.MESSAGE, Outcome.NO_ANSWER)


@require_safe
def route(request: HttpRequest) -> HttpResponse:
    """The visits of a half day in the order of the shortest way, with when one is where."""
    actor, found, business = *_todays_list(request), the_named_business()
    if not sees_addresses(actor):
        raise HiddenFromRole
    all_visits = visits_of(found)
    asked = {int(one) for one in request.GET.getlist("stop") if is_whole(one)}
    chosen = [one for one in all_visits if not asked or one.item.pk in asked]
    sets_off = _sets_off(request.GET.get("at", ""), begin_of(business, found.day))
    round_ = round_of(chosen, business, sets_off)
    stops = [
        {"stop": stop, "one": round_.visits[stop.key], "map": MAP + quote(stop.place.line)}
        for stop in round_.route.stops
    ]
    shown = {
        "list": found, "round": round_, "stops": stops, "visits": all_visits,
        "chosen": {one.item.pk for one in chosen}, "sets_off": sets_off, "business": business,
    }  # fmt: skip
    return render(request, "planning/route.html", shown)


def _sets_off(asked: str, begin: datetime) -> datetime:
    try:
        return datetime.combine(begin.date(), time.fromisoformat(asked), begin.tzinfo)
    except ValueError:
        return begin


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar file of today, and the address by which a calendar asks for it by itself."""
    member = signed_in_member(request)
    feed = feed_of(member)
    home = instance.proved_public_url()
    there = reverse("planning:feed", args=[token_of(feed)]) if feed else ""
    shown = {
        "feed": feed, "has_home": bool(home), "may_open": may_see_own(member.actor),
        "address": f"{home}{there}" if home else request.build_absolute_uri(there),
    }  # fmt: skip
    return render(request, "planning/calendar.html", shown)


def may_see_own(actor: Actor) -> bool:
    """Viewers have no list, and so no calendar."""
    return actor.role != "viewer"


@require_safe
def todays_calendar(request: HttpRequest) -> HttpResponse:
    """Today's calls and visits as a file."""
    actor, found = _todays_list(request)
    return _calendar(found, actor, the_named_business())


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a calendar that asks by a member's own address."""
    member = member_of_token(token)
    if member is None:
        raise Http404
    business = the_named_business()
    with timezone.override(ZoneInfo(business.time_zone)):
        today = business.day_of(clock.now())
        return _calendar(list_of(member.actor, member, today), member.actor, business)


def _calendar(found: DayList, actor: Actor, business: Business) -> HttpResponse:
    hours = hours_of(found, business, actor)
    name = _("Today at %(business)s") % {"business": business.name}
    file = calendar_file(
        hours, name=name, at=clock.now(), home=instance.proved_public_url(),
        hidden=fields_hidden_from(actor),
    )  # fmt: skip
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="today-{found.day}.ics"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def open_address(request: HttpRequest) -> HttpResponse:
    """A new address; the one before is closed."""
    open_feed(by=signed_in_member(request).actor, at=clock.now())
    messages.success(request, _("Here is your address. Any address before it is closed."))
    return redirect("planning:calendar")


@require_POST
def close_address(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    actor = signed_in_member(request).actor
    if not may_see_own(actor):
        raise HiddenFromRole
    close_feed(by=actor, at=clock.now())
    messages.success(request, _("Closed: whoever has the address gets nothing from now on."))
    return redirect("planning:calendar")


@require_safe
def brief(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One page on a customer before one calls or visits."""
    return render(request, "planning/brief.html", {"brief": _brief(request, customer_id)})


@require_safe
def brief_on_paper(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The same as a PDF."""
    found = _brief(request, customer_id)
    return _pdf([found], title=found.customer.name, name=f"brief-{customer_id}")


def _brief(request: HttpRequest, customer_id: int) -> Brief:
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    today = the_named_business().day_of(clock.now())
    items = PlanItem.objects.of_day(today).filter(customer=customer).select_related("plan")
    item = next((one for one in items if may_see_list(actor, one.plan.member_id)), None)
    return briefs_of([customer], actor, today, {customer.pk: item} if item else {})[0]


@require_safe
def days_briefs(request: HttpRequest) -> HttpResponse:
    """Everybody who is still to be reached today, one a page."""
    actor, found = _todays_list(request)
    items = {one.item.customer_id: one.item for one in found.open}
    customers = [one.item.customer for one in found.open]
    briefs = briefs_of(customers, actor, found.day, items)
    if not briefs:
        messages.success(request, _("Nobody is left to be reached today, so there is no brief."))
        return redirect("desk:today")
    return _pdf(briefs, title=found.heading, name=f"briefs-{found.day}")


def _pdf(briefs: list[Brief], *, title: str, name: str) -> HttpResponse:
    foot = _("For us alone. Written by Regulars.")
    answer = HttpResponse(
        briefs_pdf(briefs, title=title, foot=foot), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_safe
def call(request: HttpRequest, item_id: int) -> HttpResponse:
    """What to say in a call, step by step, and what came of it."""
    member = signed_in_member(request)
    item = item_for(member.actor, item_id)
    if item is None:
        raise Http404
    business = the_named_business()
    found = briefs_of([item.customer], member.actor, item.plan.day, {item.customer_id: item})[0]
    who: dict[str, Any] = {"caller": member.get_short_name(), "business": business.name}
    why_us = said_today(clock.now(), item.plan.day)
    shown = {
        "item": item, "brief": found, "parts": script_of(found, **who, why_us=why_us),
        "machine": answering_machine(found, **who), "channel": Channel.CALL,
        "may_settle": may_settle(member.actor, item),
        "outcomes": [(one.value, one.label) for one in OUTCOMES],
    }  # fmt: skip
    return render(request, "planning/call.html", shown)


def _todays_list(request: HttpRequest) -> tuple[Actor, DayList]:
    reader, asked = signed_in_member(request), request.GET.get("member", "")
    member = reader
    if is_whole(asked) and int(asked) != reader.pk:
        found = Member.objects.filter(pk=int(asked), is_active=True).first()
        if found is None:
            raise Http404
        member = found
    today = the_named_business().day_of(clock.now())
    return reader.actor, list_of(reader.actor, member, today)
