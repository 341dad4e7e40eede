"""What is open to somebody: their offers, each with its code; nothing before their wave."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from regulars.core import clock
from regulars.core.signed_links import read_link
from regulars.customers.models import Customer
from regulars.offers.queries.theirs import shown_to
from regulars.portal.pages import gone, page
from regulars.portal.visits import answerer_of, visit_of
from regulars.team.queries import the_named_business

# Each carries a picture: a page stays below 30 KB.
MOST = 6


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows nothing of anybody; pressing shows what is open to them, and keeps nothing."""
    at = clock.now()
    customer = answerer_of(read_link("offers", token, at))
    if customer is None:
        return gone(request)
    if request.method != "POST":
        shown = {"business": the_named_business(), "token": token}
        return page(request, "offers_arrive", shown)
    return _shown(request, customer, at, is_visit=False)


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The same for whoever is on their page already."""
    at = clock.now()
    visit = visit_of(request, at)
    if visit is None:
        return gone(request)
    return _shown(request, visit.customer, at, is_visit=True)


def _shown(
    request: HttpRequest, customer: Customer, at: datetime, *, is_visit: bool
) -> HttpResponse:
    return page(request, "offers", {
        "business": the_named_business(), "customer": customer, "is_visit": is_visit,
        "rows": shown_to(customer, at, most=MOST),
    })  # fmt: skip
