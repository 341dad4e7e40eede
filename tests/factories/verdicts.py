"""Trials, as the tests need them: drawn among customers who bought or did not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.verdicts.actions import draw_lots, keep_control_group
from regulars.verdicts.drawing import Known
from regulars.verdicts.models import Lot, Trial
from tests.factories.customers import A_DAY
from tests.factories.orders import make_order


def make_crowd(count: int) -> list[Customer]:
    """So many people, at one go; they have no address."""
    return Customer.objects.bulk_create(
        [
            Customer(kind="person", name=f"Guest {n}", sort_name=f"guest {n:04}",
                     created_at=A_DAY, updated_at=A_DAY)
            for n in range(count)
        ]
    )  # fmt: skip


def known_of(customers: Sequence[Customer]) -> Known:
    ids = np.array([one.pk for one in customers], dtype=np.int64)
    nothing = np.zeros(len(ids))
    return Known(ids, np.zeros(len(ids), dtype=np.int64), nothing, nothing)


def make_trial(
    customers: Sequence[Customer], begins_on: date, *, at: datetime, occasion: str = "mailing:1",
    **over: Any,
) -> Trial:  # fmt: skip
    """A mailing of which the lot has fallen."""
    trial = keep_control_group(
        **{
            "occasion": occasion, "name": "Christmas orders", "purpose": "sell",
            "channel": "email", "list_count": len(customers), "rate_before": 0.3, "by": SYSTEM,
            "at": at, **over,
        }
    )  # fmt: skip
    return draw_lots(trial, known_of(customers), begins_on=begins_on, at=at)


def make_buyers(trial: Trial, on: date, *, got: float, left: float) -> None:
    """Let these shares of both sides buy on a day."""
    for is_left_out, share in ((False, got), (True, left)):
        lots = Lot.objects.filter(trial=trial, is_left_out=is_left_out).order_by("pk")
        for lot in lots[: round(lots.count() * share)]:
            make_order(lot.customer, on)
