"""Who is off the list: archived, or in the Trash; some of them put back, or all at once."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core.errors import Refusal
from regulars.customers.queries.people import is_adder, is_assigner
from regulars.desk.bulk import carry_out, leader
from regulars.desk.selections import ARCHIVED, AWAY, TRASH, away_for, ids_ticked
from regulars.team.queries import signed_in_member

A_PAGE = 25
LONGEST_SEARCH = 200
# By which change they come back, and the page on which they stood.
WAYS = {ARCHIVED: ("put_back", "customers:archived"), TRASH: ("restore", "customers:trash")}


@require_safe
def archived(request: HttpRequest) -> HttpResponse:
    """Who was taken off the list, the last first; each can be put back."""
    actor = signed_in_member(request).actor
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    page = Paginator(away_for(actor, ARCHIVED, text), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/customers/archived.html", {
        "page": page, "text": text, "may_assign": is_assigner(actor), "may_change": is_adder(actor),
    })  # fmt: skip


@require_POST
def bring_back(request: HttpRequest, where: str) -> HttpResponse:
    """Put the ticked ones back, or all who are there; many go on in the background."""
    actor = leader(request)
    what, back = WAYS[where]
    definition: dict[str, Any] = {"where": where}
    if request.POST.get("all"):
        definition["text"] = request.POST.get("q", "").strip()[:LONGEST_SEARCH]
    else:
        definition["ids"] = ids_ticked(request)
        if not definition["ids"]:
            raise Refusal(_("Nobody is chosen."), _("Tick those whom you want back."))
    return carry_out(request, actor, (AWAY, definition), what, back=back)
