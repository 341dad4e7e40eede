"""What goes by itself: letting it go from a list, calling it back, and setting which text goes."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.core import clock
from regulars.core.actor import VIEWER, Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.core.slips import read_slip, write_slip
from regulars.planning.automatic import automatic_as_set, set_automatic, text_choices
from regulars.planning.letting_go import call_back, let_go
from regulars.planning.models import Plan
from regulars.planning.rules import may_see_list, may_set_cadences
from regulars.team.queries import signed_in_member

BACK = "automatic"


@require_POST
def let_list_go(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Let the texts of a list leave by themselves; for some seconds they can be called back."""
    plan, actor = _list(request, plan_id)
    count = let_go(plan, by=actor, at=clock.now())
    if not count:
        said = _("Nobody is left to write to: they were reached, put off or are held.")
        return _answer(request, plan, said)
    said = ngettext(
        "%(count)s message leaves by itself.", "%(count)s messages leave by themselves.", count
    ) % {"count": count}
    return _answer(request, plan, said, undo=reverse("planning:call_back", args=[plan.pk]))


@require_POST
def call_list_back(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Call back what has not left yet."""
    plan, actor = _list(request, plan_id)
    count = call_back(plan, by=actor, at=clock.now())
    said = ngettext(
        "%(count)s message stays here.", "%(count)s messages stay here.", count
    ) % {"count": count}  # fmt: skip
    return _answer(request, plan, said)


def _list(request: HttpRequest, plan_id: int) -> tuple[Plan, Actor]:
    actor = signed_in_member(request).actor
    if actor.role == VIEWER:
        raise NotAllowed(_("Viewers see the lists and change nothing."))
    plan = Plan.objects.select_related("member").filter(pk=plan_id).first()
    if plan is None or not may_see_list(actor, plan.member_id):
        raise Http404
    return plan, actor


def _answer(request: HttpRequest, plan: Plan, said: str, *, undo: str = "") -> HttpResponse:
    own = signed_in_member(request).pk == plan.member_id
    whose = "" if own else f"?member={plan.member_id}"
    return answer_change(
        request, said, changed="today-changed", back_to=reverse("desk:today") + whose, undo=undo
    )


@require_POST
def set_texts(request: HttpRequest) -> HttpResponse:
    """Which text goes for which reason, how many a day, and whether without asking."""
    actor = signed_in_member(request).actor
    _check_owner(actor)
    before, said = automatic_as_set(), request.POST
    asked = {one.reason: said.get(f"text-{one.reason}", "") for one in text_choices()}
    texts = {reason: int(key) for reason, key in asked.items() if is_whole(key)}
    words = {reason: said.get(f"words-{reason}", "").strip() for reason in asked}
    words = {reason: text for reason, text in words.items() if text}
    most = int(said["most"]) if is_whole(said.get("most", "")) else 0
    unasked = said.get("unasked") == "yes"
    set_automatic(texts, words=words, most=most, unasked=unasked, by=actor, at=clock.now())
    undo = reverse("planning:texts_back", args=[write_slip(BACK, before, at=clock.now())])
    return _set(request, _("Kept. The next lists follow it."), undo=undo)


@require_POST
def put_texts_back(request: HttpRequest, slip: str) -> HttpResponse:
    """Undo the last change of what goes by itself."""
    actor = signed_in_member(request).actor
    _check_owner(actor)
    stood: Mapping[str, Any] = read_slip(slip, BACK, at=clock.now())
    set_automatic(
        stood["texts"], words=stood.get("words", {}), most=stood["most"], unasked=stood["unasked"],
        by=actor, at=clock.now(),
    )  # fmt: skip
    return _set(request, _("As before."))


def _check_owner(actor: Actor) -> None:
    if not may_set_cadences(actor):
        raise NotAllowed(_("Only the owner sets what goes by itself."))


def _set(request: HttpRequest, said: str, *, undo: str = "") -> HttpResponse:
    return answer_change(
        request, said, changed="reasons-changed", back_to="planning:reasons", undo=undo
    )
