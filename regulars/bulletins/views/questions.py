"""Questions that came back: noted, put aside."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.bulletins.actions.asking import note_question, put_aside
from regulars.bulletins.queries import bulletin_for, is_noter
from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.customers.queries.people import customer_for
from regulars.team.queries import signed_in_member


@require_POST
def note(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Write down what somebody asked."""
    actor, said = signed_in_member(request).actor, request.POST
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and note nothing. An owner can change that."))
    bulletin, whose = bulletin_for(bulletin_id), said.get("customer", "")
    customer = customer_for(actor, int(whose)) if is_whole(whose) else None
    note_question(bulletin, said.get("words", ""), by=actor, at=clock.now(), customer=customer)
    messages.success(request, _("Kept: it is proposed when the next update is written."))
    if customer is not None:
        return redirect("customers:detail", customer.pk)
    return redirect("bulletins:show", bulletin.pk)


@require_POST
def aside(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Leave a question without an answer on the page."""
    actor = signed_in_member(request).actor
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and note nothing. An owner can change that."))
    bulletin = bulletin_for(bulletin_id)
    ids = [int(one) for one in request.POST.get("ids", "").split(",") if is_whole(one)]
    put_aside(bulletin, ids, by=actor, at=clock.now())
    return redirect("bulletins:show", bulletin.pk)
