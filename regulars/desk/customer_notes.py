"""Notes for many: for those who are chosen on the list, or whom today's list wants a note for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.desk.selections import picked
from regulars.messaging.words import short_of
from regulars.notes.actions.asking import Asked, ask_for_notes
from regulars.notes.choices import Source
from regulars.notes.queries import is_note_writer
from regulars.planning.queries import list_of
from regulars.team.queries import signed_in_member, the_named_business


@require_POST
def ask_for_them(request: HttpRequest) -> HttpResponse:
    """Put a note to each of those who are chosen on the list on the desk."""
    actor = _writer(request)
    rows = picked(request, actor)
    if not rows.exists():
        raise Refusal(_("Nobody is chosen."), _("Tick those who shall get a note."))
    return _asked(request, rows, Source.SELECTION, actor)


@require_POST
def todays(request: HttpRequest) -> HttpResponse:
    """Put the notes that today's list wants on the desk."""
    actor, member = _writer(request), signed_in_member(request)
    day = the_named_business().day_of(clock.now())
    wanted = [
        one.item.customer_id
        for one in list_of(actor, member, day).open
        if one.item.channel == Channel.NOTE
    ]
    if not wanted:
        messages.success(request, _("Today’s list wants no note of you."))
        return redirect("notes:home")
    return _asked(request, customers_for(actor).filter(pk__in=wanted), Source.TODAY, actor)


def _writer(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_note_writer(actor):
        raise NotAllowed(_("You may look at the note desk, and write nothing."))
    return actor


def _asked(
    request: HttpRequest, rows: CustomerQuerySet, source: Source, actor: Actor
) -> HttpResponse:
    asked = ask_for_notes(rows, source=source, by=actor, at=clock.now())
    messages.success(request, _words(asked))
    return redirect("notes:home")


def _words(asked: Asked) -> str:
    said = [
        ngettext(
            "%(count)d note is on the desk now.", "%(count)d notes are on the desk now.",
            asked.added,
        ) % {"count": asked.added}
    ]  # fmt: skip
    if asked.already:
        there = ngettext("%(count)d was there already.", "%(count)d were there already.",
                         asked.already)  # fmt: skip
        said.append(there % {"count": asked.already})
    if asked.refused:
        most_first = sorted(asked.refused.items(), key=lambda one: (-one[1], one[0]))
        why = ", ".join(f"{short_of(code)} ({count})" for code, count in most_first)
        said.append(_("Left out: %(why)s.") % {"why": why})
    return " ".join(said)
