"""Letters to a wave: who gets one, the pages for the printer, and that they are in the post."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, NotFound
from regulars.customers.queries.people import customers_for
from regulars.offers.actions.posting import note_posted, take_posted_back
from regulars.offers.letters import letters_pdf
from regulars.offers.queries.letters import MOST, in_post, letters_of
from regulars.offers.queries.offers import is_planner, is_seer_of_who, wave_for, waves_of
from regulars.team.queries import signed_in_member


@require_safe
def letters(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Whoever is told by post, as many as are printed at a time."""
    actor, at = _planning(request), clock.now()
    wave = wave_for(actor, wave_id)
    shown = {
        "wave": wave, "offer": wave.offer, "found": letters_of(wave, actor, at), "most": MOST,
        "is_to_come": at < wave.opens_at, "is_over": wave.closes_at <= at,
        "in_post": in_post(wave, actor),
    }  # fmt: skip
    return render(request, "offers/letters.html", shown)


@require_safe
def printed(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The letters, ready for the printer."""
    actor, at = _planning(request), clock.now()
    wave = wave_for(actor, wave_id)
    customers = letters_of(wave, actor, at).customers
    if not customers:
        raise NotFound(_("No letter is to be written."), _("Go back to the offer."))
    is_early = any(one.opens_at > wave.opens_at for one in waves_of(wave.offer))
    pdf = letters_pdf(wave, customers, at=at, is_early=is_early)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="offer-{wave.offer_id}-letters.pdf"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def posted(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The letters are in the post."""
    actor, at = _planning(request), clock.now().replace(microsecond=0)
    wave = wave_for(actor, wave_id)
    asked = [int(one) for one in request.POST.getlist("customer") if one.isdecimal()][:MOST]
    ids = list(customers_for(actor).filter(pk__in=asked).values_list("pk", flat=True))
    count = note_posted(wave, ids, by=actor, at=at)
    said = ngettext("%(count)s letter is in the post.", "%(count)s letters are in the post.", count)
    undo = reverse("offers:not_posted", args=[wave.pk, int(at.timestamp())])
    return answer_change(
        request, said % {"count": count}, changed="offer-changed",
        back_to=reverse("offers:letters", args=[wave.pk]), undo=undo if count else "",
    )  # fmt: skip


@require_POST
def not_posted(request: HttpRequest, wave_id: int, stamp: int) -> HttpResponse:
    """They were not posted after all."""
    actor = _planning(request)
    wave = wave_for(actor, wave_id)
    take_posted_back(wave, datetime.fromtimestamp(stamp, UTC), by=actor, at=clock.now())
    return answer_change(
        request, _("Taken back: the letters stand here again."), changed="offer-changed",
        back_to=reverse("offers:letters", args=[wave.pk]),
    )  # fmt: skip


def _planning(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    if not is_seer_of_who(actor):
        raise HiddenFromRole
    return actor
