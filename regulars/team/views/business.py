"""Settings of the business: what it is called, when it is open, when it was closed."""

from datetime import date

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import with_toast
from regulars.core.errors import NotAllowed
from regulars.team import actions
from regulars.team.choices import Weekday
from regulars.team.errors import CurrencySettled, DaysAlreadyClosed
from regulars.team.forms import ClosureForm, HoursForm, SettingsForm
from regulars.team.models import Closure
from regulars.team.queries import is_currency_settled, signed_in_member, the_named_business
from regulars.team.rules import may_change_business

# A removed closure can be put back for a day, by a sealed note of what it was.
PUT_BACK_SALT = "team.closure"
PUT_BACK_SECONDS = 24 * 3600


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def describe(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    business = the_named_business()
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    try:
        actions.name_business(
            form.described(),
            live_since=form.cleaned_data["live_since"],
            is_sample=business.is_sample,
            languages=form.written_languages(),
            by=by,
            at=clock.now(),
        )
    except CurrencySettled as no:
        form.add_error("currency", str(no))
        return _page(request, form=form)
    messages.success(request, _("Kept: what the business says of itself."))
    return redirect("team:settings")


@require_POST
def set_hours(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    business = the_named_business()
    form = HoursForm(request.POST, business=business)
    if not form.is_valid():
        return _page(request, hours=form)
    actions.set_opening_hours(business, form.stretches(), by=by, at=clock.now())
    messages.success(request, _("Kept: the opening hours."))
    return redirect(reverse("team:settings") + "#hours")


@require_POST
def add_closure(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return _page(request, closing=form)
    said = form.cleaned_data
    try:
        actions.add_closure(
            the_named_business(), said["starts_on"], said["ends_on"],
            why=said["why"], by=by, at=clock.now(),
        )  # fmt: skip
    except DaysAlreadyClosed as no:
        form.add_error("starts_on", str(no))
        return _page(request, closing=form)
    messages.success(request, _("Kept: these days count against no customer."))
    return redirect(reverse("team:settings") + "#closed")


@require_POST
def remove_closure(request: HttpRequest, closure_id: int) -> HttpResponse:
    by = _owner(request)
    closure = get_object_or_404(Closure, pk=closure_id)
    sealed = signing.dumps(
        [f"{closure.starts_on}", f"{closure.ends_on}", closure.why, closure.source],
        salt=PUT_BACK_SALT,
    )
    actions.remove_closure(closure, by=by, at=clock.now())
    done = _("Removed: the closed days.")
    if not request.headers.get("HX-Request"):
        messages.success(request, done)
        return redirect(reverse("team:settings") + "#closed")
    answer = render(request, "team/settings.html#closures", _shown(request))
    return with_toast(answer, done, reverse("team:put_back_closure", args=[sealed]))


@require_POST
def put_back_closure(request: HttpRequest, sealed: str) -> HttpResponse:
    by = _owner(request)
    try:
        starts_on, ends_on, why, source = signing.loads(
            sealed, salt=PUT_BACK_SALT, max_age=PUT_BACK_SECONDS
        )
    except signing.BadSignature as error:
        raise Http404 from error
    actions.add_closure(
        the_named_business(), date.fromisoformat(starts_on), date.fromisoformat(ends_on),
        why=why, source=source, by=by, at=clock.now(),
    )  # fmt: skip
    if request.headers.get("HX-Request"):
        return HttpResponseClientRefresh()
    return redirect(reverse("team:settings") + "#closed")


def _owner(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_change_business(actor):
        raise NotAllowed(
            _("Only an owner can change the business."), _("Ask one of the owners to do it.")
        )
    return actor


def _page(
    request: HttpRequest,
    *,
    form: SettingsForm | None = None,
    hours: HoursForm | None = None,
    closing: ClosureForm | None = None,
) -> HttpResponse:
    refused = any((form, hours, closing))
    business = the_named_business()
    forms = {
        "form": form or SettingsForm.of(business),
        "hours": hours or HoursForm(business=business),
        "closing": closing or ClosureForm(),
        "is_currency_settled": is_currency_settled(),
    }
    said = _shown(request) | forms
    return render(request, "team/settings.html", said, status=422 if refused else 200)


def _shown(request: HttpRequest) -> dict[str, object]:
    business = the_named_business()
    return {
        "business_settings": business,
        "closures": list(business.closures.order_by("-starts_on")),
        "may_change": may_change_business(signed_in_member(request).actor),
        "weekdays": Weekday.choices,
    }
