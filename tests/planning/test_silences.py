"""A reason switched off is given to nobody; of one customer, it is given of the others."""

from datetime import datetime, timedelta

import pytest

from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.planning.errors import CadenceGone
from regulars.planning.known import REASONS
from regulars.planning.silences import hear_reason, silence_reason
from regulars.promises.actions import make_promise
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.planning import make_due, make_facts, names_of, plan_today, touched

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def owed(manager: Member, at: datetime, name: str) -> Customer:
    customer = make_customer(name, manager=manager, phone="020 7946 0991")
    make_facts(customer)
    touched(customer, days_ago=2)
    make_promise(what="The rye", due_at=at, by=manager.actor, at=at - A_DAY, customer=customer)
    return customer


def test_what_is_switched_off_is_given_to_nobody(owner: Member, at: datetime) -> None:
    make_due(manager=owner)
    owed(owner, at, "Samuel Birch")
    seen = []

    for name in (None, "promise_due", *(one.name for one in REASONS)):
        if name:
            silence_reason(name, None, by=owner.actor, at=at)
        if name in (None, "promise_due"):
            plan_today()
            seen.append(sorted(names_of(owner)))
    plan_today()
    seen.append(names_of(owner))
    hear_reason("promise_due", None, by=owner.actor, at=at)
    plan_today()

    assert seen == [["Ruth Calloway", "Samuel Birch"], ["Ruth Calloway"], []]
    assert names_of(owner) == ["Samuel Birch"]


def test_of_one_customer_it_is_given_of_the_others(manager: Member, at: datetime) -> None:
    ruth = make_due(manager=manager)
    make_due("Odile Fournier", manager=manager)
    samuel = owed(manager, at, "Samuel Birch")
    owed(manager, at, "Joss Tully")

    silence_reason("no_touch_yet", ruth, by=manager.actor, at=at)
    silence_reason("promise_due", samuel, by=manager.actor, at=at)
    again = silence_reason("promise_due", samuel, by=manager.actor, at=at)
    plan_today()

    assert (sorted(names_of(manager)), again) == (["Joss Tully", "Odile Fournier"], False)


def test_who_may_not_and_what_is_no_reason_is_refused(manager: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        silence_reason("promise_due", None, by=manager.actor, at=at)
    with pytest.raises(CadenceGone):
        silence_reason("'; DROP", make_customer(), by=manager.actor, at=at)
