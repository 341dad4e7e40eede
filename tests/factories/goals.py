"""Costs, product groups and goals, as the tests need them: kept by the product's own actions."""

from datetime import date, datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.goals.actions.breaking_even import Cost, keep_cost, keep_group
from regulars.goals.actions.breaking_even import Group as Kept
from regulars.goals.actions.goals import Told, set_goal
from regulars.goals.models import FixedCost, Goal, ProductGroup
from regulars.goals.queries.goals import Group
from regulars.team.models import Member


def make_cost(at: datetime, name: str = "Rent", minor: int = 500_000, **over: Any) -> FixedCost:
    told: dict[str, Any] = {"low_minor": minor, "high_minor": minor, "every": "month", **over}
    return keep_cost(Cost(name, **told), by=SYSTEM, at=at)


def make_group(at: datetime, name: str = "Bread", bp: int = 6_000, **over: Any) -> ProductGroup:
    told: dict[str, Any] = {"margin_low_bp": bp, "margin_high_bp": bp, **over}
    return keep_group(Kept(name, **told), by=SYSTEM, at=at)


def told_goal(manager: Member, **over: Any) -> Told:
    """4,000.00 in November 2026, of everybody."""
    told: dict[str, Any] = {
        "group": Group("all"), "from_on": date(2026, 11, 1), "until_on": date(2026, 11, 30),
        "amount_minor": 400_000, "currency": "GBP", "manager_id": manager.pk, **over,
    }  # fmt: skip
    return Told(**told)


def make_goal(at: datetime, manager: Member, **over: Any) -> Goal:
    return set_goal(told_goal(manager, **over), by=SYSTEM, at=at)
