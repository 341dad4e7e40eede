"""Waves on the screen: writing one, what customers will see, and who was first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customers_for, found_by
from regulars.offers.actions.planning import add_wave, change_wave, choose_ways, drop_wave
from regulars.offers.choices import Way
from regulars.offers.errors import OfferUnclear
from regulars.offers.forms import WaveForm, WaysForm
from regulars.offers.models import Offer, Wave
from regulars.offers.queries.first import first_users, why_not
from regulars.offers.queries.offers import (
    is_planner,
    is_seer_of_who,
    offer_for,
    uptake_of,
    wave_for,
    waves_of,
)
from regulars.offers.words import gives
from regulars.team.queries import signed_in_member, the_named_business

MOST_FOUND = 8


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Add a wave."""
    actor, at = _planning(request), clock.now()
    offer = offer_for(actor, offer_id)
    form = WaveForm(request.POST) if request.method == "POST" else WaveForm(initial=_next(offer))
    if form.is_bound and form.is_valid():
        try:
            add_wave(offer, form.draft(offer, at), by=actor, at=at)
            return redirect("offers:show", offer.pk)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    status = 422 if form.is_bound else 200
    return render(request, "offers/wave.html", {"form": form, "offer": offer}, status=status)


def _next(offer: Offer) -> dict[str, object]:
    """What the next wave would be: the core first, then the active, then those who lapsed."""
    waves = list(waves_of(offer))
    taken = {tier for one in waves for tier in one.tiers}
    last = waves[-1] if waves else None
    for tiers, name in (
        (["core"], _("Core customers")), (["active", "new"], _("Active customers")),
        (["slipping", "lapsed", "lost"], _("Those we miss")),
    ):  # fmt: skip
        if not taken & {*tiers}:
            return {"name": name, "whom": "tiers", "tiers": tiers,
                    "closes_at": last.closes_at if last else None}  # fmt: skip
    return {"name": _("Everybody"), "whom": "public",
            "closes_at": last.closes_at if last else None}  # fmt: skip


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Change a wave of a draft."""
    actor, at = _planning(request), clock.now()
    wave = wave_for(actor, wave_id)
    form = WaveForm(request.POST) if request.method == "POST" else WaveForm.of(wave)
    if form.is_bound and form.is_valid():
        try:
            change_wave(wave, form.draft(wave.offer, at), by=actor, at=at)
            return redirect("offers:show", wave.offer_id)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    shown = {"form": form, "offer": wave.offer, "wave": wave}
    return render(request, "offers/wave.html", shown, status=422 if form.is_bound else 200)


@require_POST
def drop(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Take a wave out of a draft."""
    actor = _planning(request)
    wave = wave_for(actor, wave_id)
    drop_wave(wave, by=actor, at=clock.now())
    return answer_change(
        request, _("Taken out."), changed="offer-changed",
        back_to=reverse("offers:show", args=[wave.offer_id]),
    )  # fmt: skip


@require_POST
def ways(request: HttpRequest, wave_id: int) -> HttpResponse:
    """By which ways a wave is told, planned or not."""
    actor = _planning(request)
    wave, form = wave_for(actor, wave_id), WaysForm(request.POST)
    if not form.is_valid():
        raise OfferUnclear(_("This way is not known."), _("Load the page again."))
    return _with_ways(request, wave, [Way(one) for one in form.cleaned_data["ways"]], actor)


@require_POST
def ways_back(request: HttpRequest, wave_id: int, named: str) -> HttpResponse:
    """As it was before."""
    actor = _planning(request)
    before = [way for way in Way if way.value in named.split("-")]
    return _with_ways(request, wave_for(actor, wave_id), before, actor)


def _with_ways(request: HttpRequest, wave: Wave, chosen: list[Way], actor: Actor) -> HttpResponse:
    before = "-".join(way.value for way in wave.ways) or "none"
    choose_ways(wave, chosen, by=actor, at=clock.now())
    return answer_change(
        request, _("Kept: by which ways “%(wave)s” is told.") % {"wave": wave.name},
        changed="offer-changed", back_to=reverse("offers:show", args=[wave.offer_id]),
        undo=reverse("offers:ways_back", args=[wave.pk, before]),
    )  # fmt: skip


@require_safe
def first(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Who could see it when, who used it when; and why somebody did not get it."""
    actor, at = _seeing_who(request), clock.now()
    offer = offer_for(actor, offer_id)
    sought = request.GET.get("who", "").strip()[:200]
    people = list(found_by(actor, customers_for(actor), sought)[:MOST_FOUND]) if sought else []
    shown = {
        "offer": offer, "uptake": uptake_of(offer), "users": first_users(offer, actor),
        "sought": sought, "why": [(one, why_not(offer, one, at)) for one in people],
    }  # fmt: skip
    return render(request, "offers/first.html", shown)


@require_safe
def preview(request: HttpRequest, offer_id: int) -> HttpResponse:
    """What customers of each wave will see: for us alone, without anybody's code."""
    actor = _planning(request)
    offer = offer_for(actor, offer_id)
    shown = {
        "offer": offer, "gives": gives(offer), "waves": list(waves_of(offer)),
        "business": the_named_business(),
    }  # fmt: skip
    return render(request, "offers/preview.html", shown)


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    return actor


def _seeing_who(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer_of_who(actor):
        raise HiddenFromRole
    return actor
