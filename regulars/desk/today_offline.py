"""Today without a connection: what a device keeps, the page that shows it, what comes back."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Channel
from regulars.conversations.actions import take_back_touch
from regulars.conversations.choices import Outcome
from regulars.core import clock
from regulars.core.actor import VIEWER
from regulars.core.device_keys import list_key, touch_keys
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.templatetags.look import day_words
from regulars.desk.seeing import sight_of
from regulars.desk.today_card import outcomes_of
from regulars.desk.today_kept import items_kept, outcome_words
from regulars.planning.arriving import Brought, PutOff, Said, arrival_of, note_seen, take_in
from regulars.planning.choices import Snooze
from regulars.planning.day_list import DayList
from regulars.planning.models import OfflineTouch
from regulars.planning.queries import list_of
from regulars.team.models import Business, Member
from regulars.team.queries import signed_in_member, the_named_business

MOST_LINE = 2000


TOUCH, LATER, NOT_NOW = "touch", "later", "not_now"
ACTS = [(TOUCH, ""), (LATER, ""), (NOT_NOW, "")]


class OfflineTouchForm(forms.Form):
    """What a device sends of one touch, or of putting somebody off."""

    # A page that was kept before there was anything else sends touches alone.
    act = forms.ChoiceField(choices=ACTS, required=False)
    until = forms.ChoiceField(choices=Snooze.choices, required=False)
    client_id = forms.UUIDField()
    customer = forms.IntegerField(min_value=1)
    item = forms.IntegerField(min_value=1, required=False)
    channel = forms.ChoiceField(choices=Channel.choices, required=False)
    outcome = forms.ChoiceField(choices=Outcome.choices, required=False)
    line = forms.CharField(max_length=MOST_LINE, required=False)
    device_at = forms.FloatField()
    sent_at = forms.FloatField()
    listed_at = forms.FloatField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("device_at", "sent_at", "listed_at"):
            if name in given:
                given[name] = self._moment(name, given[name])
        if not self.errors:
            self._check(given)
        return given

    def _check(self, given: dict[str, Any]) -> None:
        """A touch says how and what came of it; later says when."""
        act = given["act"] or TOUCH
        if act == LATER and not given["until"]:
            self.add_error("until", _("Say when to be asked again: choose one."))
        if act != TOUCH:
            return
        if not given["channel"]:
            self.add_error("channel", _("Say how you were in touch: choose one."))
        elif given["outcome"] not in dict(outcomes_of(given["channel"])):
            self.add_error("outcome", _("Say what came of it: choose one."))

    def _moment(self, name: str, milliseconds: float) -> datetime | None:
        try:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            self.add_error(name, _("This is no time."))
            return None

    def brought(self) -> Brought:
        given = self.cleaned_data
        return Brought(
            client_id=given["client_id"],
            customer_id=given["customer"],
            item_id=given["item"],
            said=self._said(given),
            device_at=given["device_at"],
            sent_at=given["sent_at"],
            listed_at=given["listed_at"],
        )

    def _said(self, given: dict[str, Any]) -> Said | PutOff:
        if given["act"] == LATER:
            return PutOff(until=given["until"])
        if given["act"] == NOT_NOW:
            return PutOff(line=given["line"])
        return Said(Channel(given["channel"]), Outcome(given["outcome"]), given["line"])


@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The day's own list and its keys, for the device that one has signed in on."""
    member, business, now = signed_in_member(request), the_named_business(), clock.now()
    day = business.day_of(now)
    session = request.session.session_key or ""
    given = {
        "member": member.pk,
        "day": day.isoformat(),
        "now": _milliseconds(now),
        "ends_at": _milliseconds(business.day_ends_at(day)),
        "list_key": list_key("list", member.pk, day, session),
        "touch_keys": touch_keys(member.pk, day),
        "token": get_token(request),
        "list": _list(member, business, now) if member.role != VIEWER else None,
    }
    return JsonResponse(given)


def _list(member: Member, business: Business, now: datetime) -> dict[str, Any]:
    found: DayList = list_of(member.actor, member, business.day_of(now))
    return {
        "heading": found.heading,
        "done_count": len(found.done),
        "done_minutes": found.done_minutes,
        "minutes": found.minutes,
        "outcomes": outcome_words(),
        "snoozes": [(value, str(label)) for value, label in Snooze.choices],
        "not_now": _("Ask again on %(day)s") % {"day": day_words(found.not_now_until)},
        "items": items_kept(found, sight_of(member.actor)),
    }


@require_POST
def arrive(request: HttpRequest) -> HttpResponse:
    """Take in one thing that a device kept; what it sends twice is known again."""
    member = signed_in_member(request)
    if member.role == VIEWER:
        raise NotAllowed(_("Viewers see the lists and change nothing."))
    form = OfflineTouchForm(request.POST)
    if not form.is_valid():
        words = " ".join(str(one) for found in form.errors.values() for one in found)
        return JsonResponse({"sentence": words}, status=422)
    try:
        arrived = take_in(form.brought(), by=member.actor, at=clock.now())
    except Refusal as no:
        return JsonResponse({"sentence": f"{no.sentence} {no.remedy}".strip()}, status=409)
    return JsonResponse({"state": arrived.state})


@require_POST
def settle_arrival(request: HttpRequest, arrived_id: int) -> HttpResponse:
    """Keep both touches, or take one's own back, after a colleague was in touch as well."""
    member, now = signed_in_member(request), clock.now()
    if member.role == VIEWER:
        raise NotAllowed(_("Viewers see the lists and change nothing."))
    arrived = arrival_of(member.actor, arrived_id)
    if arrived is None:
        raise Http404
    if request.POST.get("keep") == "no" and _is_standing(arrived):
        assert arrived.touch is not None
        take_back_touch(arrived.touch, by=member.actor, at=now)
    note_seen(arrived, by=member.actor, at=now)
    return redirect("desk:today")


def _is_standing(arrived: OfflineTouch) -> bool:
    return arrived.touch is not None and arrived.touch.taken_back_at is None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
