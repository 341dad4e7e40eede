"""Asking to hear from us, and confirming it from one's own mailbox (RELIABILITY C8)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.consent.actions import ask_to_opt_in, confirm_opt_in
from regulars.consent.choices import Purpose
from regulars.consent.errors import AddressUnreadable, OptInClosed
from regulars.consent.models import OptInRequest
from regulars.consent.queries import opt_in_request
from regulars.core import clock
from regulars.core.signed_links import read_link
from regulars.portal.forms import HearFromUsForm
from regulars.portal.masks import masked_address
from regulars.portal.pages import asked_from, gone, may_confirm, page
from regulars.portal.words import purpose_words
from regulars.team.models import Business
from regulars.team.queries import the_named_business


# Nobody is signed in here: there is nothing that another site could do in somebody's name.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; whoever sends it reads the same, whether we know them or not."""
    business = the_named_business()
    if not may_confirm():
        # A mail with a button cannot leave yet, so none is promised.
        return page(request, "told_in_person", {"business": business})
    wanted = {"about": request.GET.getlist("about")}
    form = HearFromUsForm(
        request.POST if request.method == "POST" else None, label_suffix="", initial=wanted
    )
    shown = {"business": business, "form": form, "wording": wording_of(business, [])}
    if request.method != "POST":
        return page(request, "hear_from_us", shown)
    if not form.is_valid() or not _noted(request, form, business):
        return page(request, "hear_from_us", shown, status=422)
    return page(request, "asked", {"business": business})


def _noted(request: HttpRequest, form: HearFromUsForm, business: Business) -> bool:
    given = form.cleaned_data
    if given["website"]:
        return True
    try:
        ask_to_opt_in(
            given["email"], name=given["name"], purposes=given["about"],
            wording=wording_of(business, [Purpose(one) for one in given["about"]]),
            source=_("form on our page"), asked_from_ip=asked_from(request), at=clock.now(),
        )  # fmt: skip
    except AddressUnreadable as refusal:
        form.add_error("email", refusal.sentence)
        return False
    return True


def wording_of(business: Business, purposes: list[Purpose]) -> str:
    """What somebody agrees to; kept with their yes, word for word."""
    named = {"business": business.name, "what": purpose_words(purposes)}
    if not purposes:
        return _(
            "I would like to hear from %(business)s by e-mail about what I choose here. "
            "I can stop it at any time, with one press in every mail."
        ) % {"business": business.name}
    return (
        _(
            "I would like to hear from %(business)s by e-mail about: %(what)s. "
            "I can stop it at any time, with one press in every mail."
        )
        % named
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What was asked for, with the button that makes it count."""
    at = clock.now()
    wanted = _wanted(token, at)
    if wanted is None:
        return gone(request)
    shown = {
        "business": the_named_business(), "token": token, "wording": wanted.wording,
        "address": masked_address(wanted.address), "what": purpose_words(wanted.purposes),
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "confirm", shown)
    try:
        confirm_opt_in(wanted, at=at, proof=f"mail to the address, confirmed; request {wanted.pk}")
    except OptInClosed:
        return gone(request)
    return page(request, "confirmed", shown)


def _wanted(token: str, at: datetime) -> OptInRequest | None:
    link = read_link("confirm", token, at)
    if link is None:
        return None
    try:
        return opt_in_request(link.customer_id)
    except OptInClosed:
        return None
