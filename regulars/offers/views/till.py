"""The till: a code is looked up, then used; on a phone, by keyboard, by a scanner."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for, customers_for
from regulars.offers.actions.codes import replace_code
from regulars.offers.actions.redeeming import look_up, redeem, take_back
from regulars.offers.codes import spelled
from regulars.offers.forms import TillForm
from regulars.offers.models import Redemption
from regulars.offers.panel import panel_of
from regulars.offers.queries.arrived import uses_to_tell
from regulars.offers.queries.offers import is_seer_of_who, is_taker, offer_for
from regulars.offers.queries.till import Judged
from regulars.offers.words import gives
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Look a code up: whose it is, what it gives, or why not. Nothing is used by looking."""
    actor = _taking(request)
    given = request.POST if request.method == "POST" else request.GET
    is_asked = "code" in given
    form = TillForm(given if is_asked else None, initial={"customer": given.get("customer")})
    customer = _customer(actor, given.get("customer", ""))
    shown: dict[str, object] = {
        "form": form, "customer": customer, "arrived": uses_to_tell(actor),
    }  # fmt: skip
    if not is_asked:
        return render(request, "offers/till.html", shown)
    if not form.is_valid():
        return render(request, "offers/till.html", shown, status=422)
    code = form.cleaned_data["code"]
    try:
        found = look_up(code, by=actor, at=clock.now(), customer=customer)
    except NotAllowed:
        raise
    except Refusal as no:
        return render(request, "offers/till.html", shown | {"no": no}, status=422)
    shown |= {
        "found": found, "code": code, "gives": gives(found.offer), "whose": _whose(actor, found),
        "slip": secrets.token_urlsafe(12),
    }  # fmt: skip
    return render(request, "offers/till.html", shown)


@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Use it: the same form sent twice is one use."""
    actor = _taking(request)
    slip = request.POST.get("slip", "")[:40]
    if not slip:
        raise Refusal(_("Look the code up first, then use it."))
    customer = _customer(actor, request.POST.get("customer", ""))
    form = TillForm({"code": request.POST.get("code", "")})
    try:
        used = redeem(
            request.POST.get("code", "")[:300], slip=f"till:{actor.member_id}:{slip}", by=actor,
            at=clock.now(), customer=customer, receipt=request.POST.get("receipt", ""),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refusal as no:
        return render(
            request, "offers/till.html", {"form": form, "customer": customer, "no": no}, status=422
        )
    said = _("Used: %(offer)s, %(gives)s.") % {
        "offer": used.offer.name, "gives": gives(used.offer),
    }  # fmt: skip
    undo = reverse("till:back", args=[used.pk])
    return answer_change(
        request, said, changed="offer-changed", back_to=reverse("till:home"), undo=undo
    )


@require_POST
def back(request: HttpRequest, redemption_id: int) -> HttpResponse:
    """It was not used after all."""
    actor = _taking(request)
    used = Redemption.objects.filter(pk=redemption_id).first()
    if used is None:
        raise NotFound(_("There is no such use of an offer."))
    take_back(used, by=actor, at=clock.now())
    return answer_change(
        request, _("Taken back: the code holds again."), changed="offer-changed",
        back_to=reverse("till:home"),
    )  # fmt: skip


@require_POST
def replace(request: HttpRequest, customer_id: int, offer_id: int) -> HttpResponse:
    """Give a customer a new code in place of one that went astray."""
    actor = _taking(request)
    customer = customer_for(actor, customer_id)
    code = replace_code(offer_for(actor, offer_id), customer, by=actor, at=clock.now())
    said = _("The new code is %(code)s; the old one holds no longer.") % {"code": spelled(code)}
    back_to = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, said, changed="offer-changed", back_to=back_to)


@require_http_methods(["GET"])
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What is open to one customer again, after something changed."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    shown = panel_of(customer, actor) if is_seer_of_who(actor) else {"is_hidden": True}
    return render(request, "offers/_panel.html", shown)


def _whose(actor: Actor, found: Judged) -> str:
    """The name, to be asked of whoever stands there; of a colleague's customer there is none."""
    if found.customer is None:
        return _("anybody")
    if customers_for(actor).filter(pk=found.customer.pk).exists():
        return found.customer.name
    return _("a customer whom a colleague looks after")


def _customer(actor: Actor, number: str) -> Customer | None:
    if not number.isdecimal() or len(number) > 18:
        return None
    return customers_for(actor).filter(pk=int(number)).first()


def _taking(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_taker(actor):
        raise NotAllowed(_("You may look, and take no codes. An owner can change that."))
    return actor
