"""What becomes of a promise, and how it counts."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry, Event
from regulars.promises.actions import (
    break_promise,
    keep_promise,
    postpone_promise,
    take_back,
    withdraw_promise,
)
from regulars.promises.errors import (
    NothingToTakeBack,
    PromiseEmpty,
    PromiseForThePast,
    PromiseSettledAlready,
    PromiseStandsAlready,
    TooLateToWithdraw,
)
from regulars.promises.models import Promise
from regulars.promises.queries import KeptRate, kept_rate, promise_of
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_promise_is_made_to_somebody_and_told(owner: Member, at: datetime) -> None:
    ruth = make_customer()

    promise = make_one(at, customer=ruth, by=owner.actor, what="  Call back. ")

    assert (promise.what, promise.customer, promise.keeper) == ("Call back.", ruth, owner)
    assert (promise.first_due_at, promise.state) == (at + 2 * DAY, "open")
    told = Event.objects.get(kind="promises.PromiseMade").payload
    assert told == {"promise_id": promise.pk, "customer_id": ruth.pk, "source": "desk"}
    assert AuditEntry.objects.get(verb="promised").thing_id == str(promise.pk)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        pytest.param({"what": "  "}, PromiseEmpty, id="says nothing"),
        pytest.param({"days": 0}, PromiseForThePast, id="due now"),
        pytest.param({"days": -1}, PromiseForThePast, id="due yesterday"),
    ],
)
def test_what_cannot_be_promised_is_refused(
    at: datetime, over: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        make_one(at, **over)  # type: ignore[arg-type]

    assert Promise.objects.count() == 0


def test_an_occasion_has_one_open_promise(at: datetime) -> None:
    first = make_one(at, source="bulletin:1")

    with pytest.raises(PromiseStandsAlready):
        make_one(at, source="bulletin:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.create(
            what="Two at once", source="bulletin:1", due_at=at, first_due_at=at, made_at=at
        )
    keep_promise(first, by=SYSTEM, at=at + DAY, source="bulletin:1")
    second = make_one(at + DAY, source="bulletin:1")

    assert promise_of("bulletin:1") == second
    assert promise_of("bulletin:2") is None


def test_a_promise_is_kept_in_time_late_or_broken(at: datetime) -> None:
    in_time, late, noted_later, broken, still_open = (make_one(at) for _ in range(5))

    in_time = keep_promise(in_time, by=SYSTEM, at=at + 2 * DAY, words="Spoke with her.")
    late = keep_promise(late, by=SYSTEM, at=at + 2 * DAY + HOUR)
    noted_later = keep_promise(noted_later, by=SYSTEM, at=at + 3 * DAY, kept_at=at + DAY)
    broken = break_promise(broken, by=SYSTEM, at=at + DAY, words="The mill is closed.")

    states = [one.state for one in (in_time, late, noted_later, broken)]
    assert states == ["kept", "kept_late", "kept", "broken"]
    assert (noted_later.settled_at, noted_later.recorded_at) == (at + DAY, at + 3 * DAY)
    assert not still_open.is_late_at(at + 2 * DAY)
    assert still_open.is_late_at(at + 3 * DAY)
    assert kept_rate(None, at + DAY) == KeptRate(kept=2, late=1, broken=1, total=4)
    assert kept_rate(None, at + 3 * DAY) == KeptRate(kept=2, late=2, broken=1, total=5)
    assert kept_rate(at + 3 * DAY, at + 3 * DAY) == KeptRate(0, 0, 0, 0)


def test_breaking_and_withdrawing_want_a_reason(at: datetime) -> None:
    promise = make_one(at)

    with pytest.raises(PromiseEmpty):
        break_promise(promise, by=SYSTEM, at=at, words=" ")
    with pytest.raises(PromiseEmpty):
        withdraw_promise(promise, by=SYSTEM, at=at, words="")
    with pytest.raises(TooLateToWithdraw):
        withdraw_promise(promise, by=SYSTEM, at=at + 2 * DAY, words="Nobody noticed.")
    withdrawn = withdraw_promise(promise, by=SYSTEM, at=at + DAY, words="Found it themselves.")

    assert withdrawn.state == "withdrawn"
    assert kept_rate(None, at + 3 * DAY).total == 0
    with pytest.raises(PromiseSettledAlready):
        keep_promise(promise, by=SYSTEM, at=at + DAY)


def test_a_moved_date_stays_in_sight_and_helps_nobody(at: datetime) -> None:
    ours, theirs = make_one(at), make_one(at)

    with pytest.raises(PromiseForThePast):
        postpone_promise(ours, due_at=at, by=SYSTEM, at=at, words="")
    for promise, asked in ((ours, False), (theirs, True)):
        postpone_promise(
            promise, due_at=at + 5 * DAY, by=SYSTEM, at=at, words="Flour", is_their_wish=asked
        )

    assert not Promise.objects.get(pk=ours.pk).is_late_at(at + 4 * DAY)
    assert keep_promise(ours, by=SYSTEM, at=at + 4 * DAY).state == "kept_late"
    assert keep_promise(theirs, by=SYSTEM, at=at + 4 * DAY).state == "kept"
    assert [one.due_before for one in ours.postponements.all()] == [at + 2 * DAY]


def test_what_was_said_last_is_taken_back_while_it_stands(at: datetime) -> None:
    promise = make_one(at)
    postpone_promise(promise, due_at=at + 5 * DAY, by=SYSTEM, at=at, words="")
    keep_promise(promise, by=SYSTEM, at=at, words="Said by mistake")

    promise = take_back(promise, state="kept", by=SYSTEM, at=at)
    assert (promise.state, promise.words, promise.settled_at) == ("open", "", None)
    with pytest.raises(NothingToTakeBack):
        take_back(promise, state="kept", by=SYSTEM, at=at)
    promise = take_back(promise, state="open", by=SYSTEM, at=at)
    assert (promise.due_at, promise.postponements.count()) == (at + 2 * DAY, 0)
    with pytest.raises(NothingToTakeBack):
        take_back(promise, state="open", by=SYSTEM, at=at)


DEEDS = st.tuples(
    st.sampled_from(["keep", "break", "withdraw", "postpone", "wish", "back"]),
    st.integers(0, 5), st.integers(-3, 200),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, max_size=8))
def test_whatever_happens_a_promise_is_one_thing_and_counts_once(
    at: datetime, deeds: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        promise, now = make_one(at), at
        for deed, hours, ahead in deeds:
            now += hours * 12 * HOUR
            try:
                with transaction.atomic():
                    _do(promise, deed, now, now + ahead * HOUR)
            except Refusal:
                continue
        promise.refresh_from_db()
        rate = kept_rate(None, now)
        is_due = promise.first_due_at < now

        expected = {
            "kept": (1, 0, 0), "kept_late": (0, 1, 0), "broken": (0, 0, 1),
            "withdrawn": (0, 0, 0), "open": (0, int(is_due), 0),
        }[promise.state]  # fmt: skip
        assert (rate.kept, rate.late, rate.broken) == expected
        assert promise.is_open == (promise.settled_at is None)
        assert promise.state != "kept" or promise.settled_at <= promise.first_due_at  # type: ignore[operator]
        asked = promise.postponements.filter(is_their_wish=True).exists()
        assert asked or promise.first_due_at <= at + 2 * DAY
        transaction.set_rollback(True)


def _do(promise: Promise, deed: str, now: datetime, moved: datetime) -> None:
    if deed == "keep":
        keep_promise(promise, by=SYSTEM, at=now)
    elif deed == "break":
        break_promise(promise, by=SYSTEM, at=now, words="x")
    elif deed == "withdraw":
        withdraw_promise(promise, by=SYSTEM, at=now, words="x")
    elif deed == "back":
        take_back(promise, state=Promise.objects.get(pk=promise.pk).state, by=SYSTEM, at=now)
    else:
        asked = deed == "wish"
        postpone_promise(promise, due_at=moved, by=SYSTEM, at=now, words="", is_their_wish=asked)
