"""Promises, as the tests need them: made by the product's own action."""

from datetime import datetime, timedelta
from typing import Any

from regulars.core.actor import SYSTEM, Actor
from regulars.promises.actions import make_promise
from regulars.promises.models import Promise


def make_one(at: datetime, *, days: float = 2, by: Actor = SYSTEM, **over: Any) -> Promise:
    """A promise that is due some days after it was made."""
    described: dict[str, Any] = {"what": "Call back about the rye", **over}
    return make_promise(due_at=at + timedelta(days=days), by=by, at=at, **described)
