"""D4, C3: a no that a backup does not know is told again by the ledger, and raised by nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision, suppress
from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentEvent, ConsentState, Suppression
from regulars.consent.remembering import REFUSALS, SUPPRESSIONS, replay_refusals
from regulars.consent.standing import rebuilt_standing
from regulars.core import ledgers
from regulars.core.actor import SYSTEM
from regulars.customers.actions.leaving import ERASURES
from regulars.customers.models import Customer
from tests.factories.consent import make_decision
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NO, YES = Decision.WITHDRAWN, Decision.GRANTED
RESTORED = A_DAY + 30 * DAY


def say_no(
    customers: Iterable[Customer], *, channel: str = "email", purpose: str = "", at: datetime
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        record_decision(
            [one.pk for one in customers], channel, NO, purpose=purpose, source="link",
            by=SYSTEM, at=at,
        )  # fmt: skip


def forget_since(moment: datetime) -> None:
    """As a backup of that moment brings it back."""
    ConsentEvent.objects.filter(recorded_at__gte=moment).delete()
    ConsentState.objects.all().delete()
    ConsentState.objects.bulk_create(rebuilt_standing())


def stands() -> set[tuple[str, str, str, str]]:
    rows = ConsentState.objects.values_list("customer__name", "channel", "purpose", "decision")
    return set(rows)


def replayed(at: datetime = RESTORED) -> int:
    count = ledgers.replay_all(at)[REFUSALS]
    derived = ("customer_id", "channel", "purpose", "decision", "changed_at")
    kept = set(ConsentState.objects.values_list(*derived))
    assert kept == {tuple(getattr(one, name) for name in derived) for one in rebuilt_standing()}
    return count


def test_a_no_after_the_backup_holds_after_the_restore() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    oscar = make_customer("Oscar", email="oscar@bakery.example")
    for one in (ruth, oscar):
        make_decision(one)
    make_decision(ruth, purpose="sell")
    say_no([ruth], at=A_DAY + DAY)
    say_no([oscar], purpose="sell", at=A_DAY + DAY)
    before = stands()
    forget_since(A_DAY + DAY)
    assert stands() != before

    assert replayed() == 2

    assert stands() == before
    told = ConsentEvent.objects.filter(source="ledger").order_by("id")
    assert [(one.decision, one.happened_at, one.recorded_at) for one in told] == [
        (NO, A_DAY + DAY, RESTORED)
    ] * 2


def test_a_second_replay_changes_nothing_and_writes_no_line() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    make_decision(ruth)
    say_no([ruth], at=A_DAY + DAY)
    forget_since(A_DAY + DAY)
    replayed()

    assert replayed() == replayed(RESTORED + DAY) == 0
    assert ledgers.catch_up()[REFUSALS] == 0
    assert len(list(ledgers.lines_of(REFUSALS))) == 1


@pytest.mark.parametrize(("after", "stays"), [(2, YES), (1, YES), (0, NO)])
def test_only_a_yes_that_was_given_after_it_stays(after: int, stays: Decision) -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    say_no([ruth], at=A_DAY + DAY)
    forget_since(A_DAY)
    make_decision(ruth, at=A_DAY + after * DAY)

    assert replayed() == (stays == NO)

    assert stands() == {("Ruth", "email", "", stays)}


def test_a_no_to_one_purpose_is_not_outweighed_by_a_yes_to_another() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    say_no([ruth], purpose="sell", at=A_DAY + DAY)
    forget_since(A_DAY)
    make_decision(ruth, at=A_DAY + 2 * DAY)
    make_decision(ruth, purpose="inform", at=A_DAY + 2 * DAY)

    assert replayed() == 1

    assert ("Ruth", "email", "sell", NO) in stands()
    assert ("Ruth", "email", "inform", YES) in stands()


def test_a_no_that_is_known_already_is_not_told_twice() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    say_no([ruth], at=A_DAY + DAY)
    make_decision(ruth, at=A_DAY + 2 * DAY)

    assert replayed() == 0
    assert stands() == {("Ruth", "email", "", YES)}


@pytest.mark.parametrize(
    ("channel", "lowered"),
    [("email", {"Mail"}), ("text", {"Telephone"}), ("letter", {"Mail", "Telephone"})],
)
def test_whom_the_backup_does_not_know_is_known_by_the_seal(
    channel: str, lowered: set[str]
) -> None:
    """Another row has the number that theirs had; the address is what the channel takes."""
    reach = {"email": "ruth@bakery.example", "phone": "+447700900001"}
    ruth = make_customer("Ruth", **reach)
    say_no([ruth], channel=channel, at=A_DAY + DAY)
    Customer.objects.filter(pk=ruth.pk).delete()
    make_customer("Mail", email=reach["email"])
    make_customer("Telephone", phone=reach["phone"])
    other = make_customer("Other", email="other@bakery.example")
    Customer.objects.filter(pk=other.pk).update(created_at=A_DAY - DAY)
    taken = [{**line, "customer": other.pk} for line in ledgers.lines_of(REFUSALS)]

    assert replay_refusals(iter(taken), RESTORED) == len(lowered)

    assert stands() == {(name, channel, "", NO) for name in lowered}


def test_who_moved_on_to_another_address_is_still_known() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    make_decision(ruth)
    say_no([ruth], at=A_DAY + DAY)
    forget_since(A_DAY + DAY)
    ruth.contact_points.all().delete()

    assert replayed() == 1


def test_a_clock_set_back_makes_no_no_older() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    make_decision(ruth)
    say_no([ruth], at=A_DAY + DAY)
    forget_since(A_DAY + DAY)

    assert [replayed(A_DAY - 9 * DAY) for _again in range(2)] == [1, 0]
    assert ConsentEvent.objects.latest("id").recorded_at == A_DAY + DAY


def test_many_noes_are_one_write_and_a_chunk_of_lines_a_few_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writes: list[Path] = []
    append = ledgers._append

    def noted(file: Path, lines: Iterable[str]) -> None:
        writes.append(file)
        append(file, lines)

    monkeypatch.setattr(ledgers, "_append", noted)
    customers = [make_customer(f"Ruth {n}", email=f"r{n}@bakery.example") for n in range(30)]
    say_no(customers[:1], at=A_DAY)
    say_no(customers[1:], at=A_DAY)
    own = [file for file in writes if file.parent == ledgers.own_folder()]
    lines = list(ledgers.lines_of(REFUSALS))
    ConsentEvent.objects.all().delete()
    ConsentState.objects.all().delete()

    counted = []
    for some in (lines[:1], lines[1:]):
        with CaptureQueriesContext(connection) as queries:
            assert replay_refusals(iter(some), RESTORED) == len(some)
        counted.append(len(queries))

    assert (len(own), len(lines)) == (2, 30)
    assert counted[0] == counted[1]


def test_a_backup_writes_anew_what_a_crash_kept_out() -> None:
    """Lost between the commit and the line: nothing was executed on commit."""
    ruth = make_customer("Ruth", email="ruth@bakery.example", phone="+447700900001")
    say_no([ruth], at=A_DAY)
    with TestCase.captureOnCommitCallbacks():
        record_decision([ruth.pk], "text", NO, source="reply", by=SYSTEM, at=A_DAY + DAY)
        suppress("email", "0" * 32, Stopped.COMPLAINED, at=A_DAY)
    make_decision(ruth, "call")

    assert ledgers.catch_up() == {SUPPRESSIONS: 1, REFUSALS: 1, ERASURES: 0}
    assert ledgers.catch_up() == {SUPPRESSIONS: 0, REFUSALS: 0, ERASURES: 0}

    told = [(line["channel"], line["at"]) for line in ledgers.lines_of(REFUSALS)]
    assert told == [("email", A_DAY.isoformat()), ("text", (A_DAY + DAY).isoformat())]
    Suppression.objects.all().delete()
    ConsentEvent.objects.all().delete()
    ConsentState.objects.all().delete()
    assert ledgers.replay_all(RESTORED) == {SUPPRESSIONS: 1, REFUSALS: 2, ERASURES: 0}


def test_what_changed_about_a_closed_address_is_missing_too() -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        one = suppress("email", "0" * 32, Stopped.FULL, at=A_DAY, until=A_DAY + DAY)
    Suppression.objects.filter(pk=one.pk).update(lifted_at=A_DAY + DAY)

    assert [ledgers.catch_up()[SUPPRESSIONS] for _again in range(2)] == [1, 0]


def test_a_decision_that_was_rolled_back_leaves_no_line() -> None:
    ruth = make_customer("Ruth", email="ruth@bakery.example")
    with TestCase.captureOnCommitCallbacks():
        record_decision([ruth.pk], "email", NO, source="link", by=SYSTEM, at=A_DAY)

    assert list(ledgers.lines_of(REFUSALS)) == []
