"""Break-even of a month, shared out among groups by what each sold before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.goals.choices import Counts, SplitBy, Whom
from regulars.goals.errors import GoalNotPossible
from regulars.goals.models import Goal
from regulars.goals.queries.breaking_even import inputs_at, product_groups
from regulars.goals.queries.goals import Group, givable_to, group_of, known_places
from regulars.goals.queries.sales import sales_of
from regulars.goals.reckoning import MONTHS, BreakEven, break_even, last_of, month_after
from regulars.goals.volume import shared_out
from regulars.goals.words import headline
from regulars.insight.choices import Tier
from regulars.team.models import Business

# More places than these at once nobody gives out.
MOST_ROWS = 12
YEAR = timedelta(days=365)
COUNTED_BY = {SplitBy.MANAGER: Counts.OWN, SplitBy.SELLER: Counts.SOLD}


@dataclass(frozen=True, slots=True)
class Part:
    """One group: what it sold before, and its part of what has to be sold."""

    group: Group
    counts: str
    manager_id: int | None
    past_minor: int
    amount_minor: int
    goal: Goal


@dataclass(frozen=True, slots=True)
class Split:
    """A month's break-even in parts that add up to it; `since` and `until` say what went before."""

    first: date
    need_minor: int
    parts: Sequence[Part]
    since: date
    until: date


def split_of(business: Business, today: date, first: date, by: SplitBy) -> Split:
    """What each group has to bring of a month, by its share of the same month a year before.

    Where that sold nothing, by its share of the last twelve months; where nothing was sold at all,
    alike. Parts add up to break-even to the cent (largest remainder).
    """
    need = _need_of(business, today, first)
    asked = _groups(by, first)
    if not asked:
        raise GoalNotPossible(
            _("There is nothing to share it out by: no such group is written down."),
            _("Choose another way, or write product groups, addresses or sales regions down."),
        )
    since, until = month_after(first, -MONTHS), last_of(month_after(first, -MONTHS))
    past = _past(asked, today, business.currency, since, until)
    if not any(past):
        since, until = today - YEAR, today
        past = _past(asked, today, business.currency, since, until)
    keep = sorted(range(len(asked)), key=lambda at: -past[at])[:MOST_ROWS]
    keep = [at for at in keep if past[at] > 0] or keep
    amounts = shared_out(need, [past[at] for at in keep])
    parts = [
        Part(
            group_of(asked[at]), asked[at].counts, asked[at].manager_id, past[at], amount, asked[at]
        )
        for at, amount in zip(keep, amounts, strict=True)
    ]
    return Split(first, need, parts, since, until)


def _past(
    asked: Sequence[Goal], today: date, currency: str, since: date, until: date
) -> list[int]:  # fmt: skip
    """What each sold between two days, and nothing else of the books is read."""
    sales = sales_of(asked, today, currency, since=since, until=until)
    return [max(0, sales[one.pk].between(since, until)[0]) for one in asked]


def _need_of(business: Business, today: date, first: date) -> int:
    inputs = inputs_at(business, today)
    told: BreakEven = break_even(inputs)
    if told.trouble:
        raise GoalNotPossible(headline(told, inputs), _("Look at what break-even is told from."))
    found = next((one for one in told.months if one.first == first), None)
    if found is None:
        raise GoalNotPossible(_("Break-even is told for twelve months from this one."))
    if found.need.middle <= 0:
        raise GoalNotPossible(_("Nothing has to be sold in that month: we are closed."))
    return found.need.middle


def _groups(by: SplitBy, first: date) -> list[Goal]:
    """Goals that nobody has set, one for each group, numbered to tell their sales apart."""
    wanted: list[dict[str, Any]]
    if by == SplitBy.TIER:
        wanted = [{"whom": Whom.TIER, "tier": one.value} for one in Tier]
    elif by == SplitBy.GOODS:
        wanted = [{"whom": Whom.GOODS, "goods": one} for one in product_groups()]
    elif by in COUNTED_BY:
        wanted = [
            {"whom": Whom.EVERYBODY, "manager": one, "counts": COUNTED_BY[by]}
            for one in givable_to()
        ]
    elif by == SplitBy.AREA:
        wanted = _places("area")
    else:
        wanted = _places("country", "region", "city", least=2)
    return [
        Goal(pk=at, from_on=first, until_on=last_of(first), **one)
        for at, one in enumerate(wanted, 1)
    ]


def _places(*kinds: str, least: int = 1) -> list[dict[str, Any]]:
    """By the first of these kinds of places of which there are so many."""
    found = known_places()
    for kind in kinds:
        names = [name for one, name, _count in found if one == kind]
        if len(names) >= least:
            return [{"whom": Whom.REGION, "place_kind": kind, "place": name} for name in names]
    return []
