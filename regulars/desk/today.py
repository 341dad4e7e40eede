"""Today: whom to reach, one card at a time, and what came of it."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.cases.queries import cases_waiting_for
from regulars.cases.words import all_told
from regulars.consent.choices import Channel
from regulars.core import clock, jobs
from regulars.core.actor import MANAGER, OWNER, VIEWER
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import serves_only_departments
from regulars.desk.context import address_of
from regulars.desk.seeing import Sight, sight_of
from regulars.desk.today_card import card_of, outcomes_of, why_words
from regulars.desk.today_kept import OFFERED
from regulars.goals.queries.goals import goals_waiting_for
from regulars.helping.queries import waiting_for
from regulars.mentions.queries import mentions_waiting_for
from regulars.planning.actions import (
    finish_item,
    hand_over_item,
    put_off_item,
    snooze_item,
    take_up_item,
    undo_item,
)
from regulars.planning.arriving import arrivals_to_tell, finish_once
from regulars.planning.choices import Snooze
from regulars.planning.day_list import DayList, Shown
from regulars.planning.errors import AlreadySettled, CannotHandOver, NothingToUndo
from regulars.planning.models import PlanItem
from regulars.planning.queries import (
    item_for,
    list_of,
    members_with_lists,
    planning_under_way,
)
from regulars.promises.proposing import promise_as_ticked
from regulars.promises.queries import due_now, end_of_day
from regulars.team.models import Business, Member
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business

PAGE = "desk/today/today.html"
Settle = Callable[[HttpRequest, int], HttpResponse]
ACTS = ("done", "later", "not_now", "hand_over")


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The day's list and the card in the hand; before there are customers, how to begin."""
    if not Customer.objects.on_the_list().exists():
        return render(request, "desk/today/first.html", _first_page(signed_in_member(request)))
    shown = _page(request, request.GET)
    return render(request, PAGE + _part(request), shown)


def said_on_the_page(settle: Settle) -> Settle:
    """Whoever was slower sees the list as it is now, and why nothing was changed."""

    @require_POST
    @wraps(settle)
    def answer(request: HttpRequest, item_id: int) -> HttpResponse:
        try:
            return settle(request, item_id)
        except (AlreadySettled, NothingToUndo) as no:
            item = _item(request, item_id)
            asked = {"item": str(item.pk), "member": str(item.plan.member_id)}
            shown = _page(request, asked) | {"refusal": no}
            return render(request, PAGE + _part(request), shown, status=422)

    return answer


@said_on_the_page
def finish(request: HttpRequest, item_id: int) -> HttpResponse:
    item = _item(request, item_id)
    channel = request.POST.get("channel", item.channel)
    outcome = request.POST.get("outcome", "")
    if channel not in Channel.values or outcome not in _outcome_words(channel):
        return _again(request, item, "done", _("Say what came of it: choose one."))
    one = _client_id(request)
    finish_with = partial(finish_once, client_id=one) if one else finish_item
    item = finish_with(
        item,
        outcome=outcome,
        line=request.POST.get("line", "").strip(),
        channel=channel,
        by=signed_in_member(request).actor,
        at=clock.now(),
    )
    actor = signed_in_member(request).actor
    promise_as_ticked(request.POST, customer=item.customer, by=actor, at=clock.now())
    said = _("Done: %(name)s. %(outcome)s.")
    return _answer(request, item, said, outcome=_outcome_words(channel)[outcome])


@said_on_the_page
def snooze(request: HttpRequest, item_id: int) -> HttpResponse:
    item, until = _item(request, item_id), request.POST.get("until", "")
    if until not in Snooze.values:
        return _again(request, item, "later", _("Choose when to be asked again."))
    item = snooze_item(item, until=until, by=signed_in_member(request).actor, at=clock.now())
    return _answer(request, item, _("%(name)s: later."))


@said_on_the_page
def put_off(request: HttpRequest, item_id: int) -> HttpResponse:
    item = put_off_item(
        _item(request, item_id),
        remark=request.POST.get("remark", "").strip()[:500],
        by=signed_in_member(request).actor,
        at=clock.now(),
    )
    return _answer(request, item, _("%(name)s: not now."))


@said_on_the_page
def hand_over(request: HttpRequest, item_id: int) -> HttpResponse:
    item, to_id = _item(request, item_id), request.POST.get("to", "")
    to = next((one for one in members_who_look_after() if str(one.pk) == to_id), None)
    if to is None:
        return _again(request, item, "hand_over", _("Choose a colleague."))
    for_good = request.POST.get("for_good") == "yes"
    by = signed_in_member(request).actor
    try:
        item = hand_over_item(item, to=to, for_good=for_good, by=by, at=clock.now())
    except CannotHandOver as no:
        return _again(request, item, "hand_over", f"{no.sentence} {no.remedy}")
    return _answer(request, item, _("%(name)s: handed over to %(to)s."), to=to.name)


