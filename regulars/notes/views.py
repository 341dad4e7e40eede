"""The note desk on the screen: what waits for words, for paper and for the post."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.notes.actions.asking import MOST_SIGNS, write_note_to
from regulars.notes.actions.posting import (
    MOST,
    drop_notes,
    note_written,
    post_notes,
    print_notes,
    take_back,
    take_back_printing,
)
from regulars.notes.cards import cards_pdf, labels_pdf, sheets_pdf
from regulars.notes.choices import Hand, NoteState, Source
from regulars.notes.errors import NothingToPrint
from regulars.notes.forms import NoteForm
from regulars.notes.mentions import mentions_of
from regulars.notes.models import Note
from regulars.notes.piles import piles_for
from regulars.notes.queries import (
    desk_of,
    is_note_writer,
    is_seer,
    note_for,
    note_under_way,
    printing_for,
    sees_addresses,
)
from regulars.promises.proposing import promise_as_ticked
from regulars.team.queries import signed_in_member, the_named_business

BACK_FROM = (NoteState.POSTED, NoteState.WRITTEN, NoteState.DROPPED)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk: what waits for words, what can be printed, what can go to the post."""
    actor = _seeing(request)
    is_own = request.GET.get("whose") != "all"
    shown = {
        "desk": desk_of(actor, is_own=is_own, most=MOST), "is_own": is_own, "most": MOST,
        "may_write": is_note_writer(actor), "piles": piles_for(actor),
    }  # fmt: skip
    return render(request, "notes/home.html", shown)


