"""How we may reach somebody: a link, exchanged at once for half an hour (RELIABILITY A4)."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.consent.errors import WishUnclear
from regulars.core import clock
from regulars.core.signed_links import read_link
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.portal import visits
from regulars.portal.forms import PreferencesForm
from regulars.portal.keeping import keep, mailbox_of, stop_all, take_back, wishes_of
from regulars.portal.masks import masked_address, masked_number
from regulars.portal.pages import asked_from, gone, kept_by_nobody, only_pressed, page
from regulars.portal.reach import reach_of
from regulars.portal.visits import Visit, visit_of
from regulars.portal.words import purpose_words
from regulars.promises.queries import shows_customers
from regulars.team.queries import the_named_business

SEE_OTHER = 303


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """A page that says nothing of anybody, with a button that no robot presses."""
    at = clock.now()
    link = read_link("preferences", token, at)
    if link is None or visits.customer_of(link) is None:
        return gone(request)
    if request.method != "POST":
        return page(request, "arrive", {"token": token, "business": the_named_business()})
    answer = HttpResponseRedirect(reverse("portal:preferences_page"), status=SEE_OTHER)
    return kept_by_nobody(visits.begin(answer, link, at))


# `is_own_form` is the check: a form brings back what only a page of this visit holds.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which way, about what, how often, and from when; a no counts at once."""
    at = clock.now()
    visit = visit_of(request, at)
    if visit is None:
        return gone(request)
    if request.method != "POST":
        return page(request, "preferences", shown_to(visit.customer, at, visit=visit))
    if not visits.is_own_form(request, visit):
        return page(request, "elsewhere", {"business": the_named_business()}, status=403)
    return _keep(request, visit, at)


@csrf_exempt
@only_pressed
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was just kept."""
    at = clock.now()
    visit = visit_of(request, at)
    if visit is None:
        return gone(request)
    if not visits.is_own_form(request, visit):
        return page(request, "elsewhere", {"business": the_named_business()}, status=403)
    undone = take_back(visit, request.POST.get("undo", ""), asked_from=asked_from(request), at=at)
    shown = shown_to(visit.customer, at, visit=visit)
    return page(request, "preferences", {**shown, "undone": undone})


@csrf_exempt
@only_pressed
def leave(request: HttpRequest) -> HttpResponse:
    """End the half hour, on a computer that others use too."""
    answer = page(request, "left", {"business": the_named_business()})
    answer.delete_cookie(visits.cookie_name(), path="/", samesite="Strict")
    return answer


def _keep(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    if request.POST.get("stop") == "all":
        kept = stop_all(visit, at=at)
        shown = shown_to(visit.customer, at, visit=visit)
        return page(request, "preferences", {**shown, "kept": kept, "is_all": True})
    return _keep_form(request, visit, at)


def _keep_form(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    form = form_of(visit.customer, at, request.POST.dict())
    ticked = set(request.POST.getlist("may"))
    kept = None
    if form.is_valid():
        try:
            kept = keep(
                visit, ticked=ticked, wishes=wishes_in(form), asked_from=asked_from(request), at=at
            )
        except WishUnclear as refusal:
            form.add_error("pause_to", refusal.sentence)
    if kept is None:
        shown = shown_to(visit.customer, at, visit=visit, form=form, ticked=ticked)
        return page(request, "preferences", shown, status=422)
    return page(request, "preferences", {**shown_to(visit.customer, at, visit=visit), "kept": kept})


def wishes_in(form: PreferencesForm) -> dict[str, object]:
    days = form.cleaned_data["every_days"]
    return {
        "channel": form.cleaned_data["way"],
        "every_days": int(days) if days else None,
        "paused_until": form.paused_until,
    }


def form_of(
    customer: Customer, at: datetime, given: Mapping[str, object] | None = None
) -> PreferencesForm:
    business, wishes = the_named_business(), wishes_of(customer)
    until = wishes["paused_until"]
    is_paused = isinstance(until, datetime) and until > at
    initial = {
        "way": wishes["channel"],
        "every_days": str(wishes["every_days"] or ""),
        "pause_to": until.astimezone(ZoneInfo(business.time_zone)).date()
        if is_paused and isinstance(until, datetime)
        else None,
    }
    return PreferencesForm(given, initial=initial, business=business, at=at)


def shown_to(
    customer: Customer,
    at: datetime,
    *,
    visit: Visit | None = None,
    form: PreferencesForm | None = None,
    ticked: set[str] | None = None,
) -> dict[str, object]:
    """What stands on the page; without a visit, as staff see it."""
    reach = reach_of(customer, at)
    on = {box.name for box in reach.boxes if box.is_on} if ticked is None else ticked
    return {
        "business": the_named_business(),
        "customer": customer,
        "visit": visit,
        "reach": reach,
        "on": on,
        "always": purpose_words(reach.always),
        "only": purpose_words(reach.only),
        "form": form or form_of(customer, at),
        "details": details_of(customer),
        "shows_promises": visit is not None and shows_customers(),
        "mailbox": masked_address(mailbox_of(customer)) if mailbox_of(customer) else "",
    }


def details_of(customer: Customer) -> list[tuple[str, str]]:
    """What we would reach them by, masked: the link shows a mailbox, not who reads in it."""
    points = ContactPoint.objects.filter(customer=customer).order_by("kind", "-is_primary", "pk")
    words = {PointKind.EMAIL: _("E-mail"), PointKind.PHONE: _("Telephone")}
    masks = {PointKind.EMAIL: masked_address, PointKind.PHONE: masked_number}
    return [
        (words[kind], masks[kind](point.value))
        for point in points
        if (kind := PointKind(point.kind)) in masks
    ]
