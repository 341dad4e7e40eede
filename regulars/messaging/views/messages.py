"""What goes out and what needs a look; one message written to one customer, and its story."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.messaging.actions.messages import (
    address_of,
    cancel_message,
    settle_by_hand,
    try_again,
    write_message,
)
from regulars.messaging.choices import WAITING, State
from regulars.messaging.forms.sending import WordsForm
from regulars.messaging.lists import (
    as_seen_by,
    counts_of,
    mailings_below,
    message_for,
    needing_a_look,
    page_of,
    waiting_alone,
)
from regulars.messaging.models import Message
from regulars.messaging.queries import (
    end_of,
    sending_state,
    story_of,
    tries_of,
    verdict_preview,
    why_nothing_leaves,
)
from regulars.messaging.rules import may_write, may_write_to
from regulars.messaging.screens import line_of, overview, text_as_it_was
from regulars.promises.proposing import promise_as_ticked
from regulars.team.models import Member
from regulars.team.queries import signed_in_member

# As long as a toast stands with its Undo, what was written has not left.
UNDONE_WITHIN = timedelta(seconds=10)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is going out and what is done, newest first."""
    actor = signed_in_member(request).actor
    below = request.GET.get("below", "")
    mailings, after = mailings_below(int(below) if is_whole(below) else None)
    counts = counts_of(mailings)
    shown = {
        **_frame(actor, "mailings"),
        "lines": [line_of(one, counts.get(one.pk, {})) for one in mailings],
        "next": f"?below={after}" if after else "",
    }
    return render(request, "messaging/messages/home.html", shown)


@require_safe
def needs_look(request: HttpRequest) -> HttpResponse:
    """What a person must decide: nobody knows whether it left, or it could not."""
    actor = signed_in_member(request).actor
    state = State.FAILED if request.GET.get("what") == "failed" else State.UNKNOWN
    page = page_of(needing_a_look(actor, state), request.GET.get("after", ""), actor)
    halted = why_nothing_leaves()
    shown = {
        **_frame(actor, "look"),
        "rows": [
            (one, story_of(one, halted=halted), _may_change(actor, one)) for one in page.messages
        ],
        "what": state,
        "origin": "failed" if state == State.FAILED else "look",
        "next": f"?what={state}&after={page.next}" if page.next else "",
    }
    return render(request, "messaging/messages/needs_a_look.html", shown)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What was written one by one and has not left: why, until when, and how to take it back."""
    actor = signed_in_member(request).actor
    page = page_of(waiting_alone(actor), request.GET.get("after", ""), actor)
    halted = why_nothing_leaves()
    shown = {
        **_frame(actor, "waiting"),
        "rows": [
            (one, end_of(one, halted=halted), _may_change(actor, one)) for one in page.messages
        ],
        "origin": "waiting",
        "next": f"?after={page.next}" if page.next else "",
    }
    return render(request, "messaging/messages/waiting.html", shown)


def _frame(actor: Actor, tab: str) -> dict[str, object]:
    state = sending_state(actor)
    return {"tab": tab, "state": state, "sentence": overview(state), "may_write": may_write(actor)}


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write one e-mail to one customer: a text that is kept, or words of one's own."""
    member = signed_in_member(request)
    customer = customer_for(member.actor, customer_id)
    if not may_write_to(member.actor, customer):
        raise NotAllowed(_("You may look, and write to nobody. An owner can change that."))
    is_sent = request.method == "POST" and "taking" not in request.POST
    form = WordsForm(request.POST) if is_sent else _begun(request)
    if is_sent and form.is_valid() and _has_been_told(request, customer, form):
        try:
            return _sent(request, customer, form, member)
        except NotAllowed:
            raise
        except Refusal as no:
            form.refuse(no)
    shown = {**_writing(customer, form), "next": request.GET.get("next", "")}
    return render(request, "messaging/sending/write.html", shown, status=422 if is_sent else 200)


def _begun(request: HttpRequest) -> WordsForm:
    return WordsForm.taking(request) if request.method == "POST" else WordsForm.begun(request)


