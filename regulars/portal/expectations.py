"""What matters most to somebody now: a page of two taps, opened by a link of their own."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.care.actions.expectations import LONGEST, note_expectation
from regulars.care.choices import Matter
from regulars.care.errors import MatterUnclear, TooManyProducts
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
    given = {name: request.POST.get(name, "") for name in ("what", "words", "product")}
    problem = _kept(customer, link, given, at)
    if problem:
        shown |= {"problem": problem, **{name: told[:LONGEST] for name, told in given.items()}}
        return page(request, "expectations", shown, status=422)
    return page(request, "expected", shown | {"said": Matter(given["what"]).label})


def _kept(customer: Customer, link: Link, given: Mapping[str, str], at: datetime) -> str:
    """Keep the answer; or what is missing, in a sentence."""
    if given["what"] not in Matter.values:
        return _("Choose one, then send it.")
    try:
        note_expectation(
            customer, what=Matter(given["what"]), words=given["words"], product=given["product"],
            link=name_of(link), by=THEMSELVES, at=at,
        )  # fmt: skip
    except MatterUnclear as no:
        return no.sentence
    except TooManyProducts:
        return _("That is more products than we can keep. Leave it out, and say it in your words.")
    return ""
