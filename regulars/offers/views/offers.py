"""Offers on the screen: the list, one offer with its waves, writing it, letting it stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.offers.actions.planning import (
    draft_offer,
    end_offer,
    open_again,
    plan_offer,
    put_back_to_draft,
    raise_stock,
    redraft_offer,
    throw_away,
)
from regulars.offers.choices import Standing
from regulars.offers.codes import spelled
from regulars.offers.forms import OfferForm, StockForm, WaysForm
from regulars.offers.models import Offer
from regulars.offers.queries.codes import shared_code_at
from regulars.offers.queries.meant import meant_in_words
from regulars.offers.queries.offers import (
    is_planner,
    is_taker,
    listed,
    offer_for,
    standing_of,
    uptake_of,
)
from regulars.offers.words import (
    given_words,
    gives,
    margin_words,
    standing_words,
    timeline_of,
    ways_words,
)
from regulars.team.queries import signed_in_member


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All offers: what is open, what comes, what is being written, what is over."""
    actor, at = signed_in_member(request).actor, clock.now()
    rows = [
        {"one": one, "gives": gives(one.offer),
         # Of a draft and of what is over the margin has said all.
         "stands": standing_words(one.standing, one.opens_at, one.closes_at)
         if one.standing in (Standing.PLANNED, Standing.OPEN) else ""}
        for one in listed(actor, at)
    ]  # fmt: skip
    shown = {"rows": rows, "may_plan": is_planner(actor), "may_take": is_taker(actor)}
    return render(request, "offers/home.html", shown)


@require_safe
def show(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One offer: its waves as a line of time, what became of each, what can be done."""
    actor = signed_in_member(request).actor
    return shown_offer(request, actor, offer_for(actor, offer_id))


def shown_offer(
    request: HttpRequest, actor: Actor, offer: Offer, form: StockForm | None = None,
    *, problem: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    at = clock.now()
    uptake = uptake_of(offer)
    waves = [one.wave for one in uptake]
    standing = standing_of(offer, at)
    opens, closes = (
        (min(w.opens_at for w in waves), max(w.closes_at for w in waves)) if waves else (None, None)
    )
    shown: dict[str, Any] = {
        "offer": offer, "gives": gives(offer), "margin": margin_words(offer),
        "given": given_words(offer, uptake),
        "stands": standing_words(standing, opens, closes), "standing": standing,
        "is_draft": standing == Standing.DRAFT, "is_over": standing == Standing.OVER,
        "line": timeline_of(waves, at, offer.ended_at),
        "waves": [{"one": one, "meant": meant_in_words(one.wave), "ways": ways_words(one.wave),
                   "ways_form": WaysForm.of(one.wave),
                   "is_open": one.wave.is_open_at(at), "is_to_come": at < one.wave.opens_at}
                  for one in uptake],
        "may_plan": is_planner(actor), "may_take": is_taker(actor), "problem": problem,
        "may_go_back": standing == Standing.PLANNED, "stock_form": form or StockForm(),
        "shared": spelled(shared_code_at(offer, at)) if standing == Standing.OPEN else "",
        "used": sum(one.used for one in uptake),
    }  # fmt: skip
    return render(request, "offers/offer.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an offer down."""
    actor = _planning(request)
    form = OfferForm(request.POST or None)
    if form.is_valid():
        try:
            offer = draft_offer(form.draft(), by=actor, at=clock.now())
            return redirect("offers:show", offer.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    status = 422 if form.is_bound else 200
    return render(request, "offers/write.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Change what an offer says."""
    actor = _planning(request)
    offer = offer_for(actor, offer_id)
    form = OfferForm.of(offer, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            redraft_offer(offer, form.draft(), by=actor, at=clock.now())
            return answer_change(
                request, _("Kept."), changed="offer-changed",
                back_to=reverse("offers:show", args=[offer.pk]),
            )  # fmt: skip
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    status = 422 if form.is_bound else 200
    return render(request, "offers/write.html", {"form": form, "offer": offer}, status=status)


@require_POST
def plan(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Let it stand, or say what is still wrong with it."""
    actor = _planning(request)
    offer = offer_for(actor, offer_id)
    try:
        plan_offer(offer, by=actor, at=clock.now())
    except NotAllowed:
        raise
    except Refusal as no:
        return shown_offer(request, actor, offer, problem=no, status=422)
    opens_now = offer.waves.filter(opens_at__lte=clock.now()).exists()
    said = _("Planned: the first wave is open now.") if opens_now else _("Planned.")
    undo = "" if opens_now else reverse("offers:draft", args=[offer.pk])
    return _answer(request, offer, said, undo)


@require_POST
def draft(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Undo the planning."""
    actor = _planning(request)
    offer = put_back_to_draft(offer_for(actor, offer_id), by=actor, at=clock.now())
    return _answer(request, offer, _("It is a draft again."))


@require_POST
def end(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Nobody can use it from now on."""
    actor = _planning(request)
    offer = end_offer(offer_for(actor, offer_id), by=actor, at=clock.now())
    assert offer.ended_at is not None
    stamp = int(offer.ended_at.timestamp() * 1_000_000)
    undo = reverse("offers:open_again", args=[offer.pk, stamp])
    return _answer(request, offer, _("It is over: nobody sees it any more."), undo)


@require_POST
def again(request: HttpRequest, offer_id: int, stamp: int) -> HttpResponse:
    """Undo that it was ended."""
    actor = _planning(request)
    offer = offer_for(actor, offer_id)
    ended = offer.ended_at
    if ended is None or int(ended.timestamp() * 1_000_000) != stamp:
        raise NotFound(_("That is no longer how it stands."))
    open_again(offer, ended_at=ended, by=actor, at=clock.now())
    return _answer(request, offer, _("It goes on."))


@require_POST
def stock(request: HttpRequest, offer_id: int) -> HttpResponse:
    """There are more of it."""
    actor = _planning(request)
    offer, form = offer_for(actor, offer_id), StockForm(request.POST)
    if not form.is_valid():
        return shown_offer(request, actor, offer, form, status=422)
    raise_stock(offer, form.cleaned_data["more"], by=actor, at=clock.now())
    return _answer(request, offer, _("Written down."))


@require_POST
def discard(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Throw a draft away."""
    actor = _planning(request)
    throw_away(offer_for(actor, offer_id), by=actor, at=clock.now())
    return answer_change(
        request, _("Thrown away."), changed="offer-changed", back_to=reverse("offers:home")
    )


def _answer(request: HttpRequest, offer: Offer, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("offers:show", args=[offer.pk])
    return answer_change(request, said, changed="offer-changed", back_to=back_to, undo=undo)


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    return actor
