"""The way back in sentences and numbers, each number with the list of those behind it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words, number, percent
from regulars.customers.models import Customer
from regulars.insight.models import KeptFigure
from regulars.insight.plates.pages import PAINTERS
from regulars.insight.plates.plate import Plate, Scope
from regulars.recovery.models import Disruption, WayBack
from regulars.recovery.pace import Pace, pace_of
from regulars.recovery.queries.way_back import weeks_since
from regulars.team.models import Business

Row = dict[str, Any]
BACK, WAITING, OVERDUE = "back", "waiting", "overdue"


@dataclass(frozen=True, slots=True)
class Part:
    """A tier, a place, a manager or a tag: how many of it are back, not due yet, overdue."""

    key: str
    name: str
    back: int
    waiting: int
    overdue: int
    back_href: str
    waiting_href: str
    overdue_href: str

    @property
    def size(self) -> int:
        return self.back + self.waiting + self.overdue

    @property
    def share(self) -> str:
        return percent(self.back / self.size) if self.size else ""

    @property
    def bar(self) -> list[tuple[str, int]]:
        return [("1", self.back), ("back-waiting", self.waiting), ("back-overdue", self.overdue)]

    @property
    def says(self) -> str:
        return _("%(back)s back, %(waiting)s not due yet, %(overdue)s overdue") % {
            "back": number(self.back), "waiting": number(self.waiting),
            "overdue": number(self.overdue),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """A number of the last week or weeks beside what would have come."""

    title: str
    came: str
    usual: str
    bounds: str
    share: str


@dataclass(frozen=True, slots=True)
class Way:
    """Everything that the page and the print say."""

    disruption: Disruption
    headline: str
    story: str
    beside: Sequence[Beside]
    pace: str
    plate: Plate | None
    whole: Part | None
    tables: Sequence[tuple[str, str, Sequence[Part]]]
    counted_at: datetime | None
    until: date | None


def way_of(
    disruption: Disruption, kept: WayBack | None, weeks: KeptFigure | None, business: Business,
    reopened: date | None, today: date, *, is_last: bool = True,
) -> Way:  # fmt: skip
    """The whole page of one disruption, from what was counted."""
    since_on = business.day_of(disruption.since)
    rows = weeks_since(weeks, since_on)
    scope = Scope(business.currency, today)
    last = rows[-1] if rows and rows[-1]["spend_expected_minor"] is not None else None
    whole = _part({"key": "", "name": "", **kept.figures["whole"]}, since_on) if kept else None
    pace = pace_of(rows, reopened) if reopened else Pace("early")
    return Way(
        disruption,
        _headline(last, whole, reopened),
        _story(whole, since_on, reopened, today),
        _beside(last, scope) if last else (),
        _pace_words(pace, rows, reopened) if is_last else _told_of_the_last(),
        PAINTERS["baseline"](weeks, scope) if weeks and rows else None,
        whole,
        _tables(kept, since_on) if kept else (),
        kept.counted_at if kept else None,
        rows[-1]["to_on"] if rows else None,
    )


def _headline(last: Row | None, whole: Part | None, reopened: date | None) -> str:
    if reopened is None:
        return _("Still closed")
    if last is not None and last["spend_expected_minor"] > 0:
        share = max(0.0, last["spend_minor"] / last["spend_expected_minor"])
        return _("%(share)s of an ordinary week") % {"share": percent(share)}
    if whole is not None and whole.size:
        return _("%(back)s of %(all)s customers are back") % {
            "back": number(whole.back), "all": number(whole.size),
        }  # fmt: skip
    return _("Too early to tell how far back we are")


def _story(whole: Part | None, since_on: date, reopened: date | None, today: date) -> str:
    if reopened is None:
        days = (today - since_on).days + 1
        return ngettext(
            "Closed for %(count)s day. Nobody can come back yet; who is called now comes first.",
            "Closed for %(count)s days. Nobody can come back yet; who is called now comes first.",
            days,
        ) % {"count": number(days)}  # fmt: skip
    days = (today - reopened).days + 1
    when = (
        _("Day %(count)s since it began.") if reopened == since_on
        else _("Day %(count)s since we opened again.")
    ) % {"count": number(days)}  # fmt: skip
    if whole is None:
        return _("%(when)s It is being counted who has come back.") % {"when": when}
    if not whole.size:
        return _(
            "%(when)s Nobody had bought often enough before to say who is back."
            " Bring in the orders from before, and this page fills."
        ) % {"when": when}  # fmt: skip
    return _(
        "%(when)s %(back)s of %(all)s customers from before have bought again,"
        " %(waiting)s are not due yet by their own rhythm, %(overdue)s are overdue."
    ) % {
        "when": when, "back": number(whole.back), "all": number(whole.size),
        "waiting": number(whole.waiting), "overdue": number(whole.overdue),
    }  # fmt: skip


def _beside(last: Row, scope: Scope) -> list[Beside]:
    week, weeks = _("Last seven days"), ngettext(
        "The week since it began, added up", "The last %(weeks)s weeks, added up",
        last["four_weeks"],
    ) % {"weeks": number(last["four_weeks"])}  # fmt: skip
    return [
        _one(_("%(when)s: money") % {"when": week}, last, "spend", "_minor", scope.money),
        _one(_("%(when)s: customers") % {"when": week}, last, "customers", "", number),
        _one(_("%(when)s: money") % {"when": weeks}, last, "four_spend", "_minor", scope.money),
        _one(
            _("%(when)s: customers, once a week each") % {"when": weeks},
            last, "four_customers", "", number,
        ),
    ]  # fmt: skip


def _one(title: str, row: Row, what: str, unit: str, words: Any) -> Beside:
    came, usual = row[f"{what}{unit}"], row[f"{what}_expected{unit}"]
    bounds = _("%(low)s to %(high)s") % {
        "low": words(row[f"{what}_low{unit}"]), "high": words(row[f"{what}_high{unit}"])
    }  # fmt: skip
    share = percent(max(0.0, came / usual)) if usual > 0 else ""
    return Beside(title, words(came), words(usual), bounds, share)


def _told_of_the_last() -> str:
    return _(
        "The weeks are told beside the time before the disruption that came later; the customers"
        " are counted for this one."
    )


def _pace_words(pace: Pace, rows: list[Row], reopened: date | None) -> str:
    if reopened is None:
        return ""
    if not rows or rows[-1]["spend_expected_minor"] is None:
        return _(
            "What the weeks would have brought cannot be told: too few ordinary weeks before are"
            " known. The customers who are back can be counted all the same."
        )
    if pace.says == "early":
        return _("It is too early to tell a pace: it takes four whole weeks open.")
    if pace.says == "there":
        return _("The last two weeks lie within what is usual: the money is back.")
    if pace.says == "none" or pace.from_on is None:
        return _("The gap is not clearly closing: at this pace no date can be told.")
    places = {"from": day_words(pace.from_on), "to": day_words(pace.to_on) if pace.to_on else ""}
    if pace.to_on is None:
        return _(
            "At this pace the money is within the usual again not before %(from)s;"
            " how long after cannot be told."
        ) % places  # fmt: skip
    return _(
        "At this pace the money is within the usual again between %(from)s and %(to)s,"
        " 8 times in 10."
    ) % places  # fmt: skip


def _tables(kept: WayBack, since_on: date) -> list[tuple[str, str, list[Part]]]:
    told = [
        ("tiers", _("Tier on the eve"), "", None), ("managers", _("Looked after by"),
         "customer.manager", _("nobody")), ("cities", _("Town"), "customer.city", None),
        ("tags", _("Tag"), "customer.tags", None),
    ]  # fmt: skip
    found = []
    for name, title, field, nobody in told:
        rows = kept.figures.get(name, [])
        parts = [_part(row, since_on, field, nobody or "") for row in rows]
        if parts:
            found.append((name, title, parts))
    return found


def _part(row: Row, since_on: date, field: str = "", nobody: str = "") -> Part:
    hrefs = [_those(row, since_on, field, state) for state in (BACK, WAITING, OVERDUE)]
    name = row["name"] or nobody
    return Part(str(row["key"]), name, row[BACK], row[WAITING], row[OVERDUE], *hrefs)


def _those(row: Row, since_on: date, field: str, state: str) -> str:
    """The list of those who were there before, stand so by now, and are of the part."""
    where = [{"field": "state", "is": "is", "value": state}]
    if row["key"] and not field:
        where.append({"field": "tier", "is": "is", "value": row["key"]})
    day = since_on.isoformat()
    tree: list[Row] = [{"event": "disrupted", "where": where, "in": {"from": day, "to": day}}]
    if field and row["key"] is None:
        tree.append({"field": field, "is": "empty"})
    elif field:
        tree.append({"field": field, "is": _is(field), "value": _value(field, row["key"])})
    told = json.dumps({"all": tree}, separators=(",", ":"))
    return f"{reverse('customers:list')}?{urlencode({'f': told})}"


def _is(field: str) -> str:
    return "any_of" if field == "customer.tags" else "is"


def _value(field: str, key: Any) -> Any:
    return [str(key)] if field == "customer.tags" else str(key)


def waits_words(customer: Customer, today: date) -> str:
    """For how long somebody has been overdue by their own rhythm."""
    facts = getattr(customer, "facts", None)
    if facts is None or facts.due_on is None or facts.due_on >= today:
        return ""
    days = (today - facts.due_on).days
    return ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {
        "count": number(days)
    }
