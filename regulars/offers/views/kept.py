"""The till without a connection: the list that it takes along, and what it brings back."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.device_keys import list_key, touch_keys
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.offers.actions.arriving import Noted, note_read, take_in_use, try_again
from regulars.offers.queries.arrived import use_to_settle
from regulars.offers.queries.offers import is_taker
from regulars.offers.till_list import Stamp, codes_of_the_day, signed
from regulars.team.models import Member
from regulars.team.queries import signed_in_member, the_named_business


class NotedForm(forms.Form):
    """What a till sends of one use."""

    client_id = forms.RegexField(r"^[A-Za-z0-9_-]{8,40}$")
    code = forms.CharField(max_length=300)
    customer = forms.IntegerField(min_value=1, required=False)
    receipt = forms.CharField(max_length=200, required=False)
    stamp = forms.CharField(max_length=400)
    device_at = forms.FloatField()
    sent_at = forms.FloatField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("device_at", "sent_at"):
            if name in given:
                given[name] = self._moment(name, given[name])
        return given

    def _moment(self, name: str, milliseconds: float) -> datetime | None:
        try:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            self.add_error(name, _("This is no time."))
            return None

    def noted(self, customer: Customer | None) -> Noted:
        given = self.cleaned_data
        return Noted(
            slip=given["client_id"], code=given["code"], stamp=given["stamp"],
            device_at=given["device_at"], sent_at=given["sent_at"], receipt=given["receipt"],
            customer=customer,
        )  # fmt: skip


@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Today's list for the till and its keys, for the device that one has signed in on."""
    member, business, now = _taking(request), the_named_business(), clock.now()
    day = business.day_of(now)
    ends_at = business.day_ends_at(day)
    session = request.session.session_key or ""
    mark_key = list_key("till-codes", member.pk, day, session)
    listed = codes_of_the_day(mark_key, at=now, until=ends_at)
    given = {
        "member": member.pk,
        "day": day.isoformat(),
        "now": _milliseconds(now),
        "ends_at": _milliseconds(ends_at),
        "list_key": list_key("till", member.pk, day, session),
        "mark_key": mark_key,
        "touch_keys": touch_keys(member.pk, day),
        "token": get_token(request),
        "stamp": signed(listed, Stamp(member.pk, day.isoformat(), now, ends_at)),
        "list": listed,
    }
    return JsonResponse(given)


@require_POST
def arrive(request: HttpRequest) -> HttpResponse:
    """Take in one use that a till noted; what it sends twice is known again."""
    member = _taking(request)
    form = NotedForm(request.POST)
    if not form.is_valid():
        words = " ".join(str(one) for found in form.errors.values() for one in found)
        return JsonResponse({"sentence": words}, status=422)
    number = form.cleaned_data["customer"]
    customer = customers_for(member.actor).filter(pk=number).first() if number else None
    try:
        used = take_in_use(form.noted(customer), by=member.actor, at=clock.now())
    except Refusal as no:
        return JsonResponse({"sentence": f"{no.sentence} {no.remedy}".strip()}, status=409)
    return JsonResponse({"state": "used" if used.redemption_id else "refused"})


@require_POST
def settle(request: HttpRequest, use_id: int) -> HttpResponse:
    """Bring a refused use in once more, or note that it was read."""
    member = _taking(request)
    used = use_to_settle(member.actor, use_id)
    if request.POST.get("act") == "again":
        try_again(used, by=member.actor, at=clock.now())
    else:
        note_read(used, by=member.actor, at=clock.now())
    return redirect("till:home")


def _taking(request: HttpRequest) -> Member:
    member = signed_in_member(request)
    if not is_taker(member.actor):
        raise NotAllowed(_("You may look, and take no codes. An owner can change that."))
    return member


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
