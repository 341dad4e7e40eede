"""What matters most to somebody now: a page of two taps, opened by a link of their own."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.care.actions.expectations import LONGEST, note_expectation
from regulars.care.choices import Matter
from regulars.care.errors import MatterUnclear
from regulars.core import clock
from regulars.core.signed_links import Link, read_link
from regulars.customers.models import Customer
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, answerer_of, name_of
from regulars.team.queries import the_named_business


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def expectations(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows the question and nothing of anybody; pressing keeps the answer."""
    at = clock.now()
    link = read_link("expectations", token, at)
    customer = answerer_of(link)
    if link is None or customer is None:
        return gone(request)
    shown = {
        "business": the_named_business(), "token": token, "longest": LONGEST,
        "matters": Matter.choices,
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "expectations", shown)
    what, words = request.POST.get("what", ""), request.POST.get("words", "")
    problem = _kept(customer, link, what, words, at)
    if problem:
        shown |= {"problem": problem, "what": what, "words": words[:LONGEST]}
        return page(request, "expectations", shown, status=422)
    return page(request, "expected", shown | {"said": Matter(what).label})


def _kept(customer: Customer, link: Link, what: str, words: str, at: datetime) -> str:
    """Keep the answer; or what is missing, in a sentence."""
    if what not in Matter.values:
        return _("Choose one, then send it.")
    try:
        note_expectation(
            customer, what=Matter(what), words=words, link=name_of(link), by=THEMSELVES, at=at
        )
    except MatterUnclear as no:
        return no.sentence
    return ""