@said_on_the_page
def take_up(request: HttpRequest, item_id: int) -> HttpResponse:
    by = signed_in_member(request).actor
    item = take_up_item(_item(request, item_id), by=by, at=clock.now())
    return _answer(request, item, _("%(name)s is on today's list."), stay=True)


@said_on_the_page
def undo(request: HttpRequest, item_id: int) -> HttpResponse:
    by = signed_in_member(request).actor
    item = undo_item(_item(request, item_id), by=by, at=clock.now())
    return _answer(request, item, _("Taken back: %(name)s."), stay=True, can_undo=False)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Ask for today's lists to be made, once; the page looks again until they are there."""
    if signed_in_member(request).role == VIEWER:
        raise NotAllowed(_("Viewers see the lists and change nothing."))
    day = the_named_business().day_of(clock.now())
    if planning_under_way() is None:
        jobs.enqueue("planning.make_plans", at=clock.now(), day=day.isoformat())
    if request.headers.get("HX-Request"):
        return render(request, PAGE + "#day", _page(request, {"item": ""}))
    return redirect("desk:today")


def _client_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return None


def _how(chosen: Shown | None, channel: str) -> dict[str, Any]:
    """By which channel it was done, planned or another, and what can come of it."""
    planned = chosen.item.channel if chosen else ""
    channel = channel if channel in OFFERED else planned
    return {"channel": channel, "outcomes": outcomes_of(channel) if channel else []}


def _first_page(member: Member) -> dict[str, Any]:
    return {
        "import_url": address_of("intake:new"),
        "sample_url": address_of("demo:load") if member.role == OWNER else "",
    }


def _part(request: HttpRequest) -> str:
    return "#day" if request.headers.get("HX-Request") else ""


def _page(request: HttpRequest, asked: QueryDict | dict[str, str]) -> dict[str, Any]:
    """All that the page shows: the list, the card of the chosen item, what to say when empty."""
    business = the_named_business()
    day = business.day_of(clock.now())
    reader = signed_in_member(request)
    member = _member_asked(reader, asked.get("member", ""))
    found = list_of(reader.actor, member, day)
    chosen = _chosen(found, asked.get("item", ""))
    act = asked.get("act", "")
    sight = sight_of(reader.actor)
    return {
        "list": found,
        "rows": _rows(found, chosen, sight, is_waiting_shown=bool(asked.get("waiting"))),
        "sight": sight,
        "card": card_of(chosen, day, business, sight, reader.actor) if chosen else None,
        "act": act if act in ACTS and chosen and chosen.is_open and found.may_settle else "",
        "is_list": bool(asked.get("list")),
        "is_waiting_shown": bool(asked.get("waiting")),
        "heading": found.heading,
        **_how(chosen, asked.get("by", "")),
        # Once for each form that is shown: what is sent twice is known again.
        "client_id": uuid4() if act == "done" else None,
        "arrivals": arrivals_to_tell(reader.actor) if member == reader else [],
        "snoozes": Snooze.choices,
        "colleagues": _colleagues(found) if act == "hand_over" else [],
        "is_own": member == reader,
        "whose": _("Your list") if member == reader else member.name,
        "members": members_with_lists(reader.actor),
        "base": _base(reader, member),
        "next": _next_of(found, chosen),
        "without_permission": _without_permission(found),
        "customer_url": _customer_url(chosen),
        "may_assign": reader.role in (OWNER, MANAGER),
        "minutes_url": address_of("team:people"),
        "has_no_list": member.role == VIEWER,
        "toast": request.session.pop("today_toast", None) if request.method == "GET" else None,
        "is_missing": found.plan is None,
        "is_being_made": found.plan is None and planning_under_way() is not None,
        "closed_today": _closed_today(business, day),
        "asking": waiting_for(reader.actor, clock.now(), end_of_day(day, business.time_zone)),
        **_cases(reader),
        "in_public": mentions_waiting_for(reader.actor, clock.now()),
        "goals": goals_waiting_for(reader.actor, day, business.currency),
        "promised": due_now(reader.actor, clock.now(), end_of_day(day, business.time_zone)),
    }


def _cases(reader: Member) -> dict[str, Any]:
    """Who waits for the reader because something went wrong, what breaks first first."""
    at = clock.now()
    waiting = cases_waiting_for(reader.actor, at)
    return {"cases": waiting, "first_cases": all_told(waiting.cases, at)}


