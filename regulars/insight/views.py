"""Insight on the screen."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core import clock
from regulars.core.errors import HiddenFromRole, NotAllowed
from regulars.core.list_fields import is_hidden, list_fields
from regulars.core.models import Job
from regulars.core.money import Money
from regulars.core.templatetags.look import day_words
from regulars.customers.queries.people import customers_for
from regulars.insight.actions import ask_for_count
from regulars.insight.choices import Tier
from regulars.insight.curve import Curve, curve_of
from regulars.insight.models import Refresh
from regulars.insight.plates.pages import PAGES
from regulars.insight.plates.what_comes import the_biggest
from regulars.insight.queries import (
    TierLine,
    count_buying_less,
    count_under_way,
    customers_buying_less,
    latest_refresh,
    less_words,
    open_days,
    sentence_of,
    slipping_customers,
    tiers_of_the_list,
)
from regulars.insight.rules import may_count, may_see_insight
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from regulars.team.queries import the_named_business

SLIPPING_SHOWN = 8
LESS_SHOWN = 100
# From this share of the money on, the core may be said to carry the business.
CARRYING_SHARE = 0.4
STALE_AFTER = timedelta(hours=26)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Who customers are to us, as of the last count."""
    member = seeing_member(request)
    refresh = latest_refresh()
    shown: dict[str, Any] = {
        "refresh": refresh,
        "pages": PAGES,
        "job": count_under_way(),
        "may_count": may_count(member.actor),
    }
    if refresh is None:
        return render(request, "insight/home.html", {**shown, "has_orders": Order.objects.exists()})
    business = the_named_business()
    return render(request, "insight/home.html", {**shown, **_found(refresh, business)})


@require_GET
def buying_less(request: HttpRequest) -> HttpResponse:
    """Those who still come, and buy for less."""
    member = seeing_member(request)
    business, customers = the_named_business(), customers_for(member.actor).on_the_list()
    found = customers_buying_less(customers, LESS_SHOWN)
    shown = [
        {
            "customer": less.customer,
            "sentence": less_words(less, business.currency),
            "since": less.since_on,
            "worth": Money(less.worth_minor, business.currency),
        }
        for less in found
    ]
    tree = json.dumps({"field": "insight.less_since", "is": "filled"})
    return render(request, "insight/buying_less.html", {
        "found": shown, "total": count_buying_less(customers),
        "everybody": f"{reverse('customers:list')}?{urlencode({'f': tree})}" if found else "",
    })  # fmt: skip


@require_POST
def count_again(request: HttpRequest) -> HttpResponse:
    """Leave a count to be done soon."""
    return leave_to_count(request, ask_for_count, "insight:home", "insight/home.html#counting")


@require_GET
def counting(request: HttpRequest) -> HttpResponse:
    """How far the count is; the page is loaded anew once it is over."""
    return how_far(request, count_under_way(), "insight/home.html#counting")


def leave_to_count(
    request: HttpRequest, ask: Callable[..., Job], page: str, part: str
) -> HttpResponse:
    """Leave work of counting to be done soon; shows that part of the page which tells how far."""
    member = seeing_member(request)
    if not may_count(member.actor):
        raise NotAllowed(_("Only an owner or a manager may have everything counted again."))
    job = ask(by=member.actor, at=clock.now())
    if not request.headers.get("HX-Request"):
        return redirect(page)
    return render(request, part, {"job": job, "may_count": True})


def how_far(request: HttpRequest, job: Job | None, part: str) -> HttpResponse:
    """How far such work is; without any, the page is loaded anew."""
    member = seeing_member(request)
    if job is None:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, part, {"job": job, "may_count": may_count(member.actor)})


def _told() -> list[str]:
    """What the page is counted from, as lists call it."""
    return [one for one in list_fields.names() if one.startswith("insight.")]


def seeing_member(request: HttpRequest) -> Member:
    """Whoever asks, if they may see figures of the whole list."""
    member = request.user
    if not isinstance(member, Member) or not may_see_insight(member.actor):
        raise NotAllowed(
            _("Insight is for those who see the whole list: owners, managers, viewers.")
        )
    if is_hidden(member.actor, "order", *_told()):
        raise HiddenFromRole
    return member


@dataclass(frozen=True, slots=True)
class TierRow:
    tier: str
    customer_count: int
    customer_share: float
    spend: Money
    spend_share: float
    stake: Money


def _found(refresh: Refresh, business: Business) -> dict[str, Any]:
    """What the last count found, in the words and pictures of the page."""
    at = clock.now()
    lines = tiers_of_the_list(refresh)
    curve = curve_of(refresh.figures.get("concentration", []))
    today, days = business.day_of(at), open_days()
    slipping = [
        {
            "customer": facts.customer,
            "sentence": sentence_of(facts, today, days),
            "stake": Money(facts.stake_minor, business.currency),
            "since": facts.slipping_on,
        }
        for facts in slipping_customers(SLIPPING_SHOWN)
    ]
    by_tier = {line.tier: line for line in lines}
    core_share = _share(by_tier[Tier.CORE].year_spend_minor, lines)
    return {
        "tiers": _rows(lines, business.currency),
        "core": by_tier[Tier.CORE],
        "core_share": core_share,
        "core_carries": core_share >= CARRYING_SHARE,
        "slipping_count": by_tier[Tier.SLIPPING].customer_count,
        "customer_count": sum(line.customer_count for line in lines),
        "year_spend": Money(sum(line.year_spend_minor for line in lines), business.currency),
        "curve": curve,
        "biggest": [(count, share, _listed(curve, count)) for count, share in curve.table]
        if curve
        else [],
        "slipping": slipping,
        "group": refresh.rhythm["groups"]["person"],
        "counted": counted_words(refresh.ended_at, at),
        "is_stale": at - refresh.ended_at > STALE_AFTER,
        "foreign_count": refresh.figures.get("orders_in_other_currencies", 0),
    }


def _listed(curve: Curve, count: int) -> str:
    least = curve.least.get(count)
    return the_biggest(least) if least else ""


def _share(minor: int, lines: list[TierLine]) -> float:
    return minor / max(1, sum(max(0, line.year_spend_minor) for line in lines))


def _rows(lines: list[TierLine], currency: str) -> list[TierRow]:
    most_customers = max(1, *(line.customer_count for line in lines))
    most_money = max(1, *(line.year_spend_minor for line in lines))
    return [
        TierRow(
            line.tier,
            line.customer_count,
            # Four fifths at most: the number stands beside the bar.
            0.8 * line.customer_count / most_customers,
            Money(line.year_spend_minor, currency),
            0.75 * max(0, line.year_spend_minor) / most_money,
            Money(line.stake_minor, currency),
        )
        for line in lines
    ]


def counted_words(moment: datetime, at: datetime) -> str:
    """“counted this morning at 5:10”: when the numbers were true."""
    then, now = timezone.localtime(moment), timezone.localtime(at)
    places = {"time": time_format(then, "G:i"), "day": day_words(then)}
    if then.date() != now.date():
        return _("counted %(day)s at %(time)s") % places
    if then.hour < 12:
        return _("counted this morning at %(time)s") % places
    if then.hour < 18:
        return _("counted this afternoon at %(time)s") % places
    return _("counted this evening at %(time)s") % places
