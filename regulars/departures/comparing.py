"""The two costs beside each other, in words: entered, counted, or too few to tell."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.departures.models import Spent
from regulars.departures.queries.costs import (
    Extra,
    OneCosts,
    cost_of_back,
    cost_of_new,
    extra_of_letters,
    spent_rows,
)
from regulars.team.models import Business


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two costs: the answer, and what it is told from."""

    title: str
    answer: str
    basis: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class SpentLine:
    row: Spent
    words: str


def costs_page(business: Business, today: date) -> dict[str, Any]:
    """Everything that the page of costs says."""
    new, back = cost_of_new(today), cost_of_back(today)
    return {
        "finding": _finding(back, new),
        "sides": [
            _side(_("To win one back"), back, business.currency, _came_back(back)),
            _side(_("To find a new one"), new, business.currency, _first_bought(new)),
        ],
        "extra": _extra(extra_of_letters(today)),
        "rows": [SpentLine(one, _amount(one)) for one in spent_rows()],
    }  # fmt: skip


def _finding(back: OneCosts, new: OneCosts) -> str:
    if not (back.is_told and new.is_told):
        return _("Cannot tell yet which costs less: winning one back, or finding a new one.")
    if back.high < new.low:
        return _("Winning one back costs less than finding a new one.")
    if new.high < back.low:
        return _("Finding a new one costs less than winning one back.")
    return _("Which costs less cannot be told: what both cost is not known closely enough.")


def _side(title: str, one: OneCosts, currency: str, came: str) -> Side:
    spent = _("spent in a year: %(spent)s; %(came)s") % {
        "spent": _between(one.spent_low, one.spent_high, currency), "came": came,
    }  # fmt: skip
    if not one.is_told:
        few = _("Cannot tell yet. It takes what was spent, and ten who came.")
        return Side(title, few, spent, is_told=False)
    told = {
        "each": money(Money(one.each, currency), "round"),
        "low": money(Money(one.low, currency), "round"),
        "high": money(Money(one.high, currency), "round"),
    }
    if one.is_entered:
        return Side(title, _between(one.low, one.high, currency), _("as you entered it"), True)
    answer = _("about %(each)s; surely between %(low)s and %(high)s") % told
    return Side(title, answer, spent, is_told=True)


def _came_back(one: OneCosts) -> str:
    return _("came back: %(count)s") % {"count": one.count}


def _first_bought(one: OneCosts) -> str:
    return _("bought for the first time: %(count)s") % {"count": one.count}


def _extra(extra: Extra | None) -> str:
    if extra is None:
        return _(
            "How many of those who came back would have come anyway, nobody knows: no letter had a"
            " control group whose time is over."
        )
    told = {"count": round(extra.count), "low": round(extra.low), "high": round(extra.high)}
    return (
        _(
            "Because of letters with a control group, about %(count)s more came than would"
            " have anyway;"
            " surely between %(low)s and %(high)s. A minus says that the letters kept them away."
        )
        % told
    )


def _amount(one: Spent) -> str:
    amount = _between(one.low_minor, one.high_minor, one.currency)
    return _("%(amount)s for one") % {"amount": amount} if one.is_each else amount


def _between(low: int, high: int, currency: str) -> str:
    least, most = money(Money(low, currency)), money(Money(high, currency))
    if low == high:
        return str(least)
    return _("%(least)s to %(most)s") % {"least": least, "most": most}
