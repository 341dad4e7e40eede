"""Writing touches down from any screen, and reading the ledger of one customer."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from regulars.consent.choices import Channel
from regulars.conversations.actions import log_touch, take_back_touch
from regulars.conversations.forms import TouchForm
from regulars.conversations.models import Touch
from regulars.conversations.queries import is_logger, is_taker_back, touch_for
from regulars.conversations.timeline import Place, folded_months, newest, seen_by, timeline_of
from regulars.core import clock
from regulars.core.answers import with_toast
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.promises.proposing import promise_as_ticked
from regulars.team.queries import signed_in_member, the_named_business

MONTH_SIZE = 100


@require_POST
def log(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down what the composer holds."""
    actor, now = signed_in_member(request).actor, clock.now()
    customer = customer_for(actor, customer_id)
    if not is_logger(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    form = TouchForm(request.POST, now=now)
    if not form.is_valid():
        shown = {"customer": customer, "form": form}
        return render(request, "conversations/_composer.html", shown, status=422)
    touch = log_touch(customer, by=actor, at=now, **form.touch())
    promised = promise_as_ticked(request.POST, customer=customer, by=actor, at=now)
    if not request.headers.get("HX-Request"):
        messages.success(request, _done(touch))
        return redirect("customers:detail", customer.pk)
    answer = render(request, "conversations/_composer.html", _composer(customer))
    undo = reverse("conversations:take_back", args=[touch.pk])
    if promised is not None:
        answer = trigger_client_event(answer, "promise-changed", {})
    return trigger_client_event(with_toast(answer, _done(touch), undo), "touch-changed", {})


def _composer(customer: Customer) -> dict[str, object]:
    return {"customer": customer, "form": TouchForm(now=clock.now())}


def _done(touch: Touch) -> str:
    places = {"name": touch.customer.short_name}
    words = {
        Channel.CALL: _("Done: called %(name)s."),
        Channel.VISIT: _("Done: visited %(name)s."),
        Channel.NOTE: _("Done: wrote %(name)s a note."),
        Channel.EMAIL: _("Done: wrote %(name)s an e-mail."),
    }
    return words.get(Channel(touch.channel), _("Done: in touch with %(name)s.")) % places


@require_POST
def take_back(request: HttpRequest, touch_id: int) -> HttpResponse:
    """Undo a touch."""
    actor = signed_in_member(request).actor
    touch = touch_for(actor, touch_id)
    if not is_taker_back(actor, touch):
        raise NotAllowed(_("Only whoever wrote this down, a manager or the owner takes it back."))
    take_back_touch(touch, by=actor, at=clock.now())
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Taken back."))
        return redirect("customers:detail", touch.customer_id)
    return trigger_client_event(HttpResponse(status=204), "touch-changed", {})


@require_safe
def timeline(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The newest entries again, after something was written down or taken back."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    return render(request, "conversations/_timeline.html", newest(customer, actor))


@require_safe
def earlier(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The months below a place, folded."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    place = Place.read(request.GET.get("below", ""))
    if place is None:
        return redirect("customers:detail", customer_id)
    months = folded_months(customer, place, the_named_business().currency, seen_by(actor))
    shown = {"customer": customer, "months": months, "below": place}
    return render(request, "conversations/_months.html", shown)


@require_safe
def month(request: HttpRequest, customer_id: int, first: date) -> HttpResponse:
    """What one folded month holds."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    place = Place.read(request.GET.get("below", ""))
    seen = seen_by(actor)
    found = timeline_of(customer, seen=seen, below=place, month=first, size=MONTH_SIZE)
    shown = {"customer": customer, "timeline": found, "month": first}
    return render(request, "conversations/_month.html", shown)
