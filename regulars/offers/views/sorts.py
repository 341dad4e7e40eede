"""What became of offers of each sort."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from regulars.core.errors import HiddenFromRole
from regulars.offers.queries.offers import is_planner, is_seer_of_who
from regulars.offers.queries.sorts import used_by_sort
from regulars.team.queries import signed_in_member


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each sort of offer, with how many of those whom it meant used it, and how sure that is."""
    actor = signed_in_member(request).actor
    if not is_seer_of_who(actor):
        raise HiddenFromRole
    shown = {"sorts": used_by_sort(actor), "may_plan": is_planner(actor)}
    return render(request, "offers/sorts.html", shown)
