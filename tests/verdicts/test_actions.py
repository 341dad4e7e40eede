"""A trial from its plan to its verdict, in the tables."""

from datetime import date, datetime, timedelta

import pytest

from regulars.core.errors import NotAllowed
from regulars.core.models import Event
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.models import Customer
from regulars.team.models import Member
from regulars.verdicts.actions import (
    draw_lots,
    keep_control_group,
    let_everybody_have_it,
    look_at,
    take_looks,
)
from regulars.verdicts.choices import Word
from regulars.verdicts.errors import LotHasFallen, TooFew
from regulars.verdicts.models import Lot, Trial, Verdict
from regulars.verdicts.queries import verdicts_together
from tests.factories.orders import make_order
from tests.factories.verdicts import known_of, make_buyers, make_crowd, make_trial

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

BEGAN = date(2026, 10, 1)
DURING = BEGAN + timedelta(days=5)


def planned(by: Member, at: datetime, count: int = 400) -> Trial:
    return keep_control_group(
        occasion="mailing:1", name="Christmas orders", purpose="sell", channel="email",
        list_count=count, rate_before=0.3, by=by.actor, at=at,
    )  # fmt: skip


def lots_of(trial: Trial) -> list[tuple[int, int, bool]]:
    found = Lot.objects.filter(trial=trial).order_by("customer_id")
    return list(found.values_list("customer_id", "stratum", "is_left_out"))


def test_a_group_is_planned_and_taken_back(owner: Member, at: datetime) -> None:
    trial = planned(owner, at)

    assert (trial.list_count, trial.left_out_count, trial.can_tell) == (400, 40, False)
    assert trial.planned_by == owner

    let_everybody_have_it("mailing:1", by=owner.actor, at=at)

    assert not Trial.objects.exists()