def _member_asked(reader: Member, member_id: str) -> Member:
    if not is_whole(member_id) or int(member_id) == reader.pk:
        if reader.role != VIEWER or member_id:
            return reader
        # A viewer has no list: show the first of those who have one.
        return next(iter(members_who_look_after()), reader)
    member = Member.objects.filter(pk=int(member_id), is_active=True).first()
    if member is None:
        raise Http404
    return member


def _base(reader: Member, member: Member) -> str:
    own = f"member={member.pk}&" if member != reader else ""
    return f"{reverse('desk:today')}?{own}"


def _chosen(found: DayList, item_id: str) -> Shown | None:
    asked = found.find(int(item_id)) if is_whole(item_id) else None
    return asked or next(iter(found.open), None)


def _next_of(found: DayList, chosen: Shown | None) -> Shown | None:
    others = [one for one in found.open if one != chosen]
    if chosen is None or chosen not in found.open:
        return next(iter(others), None)
    place = found.open.index(chosen)
    return next(iter([*found.open[place + 1 :], *found.open[:place]]), None)


def _rows(
    found: DayList, chosen: Shown | None, sight: Sight, *, is_waiting_shown: bool
) -> dict[str, list[dict[str, Any]]]:
    words: dict[str, Callable[[Shown], str]] = {
        "open": lambda one: why_words(one, sight),
        "done": lambda one: one.how_done if sight.notes else _("Done."),
        "put_off": lambda one: one.why_put_off,
        "going": lambda one: why_words(one, sight),
        "may_go": lambda one: why_words(one, sight),
        "waiting": lambda one: f"{why_words(one, sight)} {one.item.why_waiting}",
    }
    if not is_waiting_shown:
        # They are counted, and most of the list.
        words["waiting"] = lambda _one: ""
    return {
        group: [
            {"one": one, "words": say(one), "is_current": one == chosen}
            for one in getattr(found, group)
        ]
        for group, say in words.items()
    }


def _colleagues(found: DayList) -> list[Member]:
    return [one for one in members_who_look_after() if one != found.member]


def _without_permission(found: DayList) -> dict[str, int] | None:
    if found.plan is None or found.plan.listed_count == found.plan.permitted_count:
        return None
    if serves_only_departments(found.member.pk):
        # Nobody asks a department of ours for permission.
        return None
    missing = found.plan.listed_count - found.plan.permitted_count
    return {"missing": missing, "listed": found.plan.listed_count}


def _customer_url(chosen: Shown | None) -> str:
    if chosen is None:
        return ""
    try:
        return reverse("customers:detail", args=[chosen.item.customer_id])
    except NoReverseMatch:
        return ""


def _closed_today(business: Business, day: date) -> bool:
    return business.closures.filter(starts_on__lte=day, ends_on__gte=day).exists()


def _outcome_words(channel: str) -> dict[str, str]:
    return dict(outcomes_of(channel))


def _item(request: HttpRequest, item_id: int) -> PlanItem:
    # Refused before anything is looked for.
    if signed_in_member(request).role == VIEWER:
        raise NotAllowed(_("Viewers see the lists and change nothing."))
    item = item_for(signed_in_member(request).actor, item_id)
    if item is None:
        raise Http404
    return item


def _again(request: HttpRequest, item: PlanItem, act: str, problem: str) -> HttpResponse:
    """The form once more, with what was typed and what is missing."""
    asked = {"item": str(item.pk), "act": act, "member": str(item.plan.member_id)}
    shown = _page(request, asked) | {"problem": problem, "typed": request.POST}
    return render(request, PAGE + _part(request), shown, status=422)


def _answer(
    request: HttpRequest,
    item: PlanItem,
    said: str,
    *,
    stay: bool = False,
    can_undo: bool = True,
    **places: str,
) -> HttpResponse:
    """The list as it is now, and a toast that says what was done and can take it back."""
    words = said % {"name": item.customer.name, **places}
    asked = {"member": str(item.plan.member_id), "item": str(item.pk) if stay else ""}
    undo_url = reverse("desk:undo_item", args=[item.pk]) if can_undo else ""
    if not request.headers.get("HX-Request"):
        request.session["today_toast"] = {"text": words, "undo": undo_url}
        return redirect(
            _base(signed_in_member(request), item.plan.member) + f"item={asked['item']}"
        )
    shown = _page(request, asked) | {"is_answer": True}
    # A toast's own form swaps nothing; the list then puts itself in its place.
    shown["is_oob"] = request.headers.get("HX-Target", "") != "today"
    answer = render(request, PAGE + "#day", shown)
    answer["HX-Trigger"] = json.dumps({"toast": {"text": words, "undo": undo_url}})
    return answer
