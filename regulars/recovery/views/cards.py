"""The continuity card in the settings: where it is, when it was written, what went wrong."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.recovery.actions.cards import keep_card, stop_keeping_card, write_card
from regulars.recovery.continuity import FILE
from regulars.recovery.forms import CardForm
from regulars.recovery.queries.cards import core_count, is_card_keeper, the_card
from regulars.recovery.words import trouble_words
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Show where it is kept, or keep it elsewhere."""
    actor, kept = _keeping(request), the_card()
    form = CardForm(request.POST or None, initial={"folder": kept.folder if kept else ""})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            keep_card(said["folder"], password=said["password"], by=actor, at=clock.now())
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            messages.success(request, _("Kept. It is written in a moment, then every night."))
            return redirect("recovery:card")
    trouble, remedy = trouble_words(kept.trouble) if kept else ("", "")
    shown = {
        "card": kept, "form": form, "file": FILE, "trouble": trouble, "remedy": remedy,
        "core_count": core_count(),
    }  # fmt: skip
    return render(request, "recovery/card.html", shown, status=422 if form.errors else 200)


@require_POST
def write_now(request: HttpRequest) -> HttpResponse:
    """Write it at once, and say how that went."""
    actor = _keeping(request)
    kept = write_card(by=actor, at=clock.now())
    if kept is not None and not kept.trouble:
        messages.success(request, _("Written."))
    return redirect("recovery:card")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Write it no more."""
    stop_keeping_card(by=_keeping(request), at=clock.now())
    messages.success(request, _("It is written no more. Take the file away where it lies."))
    return redirect("recovery:card")


def _keeping(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_card_keeper(actor):
        raise NotAllowed(
            _("Only an owner says where the continuity card is kept."), _("Ask one of them.")
        )
    return actor