def _writing(customer: Customer, form: WordsForm) -> dict[str, object]:
    verdict = verdict_preview(customer, form.said_purpose, Channel.EMAIL, clock.now())
    return {"customer": customer, "form": form, "verdict": verdict}


def _has_been_told(request: HttpRequest, customer: Customer, form: WordsForm) -> bool:
    """Whoever sends has read whether it would leave, and that their words sell, if they do.

    Without scripts a page cannot follow the purpose that is chosen: then it is said first.
    """
    if address_of(customer) is None:
        return True
    said = [str(_writing(customer, form)["verdict"]), form.hidden_sale()]
    form.told = " ".join(one for one in said if one)
    if form.told and form.told != request.POST.get("told", ""):
        form.refuse(Refusal(form.told, _("Send it once more if that is as you want it.")))
        return False
    return True


def _sent(
    request: HttpRequest, customer: Customer, form: WordsForm, member: Member
) -> HttpResponse:
    actor, now = member.actor, clock.now()
    message = write_message(
        customer, version=form.version(by=actor, at=now), purpose=form.said_purpose,
        nonce=form.cleaned_data["nonce"], by=actor, at=now, not_before=now + UNDONE_WITHIN,
    )  # fmt: skip
    promise_as_ticked(request.POST, customer=customer, by=actor, at=now)
    said = _("Written to %(name)s; it leaves in ten seconds.") % {"name": customer.short_name}
    messages.success(request, said, extra_tags=reverse("messaging:take_back", args=[message.pk]))
    return redirect("customers:detail", customer.pk)


@require_safe
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Why they did or did not get it, the tries, and the words as they were."""
    actor = signed_in_member(request).actor
    message = message_for(actor, message_id)
    as_seen_by(actor, [message])
    shown = {
        "message": message,
        "story": story_of(message, halted=why_nothing_leaves()),
        "tries": tries_of(message),
        "paper": text_as_it_was(message, actor),
        "may_change": _may_change(actor, message),
        "is_waiting": message.state in WAITING,
        "is_unknown": message.state == State.UNKNOWN,
        "is_failed": message.state == State.FAILED,
    }
    return render(request, "messaging/messages/message.html", shown)


def _changeable(request: HttpRequest, message_id: UUID) -> tuple[Message, Actor]:
    actor = signed_in_member(request).actor
    message = message_for(actor, message_id)
    if not _may_change(actor, message):
        raise NotAllowed(_("Only whoever looks after this customer, or a manager, decides that."))
    return message, actor


def _may_change(actor: Actor, message: Message) -> bool:
    if message.customer is None:
        return may_write(actor)
    return may_write_to(actor, message.customer)


@require_POST
def take_back(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Take a message back that has not left."""
    message, actor = _changeable(request, message_id)
    cancel_message(message, by=actor, at=clock.now())
    return _done(request, message, _("Taken back: it does not leave."))


@require_POST
def again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try a message again that failed."""
    message, actor = _changeable(request, message_id)
    try_again(message, by=actor, at=clock.now())
    return _done(request, message, _("It is tried again."))


@require_POST
def arrived(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Somebody knows that it arrived."""
    message, actor = _changeable(request, message_id)
    settle_by_hand(message, arrived=True, by=actor, at=clock.now())
    return _done(request, message, _("Noted: it arrived."))


@require_POST
def send_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Somebody knows that it did not arrive: it leaves again."""
    message, actor = _changeable(request, message_id)
    if settle_by_hand(message, arrived=False, by=actor, at=clock.now()):
        return _done(request, message, _("It leaves again."))
    said = _("Noted: it did not arrive. Its mailing was stopped for good, so it stays here.")
    return _done(request, message, said)


def _done(request: HttpRequest, message: Message, said: str) -> HttpResponse:
    """A toast where a part of a page asked; else the page from which it was asked."""
    looks = reverse("messaging:needs_a_look")
    waits = reverse("messaging:waiting")
    ends = {"look": looks, "failed": f"{looks}?what=failed", "waiting": waits}
    back = ends.get(request.POST.get("from", ""))
    back_to = back or reverse("messaging:message", args=[message.pk])
    return answer_change(request, said, changed="touch-changed", back_to=back_to)
