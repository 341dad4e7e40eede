"""The shop's own list on the screen: where it stands, what it said, what was taken from it."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.prices.actions.shops import (
    begin_look,
    give_up_shop,
    keep_shop,
    switch_shop,
    take_from_shop,
    use_shop,
)
from regulars.prices.choices import LookState, Tax
from regulars.prices.forms import ShopForm
from regulars.prices.models import ShopList
from regulars.prices.queries.prices import is_planner, is_seer_of_who, is_setter
from regulars.prices.queries.shops import (
    SHOWN,
    examples_of,
    gone_from,
    is_being_asked,
    looks_at,
    newest_look,
    shop_for,
    the_shop,
    undercutting_count,
    was_taken_back,
)
from regulars.prices.words import currency_words, look_words
from regulars.team.queries import signed_in_member, the_named_business


@require_http_methods(["GET", "POST"])
def shop(request: HttpRequest) -> HttpResponse:
    """Where the shop keeps its list, and how it stands; the address is said here once."""
    if request.method != "POST":
        return _shown(request, signed_in_member(request).actor, ShopForm())
    actor = _setting(request)
    form = ShopForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            use_shop(
                given["address"], tax=Tax(given["tax"] or Tax.SAME),
                tax_bp=int((given["tax_rate"] or 0) * 100),
                allows_private=given["allows_private"], by=actor, at=clock.now(),
            )  # fmt: skip
            return redirect("prices:shop")
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error("address", f"{no.sentence} {no.remedy}")
    return _shown(request, actor, form, status=422)


def _shown(request: HttpRequest, actor: Actor, form: ShopForm, status: int = 200) -> HttpResponse:
    found = the_shop()
    shown = {
        "form": form, "shop": found, "may_set": is_setter(actor), "may_plan": is_planner(actor),
        **(_of_shop(found, actor) if found else {}),
    }  # fmt: skip
    return render(request, "prices/shop.html", shown, status=status)


def _of_shop(found: ShopList, actor: Actor) -> dict[str, object]:
    business, may_see_who = the_named_business(), is_seer_of_who(actor)
    looks = list(looks_at(found)[:SHOWN])
    last = looks[0] if looks else None
    is_asking = last is not None and is_being_asked(last)
    undercut = undercutting_count(found, business.day_of(clock.now())) if may_see_who else None
    count, gone = gone_from(found)
    # What it says stands in the last look that read it.
    read = next((one for one in looks if one.state in (LookState.SEEN, LookState.TAKEN)), None)
    return {
        "look": last, "is_asking": is_asking, "read": read, "examples": examples_of(found),
        "says": look_words(last, is_asking=is_asking, undercut=undercut) if last else "",
        "undercut": undercut, "gone": gone, "gone_count": count,
        "currencies": currency_words(read, business.currency) if read else [],
        "looks": [
            {"look": one, "says": look_words(one, is_asking=False, undercut=None),
             "may_undo": _may_undo(one)}
            for one in looks[1 if is_asking else 0:]
        ],
        "is_failed": last is not None and not is_asking and last.state == LookState.FAILED,
        "is_held": last is not None and last.state == LookState.HELD,
        "may_take": found.begun_at is None and last is not None and last.state == LookState.SEEN,
        "was_taken_back": was_taken_back(found), "now": clock.now(),
    }  # fmt: skip


def state_of_shop(actor: Actor, today: date) -> dict[str, object]:
    """How the shop's own list stands, where there is one."""
    shop = the_shop()
    look = newest_look(shop) if shop else None
    if shop is None or look is None:
        return {"shop": shop}
    undercut = undercutting_count(shop, today) if is_seer_of_who(actor) else None
    return {
        "shop": shop, "shop_failed": look.state in (LookState.FAILED, LookState.HELD),
        "shop_says": look_words(look, is_asking=is_being_asked(look), undercut=undercut),
    }  # fmt: skip


def _may_undo(look: object) -> bool:
    operation = getattr(look, "operation", None)
    return bool(operation and operation.undone_from is None and operation.keep_until > clock.now())


@require_POST
def look(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Ask the shop now; with `anyway`, take a list that is a tenth of what it was."""
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers have a shop asked."), _("Ask one of them."))
    found = shop_for(actor, shop_id)
    begin_look(found, by=actor, at=clock.now(), is_anyway="anyway" in request.POST)
    return _answer(request, _("The shop is being asked."))


@require_POST
def take(request: HttpRequest, shop_id: int) -> HttpResponse:
    """From now on what the shop asks is what everybody pays."""
    actor = _setting(request)
    take_from_shop(shop_for(actor, shop_id), by=actor, at=clock.now())
    return _answer(request, _("Its prices are being taken, and it is asked each morning."))


@require_POST
def switch_on(request: HttpRequest, shop_id: int) -> HttpResponse:
    actor = _setting(request)
    switch_shop(shop_for(actor, shop_id), is_on=True, by=actor, at=clock.now())
    undo = reverse("prices:shop_off", args=[shop_id])
    return _answer(request, _("It is asked each morning."), undo)


@require_POST
def switch_off(request: HttpRequest, shop_id: int) -> HttpResponse:
    actor = _setting(request)
    switch_shop(shop_for(actor, shop_id), is_on=False, by=actor, at=clock.now())
    undo = reverse("prices:shop_on", args=[shop_id])
    return _answer(request, _("It is asked no more. What was taken stays."), undo)


@require_POST
def give_up(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Ask this shop no longer; what it said stays."""
    actor = _setting(request)
    give_up_shop(shop_for(actor, shop_id), by=actor, at=clock.now())
    undo = reverse("prices:shop_keep", args=[shop_id])
    return _answer(request, _("Given up. The prices that it said stay."), undo)


@require_POST
def keep(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Undo that a shop was given up."""
    actor = _setting(request)
    keep_shop(shop_for(actor, shop_id, is_used=False), by=actor, at=clock.now())
    return _answer(request, _("It is the shop again."))


def _answer(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    return answer_change(
        request, said, changed="price-changed", back_to=reverse("prices:shop"), undo=undo
    )


def _setting(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_setter(actor):
        raise NotAllowed(_("Only owners say from which shop prices come."), _("Ask one of them."))
    return actor
