"""Ways to help us: a page by a link of their own; looking files nothing, sending does."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.signed_links import read_link
from regulars.outreach.actions.helping import LONGEST_WORDS, offer_help
from regulars.outreach.queries.helping import ways_offered
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, answerer_of, name_of
from regulars.team.queries import the_named_business


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows what helps and nothing of anybody; pressing keeps what they would do."""
    at = clock.now()
    link = read_link("ways", token, at)
    customer = answerer_of(link)
    if link is None or customer is None:
        return gone(request)
    offered = list(ways_offered())
    shown = {
        "business": the_named_business(), "token": token, "longest": LONGEST_WORDS,
        "ways": offered,
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "ways", shown)
    chosen = [one for one in offered if str(one.pk) in request.POST.getlist("way")]
    words = request.POST.get("words", "")[:LONGEST_WORDS]
    try:
        offer_help(customer, chosen, words=words, link=name_of(link), by=THEMSELVES, at=at)
    except Refusal as no:
        return page(request, "ways", shown | {"problem": no.sentence}, status=422)
    return page(request, "ways_told", shown)
