"""Cases, as the tests need them: opened by the product's own action."""

from datetime import datetime
from typing import Any

from regulars.cases.actions import open_case
from regulars.cases.choices import CaseKind
from regulars.cases.models import Case
from regulars.core.actor import SYSTEM, Actor
from tests.factories.customers import make_customer


def make_case(at: datetime, *, by: Actor = SYSTEM, **over: Any) -> Case:
    """A loaf that was burnt."""
    described: dict[str, Any] = {
        "what": "The rye was burnt", "kind": CaseKind.COMPLAINT, "source": "desk", **over
    }  # fmt: skip
    customer = described.pop("customer", None) or make_customer()
    return open_case(customer, by=by, at=at, **described)
