"""What is given to put a case right, from whose budget, and with whose yes."""

from datetime import datetime, timedelta

import pytest

from regulars.cases.actions import resolve_case, tell_of_case
from regulars.cases.choices import MakeGoodKind, MakeGoodState
from regulars.cases.errors import (
    BudgetUnclear,
    MakeGoodSettled,
    MakeGoodUnclear,
    NothingToTakeBack,
    PromiseWithoutDay,
    WordsNotEnough,
)
from regulars.cases.forms import BudgetForm, MakeGoodForm
from regulars.cases.making_good import (
    decide_make_good,
    give_make_good,
    set_budget,
    take_back_make_good,
)
from regulars.cases.models import Case, MakeGood
from regulars.cases.queries import budget_left, given_this_month, to_approve
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.money import Money
from regulars.orders.queries import credit_of
from regulars.promises.actions import make_promise
from regulars.team.models import Business, Member
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def pounds(amount: int) -> Money:
    return Money.of(amount, "GBP")


def give(
    case: Case, by: Actor, at: datetime, cost: int = 8, kind: MakeGoodKind = MakeGoodKind.CREDIT
) -> MakeGood:
    return give_make_good(case, kind=kind, cost=pounds(cost), by=by, at=at)


def left(member: Member, at: datetime) -> Money:
    return budget_left(member.pk, at.date().replace(day=1), "GBP")


def test_a_make_good_comes_from_ones_own_budget_of_the_month(
    owner: Member, manager: Member, at: datetime
) -> None:
    case = make_case(at)
    set_budget(manager, pounds(20), by=owner.actor, at=at)

    made = give(case, manager.actor, at)

    assert (made.state, made.cost, made.member) == (MakeGoodState.GIVEN, pounds(8), manager)
    assert left(manager, at) == pounds(12)
    assert left(manager, at + 31 * DAY) == pounds(20)
    assert given_this_month(at.date().replace(day=1)) == {manager.pk: 800}
    assert credit_of(case.customer, "GBP") == pounds(8)


@pytest.mark.parametrize("budget", [None, 0, 7])
def test_above_the_budget_an_owner_says_yes(
    owner: Member, manager: Member, at: datetime, budget: int | None
) -> None:
    case = make_case(at)
    if budget is not None:
        set_budget(manager, pounds(budget), by=owner.actor, at=at)

    asked = give(case, manager.actor, at)
    assert (asked.state, credit_of(case.customer, "GBP")) == (MakeGoodState.ASKED, pounds(0))
    with pytest.raises(NotAllowed):
        decide_make_good(asked, is_yes=True, by=manager.actor, at=at)
    given = decide_make_good(asked, is_yes=True, by=owner.actor, at=at)

    assert (given.state, given.decided_by) == (MakeGoodState.GIVEN, owner)
    assert credit_of(case.customer, "GBP") == pounds(8)
    assert left(manager, at) == pounds(budget or 0)
    with pytest.raises(MakeGoodSettled):
        decide_make_good(asked, is_yes=False, by=owner.actor, at=at)


def test_nought_costs_nothing_and_an_owner_asks_nobody(
    owner: Member, manager: Member, at: datetime
) -> None:
    case = make_case(at)

    assert give(case, manager.actor, at, 0, MakeGoodKind.VISIT).state == MakeGoodState.GIVEN
    assert give(case, owner.actor, at, 500, MakeGoodKind.REFUND).state == MakeGoodState.GIVEN


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        pytest.param(MakeGoodKind.CREDIT, Money(0, "GBP"), id="credit of nothing"),
        pytest.param(MakeGoodKind.WORDS, Money(1, "GBP"), id="words that cost"),
        pytest.param(MakeGoodKind.GIFT, Money(-1, "GBP"), id="below nought"),
        pytest.param(MakeGoodKind.GIFT, Money(100, "EUR"), id="not our currency"),
        pytest.param(MakeGoodKind.GIFT, Money(10**12, "GBP"), id="a slip of the finger"),
    ],
)
def test_what_cannot_be_given_is_refused(
    owner: Member, at: datetime, kind: MakeGoodKind, cost: Money
) -> None:
    with pytest.raises(MakeGoodUnclear):
        give_make_good(make_case(at), kind=kind, cost=cost, by=owner.actor, at=at)

    assert MakeGood.objects.count() == 0


