"""Prices on the screen: what holds, what is planned, whom it undercuts, making it right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, NotFound, Refusal
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.prices.actions.planning import (
    change_price,
    look_soon,
    plan_price,
    put_back,
    set_aside,
    set_look_back,
)
from regulars.prices.actions.publishing import (
    publish_price,
    publish_what_fits,
    unpublish_price,
    unpublish_what_fitted,
)
from regulars.prices.actions.righting import make_right, take_back_righting
from regulars.prices.errors import PriceUnchecked
from regulars.prices.forms import AnywayForm, LookBackForm, PriceForm, RightingForm
from regulars.prices.models import Price
from regulars.prices.queries.concerned import (
    costs_of,
    page_of_concerns,
    rightings_of,
    unsettled_of,
)
from regulars.prices.queries.looking import look_back, look_backs
from regulars.prices.queries.paid import paid_by
from regulars.prices.queries.prices import (
    history_of,
    is_breaker,
    is_known_product,
    is_planner,
    is_seer_of_who,
    is_setter,
    name_of_product,
    page_of_prices,
    planned_for,
    price_for,
    righting_for,
    undercutting_for,
)
from regulars.prices.shop_views import state_of_shop
from regulars.prices.words import (
    kind_words,
    other_words,
    quantity_words,
    standing_words,
    undercut_words,
)
from regulars.team.queries import signed_in_member, the_named_business

# The last moment of the year 9999, in microseconds: no address says a later one.
_LATEST = 253_402_300_799_999_999


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is planned and what holds; whom it undercuts, and what making it right would cost."""
    actor = signed_in_member(request).actor
    return _home(request, actor, LookBackForm(initial={"days": look_back().days}))


def _home(
    request: HttpRequest, actor: Actor, form: LookBackForm, status: int = 200
) -> HttpResponse:
    today = the_named_business().day_of(clock.now())
    planned, undercutting = planned_for(actor), undercutting_for(actor, today)
    page = page_of_prices(actor, request.GET.get("page", ""))
    shown = {
        "planned": [_row(one, today) for one in planned],
        "undercutting": [_row(one, today) for one in undercutting],
        "rows": [_row(one, today) for one in page.rows], "page": page,
        "costs": costs_of([*planned, *undercutting]) if is_seer_of_who(actor) else [],
        "fitting": sum(1 for one in planned if one.checked_at and not one.open_count),
        "days": look_back(), "held": look_backs(), "form": form, "may_plan": is_planner(actor),
        "may_set": is_setter(actor), "may_see_who": is_seer_of_who(actor),
        **state_of_shop(actor, today),
    }  # fmt: skip
    return render(request, "prices/home.html", shown, status=status)


