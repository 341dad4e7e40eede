"""How a case is opened, answered, put right, and opened again."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from regulars.cases.actions import (
    answer_case,
    confirm_case,
    note_in_case,
    open_case,
    reopen_case,
    resolve_case,
    take_back,
    take_over_case,
    tell_of_case,
)
from regulars.cases.choices import CaseKind, CaseState
from regulars.cases.errors import (
    CaseEmpty,
    CaseOfNobody,
    CaseSettledAlready,
    CaseStillOpen,
    NothingToTakeBack,
)
from regulars.cases.models import Case, CaseEntry
from regulars.cases.queries import case_of, has_open_case
from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core.actor import SYSTEM
from regulars.core.events import deliver_events
from regulars.core.models import Event
from regulars.customers.actions.leaving import erase_customer
from regulars.insight.models import TierOverride
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.team.models import Closure, Member, OpeningHours
from tests.factories.cases import make_case
from tests.factories.customers import make_customer
from tests.factories.team import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def standing(at: datetime) -> list[tuple[str, str]]:
    return list(Hold.objects.standing_at(at).values_list("kind", "source"))


def test_a_case_has_somebody_who_sees_to_it_a_clock_and_a_hold(
    manager: Member, at: datetime
) -> None:
    ruth = make_customer(manager=manager)

    case = make_case(at, customer=ruth, by=manager.actor, what="  Burnt.  ")

    assert (case.what, case.manager, case.state, case.tier) == ("Burnt.", manager, "open", "new")
    # A Tuesday at nine: four hours of it, then two days of eight.
    assert (case.answer_due_at, case.resolve_due_at) == (at + 4 * HOUR, at + DAY + 8 * HOUR)
    assert (case.due_at, case.warn_at) == (at + 4 * HOUR, at + 3 * HOUR)
    hold = Hold.objects.get()
    assert (hold.kind, hold.source, hold.stops) == (
        HoldKind.CASE, f"case:{case.pk}", Holds.SELLING
    )  # fmt: skip
    assert Event.objects.get(kind="cases.CaseOpened").payload == {
        "case_id": case.pk, "customer_id": ruth.pk, "source": "desk", "is_again": False
    }  # fmt: skip
    assert has_open_case([ruth.pk, ruth.pk + 1]) == {ruth.pk}


def test_the_clock_runs_by_tier_while_we_are_open(business: object, at: datetime) -> None:
    ruth = make_customer()
    TierOverride.objects.create(customer=ruth, tier="core", set_at=at)
    OpeningHours.objects.create(business_id=1, weekday=1, opens_at=time(8), closes_at=time(10))
    OpeningHours.objects.create(business_id=1, weekday=3, opens_at=time(8), closes_at=time(18))
    Closure.objects.create(
        business_id=1, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 26), why="Fair"
    )

    case = make_case(at, customer=ruth)

    # An hour of Tuesday is left, Thursday is the fair, and Tuesday next opens at eight.
    assert case.answer_due_at == datetime(2026, 12, 1, 9, 0, tzinfo=at.tzinfo)


def test_somebody_without_a_manager_is_seen_to_by_an_owner(owner: Member, at: datetime) -> None:
    viewer = make_member("viewer")

    assert make_case(at).manager == owner
    assert make_case(at, customer=make_customer("May", manager=viewer)).manager == owner


def test_they_wait_since_they_said_so(at: datetime) -> None:
    case = make_case(at, received_at=at - 3 * DAY)
    late = make_case(at, received_at=at + DAY)

    assert case.opened_at == at - 3 * DAY
    assert case.is_broken_at(at)
    assert case.waited_until(at) == 3 * DAY
    assert late.opened_at == at


def test_an_occasion_has_one_open_case(at: datetime) -> None:
    ruth = make_customer()
    first = make_case(at, customer=ruth, source="answer:1")

    again = make_case(at + HOUR, customer=ruth, source="answer:1")
    more = make_case(at + HOUR, customer=ruth, source="answer:1", what="And it was late")

    assert {first.pk, again.pk, more.pk} == {first.pk}
    assert list(CaseEntry.objects.values_list("kind", "words")) == [
        ("opened", ""), ("heard", "And it was late")
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            customer=ruth, what="Two at once", source="answer:1", tier="new", opened_at=at,
            recorded_at=at, answer_due_at=at, resolve_due_at=at, due_at=at, warn_at=at,
        )  # fmt: skip
    assert case_of("answer:1") == first


def test_what_was_put_right_is_opened_again_by_newer_words_alone(
    manager: Member, at: datetime
) -> None:
    case = make_case(at, source="answer:1", customer=make_customer())
    resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)

    old = make_case(at + 2 * HOUR, source="answer:1", customer=case.customer, received_at=at)
    assert old.state == CaseState.RESOLVED
    new = make_case(at + 2 * HOUR, source="answer:1", customer=case.customer, what="Burnt again")

    assert (new.pk, new.state, new.reopened_count) == (case.pk, "open", 1)
    assert standing(at + 2 * HOUR) == [("case", f"case:{case.pk}")]


@pytest.mark.parametrize("what", ["", "   "])
def test_a_case_says_what_is_wrong(what: str, at: datetime) -> None:
    with pytest.raises(CaseEmpty):
        make_case(at, what=what)

    assert Case.objects.count() == 0


def test_a_book_of_words_is_cut_and_a_script_stays_text(at: datetime) -> None:
    assert len(make_case(at, what="x" * 1_000_000).what) == 5_000
    assert make_case(at, what="<script>alert(1)</script>").what == "<script>alert(1)</script>"


def test_an_answer_moves_the_clock_to_putting_it_right(manager: Member, at: datetime) -> None:
    case = make_case(at)

    answer_case(case, words="We look into it", by=manager.actor, at=at + HOUR)
    answer_case(case, words="Still looking", by=manager.actor, at=at + 2 * HOUR)

    case.refresh_from_db()
    assert (case.state, case.answered_at) == ("answered", at + HOUR)
    assert case.due_at == case.resolve_due_at
    assert [one.kind for one in case.entries.all()] == ["opened", "answered", "note"]
    assert standing(at + HOUR) == [("case", f"case:{case.pk}")]


def test_putting_it_right_lets_messages_leave_again(manager: Member, at: datetime) -> None:
    case = make_case(at)

    resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)

    case.refresh_from_db()
    assert (case.state, case.resolved_at, case.resolution) == ("resolved", at + HOUR, "A new loaf")
    assert (case.answered_at, case.resolved_by) == (at + HOUR, manager)
    assert standing(at + HOUR) == []
    assert has_open_case([case.customer_id]) == set()


def test_the_second_of_two_who_put_one_case_right_is_told_who_was_first(
    owner: Member, manager: Member, at: datetime
) -> None:
    case = make_case(at)
    resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)

    with pytest.raises(CaseSettledAlready, match=f"{manager.name} has put this right already: A n"):
        resolve_case(case, words="Money back", by=owner.actor, at=at + HOUR)

    assert Case.objects.get().resolution == "A new loaf"


def test_the_customer_has_the_last_word(manager: Member, at: datetime) -> None:
    case = make_case(at)
    with pytest.raises(CaseStillOpen):
        confirm_case(case, is_right=True, by=SYSTEM, at=at)
    resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)

    confirm_case(case, is_right=False, words="Burnt too", by=SYSTEM, at=at + 2 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.is_right, case.reopened_count) == ("open", False, 1)
    assert case.due_at == at + 6 * HOUR
    assert standing(at + 2 * HOUR) == [("case", f"case:{case.pk}")]

    resolve_case(case, words="Another", by=manager.actor, at=at + 3 * HOUR)
    confirm_case(case, is_right=True, by=SYSTEM, at=at + 4 * HOUR)
    confirm_case(case, is_right=True, by=SYSTEM, at=at + 5 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.is_right, case.confirmed_at) == ("right", True, at + 4 * HOUR)


def test_a_reply_opens_it_again_once(manager: Member, at: datetime) -> None:
    case = make_case(at)
    resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)

    reopen_case(case, words="No, it is not", by=SYSTEM, at=at + 2 * HOUR)
    reopen_case(case, words="Hello?", by=SYSTEM, at=at + 3 * HOUR)

    case.refresh_from_db()
    assert (case.state, case.reopened_count) == ("open", 1)
    assert [one.kind for one in case.entries.all()] == ["opened", "resolved", "reopened", "heard"]


def test_whoever_is_in_touch_after_they_were_told_opens_it_again(
    manager: Member, at: datetime
) -> None:
    def touched(case: Case, direction: Direction, days: int) -> str:
        resolve_case(case, words="A new loaf", by=manager.actor, at=at + HOUR)
        tell_of_case(case, how="Call", by=manager.actor, at=at + 2 * HOUR)
        moment = at + timedelta(days=days)
        log_touch(
            case.customer, channel=Channel.CALL, direction=direction, purpose=Purpose.SERVE,
            outcome=Outcome.REACHED, happened_at=moment, by=manager.actor, at=moment, body="Burnt",
        )  # fmt: skip
        deliver_events(at=moment)
        case.refresh_from_db()
        return str(case.state)

    states = [
        touched(make_case(at, customer=make_customer(f"Somebody {days} {direction}")), direction,
                days)
        for direction, days in ((Direction.IN, 1), (Direction.OUT, 1), (Direction.IN, 15))
    ]  # fmt: skip

    assert states == ["open", "resolved", "resolved"]


def test_a_colleague_takes_over(manager: Member, owner: Member, at: datetime) -> None:
    case = make_case(at, manager=manager)

    take_over_case(case, manager=owner, by=manager.actor, at=at)

    case.refresh_from_db()
    assert case.manager == owner
    with pytest.raises(CaseEmpty, match="sees to no cases"):
        take_over_case(case, manager=make_member("viewer"), by=owner.actor, at=at)


def test_what_was_written_last_is_undone_exactly(manager: Member, at: datetime) -> None:
    case = make_case(at)
    answer_case(case, words="We look into it", by=manager.actor, at=at + HOUR)
    before = Case.objects.values().get()
    entry = resolve_case(case, words="A new loaf", by=manager.actor, at=at + 2 * HOUR)

    take_back(entry, by=manager.actor, at=at + 2 * HOUR)

    assert Case.objects.values().get() == before
    assert standing(at + 2 * HOUR) == [("case", f"case:{case.pk}")]


def test_nothing_is_undone_after_something_else_or_what_was_told(
    manager: Member, at: datetime
) -> None:
    case = make_case(at)
    first = note_in_case(case, words="Called, engaged", by=manager.actor, at=at)
    told = resolve_case(case, words="A new loaf", by=manager.actor, at=at)
    with pytest.raises(NothingToTakeBack, match="has changed this since"):
        take_back(first, by=manager.actor, at=at)
    Case.objects.update(told_at=at)

    with pytest.raises(NothingToTakeBack, match="was told already"):
        take_back(told, by=manager.actor, at=at)


def test_whoever_is_erased_waits_for_nothing_and_their_words_are_gone(
    owner: Member, at: datetime
) -> None:
    case = make_case(at, product="Rye")
    note_in_case(case, words="She was cross", by=owner.actor, at=at)
    ruth = case.customer

    erase_customer(ruth, by=owner.actor, at=at)

    case.refresh_from_db()
    assert (case.what, case.product, case.state) == ("", "", "resolved")
    assert set(case.entries.values_list("words", flat=True)) == {""}
    with pytest.raises(CaseOfNobody):
        open_case(ruth, what="More", kind=CaseKind.FAULT, source="answer:9", by=SYSTEM, at=at)
