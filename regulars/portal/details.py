"""What we have of somebody: they look through it, and say what is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.customers.actions.confirming import Answer, confirm_details
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint
from regulars.portal import visits
from regulars.portal.masks import HIDDEN, masked_address, masked_number
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, Visit, visit_of
from regulars.team.queries import the_named_business

LONGEST = 500
LONGEST_NAME = 200
WORDS = {
    PointKind.EMAIL: _("E-mail"), PointKind.PHONE: _("Telephone"), PointKind.ADDRESS: _("Address"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One way to reach them, masked, with what was written beside it."""

    name: str
    label: Promise | str
    shown: str
    written: str = ""
    is_over: bool = False


# `is_own_form` is the check: a form brings back what only a page of this visit holds.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """What we have, hidden in part; what is written is kept, what is left is confirmed."""
    at = clock.now()
    visit = visit_of(request, at)
    if visit is None:
        return gone(request)
    if request.method != "POST":
        return page(request, "details", _shown(visit))
    if not visits.is_own_form(request, visit):
        return page(request, "elsewhere", {"business": the_named_business()}, status=403)
    return _keep(request, visit, at)


def _keep(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    points = _points(visit)
    over = frozenset(pk for pk in points if request.POST.get(f"over-{pk}"))
    written = {pk: request.POST.get(f"point-{pk}", "")[:LONGEST] for pk in points}
    added = {
        kind: value for kind in _missing(points.values())
        if (value := request.POST.get(f"new-{kind}", "").strip()[:LONGEST])
    }  # fmt: skip
    answer = Answer(request.POST.get("name", "")[:LONGEST_NAME], written, over, added)
    try:
        confirm_details(visit.customer, answer, by=THEMSELVES, at=at)
    except Refusal as no:
        shown = {**_shown(visit, answer), "refusal": no}
        return page(request, "details", shown, status=422)
    visit.customer.refresh_from_db()
    return page(request, "details", {**_shown(visit), "kept": True})


def _points(visit: Visit) -> dict[int, ContactPoint]:
    """What is asked about: what is over already is not."""
    found = ContactPoint.objects.filter(customer=visit.customer, kind__in=list(WORDS))
    standing = found.exclude(state=PointState.STALE).order_by("kind", "-is_primary", "pk")
    return {point.pk: point for point in standing}


def _missing(points: Iterable[ContactPoint]) -> list[PointKind]:
    known = {point.kind for point in points}
    return [kind for kind in WORDS if kind.value not in known]


def _shown(visit: Visit, answer: Answer | None = None) -> dict[str, object]:
    points = _points(visit)
    return {
        "business": the_named_business(), "customer": visit.customer, "visit": visit,
        "name": answer.name if answer else visit.customer.name,
        "lines": [
            Line(
                str(pk), WORDS[PointKind(point.kind)], _masked(point),
                answer.written.get(pk, "") if answer else "",
                is_over=answer is not None and pk in answer.over,
            )
            for pk, point in points.items()
        ],
        "missing": [
            Line(kind.value, WORDS[kind], "", answer.added.get(kind, "") if answer else "")
            for kind in _missing(points.values())
        ],
    }  # fmt: skip


def _masked(point: ContactPoint) -> str:
    """Hidden in part, because the link shows a mailbox and not who reads in it."""
    if point.kind == PointKind.EMAIL:
        return masked_address(point.value)
    if point.kind == PointKind.PHONE:
        return masked_number(point.value)
    return f"{HIDDEN} {point.city or point.postcode}".strip()
