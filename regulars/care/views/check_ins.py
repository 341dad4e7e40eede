"""Check-ins on the screen: who is to be asked, who was, and how we ask."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.care.actions.asking_by_hand import (
    ask_after_all,
    ask_after_quiet,
    leave_out,
    mark_asked,
    set_asking,
)
from regulars.care.arrivals import quiet_arrivals
from regulars.care.asking_form import AskingForm
from regulars.care.choices import AskingWay, CheckInState
from regulars.care.models import CheckIn
from regulars.care.panel import check_ins_panel_of
from regulars.care.queries.check_ins import (
    Place,
    check_in_for,
    counts_lately,
    is_asker,
    is_ruler_of_asking,
    is_seer_of_check_ins,
    page_of,
    the_rules,
)
from regulars.care.tasks import leave_check_ins
from regulars.care.way_words import told
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed
from regulars.customers.queries.people import customer_for
from regulars.team.queries import signed_in_member, the_named_business


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is to be asked, what was, and why some are not."""
    return _home(request, AskingForm.of(the_rules()))


def _home(request: HttpRequest, form: AskingForm, *, status: int = 200) -> HttpResponse:
    actor, at = seeing(request), clock.now()
    chosen = _one_of(request.GET.get("state", ""), CheckInState.values, CheckInState.DUE)
    way = _one_of(request.GET.get("way", ""), [AskingWay.CALL, AskingWay.MESSAGE], "")
    is_late = request.GET.get("late") == "1"
    today = the_named_business().day_of(at)
    rows, further = page_of(
        actor, chosen, way=way, is_late=is_late, after=Place.read(request.GET.get("after", ""))
    )
    counts = counts_lately(actor, today)
    shown = {
        "rows": [told(one, today) for one in rows], "state": chosen, "way": way,
        "is_late": is_late, "counts": counts, "today": today, "rules": the_rules(), "form": form,
        "tabs": [(one.value, one.label, counts.get(one, 0), one == chosen) for one in CheckInState],
        "further": _address(chosen, way, is_late, further) if further else "",
        "filters": _filters(chosen, way, is_late),
        "quiet": quiet_arrivals(at).count() if is_ruler_of_asking(actor) else 0,
        "may_ask": is_asker(actor), "may_set": is_ruler_of_asking(actor),
    }  # fmt: skip
    return render(request, "care/check_ins.html", shown, status=status)


def _one_of(value: str, values: "list[str] | list[AskingWay]", otherwise: str) -> str:
    return value if value in values else otherwise


def _filters(state: str, way: str, is_late: bool) -> list[tuple[str, str, bool]]:
    """The ways of narrowing the list, each with its address and whether it is chosen."""
    return [
        (_address(state, "", is_late), _("By any way"), not way),
        (_address(state, AskingWay.CALL, is_late), str(AskingWay.CALL.label), way == "call"),
        (_address(state, AskingWay.MESSAGE, is_late), str(AskingWay.MESSAGE.label),
         way == "message"),
        (_address(state, way, not is_late), _("Only what came late"), is_late),
    ]  # fmt: skip


def _address(state: str, way: str, is_late: bool, after: Place | None = None) -> str:
    asked = QueryDict(mutable=True)
    asked["state"] = state
    for name, value in (("way", way), ("late", "1" if is_late else ""), ("after", after)):
        if value:
            asked[name] = str(value)
    return f"?{asked.urlencode()}"


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What one customer is asked about again, after something changed."""
    actor = seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "care/_check_ins.html", check_ins_panel_of(customer, actor))


@require_POST
def asked(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """One of us has asked."""
    actor = _asking(request)
    found = mark_asked(check_in_for(actor, check_in_id), by=actor, at=clock.now())
    return _answer(request, found, _("Noted: they were asked."), can_undo=True)


@require_POST
def left_out(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """Nobody asks about this one."""
    actor = _asking(request)
    found = leave_out(check_in_for(actor, check_in_id), by=actor, at=clock.now())
    return _answer(request, found, _("Nobody asks about this one."), can_undo=True)


@require_POST
def again(request: HttpRequest, check_in_id: int) -> HttpResponse:
    """Take back what was decided by hand."""
    actor = _asking(request)
    found = ask_after_all(check_in_for(actor, check_in_id), by=actor, at=clock.now())
    return _answer(request, found, _("Taken back: it is to be asked."))


@require_POST
def quiet(request: HttpRequest) -> HttpResponse:
    """Ask after what a file brought in without it."""
    actor = seeing(request)
    if not is_ruler_of_asking(actor):
        raise NotAllowed(_("Only owners and managers say how we ask."), _("Ask one of them."))
    count = ask_after_quiet(by=actor, at=clock.now())
    leave_check_ins(at=clock.now())
    said = ngettext(
        "%(n)s order is asked after, with the next round.",
        "%(n)s orders are asked after, with the next round.", count,
    ) % {"n": count}  # fmt: skip
    back_to = reverse("care:check_ins")
    return answer_change(request, said, changed="check-in-changed", back_to=back_to)


@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    """Whether we ask, and when."""
    actor = seeing(request)
    if not is_ruler_of_asking(actor):
        raise NotAllowed(_("Only owners and managers say how we ask."), _("Ask one of them."))
    form = AskingForm(request.POST)
    if not form.is_valid():
        return _home(request, form, status=422)
    set_asking(by=actor, at=clock.now(), **form.cleaned_data)
    messages.success(request, _("Kept. It holds from the next round on."))
    return redirect("care:check_ins")


def _answer(
    request: HttpRequest, found: CheckIn, said: str, *, can_undo: bool = False
) -> HttpResponse:
    undo = reverse("care:check_in_again", args=[found.pk]) if can_undo else ""
    return answer_change(
        request, said, changed="check-in-changed", back_to=reverse("care:check_ins"), undo=undo
    )


def seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer_of_check_ins(actor):
        raise HiddenFromRole
    return actor


def _asking(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_asker(actor):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    return actor