def test_planning_is_for_those_who_approve(viewer: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        planned(viewer, at)
    with pytest.raises(NotAllowed):
        let_everybody_have_it("mailing:1", by=viewer.actor, at=at)


def test_a_list_of_nineteen_keeps_no_group(owner: Member, at: datetime) -> None:
    with pytest.raises(TooFew):
        planned(owner, at, count=19)


def test_a_lot_falls_once_and_stays_as_it_fell(owner: Member, at: datetime) -> None:
    crowd = make_crowd(100)
    trial = make_trial(crowd, BEGAN, at=at)
    fell = lots_of(trial)

    # More have come since; it was drawn, and stays.
    draw_lots(trial, known_of([*crowd, *make_crowd(30)]), begins_on=date(2026, 11, 1), at=at)

    assert len(fell) == 100
    assert sum(left for _pk, _stratum, left in fell) == trial.left_out_count == 10
    assert lots_of(trial) == fell
    assert Trial.objects.get().begins_on == BEGAN
    with pytest.raises(LotHasFallen):
        planned(owner, at)
    with pytest.raises(LotHasFallen):
        let_everybody_have_it("mailing:1", by=owner.actor, at=at)


def test_a_lot_that_was_interrupted_goes_on_as_it_began(at: datetime) -> None:
    crowd = make_crowd(60)
    trial = make_trial(crowd, BEGAN, at=at)
    fell = lots_of(trial)
    Lot.objects.filter(customer__in=crowd[40:]).delete()
    Trial.objects.update(drawn_at=None, list_count=60, left_out_count=6)
    trial.refresh_from_db()

    draw_lots(trial, known_of(crowd), begins_on=BEGAN, at=at)

    assert lots_of(trial) == fell


def test_what_helped_is_said_to_have_helped(at: datetime) -> None:
    trial = make_trial(make_crowd(120), BEGAN, at=at, rate_before=0.1)
    make_buyers(trial, DURING, got=0.6, left=0.0)

    verdict = look_at(trial, look=4, at=at)

    assert (verdict.word, verdict.is_last) == (Word.HELPED, True)
    assert verdict.as_of == date(2026, 10, 30)
    assert (verdict.rate["got_mean"], verdict.rate["left_mean"]) == (
        pytest.approx(0.6, abs=0.01),
        0,
    )
    assert 0 < verdict.rate["low"] < verdict.rate["difference"] < verdict.rate["high"]
    assert verdict.money["difference"] > 0
    assert Event.objects.get(kind="verdicts.VerdictReached").payload == {
        "trial_id": trial.pk, "occasion": "mailing:1", "word": "helped", "look": 4,
        "is_last": True,
    }  # fmt: skip


def test_what_hurt_is_said_to_have_hurt(at: datetime) -> None:
    trial = make_trial(make_crowd(120), BEGAN, at=at)
    make_buyers(trial, DURING, got=0.1, left=1.0)

    assert look_at(trial, look=4, at=at).word == Word.HURT


def test_a_small_difference_is_not_told_from_chance_and_money_is_silent_with_it(
    at: datetime,
) -> None:
    trial = make_trial(make_crowd(60), BEGAN, at=at)
    make_buyers(trial, DURING, got=0.5, left=0.35)

    verdict = look_at(trial, look=4, at=at)

    assert (verdict.word, verdict.money_word) == (Word.CANNOT_TELL, Word.CANNOT_TELL)
    assert verdict.rate["low"] < 0 < verdict.rate["high"]


def test_only_what_was_bought_within_the_window_counts(at: datetime) -> None:
    crowd = make_crowd(40)
    trial = make_trial(crowd, BEGAN, at=at)
    first, last = BEGAN, BEGAN + timedelta(days=29)
    for day in (first, last):
        make_order(crowd[0], day, 1000)
    make_order(crowd[1], first - timedelta(days=1))
    make_order(crowd[1], last + timedelta(days=1))
    make_order(crowd[2], first, -500, kind="cancellation")
    make_order(crowd[3], first, 700, currency="EUR")
    sides = {one.customer_id: one.is_left_out for one in Lot.objects.all()}

    found = look_at(trial, look=4, at=at)

    whole = sum(
        found.rate[f"{side}_mean"] * found.rate[f"{side}_count"] for side in ("got", "left")
    )
    money = sum(found.money[f"{side}_mean"] * found.money[f"{side}_count"]
                for side in ("got", "left"))  # fmt: skip
    assert len(sides) == 40
    # Two bought; one took back; what is in another money is a purchase, and not added.
    assert (round(whole), round(money)) == (2, 1500)


def test_looks_are_taken_when_due_and_late_orders_counted_anew(at: datetime) -> None:
    crowd = make_crowd(120)
    trial = make_trial(crowd, BEGAN, at=at, rate_before=0.1)
    # The books reach the first look and no further, on the sixth day after it.
    make_order(None, BEGAN + timedelta(days=7))
    early = datetime(2026, 10, 14, 9, tzinfo=at.tzinfo)

    first = take_looks(at=early)
    make_buyers(trial, DURING, got=0.6, left=0.0)
    again = take_looks(at=early)

    assert [(one.look, one.word) for one in first] == [(1, Word.CANNOT_TELL)]
    assert [(one.look, one.word) for one in again] == [(1, Word.HELPED)]
    assert Verdict.objects.count() == 1

    make_order(None, BEGAN + timedelta(days=40))

    assert [one.look for one in take_looks(at=at)] == [4]
    # Long after its end nothing of it is counted any more.
    assert take_looks(at=at + timedelta(days=90)) == []


def test_nothing_is_looked_at_before_its_days_are_over(at: datetime) -> None:
    make_trial(make_crowd(30), at.date() - timedelta(days=3), at=at)

    assert take_looks(at=at) == []


def test_what_is_over_counts_together(at: datetime) -> None:
    assert verdicts_together() is None
    crowd = make_crowd(100)
    for number in range(6):
        trial = make_trial(crowd, BEGAN, at=at, occasion=f"mailing:{number}", rate_before=0.1)
        lots = Lot.objects.filter(trial=trial, is_left_out=False)
        for lot in lots[:30]:
            make_order(lot.customer, BEGAN + timedelta(days=number))
        look_at(trial, look=4, at=at)

    found = verdicts_together()

    assert found is not None
    assert (found.rate.acts, found.rate.customers) == (6, 600)
    assert found.rate.low < found.rate.difference < found.rate.high


def test_an_erased_customer_stays_in_the_count(at: datetime, owner: Member) -> None:
    crowd = make_crowd(30)
    trial = make_trial(crowd, BEGAN, at=at)

    erase_customer(Customer.objects.get(pk=crowd[0].pk), by=owner.actor, at=at)

    assert trial.lots.count() == 30
