"""What break-even is told from, for reading."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from regulars.core.actor import Actor
from regulars.goals.choices import SeasonFrom
from regulars.goals.errors import NotOfTheBusiness, RowGone
from regulars.goals.models import Basis, FixedCost, ProductGroup, Trade, WhatIf
from regulars.goals.reckoning import FARTHEST, MONTHS, BreakEven, Inputs, break_even, month_after
from regulars.goals.rules import may_see_business, may_set
from regulars.goals.volume import Change
from regulars.insight.queries import latest_refresh, open_days
from regulars.team.models import Business, OpeningHours

Kept = FixedCost | ProductGroup | WhatIf
KINDS: dict[str, type[Kept]] = {"cost": FixedCost, "group": ProductGroup, "what-if": WhatIf}


def is_seer_of_business(actor: Actor) -> bool:
    return may_see_business(actor)


def is_setter(actor: Actor) -> bool:
    return may_set(actor)


def check_seer(actor: Actor) -> None:
    if not may_see_business(actor):
        raise NotOfTheBusiness


def the_basis() -> Basis:
    """What was said of cash, seasons and baskets; the usual where nobody said anything."""
    return Basis.objects.filter(pk=1).first() or Basis(pk=1)


def the_trade() -> Trade | None:
    """What the books say, as last counted."""
    return Trade.objects.filter(pk=1).first()


def costs() -> list[FixedCost]:
    return list(FixedCost.objects.standing())


def product_groups() -> list[ProductGroup]:
    return list(ProductGroup.objects.standing())


def what_ifs() -> list[WhatIf]:
    return list(WhatIf.objects.standing().select_related("only"))


def row_of(kind: str, row_id: int, *, is_removed: bool = False) -> Kept:
    """One cost, product group or what-if; one that was taken away only where that is asked for."""
    model = KINDS.get(kind)
    found: Kept | None = (
        model.objects.filter(pk=row_id, removed_at__isnull=not is_removed).first()
        if model
        else None
    )
    if found is None:
        raise RowGone
    return found


def season_of_the_books() -> list[float] | None:
    """What a day of each month counts for; None while the books hold less than two years."""
    refresh = latest_refresh()
    weights = refresh.rhythm.get("season") if refresh else None
    return weights if weights and any(one != 1 for one in weights) else None


def inputs_at(business: Business, today: date) -> Inputs:
    """Everything that break-even is told from, in seven queries."""
    groups, trade, basis = product_groups(), the_trade(), the_basis()
    seasons, is_by_day = seasons_of(basis)
    months = {
        date.fromisoformat(first): row for first, row in (trade.months if trade else {}).items()
    }
    return Inputs(
        today=today, currency=business.currency, costs=costs(), groups=groups,
        weights=weights_of(groups, trade), seasons=seasons, is_by_day=is_by_day,
        open_days=days_open(business, today),
        sold={first: row[0] for first, row in months.items()},
        basket_minor=basis.basket_minor or usual_basket(months, today),
        cash_minor=basis.cash_minor,
    )  # fmt: skip


def seasons_of(basis: Basis) -> tuple[list[Fraction], bool]:
    """A weight for each month, and whether it is that of a day open."""
    if basis.season == SeasonFrom.ENTERED and len(basis.month_weights) == MONTHS:
        return [Fraction(one) for one in basis.month_weights], False
    told = season_of_the_books() if basis.season == SeasonFrom.BOOKS else None
    # Two digits, as insight keeps them: exact as a fraction of a hundred.
    return [Fraction(round(one * 100), 100) for one in told or [1.0] * MONTHS], True


def weights_of(groups: Iterable[ProductGroup], trade: Trade | None) -> dict[int, Fraction]:
    """How much of the sales each group is: as said, else as sold in twelve months, else alike.

    Where only some were given a weight, the others' follow from what they sold beside them.
    """
    groups = list(groups)
    sold = {int(pk): max(0, minor) for pk, minor in (trade.groups if trade else {}).items()}
    said = {group.pk: group.weight for group in groups if group.weight is not None}
    if len(said) == len(groups):
        found = {pk: Fraction(weight) for pk, weight in said.items()}
    elif said:
        # In hundredths of all: what is left of a hundred is the others'.
        left = max(0, 100 - sum(said.values()))
        rest = [group.pk for group in groups if group.weight is None]
        of_rest = sum(sold.get(pk, 0) for pk in rest)
        found = {pk: Fraction(weight) for pk, weight in said.items()} | {
            pk: Fraction(left * sold.get(pk, 0), of_rest) if of_rest else Fraction(left, len(rest))
            for pk in rest
        }
    else:
        found = {group.pk: Fraction(sold.get(group.pk, 0)) for group in groups}
    return found if any(found.values()) else {group.pk: Fraction(1) for group in groups}


def usual_basket(months: dict[date, list[int]], today: date) -> int | None:
    """The average order of twelve months, of customers known by name: a till sums up the others."""
    since = month_after(today.replace(day=1), -MONTHS)
    rows = [row for first, row in months.items() if since <= first]
    money, orders = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return -(-money // orders) if orders > 0 and money > 0 else None


def days_open(business: Business, today: date) -> dict[date, int]:
    """How many days of each month we are open: by the hours of the week, less days closed."""
    weekdays = set(
        OpeningHours.objects.filter(business=business).values_list("weekday", flat=True)
    ) or set(range(7))
    calendar = open_days()
    found: dict[date, int] = {}
    first, until = month_after(today.replace(day=1), -MONTHS), month_after(today, FARTHEST + 2)
    while first < until:
        following = month_after(first, 1)
        found[first] = sum(
            1
            for place in range((following - first).days)
            if (day := first + timedelta(days=place)).weekday() in weekdays
            and calendar.open_between(day - timedelta(days=1), day)
        )
        first = following
    return found


def change_of(what_if: WhatIf) -> Change:
    """A what-if that was kept, as a change."""
    return Change(
        price_bp=what_if.price_bp, cost_bp=what_if.cost_bp, fixed_minor=what_if.fixed_minor,
        only=str(what_if.only_id or ""),
        mix=tuple((pk, weight) for pk, weight in sorted(what_if.mix.items())),
    )  # fmt: skip


def told_beside(inputs: Inputs, changes: Iterable[WhatIf]) -> list[tuple[WhatIf, BreakEven]]:
    """Each what-if with where break-even would lie."""
    return [(one, break_even(inputs, change_of(one))) for one in changes]
