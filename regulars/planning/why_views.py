"""Why not this customer today: the answer on their page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.customers.queries.people import customer_for
from regulars.planning.why_not import why_not_today
from regulars.team.queries import signed_in_member


@require_safe
def why_not(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What stands in the way, who comes first, and when it is likely."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    shown = {"customer": customer, "answer": why_not_today(customer, actor=actor, at=clock.now())}
    part = "#answer" if request.headers.get("HX-Request") else ""
    return render(request, f"planning/why_not.html{part}", shown)