@require_http_methods(["GET", "POST"])
def to(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write a note to one customer: facts worth a mention, and one's own words."""
    actor = _seeing(request)
    if request.method == "POST":
        actor = _writing(request)
    customer = customer_for(actor, customer_id)
    note = note_under_way(customer)
    form = NoteForm(request.POST or None, initial=_begun(note, customer))
    if request.method == "POST" and form.is_valid():
        try:
            return _keep(request, customer, form, actor)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error("body", f"{no.sentence} {no.remedy}".strip())
    shown = {
        "customer": customer, "note": note, "form": form, "most": MOST_SIGNS,
        "mentions": mentions_of(customer, actor, the_named_business().day_of(clock.now())),
        "may_write": is_note_writer(actor),
        "is_on_paper": note is not None and note.state != NoteState.WAITING,
    }  # fmt: skip
    return render(request, "notes/to.html", shown, status=422 if form.errors else 200)


def _begun(note: Note | None, customer: Customer) -> dict[str, str]:
    greeting = _("Dear %(name)s,") % {"name": customer.short_name}
    if note is None or not note.words:
        return {"body": f"{greeting}\n\n", "hand": Hand.FONT}
    return {"body": note.words, "hand": note.hand}


def _keep(request: HttpRequest, customer: Customer, form: NoteForm, actor: Actor) -> HttpResponse:
    asked, hand = request.POST.get("source", ""), Hand(form.cleaned_data["hand"])
    write_note_to(
        customer, words=form.cleaned_data["body"], hand=hand, by=actor, at=clock.now(),
        source=Source(asked) if asked in Source.values else Source.CUSTOMER,
    )  # fmt: skip
    promise_as_ticked(request.POST, customer=customer, by=actor, at=clock.now())
    messages.success(request, _("On the note desk: %(name)s.") % {"name": customer.name})
    return redirect("notes:home")


@require_POST
def put_on_paper(request: HttpRequest) -> HttpResponse:
    """Print the chosen notes."""
    actor = _writing(request)
    printed = print_notes(_ids(request), by=actor, at=clock.now())
    said = ngettext(
        "%(count)d note is ready for the printer.", "%(count)d notes are ready for the printer.",
        printed.count,
    ) % {"count": printed.count}  # fmt: skip
    there = reverse("notes:printing", args=[printed.printing.pk])
    undo = reverse("notes:unprint", args=[printed.printing.pk])
    messages.success(request, said, extra_tags=undo)
    for name, why in printed.left:
        messages.warning(request, f"{name}: {why}")
    return redirect(there)


@require_safe
def printing(request: HttpRequest, printing_id: int) -> HttpResponse:
    """One printing: its files, and what comes next."""
    actor = _seeing(request)
    found, notes = printing_for(actor, printing_id)
    shown = {
        "printing": found, "notes": notes, "may_write": is_note_writer(actor),
        "fonts": [one for one in notes if one.hand == Hand.FONT],
        "pens": [one for one in notes if one.hand == Hand.PEN],
        "to_copy": [n for n in notes if n.hand == Hand.PEN and n.state == NoteState.PRINTED],
        "on_paper": [n for n in notes if n.state in (NoteState.PRINTED, NoteState.WRITTEN)],
        "sees_addresses": sees_addresses(actor),
    }  # fmt: skip
    return render(request, "notes/printing.html", shown)


@require_safe
def paper(request: HttpRequest, printing_id: int, what: str) -> HttpResponse:
    """The cards, the sheets to copy or the labels of a printing, as a PDF."""
    actor = _seeing(request)
    found, notes = printing_for(actor, printing_id)
    if what != "cards" and not sees_addresses(actor):
        raise HiddenFromRole
    answer = HttpResponse(_paper(request, what, notes), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{what}-{found.pk}.pdf"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _paper(request: HttpRequest, what: str, notes: list[Note]) -> bytes:
    if what == "labels":
        skip = request.GET.get("skip", "")
        return labels_pdf(notes, skip=int(skip) if is_whole(skip) else 0)
    hand = Hand.PEN if what == "sheets" else Hand.FONT
    if not any(one.hand == hand for one in notes):
        raise NothingToPrint(_("No note of this printing is made that way."))
    if what == "sheets":
        return sheets_pdf(notes)
    return cards_pdf(notes, on_a4=request.GET.get("paper") == "a4")


@require_POST
def unprint(request: HttpRequest, printing_id: int) -> HttpResponse:
    """As if it had not been printed."""
    actor = _writing(request)
    found, _notes = printing_for(actor, printing_id)
    take_back_printing(found, by=actor, at=clock.now())
    return _said(request, _("Taken back: they wait to be printed."))


@require_POST
def written(request: HttpRequest) -> HttpResponse:
    """The sheets were copied by hand."""
    actor, ids = _writing(request), _ids(request)
    count = note_written(ids, by=actor, at=clock.now())
    said = ngettext("%(count)d note is written.", "%(count)d notes are written.", count)
    return _done(request, said % {"count": count}, NoteState.WRITTEN, ids)


@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """They are in the post."""
    actor, ids = _writing(request), _ids(request)
    count = post_notes(ids, by=actor, at=clock.now())
    said = ngettext("%(count)d note is in the post.", "%(count)d notes are in the post.", count)
    return _done(request, said % {"count": count}, NoteState.POSTED, ids)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Off the desk."""
    actor, ids = _writing(request), _ids(request)
    count = drop_notes(ids, by=actor, at=clock.now())
    said = ngettext("%(count)d note is off the desk.", "%(count)d notes are off the desk.", count)
    return _done(request, said % {"count": count}, NoteState.DROPPED, ids)


@require_POST
def back(request: HttpRequest, note_id: int, state: str) -> HttpResponse:
    """Undo what was done last, with all that it was done with."""
    actor = _writing(request)
    note = note_for(actor, note_id)
    if state not in BACK_FROM:
        raise Refusal(_("This cannot be taken back."))
    take_back(note, state=NoteState(state), by=actor, at=clock.now())
    return _said(request, _("Taken back."))


def _done(request: HttpRequest, said: str, state: NoteState, ids: list[int]) -> HttpResponse:
    """Say it, with the way back: through one of those that it was done with."""
    one = Note.objects.filter(pk__in=ids, state=state).order_by("-state_at", "pk").first()
    undo = reverse("notes:back", args=[one.pk, state]) if one else ""
    return _said(request, said, undo)


def _said(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    messages.success(request, said, extra_tags=undo)
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("notes:home")
        return answer
    return redirect("notes:home")


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("note") if is_whole(one)][:MOST]


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _writing(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_note_writer(actor):
        raise NotAllowed(_("You may look at the note desk, and write nothing."))
    return actor
