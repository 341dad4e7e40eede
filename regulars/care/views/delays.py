"""How long deliveries take, where no file says when they arrived: learned, and said by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.care.actions.delays import MOST_DAYS, set_delay
from regulars.care.delay_form import DelayForm
from regulars.care.queries.check_ins import is_ruler_of_asking
from regulars.care.queries.delays import ASSUMED_DAYS, SIZE, delay_of, delays_shown
from regulars.care.views.check_ins import seeing
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every delay that we know, from how many deliveries, and what one of us said instead."""
    return _home(request, DelayForm())


def _home(request: HttpRequest, form: DelayForm, *, status: int = 200) -> HttpResponse:
    actor = seeing(request)
    words = request.GET.get("q", "").strip()[:100]
    rows = list(delays_shown(words, _place(request.GET.get("after", "")))[: SIZE + 1])
    more = rows[SIZE - 1] if len(rows) > SIZE else None
    shown = {
        "rows": rows[:SIZE], "words": words, "form": form, "may_set": is_ruler_of_asking(actor),
        "further": f"{more.count}.{more.pk}" if more else "", "most": MOST_DAYS,
        "assumed": ASSUMED_DAYS, "is_first": "after" not in request.GET,
    }  # fmt: skip
    return render(request, "care/delays.html", shown, status=status)


def _place(told: str) -> tuple[int, int] | None:
    count, _dot, pk = told.partition(".")
    is_read = count.isascii() and pk.isascii() and count.isdigit() and pk.isdigit()
    return (int(count), int(pk)) if is_read and len(told) < 30 else None


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Say how long a product or a way of delivery takes that nobody knows yet."""
    actor = _setting(request)
    form = DelayForm(request.POST)
    if not form.is_valid():
        return _home(request, form, status=422)
    set_delay(**form.cleaned_data, by=actor, at=clock.now())
    return _answer(request, _("Kept: this holds from the next round on."))


@require_POST
def say(request: HttpRequest, delay_id: int) -> HttpResponse:
    """Say another number for one of them; empty, what was learned holds again."""
    actor = _setting(request)
    found = delay_of(delay_id)
    told = request.POST.get("days", "").strip()
    days = int(told) if told.isascii() and told.isdigit() and len(told) < 5 else None
    if told and days is None:
        days = -1
    set_delay(product=found.key, way=found.way, days=days, by=actor, at=clock.now())
    said = _("What was learned holds again.") if days is None else _("Kept: your word holds.")
    return _answer(request, said)


def _answer(request: HttpRequest, said: str) -> HttpResponse:
    return answer_change(request, said, changed="delay-changed", back_to=reverse("care:delays"))


def _setting(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_ruler_of_asking(actor):
        raise NotAllowed(_("Only owners and managers say how we ask."), _("Ask one of them."))
    return actor
