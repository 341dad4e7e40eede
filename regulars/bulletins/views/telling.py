"""Telling the readers: sending, stopping, calls and letters, the words to read out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.bulletins.actions.sending import note_posted, start_sending, stop_sending_bulletin
from regulars.bulletins.errors import NotSending
from regulars.bulletins.letters import MOST, letters_pdf
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import frame_at
from regulars.bulletins.queries import bulletin_for, latest_version, owed_for
from regulars.bulletins.readers import readers_of, readers_words
from regulars.bulletins.rules import require_publish
from regulars.bulletins.spoken import spoken
from regulars.bulletins.ways import counted_ways
from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.keyset import is_whole
from regulars.team.queries import signed_in_member

LISTED = 50


def _newest(bulletin: Bulletin) -> Version:
    newest = latest_version(bulletin)
    if newest is None:
        raise NotSending(_("Nothing is published yet."), _("Write the four boxes first."))
    return newest


@require_safe
def before(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Who would be told of the newest version, and how."""
    require_publish(signed_in_member(request).actor)
    bulletin = bulletin_for(bulletin_id)
    return _look(request, bulletin)


def _look(
    request: HttpRequest, bulletin: Bulletin, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    version, now = _newest(bulletin), clock.now()
    shown = {
        "bulletin": bulletin, "version": version, "readers": readers_words(bulletin),
        "ways": counted_ways(readers_of(bulletin), now), "refusal": refusal,
    }  # fmt: skip
    return render(request, "bulletins/send.html", shown, status=status)


@require_POST
def send(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Tell them."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin, seen = bulletin_for(bulletin_id), request.POST.get("seen", "")
    count = int(seen) if is_whole(seen) else 0
    try:
        start_sending(_newest(bulletin), seen_count=count, by=actor, at=clock.now())
    except Refusal as no:
        return _look(request, bulletin, refusal=no, status=422)
    messages.success(request, _("On its way. This page says how far it is."))
    return redirect("bulletins:show", bulletin.pk)


@require_POST
def stop(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Stop telling them: what has not left stays here."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    count = stop_sending_bulletin(_newest(bulletin), by=actor, at=clock.now())
    said = ngettext(
        "Stopped: %(count)s message had not left, and never does.",
        "Stopped: %(count)s messages had not left, and never do.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("bulletins:show", bulletin.pk)


@require_safe
def owed(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Who is still to be called, and who gets a letter."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    found = owed_for(bulletin).select_related("customer", "customer__manager")
    shown = {
        "bulletin": bulletin, "calls": found.filter(by="call")[:LISTED],
        "call_count": found.filter(by="call").count(),
        "letters": found.filter(by="letter")[:MOST],
        "letter_count": found.filter(by="letter").count(), "most": MOST,
    }  # fmt: skip
    return render(request, "bulletins/owed.html", shown)


@require_safe
def letters(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The letters, ready for the printer."""
    require_publish(signed_in_member(request).actor)
    bulletin, now = bulletin_for(bulletin_id), clock.now()
    some = list(owed_for(bulletin).filter(by="letter").select_related("customer")[:MOST])
    if not some:
        raise NotSending(_("No letter is to be written."), _("Go back to the bulletin."))
    pdf = letters_pdf(some, _newest(bulletin), frame_at(now))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{bulletin.slug}-letters.pdf"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def posted(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The letters are in the post."""
    actor = signed_in_member(request).actor
    require_publish(actor)
    bulletin = bulletin_for(bulletin_id)
    ids = [int(one) for one in request.POST.getlist("letter") if is_whole(one)][:MOST]
    count = note_posted(bulletin, ids, by=actor, at=clock.now())
    said = ngettext("Kept: %(count)s letter was posted.", "Kept: %(count)s letters were posted.",
                    count)  # fmt: skip
    messages.success(request, said % {"count": count})
    return redirect("bulletins:owed", bulletin.pk)


@require_safe
def read_out(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """What to say on the telephone, in the language of whoever is called."""
    bulletin, frame = bulletin_for(bulletin_id), frame_at(clock.now())
    asked = request.GET.get("language", "")
    language = asked if asked in frame.languages else frame.main
    shown = {
        "bulletin": bulletin, "parts": spoken(_newest(bulletin), language, frame),
        "language": language, "languages": frame.languages,
    }  # fmt: skip
    return render(request, "bulletins/read_out.html", shown)
