"""Touches from files: read, matched with customers, brought in once, taken back whole."""

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.conversations.models import Clock, StagedTouch, Touch
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.intake import actions
from regulars.intake.models import Import, RowProblem
from regulars.messaging.models import Contact, Standing
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db

LOG = """Id,Date,Type,Direction,Name,Outcome,Notes,Owner,Duration (minutes)
1,2026-11-20 10:15,Phone call,Outbound,Ruth Calloway,Connected,Asked after the rye,Nora Whitlock,6
2,2026-10-02,Meeting,,Ruth Calloway,,Coffee at the counter,Old Hand,
3,2026-11-21 16:00,Call,Outbound,Oscar Abernathy,No answer,,,
4,2026-11-22 09:30,E-mail,Incoming,Oscar Abernathy,,Wants spelt on Fridays,,
"""


def touches() -> list[tuple[Any, ...]]:
    found = Touch.objects.order_by("happened_at")
    return list(found.values_list("customer__name", "channel", "direction", "outcome", "body"))


def clock_of(name: str) -> tuple[datetime, str, datetime | None]:
    clock = Clock.objects.get(customer__name=name)
    return clock.last_touch_at, clock.last_channel, clock.last_personal_at


def problems(item: Import) -> list[tuple[int, str, str]]:
    found = RowProblem.objects.filter(file__of=item).order_by("row_no")
    return list(found.values_list("row_no", "column", "message"))


def test_a_log_of_another_system_becomes_touches(owner: Member) -> None:
    ruth = make_customer("Ruth Calloway")

    item = bring("touches", LOG.replace("Nora Whitlock", owner.name))

    assert counts(item) == (4, 0, 0, 0, 0)
    assert (item.report["touches"], item.report["customers"]) == (4, 2)
    assert touches() == [
        ("Ruth Calloway", "visit", "out", "reached", "Coffee at the counter\n(Old Hand)"),
        ("Ruth Calloway", "call", "out", "reached", "Asked after the rye"),
        ("Oscar Abernathy", "call", "out", "no_answer", ""),
        ("Oscar Abernathy", "email", "in", "sent", "Wants spelt on Fridays"),
    ]
    called = Touch.objects.get(external_id="n:1")
    assert (called.customer, called.member, called.minutes) == (ruth, owner, 6)
    assert not StagedTouch.objects.exists()


def test_clocks_show_the_last_real_touch_and_the_last_personal_one(owner: Member) -> None:
    bring("touches", LOG)

    call = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
    wrote = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert clock_of("Ruth Calloway") == (call, "call", call)
    assert clock_of("Oscar Abernathy") == (wrote, "email", None)


def test_a_later_touch_of_our_own_keeps_the_clock(owner: Member) -> None:
    ruth = make_customer("Ruth Calloway")
    make_touch(ruth, A_DAY, by=owner.actor)

    bring("touches", LOG)

    assert clock_of("Ruth Calloway")[0] == A_DAY


@pytest.mark.usefixtures("owner")
def test_a_name_in_one_piece_is_who_is_listed_by_family_name() -> None:
    ruth = make_customer("Ruth Calloway")
    make_customer("Oscar Calloway")

    bring("touches", "Date,Type,Name\n2026-11-20,call,Ruth Calloway\n2026-11-20,call,Calloway\n")

    assert set(Touch.objects.values_list("customer__name", flat=True)) == {ruth.name, "Calloway"}
    assert Customer.objects.count() == 3


@pytest.mark.usefixtures("owner")
def test_the_same_file_twice_changes_nothing() -> None:
    bring("touches", LOG)
    before = digests()

    again = bring("touches", LOG)

    assert counts(again) == (0, 0, 4, 0, 0)
    assert digests() == before


@pytest.mark.usefixtures("owner")
def test_without_numbers_a_row_is_known_by_all_that_it_says() -> None:
    log = "Date,Type,Email,Notes\n2026-11-20,call,ruth@example.com,One\n"
    bring("touches", log)

    again = bring("touches", log + "2026-11-20,call,ruth@example.com,Two\n" * 2)

    assert counts(again) == (1, 0, 2, 0, 0)
    assert sorted(Touch.objects.values_list("body", flat=True)) == ["One", "Two"]
    assert Customer.objects.count() == 1


@pytest.mark.usefixtures("owner")
def test_a_row_that_says_something_else_is_updated_and_the_clock_follows() -> None:
    bring("touches", LOG)

    item = bring("touches", LOG.replace("Connected", "Busy"))

    assert counts(item) == (0, 1, 3, 0, 0)
    assert clock_of("Ruth Calloway")[1] == "visit"


@pytest.mark.usefixtures("owner")
def test_only_what_we_did_lately_counts_among_what_they_hear() -> None:
    bring("touches", LOG)

    assert list(Contact.objects.values_list("customer__name", "channel")) == [
        ("Ruth Calloway", "call")
    ]
    assert Standing.objects.get().last_contact_at == datetime(2026, 11, 20, 10, 15, tzinfo=UTC)


@pytest.mark.usefixtures("owner")
def test_undone_it_leaves_the_database_as_it_was() -> None:
    ruth = make_customer("Ruth Calloway")
    make_touch(ruth, datetime(2026, 10, 1, 9, tzinfo=UTC))
    before = digests()
    item = bring("touches", LOG)
    assert digests() != before

    actions.undo_now(item, by=COMMAND, at=A_DAY)

    assert digests() == before


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("row", "column", "part"),
    [
        ("1,2026-11-20,Fax,Ruth,Connected", "Type", "“Fax” is none of the words"),
        ("1,2026-11-20,,Ruth,Connected", "Type", "“” is none of the words"),
        ("1,,call,Ruth,Connected", "Date", "There is no date."),
        ("1,2026-11-20,call,,Connected", "", "Nobody is named"),
        ("1,2026-11-20,call,Ruth,Purple", "Outcome", "“Purple” is none of the words"),
        ("1,2031-11-20,call,Ruth,Connected", "Date", ""),
    ],
    ids=["channel", "no channel", "no date", "nobody", "outcome", "to come"],
)
def test_a_row_that_is_no_touch_is_told_and_the_rest_comes_in(
    row: str, column: str, part: str
) -> None:
    item = bring(
        "touches", f"Id,Date,Type,Name,Outcome\n{row}\n2,2026-11-21,call,Oscar,Connected\n"
    )

    [(number, at_column, said)] = problems(item)
    assert (number, at_column) == (2, column)
    assert part in said
    assert list(Touch.objects.values_list("customer__name", flat=True)) == ["Oscar"]


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Id,Type,Name\n1,call,Ruth\n", "No column says when"),
        ("Id,Date,Name\n1,2026-11-20,Ruth\n", "by which channel"),
        ("Id,Date,Type\n1,2026-11-20,call\n", "with whom"),
    ],
    ids=["when", "channel", "whom"],
)
def test_a_file_without_a_needed_column_is_refused(heading: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        bring("touches", heading)
    assert not Touch.objects.exists()
