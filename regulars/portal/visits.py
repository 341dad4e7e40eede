"""A customer at the door: known by a link, or for half an hour by the cookie it was given for."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import BigAutoField
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from regulars.consent.models import Wish
from regulars.core.actor import VIEWER, Actor
from regulars.core.prepared import Prepared
from regulars.core.signed_links import LIVES, Link, make_link, read_link
from regulars.customers.models import Customer
from regulars.customers.queries.duplicates import survivor_of

_WISH = Prepared(
    lambda customer: Wish.objects.filter(customer=customer).only("language", "links_void_before"),
    BigAutoField(),
)
# In the audit: what somebody did who came by a link, which shows a mailbox and not a person.
THEMSELVES = Actor("system", "a customer, by a link", VIEWER)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is here, by which link, and what their forms must bring back."""

    customer: Customer
    link: Link
    guard: str

    @property
    def proof(self) -> str:
        """What shows where a decision came from."""
        return proof_of(self.link)


def proof_of(link: Link) -> str:
    if link.message_id:
        return f"message {link.message_id}"
    return f"link of {link.made_at:%Y-%m-%d %H:%M} UTC"


def customer_of(link: Link | None) -> Customer | None:
    """Whom a link is about, unless it was made void or they are known no more."""
    if link is None or is_void(link):
        return None
    return Customer.objects.select_related("manager").filter(pk=link.customer_id).first()


def answerer_of(link: Link | None) -> Customer | None:
    """Whose answer it is that comes by a link: theirs, or whoever's they turned out to be."""
    if link is None or is_void(link):
        return None
    pk = survivor_of(link.customer_id) or link.customer_id
    return Customer.objects.still_there().filter(pk=pk).first()


def name_of(link: Link) -> str:
    """By the same link the same answer is changed, however often it is sent."""
    return link.message_id or f"{link.customer_id}:{int(link.made_at.timestamp())}"


def is_void(link: Link) -> bool:
    return is_void_for(link.customer_id, link)


def is_void_for(customer_id: int, link: Link) -> bool:
    """Whether this customer's links from before some moment were made void."""
    return makes_void(wish_of(customer_id), link)


def wish_of(customer_id: int) -> Wish | None:
    """Their wishes, as far as a page needs them that they open by a link."""
    return _WISH.first(customer_id)


def makes_void(wish: Wish | None, link: Link) -> bool:
    before = wish.links_void_before if wish else None
    return before is not None and before >= link.made_at


def cookie_name() -> str:
    # A browser takes the prefix only over TLS.
    return "__Host-regulars_visit" if settings.BEHIND_TLS else "regulars_visit"


def begin(answer: HttpResponse, link: Link, at: datetime) -> HttpResponse:
    """Give a cookie for the link, so that its token can leave the address (RELIABILITY A4)."""
    answer.set_cookie(
        cookie_name(),
        make_link("visit", link.customer_id, link.message_id, at),
        max_age=LIVES["visit"],
        path="/",
        secure=settings.BEHIND_TLS,
        httponly=True,
        samesite="Strict",
    )
    return answer


def visit_of(request: HttpRequest, at: datetime) -> Visit | None:
    """Who is here by their cookie."""
    token = request.COOKIES.get(cookie_name(), "")
    link = read_link("visit", token, at)
    customer = customer_of(link)
    if link is None or customer is None:
        return None
    return Visit(customer, link, salted_hmac("portal.form", token, algorithm="sha256").hexdigest())


def is_own_form(request: HttpRequest, visit: Visit) -> bool:
    """Whether a form came from a page of this visit, not from another site.

    Takes the place of Django's check, which asks for an Origin or a Referer: under `no-referrer`
    browsers send neither.
    """
    return hmac.compare_digest(visit.guard, request.POST.get("guard", ""))
