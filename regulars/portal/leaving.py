"""What keeps somebody away: a page of two taps, opened by a link of their own."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.signed_links import Link, read_link
from regulars.customers.models import Customer
from regulars.departures.actions.leaving import LONGEST, Why, note_departure, note_staying
from regulars.departures.choices import Reason
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, answerer_of, name_of
from regulars.team.queries import the_named_business

# As somebody would say it of themselves; that they have not left comes first.
STAYS = "stays"
ANSWERS = {
    STAYS: _lazy("I have not gone: I will be back"),
    Reason.PRICE.value: _lazy("It has become too dear"),
    Reason.QUALITY.value: _lazy("What I bought was not as good as it should be"),
    Reason.SERVICE.value: _lazy("I was not well looked after"),
    Reason.CLOSED.value: _lazy("You were closed when I needed you"),
    Reason.COMPETITOR.value: _lazy("I found another place that suits me better"),
    Reason.MOVED.value: _lazy("I moved away"),
    Reason.NEED_GONE.value: _lazy("I need it no more"),
}
PEACE = "peace"


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows the question and nothing of anybody; pressing keeps the answer."""
    at = clock.now()
    link = read_link("why", token, at)
    customer = answerer_of(link)
    if link is None or customer is None:
        return gone(request)
    shown = {
        "business": the_named_business(), "token": token, "longest": LONGEST,
        "answers": list(ANSWERS.items()),
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "why", shown)
    what, words = request.POST.get("what", ""), request.POST.get("words", "")[:LONGEST]
    wants_peace = request.POST.get(PEACE) == "yes"
    if what not in ANSWERS:
        problem = _("Choose what comes closest, then send it.")
        shown |= {"problem": problem, "words": words, "wants_peace": wants_peace}
        return page(request, "why", shown, status=422)
    _keep(customer, link, what, words, at, wants_peace=wants_peace)
    return page(request, "told_why", shown | {"stays": what == STAYS, "wants_peace": wants_peace})


def _keep(
    customer: Customer, link: Link, what: str, words: str, at: datetime, *, wants_peace: bool
) -> None:
    name = name_of(link)
    if what == STAYS:
        note_staying(
            customer, words=words, link=name, wants_peace=wants_peace, by=THEMSELVES, at=at
        )
        return
    said = Why(Reason(what), words=words, wants_peace=wants_peace)
    note_departure(customer, said, link=name, by=THEMSELVES, at=at)
