"""How we can help somebody: a page with one question, opened by a link of their own."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.signed_links import Link, read_link
from regulars.customers.models import Customer
from regulars.helping.actions import LONGEST, note_nothing, note_request
from regulars.helping.choices import Need
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, answerer_of, name_of
from regulars.team.queries import the_named_business

NOTHING = "nothing"


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows the question and nothing of anybody; pressing keeps the answer."""
    at = clock.now()
    link = read_link("help", token, at)
    customer = answerer_of(link)
    if link is None or customer is None:
        return gone(request)
    shown = {
        "business": the_named_business(), "token": token, "longest": LONGEST,
        "needs": Need.choices,
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "help", shown)
    what, words = request.POST.get("what", ""), request.POST.get("words", "")[:LONGEST]
    problem = _kept(customer, link, what, words, at)
    if problem:
        shown |= {"problem": problem, "what": what, "words": words}
        return page(request, "help", shown, status=422)
    return page(request, "helped", shown | {"is_nothing": what == NOTHING})


def _kept(customer: Customer, link: Link, what: str, words: str, at: datetime) -> str:
    """Keep the answer; or what is missing, in a sentence."""
    name = name_of(link)
    if what == NOTHING:
        note_nothing(customer, link=name, by=THEMSELVES, at=at)
        return ""
    if what not in Need.values:
        return _("Choose what it is about, then send it.")
    if what == Need.OTHER and not words.strip():
        return _("Say in a few words what it is.")
    topic = str(Need(what).label)
    note_request(customer, topic=topic, words=words, link=name, by=THEMSELVES, at=at)
    return ""