def test_it_is_taken_back_until_they_were_told(owner: Member, at: datetime) -> None:
    case = make_case(at)
    mistake, kept = give(case, owner.actor, at), give(case, owner.actor, at, 5)

    take_back_make_good(mistake, by=owner.actor, at=at)
    assert credit_of(case.customer, "GBP") == pounds(5)
    with pytest.raises(NothingToTakeBack):
        take_back_make_good(mistake, by=owner.actor, at=at)
    resolve_case(case, words="Credit", by=owner.actor, at=at)
    tell_of_case(case, how="Call", by=owner.actor, at=at)

    with pytest.raises(NothingToTakeBack, match="told already"):
        take_back_make_good(kept, by=owner.actor, at=at)


def test_sorry_a_second_time_brings_something(owner: Member, at: datetime) -> None:
    first = make_case(at)
    resolve_case(first, words="We are sorry", by=owner.actor, at=at)
    second = make_case(at + 60 * DAY, customer=first.customer)
    third = make_case(at + 60 * DAY, customer=first.customer)

    with pytest.raises(WordsNotEnough):
        resolve_case(second, words="Sorry again", by=owner.actor, at=at + 60 * DAY)
    give(second, owner.actor, at + 60 * DAY, 0, MakeGoodKind.VISIT)
    resolve_case(second, words="Sorry again", by=owner.actor, at=at + 60 * DAY)
    resolve_case(third, words="Sorry", by=owner.actor, at=at + 60 * DAY, is_enough=True)

    late = make_case(at + 151 * DAY, customer=first.customer)
    resolve_case(late, words="Sorry", by=owner.actor, at=at + 151 * DAY)
    assert Case.objects.waiting().count() == 0


def test_to_do_better_needs_a_day(owner: Member, at: datetime) -> None:
    case = make_case(at)
    vague = "We promise to do better next time."

    with pytest.raises(PromiseWithoutDay):
        resolve_case(case, words=vague, by=owner.actor, at=at)
    make_promise(
        what="A second oven", due_at=at + DAY, customer=case.customer, by=owner.actor, at=at
    )
    resolve_case(case, words=vague, by=owner.actor, at=at)

    assert Case.objects.get().resolution == vague


def test_a_manager_who_has_the_right_says_yes_for_others_and_never_for_themselves(
    owner: Member, manager: Member, helper: Member, at: datetime
) -> None:
    case = make_case(at)
    theirs, own = give(case, helper.actor, at), give(case, manager.actor, at)
    with pytest.raises(NotAllowed):
        decide_make_good(theirs, is_yes=True, by=manager.actor, at=at)

    set_budget(manager, pounds(0), by=owner.actor, at=at, may_approve=True)

    assert [one.pk for one in to_approve(manager.actor)] == [theirs.pk]
    assert decide_make_good(theirs, is_yes=True, by=manager.actor, at=at).state == "given"
    with pytest.raises(NotAllowed):
        decide_make_good(own, is_yes=True, by=manager.actor, at=at)
    assert decide_make_good(own, is_yes=True, by=owner.actor, at=at).state == "given"
    with pytest.raises(BudgetUnclear):
        set_budget(helper, pounds(0), by=owner.actor, at=at, may_approve=True)


@pytest.mark.parametrize(
    ("currency", "cost", "finer", "minor"),
    [("JPY", "120", "120.5", 120), ("KWD", "1.234", "1.2345", 1234), ("GBP", "1.23", "1.234", 123)],
)
def test_what_is_given_has_the_decimals_of_its_currency(
    currency: str, cost: str, finer: str, minor: int
) -> None:
    Business.objects.update(currency=currency)
    whole, wrong = (MakeGoodForm({"kind": "gift", "cost": amount}) for amount in (cost, finer))

    assert whole.is_valid()
    assert whole.money() == Money(minor, currency)
    assert not wrong.is_valid()
    assert BudgetForm({"amount": cost}).is_valid()
    assert not BudgetForm({"amount": finer}).is_valid()
