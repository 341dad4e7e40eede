"""Saying no: looking shows, only a press of the button acts (RELIABILITY C2)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision, Purpose
from regulars.core import clock
from regulars.core.public_addresses import ONE_CLICK
from regulars.core.signed_links import Link, read_link
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.portal.masks import masked_address, masked_number
from regulars.portal.pages import gone, kept_by_nobody, page
from regulars.portal.reach import is_offered
from regulars.portal.visits import THEMSELVES, is_void, proof_of
from regulars.portal.words import BY, PURPOSES, purpose_words
from regulars.team.queries import the_named_business

LOOK_OR_ACT = ("GET", "HEAD", "POST")
# What a mail program sends is 26 bytes, a few hundred in parts; the rest is not for us.
MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link of this kind is about: who, by which way, and the kind of message it stood in."""

    link: Link
    customer: Customer
    channel: Channel
    # Empty where they cannot do without it, or where nobody knows.
    purpose: str
    address: str

    @property
    def proof(self) -> str:
        return proof_of(self.link)


# Nothing is read from a cookie, and the token is the secret: there is nothing to forge from afar.
@csrf_exempt
@require_http_methods(LOOK_OR_ACT)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """What would stop, with one button for all of it and one for this kind alone."""
    stop = _stop_of(token)
    if stop is None:
        return gone(request)
    if request.method == "POST":
        purpose = stop.purpose if request.POST.get("what") == "purpose" else ""
        _withdraw(stop, purpose, source=_("unsubscribe page"))
        return page(request, "unsubscribed", {**_shown(stop), "only": purpose_words([purpose])})
    return page(request, "unsubscribe", {**_shown(stop), "token": token})


@csrf_exempt
@require_http_methods(LOOK_OR_ACT)
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """A mail program says no for its owner (RFC 8058): the same answer whatever became of it."""
    if request.method != "POST":
        return unsubscribe(request, token)
    if not _is_one_click(request):
        return kept_by_nobody(HttpResponse(status=400))
    stop = _stop_of(token)
    if stop is not None:
        _withdraw(stop, "", source=_("one click in the mail program"))
    words = _("It is done: nothing more that you did not ask for comes to you.")
    return kept_by_nobody(HttpResponse(words, content_type="text/plain; charset=utf-8"))


def _is_one_click(request: HttpRequest) -> bool:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return False
    # Read before the form is: some programs name no content type, and then there is no form.
    raw = request.body.strip()
    return raw == ONE_CLICK or request.POST.get("List-Unsubscribe", "").strip() == "One-Click"


def _stop_of(token: str) -> Stop | None:
    link = read_link("unsubscribe", token, clock.now())
    customer = Customer.objects.filter(pk=link.customer_id).first() if link else None
    if link is None or customer is None:
        return None
    message = Message.objects.filter(pk=link.message_id).first() if link.message_id else None
    channel = Channel(message.channel) if message else Channel.EMAIL
    purpose = message.purpose if message and is_offered(channel, message.purpose) else ""
    # A link made void shows nothing of theirs; it still lowers, because a no is never too late.
    address = message.address if message and not is_void(link) else ""
    return Stop(link, customer, channel, purpose, _masked(channel, address))


def _masked(channel: Channel, address: str) -> str:
    if not address:
        return ""
    return masked_address(address) if channel == Channel.EMAIL else masked_number(address)


def _withdraw(stop: Stop, purpose: str, *, source: str) -> None:
    what = str(PURPOSES[Purpose(purpose)]) if purpose else _("everything that I did not ask for")
    record_decision(
        [stop.customer.pk], stop.channel, Decision.WITHDRAWN, purpose=purpose, source=source,
        wording=_("I want no more %(way)s: %(what)s.") % {
            "way": BY[stop.channel], "what": what,
        },
        proof=stop.proof, by=THEMSELVES, at=clock.now(),
    )  # fmt: skip


def _shown(stop: Stop) -> dict[str, object]:
    return {
        "business": the_named_business(),
        "address": stop.address,
        "is_mail": stop.channel == Channel.EMAIL,
        "way": BY[stop.channel],
        "purpose": purpose_words([stop.purpose]),
    }
