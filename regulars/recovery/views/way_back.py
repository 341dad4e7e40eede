"""The way back on the page of recovery, and as a page for the bank."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.core.actor import HELPER, Actor
from regulars.core.errors import NotAllowed, NotFound
from regulars.core.typesetting import typeset
from regulars.insight.plates.pages import PAINTERS
from regulars.insight.plates.plate import Cell, Scope
from regulars.promises.queries import late_promises
from regulars.recovery.queries.way_back import (
    MOST_PROMISES,
    Caller,
    all_followed,
    callers,
    calls_to_make,
    promises_to_keep,
    reopened_on,
    way_back_of,
    weeks_beside,
    words_said,
)
from regulars.recovery.way_words import Way, waits_words, way_of
from regulars.team.queries import signed_in_member, the_named_business

LISTED_WEEKS = 26


def way_shown(actor: Actor, at: datetime, asked: str = "") -> dict[str, Any]:
    """What the page needs; nothing for who may not see figures of the whole list."""
    if actor.role == HELPER:
        return {"way": None, "sees_figures": False}
    ways, business, weeks = all_followed(at), the_named_business(), weeks_beside()
    today = business.day_of(at)
    if not ways:
        scope = Scope(business.currency, today)
        plate = PAINTERS["baseline"](weeks, scope) if weeks else None
        return {"way": None, "sees_figures": True, "dull": plate}
    disruption = next((one for one in ways if str(one.pk) == asked), ways[0])
    kept = way_back_of(disruption)
    reopened = reopened_on(disruption, business.day_of(disruption.since), today)
    found = kept.figures if kept else {}
    promises = promises_to_keep(actor)
    way = way_of(disruption, kept, weeks, business, reopened, today, is_last=disruption == ways[0])
    return {
        "way": way, "ways": ways if len(ways) > 1 else [], "sees_figures": True,
        "calls": _with_waits(calls_to_make(actor, disruption, found.get("calls", []), at), today),
        "longest": _with_waits(callers(actor, found.get("longest", [])), today),
        "said": words_said(actor, found),
        "promises": promises[:MOST_PROMISES],
        "has_more_promises": len(promises) > MOST_PROMISES,
        "late_count": late_promises(actor, at).count(),
        "now": at,
    }  # fmt: skip


def _with_waits(some: Sequence[Caller], today: date) -> list[tuple[Caller, str]]:
    return [(one, waits_words(one.customer, today)) for one in some]


@require_safe
def for_print(request: HttpRequest) -> HttpResponse:
    """The same numbers on paper, with what each means and of which day it is."""
    actor, at = signed_in_member(request).actor, clock.now()
    if actor.role == HELPER:
        raise NotAllowed(_("Figures of the whole business are for owners, managers and viewers."))
    way = way_shown(actor, at, request.GET.get("of", ""))["way"]
    if way is None:
        raise NotFound(_("There is no way back to print: no disruption of the last year."))
    answer = HttpResponse(
        typeset("recovery/paper/way_back.typ", _values(way, at)), content_type="application/pdf"
    )
    answer["Content-Disposition"] = 'inline; filename="recovery.pdf"'
    return answer


def _values(way: Way, at: datetime) -> dict[str, Any]:
    business = the_named_business()
    table = way.plate.table if way.plate else None
    return {
        "title": _("Recovery of %(business)s") % {"business": business.name},
        "language": (get_language() or "en")[:2],
        "foot": _("%(business)s, printed %(day)s") % {
            "business": business.name, "day": business.day_of(at).strftime("%Y-%m-%d"),
        },
        "what": _("%(what)s, since %(day)s") % {
            "what": way.disruption.what, "day": business.day_of(way.disruption.since).isoformat(),
        },
        "headline": way.headline, "story": way.story, "pace": way.pace,
        "beside": [[one.title, one.came, one.usual, one.bounds, one.share] for one in way.beside],
        "beside_heads": _beside_heads(),
        "tables": [
            {"title": title, "rows": [
                [_tier(one.key) if name == "tiers" else one.name, str(one.back), str(one.waiting),
                 str(one.overdue), one.share] for one in parts
            ]}
            for name, title, parts in way.tables
        ],
        "part_heads": [_("Back"), _("Not due yet"), _("Overdue"), _("Share back")],
        "weeks_title": way.plate.title if way.plate else "",
        "weeks_heads": [head for head, _is_number in table.heads] if table else [],
        "weeks": _weeks(way, table.rows[:LISTED_WEEKS]) if table else [],
        "means_title": _("What these numbers mean"),
        "means": [way.plate.means if way.plate else "", _means(), _counted(way)],
    }  # fmt: skip


def _weeks(way: Way, rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The weeks by their dates: “yesterday” is another day when the bank reads it."""
    last = way.until or the_named_business().day_of(clock.now())
    days = [date_format(last - timedelta(days=7 * place), "j F Y") for place in range(len(rows))]
    told = [[cell.words for cell in row[1:]] for row in rows]
    return [[day, *cells] for day, cells in zip(days, told, strict=True)]


def _tier(key: str) -> str:
    from regulars.insight.choices import Tier

    return str(Tier(key).label)


def _beside_heads() -> list[str]:
    return [
        "", _("Came"), _("Had nothing happened"), _("8 times in 10 between"), _("Share"),
    ]  # fmt: skip


def _means() -> str:
    return _(
        "Customers from before are those who were core, active, new or slipping on the eve of the"
        " disruption, by the purchases known of them; back is who has bought since the day it"
        " began. Not due yet: by their own usual gap, days closed not counted, they would not have"
        " come yet. Overdue: they would have."
    )


def _counted(way: Way) -> str:
    if way.counted_at is None or way.until is None:
        return ""
    return _("Orders are known up to %(until)s; customers were counted %(day)s.") % {
        "until": date_format(way.until, "j F Y"), "day": date_format(way.counted_at, "j F Y"),
    }  # fmt: skip
