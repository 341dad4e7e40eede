"""What the gate refuses is not planned, and is counted by reason."""

import pytest

from regulars.consent.models import Suppression
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.gate import LATER, NO
from regulars.planning.knapsack import BITS
from regulars.planning.queries import list_of
from regulars.planning.refusing import PASSES
from regulars.planning.words import refused_sentence
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.planning import (
    MORNING,
    TODAY,
    items_of,
    make_due,
    names_of,
    plan_of,
    plan_today,
)

pytestmark = pytest.mark.django_db


def mailed(name: str, manager: Member, *, phone: str | None = None) -> Customer:
    """Due today, and agreed to e-mail."""
    address = f"{name.split(maxsplit=1)[0].lower()}@post.example"
    customer = make_due(name, manager=manager, phone=phone, email=address)
    make_decision(customer)
    return customer


def bounce(customer: Customer) -> None:
    for point in customer.contact_points.filter(kind="email"):
        Suppression.objects.create(channel="email", seal=point.seal, why="bounced", since=MORNING)


def test_who_can_only_be_written_to_and_may_not_is_left_out_and_counted(manager: Member) -> None:
    mailed("Ruth Calloway", manager)
    bounce(mailed("Otto Lindqvist", manager))

    plan_today()

    plan = plan_of(manager)
    assert names_of(manager) == ["Ruth Calloway"]
    assert (plan.due_count, plan.refused) == (1, {"bounced": 1})


def test_who_can_be_called_is_called_instead(manager: Member) -> None:
    bounce(mailed("Otto Lindqvist", manager, phone="020 7946 0991"))

    plan_today()

    [item] = items_of(manager)
    assert item.channel == "call"
    assert item.values["open"] == BITS["call"]  # type: ignore[index]
    assert plan_of(manager).refused == {"bounced": 1}


@pytest.mark.parametrize(
    ("kind", "stops", "names", "refused"),
    [
        (HoldKind.BEREAVEMENT, None, [], {"held": 1}),
        (HoldKind.OTHER, Holds.ALL, [], {"held": 1}),
        (HoldKind.CASE, None, ["Ruth Calloway"], {}),
    ],
)
def test_who_mourns_or_is_held_altogether_is_left_in_peace(
    manager: Member,
    kind: HoldKind,
    stops: Holds | None,
    names: list[str],
    refused: dict[str, int],
) -> None:
    ruth = make_due(manager=manager)
    place_hold(ruth, kind, stops=stops, by=SYSTEM, at=MORNING)

    plan_today()

    assert names_of(manager) == names
    assert plan_of(manager).refused == refused


def test_today_says_how_many_were_left_alone_and_why(manager: Member) -> None:
    bounce(mailed("Otto Lindqvist", manager))
    for name in ("Ruth Calloway", "Ida Ek"):
        place_hold(make_due(name, manager=manager), HoldKind.BEREAVEMENT, by=SYSTEM, at=MORNING)

    plan_today()

    told = list_of(manager.actor, manager, TODAY).refused_sentence
    assert told == (
        "Some are left alone, or not written to by e-mail, today: held (2),"
        " address does not exist (1)."
    )
    assert refused_sentence({}) == ""


def test_only_what_is_over_by_the_time_somebody_writes_passes() -> None:
    assert PASSES - {""} < LATER
    assert not PASSES & NO