def _row(price: Price, today: Any) -> dict[str, object]:
    return {
        "price": price, "kind": kind_words(price), "stands": standing_words(price, today),
        "standing": price.standing_on(today), "quantity": quantity_words(price),
    }  # fmt: skip


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """For how many days what somebody paid counts."""
    actor = signed_in_member(request).actor
    if not is_setter(actor):
        raise NotAllowed(_("Only owners say how far back is looked."), _("Ask one of them."))
    form = LookBackForm(request.POST)
    if not form.is_valid():
        return _home(request, actor, form, status=422)
    given = form.cleaned_data
    set_look_back(given["days"], why=given["why"], by=actor, at=clock.now())
    return answer_change(
        request, _("Kept; all prices are compared again."), changed="price-changed",
        back_to=reverse("prices:home"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a price down, for everybody or for one customer."""
    actor = _planning(request)
    customer = _told_to(request, actor)
    today = the_named_business().day_of(clock.now())
    begun = {"opens_on": today, "product": request.GET.get("product", "")[:100]}
    form = PriceForm(request.POST) if request.method == "POST" else PriceForm(initial=begun)
    if form.is_bound and form.is_valid():
        price = _tried(form, lambda: plan_price(_draft(form, customer), by=actor, at=clock.now()))
        if price is not None:
            return redirect("prices:show", price.pk)
    return _sheet(request, form, customer)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, price_id: int) -> HttpResponse:
    """Change a price that is not published yet."""
    actor = _planning(request)
    price = price_for(actor, price_id)
    form = PriceForm(request.POST) if request.method == "POST" else PriceForm.of(price)
    if form.is_bound and form.is_valid():
        changed = _tried(
            form,
            lambda: change_price(
                price, _draft(form, price.customer, price.currency), by=actor, at=clock.now()
            ),
        )
        if changed is not None:
            return redirect("prices:show", price.pk)
    return _sheet(request, form, price.customer, price)


def _tried(form: PriceForm, deed: Callable[[], Price]) -> Price | None:
    try:
        return deed()
    except NotAllowed:
        raise
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}")
        return None


def _draft(form: PriceForm, customer: Customer | None, currency: str = "") -> Any:
    draft = form.draft(currency or the_named_business().currency, customer)
    if draft.name.strip():
        return draft
    form.cleaned_data["name"] = name_of_product(draft.product.strip())
    return form.draft(draft.currency, customer)


def _sheet(
    request: HttpRequest, form: PriceForm, customer: Customer | None, price: Price | None = None
) -> HttpResponse:
    shown = {
        "form": form, "customer": customer, "price": price,
        "currency": price.currency if price else the_named_business().currency,
    }  # fmt: skip
    return render(request, "prices/write.html", shown, status=422 if form.is_bound else 200)


def _told_to(request: HttpRequest, actor: Actor) -> Customer | None:
    text = request.POST.get("to") or request.GET.get("to", "")
    if not text:
        return None
    if not is_whole(text):
        raise NotFound(_("There is no such customer."))
    return customer_for(actor, int(text))


@require_safe
def show(request: HttpRequest, price_id: int) -> HttpResponse:
    """One price: whom it undercuts, what was done, what was before."""
    actor = signed_in_member(request).actor
    return _shown(request, actor, price_for(actor, price_id))


def _shown(
    request: HttpRequest, actor: Actor, price: Price, *, problem: Refusal | None = None,
    right: RightingForm | None = None, anyway: AnywayForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    today = the_named_business().day_of(clock.now())
    days = look_back()
    may_see_who = is_seer_of_who(actor)
    # Whoever was erased or merged since it was looked at is concerned no more.
    price.open_count, price.open_minor = unsettled_of(price)
    seen = {"count": price.open_count, "minor": price.open_minor}
    shown = {
        **_row(price, today), "days": days, "problem": problem,
        "finding": undercut_words(price, days.days) if may_see_who else "",
        "others": other_words(price), "is_known": is_known_product(price.product),
        "page": page_of_concerns(actor, price, request.GET.get("page", "")),
        "rightings": rightings_of(price) if may_see_who else [],
        "history": [_row(one, today) for one in history_of(actor, price.product, price.currency)
                    if one.pk != price.pk],
        "may_plan": is_planner(actor), "may_break": is_breaker(actor), "may_see_who": may_see_who,
        "right": right or RightingForm(initial=seen), "anyway": anyway or AnywayForm(),
        "is_planned": price.published_at is None and price.withdrawn_at is None,
        "is_aside": price.withdrawn_at is not None, "is_looking": price.checked_at is None,
    }  # fmt: skip
    return render(request, "prices/price.html", shown, status=status)


@require_POST
def publish(request: HttpRequest, price_id: int) -> HttpResponse:
    """Let it hold from its first day on; anyway, with a reason, where it undercuts somebody."""
    actor = _planning(request)
    price, form = price_for(actor, price_id), None
    why = ""
    if "why" in request.POST:
        form = AnywayForm(request.POST)
        if not form.is_valid():
            return _shown(request, actor, price, anyway=form, status=422)
        why = form.cleaned_data["why"]
    try:
        price = publish_price(price, by=actor, at=clock.now(), anyway=why)
    except NotAllowed:
        raise
    except Refusal as no:
        if isinstance(no, PriceUnchecked):
            look_soon(price, at=clock.now())
        return _shown(request, actor, price, problem=no, anyway=form, status=422)
    undo = reverse("prices:unpublish", args=[price.pk, _stamp(price.published_at)])
    return _answer(request, price, _("Published."), undo)


@require_POST
def publish_all(request: HttpRequest) -> HttpResponse:
    """Publish all that undercuts nobody, such as a file of prices."""
    actor, at = _planning(request), clock.now()
    count = publish_what_fits(by=actor, at=at)
    words = ngettext("%(n)d is published.", "%(n)d are published.", count) % {"n": count}
    undo = reverse("prices:unpublish_all", args=[_stamp(at)]) if count else ""
    said = words if count else _("None: each of them is still being looked at, or undercuts.")
    return answer_change(
        request, said, changed="price-changed", back_to=reverse("prices:home"), undo=undo
    )


@require_POST
def unpublish_all(request: HttpRequest, stamp: int) -> HttpResponse:
    """Undo that many were published."""
    actor = _planning(request)
    if stamp > _LATEST:
        raise NotFound(_("That is no longer how it stands."))
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=stamp)
    unpublish_what_fitted(published_at=moment, by=actor, at=clock.now())
    return answer_change(
        request, _("They are planned again."), changed="price-changed",
        back_to=reverse("prices:home"),
    )  # fmt: skip


@require_POST
def unpublish(request: HttpRequest, price_id: int, stamp: int) -> HttpResponse:
    """Undo that it was published."""
    actor = _planning(request)
    price = price_for(actor, price_id)
    if price.published_at is None or _stamp(price.published_at) != stamp:
        raise NotFound(_("That is no longer how it stands."))
    unpublish_price(price, published_at=price.published_at, by=actor, at=clock.now())
    return _answer(request, price, _("It is planned again."))


@require_POST
def aside(request: HttpRequest, price_id: int) -> HttpResponse:
    """It holds no longer."""
    actor = _planning(request)
    price = set_aside(price_for(actor, price_id), by=actor, at=clock.now())
    undo = reverse("prices:back", args=[price.pk, _stamp(price.withdrawn_at)])
    return _answer(request, price, _("Set aside."), undo)


@require_POST
def back(request: HttpRequest, price_id: int, stamp: int) -> HttpResponse:
    """Undo that it was set aside."""
    actor = _planning(request)
    price = price_for(actor, price_id)
    if price.withdrawn_at is None or _stamp(price.withdrawn_at) != stamp:
        raise NotFound(_("That is no longer how it stands."))
    put_back(price, withdrawn_at=price.withdrawn_at, by=actor, at=clock.now())
    return _answer(request, price, _("It stands again."))


@require_POST
def again(request: HttpRequest, price_id: int) -> HttpResponse:
    """Look once more who pays or paid more."""
    actor = _planning(request)
    price = price_for(actor, price_id)
    look_soon(price, at=clock.now())
    return _answer(request, price, _("It is being looked at."))


@require_POST
def right(request: HttpRequest, price_id: int) -> HttpResponse:
    """Make it right for all of them in one go."""
    actor = _planning(request)
    price, form = price_for(actor, price_id), RightingForm(request.POST)
    if not form.is_valid():
        return _shown(request, actor, price, right=form, status=422)
    given = form.cleaned_data
    try:
        righting = make_right(
            price, given["remedy"], seen_count=given["count"], seen_minor=given["minor"],
            offer=given["offer"], words=given["words"], by=actor, at=clock.now(),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refusal as no:
        count, minor = unsettled_of(price)
        kept = RightingForm(initial={**given, "count": count, "minor": minor})
        return _shown(request, actor, price, problem=no, right=kept, status=422)
    undo = reverse("prices:take_back", args=[righting.pk])
    return _answer(request, price, _("Made right. They are told once you approve the mail."), undo)


@require_POST
def take_back(request: HttpRequest, righting_id: int) -> HttpResponse:
    """Undo a making right, as long as nobody was told."""
    actor = _planning(request)
    righting = righting_for(actor, righting_id)
    take_back_righting(righting, by=actor, at=clock.now())
    look_soon(righting.price, at=clock.now())
    return _answer(request, righting.price, _("Taken back."))


@require_safe
def of_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What one customer paid for each product, beside what everybody pays."""
    actor = signed_in_member(request).actor
    if not is_seer_of_who(actor):
        raise HiddenFromRole
    customer = customer_for(actor, customer_id)
    today = the_named_business().day_of(clock.now())
    shown = {
        "customer": customer, "paid": paid_by(customer, today), "days": look_back(),
        "may_plan": is_planner(actor),
    }  # fmt: skip
    return render(request, "prices/of_customer.html", shown)


def _stamp(moment: datetime | None) -> int:
    assert moment is not None
    return int(moment.timestamp() * 1_000_000)


def _answer(request: HttpRequest, price: Price, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("prices:show", args=[price.pk])
    return answer_change(request, said, changed="price-changed", back_to=back_to, undo=undo)


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers plan prices."), _("Ask one of them."))
    return actor
