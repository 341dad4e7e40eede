"""The customers behind a number, worth most first; and the same as a list."""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.core import clock
from regulars.core.money import Money
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer
from regulars.insight.behind import (
    MOST_LISTED,
    check_may_list,
    customers_behind,
    list_behind,
)
from regulars.insight.models import Behind
from regulars.insight.plates.pages import PAGES, TITLES
from regulars.insight.queries import kept_figures, with_tier
from regulars.insight.rules import may_count
from regulars.insight.views import seeing_member
from regulars.team.queries import the_named_business

SIZE = 100


@require_GET
def show(request: HttpRequest, name: str, cell: str) -> HttpResponse:
    """Who stands behind a number, a hundred on a page."""
    member = seeing_member(request)
    behind, title = _asked(name, cell)
    page = Paginator(customers_behind(behind), SIZE).get_page(request.GET.get("page"))
    count = behind.customer_count
    says = ngettext("%(count)s customer", "%(count)s customers", count) % {"count": number(count)}
    return render(request, "insight/behind.html", {
        "title": title, "says": says, "people": _people(page.object_list), "page": page,
        "tab": next(one for one in PAGES if name in one.figures), "pages": PAGES,
        "month": cell[:7] if name == "flows" else "", "name": name, "cell": cell,
        "may_list": may_count(member.actor), "is_long": count > MOST_LISTED,
    })  # fmt: skip


@require_POST
def as_list(request: HttpRequest, name: str, cell: str) -> HttpResponse:
    """The same as a list of customers, with all that can be done with one."""
    member = seeing_member(request)
    check_may_list(member.actor)
    behind, title = _asked(name, cell)
    list_behind(behind, title=title, by=member.actor, at=clock.now())
    clause = {"field": "insight.behind", "is": "is", "value": behind.pk}
    tree = json.dumps({"all": [clause]}, separators=(",", ":"))
    asked = urlencode({"f": tree, "by": "-insight.stake"})
    return redirect(f"{reverse('customers:list')}?{asked}")


def _asked(name: str, cell: str) -> tuple[Behind, str]:
    kept = kept_figures([name]).get(name) if name in TITLES else None
    behind = Behind.objects.filter(figure=name, cell=cell).first()
    title = TITLES[name](kept, cell) if kept is not None else None
    if behind is None or title is None:
        raise Http404
    return behind, title


def _people(ids: Any) -> list[dict[str, Any]]:
    currency = the_named_business().currency
    # Whoever came back to the list since the count has no facts yet.
    there = Customer.objects.on_the_list().filter(pk__in=ids, facts__isnull=False)
    found = {one.pk: one for one in with_tier(there).select_related("facts")}
    return [
        {
            "customer": found[pk],
            "tier": getattr(found[pk], "shown_tier", ""),
            "stake": Money(found[pk].facts.stake_minor, currency),
        }
        for pk in ids
        if pk in found
    ]
