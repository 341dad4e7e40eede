"""Writing down what the business costs and what is left of what it sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.goals.choices import SeasonFrom
from regulars.goals.errors import AmountUnclear, NameTaken, OnlyOwners
from regulars.goals.models import Basis, FixedCost, ProductGroup, WhatIf
from regulars.goals.queries.breaking_even import Kept, row_of
from regulars.goals.rules import may_set

MOST_ROWS = 200
# More than that is a slip of the pen, and would overflow what a column holds.
MOST_MINOR = 10**14


@dataclass(frozen=True, slots=True)
class Cost:
    """A fixed cost as it was told."""

    name: str
    low_minor: int
    high_minor: int
    every: str
    from_on: date | None = None
    until_on: date | None = None
    above_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A product group as it was told: a margin in hundredths of a per cent, or price and cost."""

    name: str
    words: str = ""
    margin_low_bp: int | None = None
    margin_high_bp: int | None = None
    price_minor: int | None = None
    cost_low_minor: int | None = None
    cost_high_minor: int | None = None
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class If:
    """A what-if as it was told."""

    name: str
    price_bp: int = 0
    cost_bp: int = 0
    fixed_minor: int = 0
    only_id: int | None = None
    mix: Mapping[str, int] | None = None


@transaction.atomic
def keep_cost(told: Cost, *, by: Actor, at: datetime, row_id: int | None = None) -> FixedCost:
    """Write down a fixed cost, or change one."""
    _check(by)
    if not 0 <= told.low_minor <= told.high_minor <= MOST_MINOR:
        raise AmountUnclear(_("The least of a cost is 0 or more, and the most is not below it."))
    if told.from_on and told.until_on and told.until_on < told.from_on:
        raise AmountUnclear(_("A cost ends on the day on which it begins, or later."))
    row = row_of("cost", row_id) if row_id else _new(FixedCost)
    assert isinstance(row, FixedCost)
    row.name, row.every = told.name, told.every
    row.low_minor, row.high_minor = told.low_minor, told.high_minor
    row.from_on, row.until_on, row.above_minor = told.from_on, told.until_on, told.above_minor
    row.save()
    audit.record("kept", row, by=by, at=at)
    return row


@transaction.atomic
def keep_group(told: Group, *, by: Actor, at: datetime, row_id: int | None = None) -> ProductGroup:
    """Write down a product group and what is left of its sales, or change one."""
    _check(by)
    row = row_of("group", row_id) if row_id else _new(ProductGroup)
    assert isinstance(row, ProductGroup)
    row.name, row.words, row.weight = told.name, told.words, told.weight
    row.margin_low_bp, row.margin_high_bp = told.margin_low_bp, told.margin_high_bp
    row.price_minor, row.cost_low_minor = told.price_minor, told.cost_low_minor
    row.cost_high_minor = told.cost_high_minor
    taken = ProductGroup.objects.standing().filter(name=told.name).exclude(pk=row.pk)
    if taken.exists():
        raise NameTaken(_("There is a group called “%(name)s” already.") % {"name": told.name})
    _save(row)
    audit.record("kept", row, by=by, at=at)
    return row


@transaction.atomic
def keep_what_if(told: If, *, by: Actor, at: datetime, row_id: int | None = None) -> WhatIf:
    """Keep a what-if with a name, or change one."""
    _check(by)
    row = row_of("what-if", row_id) if row_id else _new(WhatIf)
    assert isinstance(row, WhatIf)
    row.name, row.price_bp, row.cost_bp = told.name, told.price_bp, told.cost_bp
    row.fixed_minor, row.only_id, row.mix = told.fixed_minor, told.only_id, dict(told.mix or {})
    _save(row)
    audit.record("kept", row, by=by, at=at)
    return row


@transaction.atomic
def keep_basis(
    *, cash_minor: int | None, cash_on: date | None, basket_minor: int | None, season: SeasonFrom,
    month_weights: list[int], by: Actor, at: datetime,
) -> Basis:  # fmt: skip
    """Write down money at hand, the average order, and from where the seasons are known."""
    _check(by)
    if season == SeasonFrom.ENTERED and (len(month_weights) != 12 or not any(month_weights)):
        raise AmountUnclear(
            _("Say for each of the twelve months how much of a year's sales it is."),
            _("Amounts of last year will do: only their proportions count."),
        )
    row, _made = Basis.objects.update_or_create(
        pk=1,
        defaults={
            "cash_minor": cash_minor, "cash_on": cash_on, "basket_minor": basket_minor,
            "season": season, "month_weights": month_weights,
        },
    )  # fmt: skip
    audit.record("kept", row, by=by, at=at)
    return row


@transaction.atomic
def remove_row(kind: str, row_id: int, *, by: Actor, at: datetime) -> Kept:
    """Take a cost, a product group or a what-if away; it can be put back."""
    _check(by)
    row = row_of(kind, row_id)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    audit.record("removed", row, by=by, at=at)
    return row


@transaction.atomic
def put_row_back(kind: str, row_id: int, *, by: Actor, at: datetime) -> Kept:
    """Undo that."""
    _check(by)
    row = row_of(kind, row_id, is_removed=True)
    if isinstance(row, ProductGroup) and (
        ProductGroup.objects.standing().filter(name=row.name).exists()
    ):
        raise NameTaken(
            _("There is another group called “%(name)s” by now.") % {"name": row.name},
            _("Give that one another name first."),
        )
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    audit.record("put back", row, by=by, at=at)
    return row


def _check(by: Actor) -> None:
    if not may_set(by):
        raise OnlyOwners


def _new(model: Any) -> Any:
    if model.objects.standing().count() >= MOST_ROWS:
        raise AmountUnclear(
            _("There are %(most)s of them already.") % {"most": MOST_ROWS},
            _("Put small ones together: the sum is what counts."),
        )
    return model()


def _save(row: ProductGroup | WhatIf) -> None:
    """What the form has let through and a constraint refuses is said as a sentence."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as no:
        raise AmountUnclear(
            _("These numbers cannot be: a margin is at most 100 %, and a price is above nought.")
        ) from no
