"""Who asks a customer how it went: one of us by phone, a message, or nobody, and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from regulars.care.choices import AskingWay, WayWhy
from regulars.consent.choices import Channel, Purpose
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier
from regulars.messaging.choices import HoldKind
from regulars.messaging.gate import verdicts_for_customers
from regulars.messaging.models import Hold


@dataclass(frozen=True, slots=True)
class Chosen:
    """A way, and the code of why it is this one."""

    way: AskingWay
    why: WayWhy


NOBODY_THERE = Chosen(AskingWay.NOBODY, WayWhy.NO_CHANNEL)


def ways_of(
    customer_ids: Collection[int], at: datetime, *, unmailed: Collection[int] = ()
) -> Mapping[int, Chosen]:
    """The way for each of these customers: the core is called, others get a message.

    The gate says whom a message could reach at all; whoever it could not is called, if we have a
    number, and so are those whose mail did not arrive (`unmailed`). Whose case is open is left in
    peace: the case asks whether it is right.
    """
    ids = set(customer_ids)
    if not ids:
        return {}
    listed = Customer.objects.on_the_list().filter(pk__in=ids)
    core = set(of_tier(listed, Tier.CORE).values_list("pk", flat=True))
    # Whom a hold of this kind stands for, whoever placed it.
    waiting = Hold.objects.standing_at(at).filter(kind=HoldKind.CASE, customer__in=ids)
    with_case = set(waiting.values_list("customer_id", flat=True))
    numbers = ContactPoint.objects.filter(
        customer__in=ids, kind=PointKind.PHONE, state=PointState.USABLE
    )
    phoned = set(numbers.values_list("customer_id", flat=True))
    asked = verdicts_for_customers(Channel.EMAIL, Purpose.ASK, at, listed.values("pk"))
    mailed = {pk for pk, verdict in asked if not verdict.is_no and pk not in unmailed}
    return {pk: _way(pk in with_case, pk in core, pk in phoned, pk in mailed) for pk in ids}


def _way(has_case: bool, is_core: bool, is_phoned: bool, is_mailed: bool) -> Chosen:
    if has_case:
        return Chosen(AskingWay.NOBODY, WayWhy.CASE)
    if is_core and is_phoned:
        return Chosen(AskingWay.CALL, WayWhy.CORE)
    if is_mailed:
        return Chosen(AskingWay.MESSAGE, WayWhy.MAIL)
    return Chosen(AskingWay.CALL, WayWhy.NO_MAIL) if is_phoned else NOBODY_THERE
