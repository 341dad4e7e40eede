"""Costs and product groups, as the tests need them: kept by the product's own actions."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.goals.actions.breaking_even import Cost, Group, keep_cost, keep_group
from regulars.goals.models import FixedCost, ProductGroup


def make_cost(at: datetime, name: str = "Rent", minor: int = 500_000, **over: Any) -> FixedCost:
    told: dict[str, Any] = {"low_minor": minor, "high_minor": minor, "every": "month", **over}
    return keep_cost(Cost(name, **told), by=SYSTEM, at=at)


def make_group(at: datetime, name: str = "Bread", bp: int = 6_000, **over: Any) -> ProductGroup:
    told: dict[str, Any] = {"margin_low_bp": bp, "margin_high_bp": bp, **over}
    return keep_group(Group(name, **told), by=SYSTEM, at=at)
