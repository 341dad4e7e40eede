"""What we promised somebody, and what came of it: where the owner wants it seen."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.core.templatetags.look import day_words
from regulars.portal.pages import gone, page
from regulars.portal.visits import visit_of
from regulars.promises.choices import PromiseState
from regulars.promises.models import Promise
from regulars.promises.queries import shown_to_them, shows_customers, year_before
from regulars.team.queries import the_named_business

MOST = 50


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """Their page of our word: what is open, and what was kept, late or not, within a year."""
    at = clock.now()
    visit = visit_of(request, at)
    if visit is None or not shows_customers():
        return gone(request)
    rows = shown_to_them(visit.customer, year_before(at))[:MOST]
    return page(request, "promises", {
        "business": the_named_business(), "customer": visit.customer, "visit": visit,
        "told": [(one.what, _became(one, at), one.is_late_at(at)) for one in rows],
    })  # fmt: skip


def _became(promise: Promise, at: datetime) -> str:
    """As one says it to the customer themselves."""
    due = day_words(promise.due_at)
    if promise.is_late_at(at):
        return _("We promised it by %(due)s, and are late.") % {"due": due}
    if promise.is_open:
        return _("We promised it by %(due)s.") % {"due": due}
    settled = day_words(promise.settled_at) if promise.settled_at else ""
    return {
        PromiseState.KEPT: _("We kept it: %(when)s."),
        PromiseState.KEPT_LATE: _("We kept it late: %(when)s."),
    }.get(PromiseState(promise.state), _("We did not keep it.")) % {"when": settled}
