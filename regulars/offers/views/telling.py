"""Telling the customers of a wave: the words, then the look that every mailing gets."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import NotAllowed, Refusal
from regulars.offers.actions.telling import tell_wave
from regulars.offers.forms import TellForm
from regulars.offers.models import Wave
from regulars.offers.queries.meant import meant_in_words
from regulars.offers.queries.offers import is_planner, wave_for, waves_of
from regulars.offers.queries.told import posted_by_wave, told_by_wave
from regulars.offers.telling_words import first_words
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Write to the customers of a wave; nothing leaves before somebody approves it there."""
    actor, at = signed_in_member(request).actor, clock.now()
    if not is_planner(actor):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    wave = wave_for(actor, wave_id)
    form = TellForm(request.POST) if request.method == "POST" else TellForm(initial=_begun(wave))
    if form.is_bound and form.is_valid():
        try:
            mailing = tell_wave(
                wave, subject=form.cleaned_data["subject"], body=form.cleaned_data["body"],
                by=actor, at=at,
            )  # fmt: skip
            return redirect("messaging:mailing", mailing.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    shown = {
        "form": form, "wave": wave, "offer": wave.offer, "meant": meant_in_words(wave),
        "is_to_come": at < wave.opens_at, "told": told_by_wave(wave.offer).get(wave.pk),
        "posted": posted_by_wave(wave.offer).get(wave.pk),
    }  # fmt: skip
    return render(request, "offers/tell.html", shown, status=422 if form.is_bound else 200)


def _begun(wave: Wave) -> dict[str, str]:
    told = told_by_wave(wave.offer).get(wave.pk)
    if told is not None and told.is_draft:
        return {"subject": told.mailing.version.subject, "body": told.mailing.version.body}
    is_early = any(one.opens_at > wave.opens_at for one in waves_of(wave.offer))
    subject, body = first_words(wave.offer, wave, is_early=is_early)
    return {"subject": subject, "body": body}
