"""A mailing: written, approved for what was seen, turned into messages, paused, stopped."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from regulars.core import jobs
from regulars.core.errors import NotAllowed
from regulars.core.faults import Tripped
from regulars.core.models import AuditEntry, Job
from regulars.customers.models import Customer
from regulars.messaging import expanding
from regulars.messaging.actions import waiting
from regulars.messaging.actions.mailings import (
    approve_mailing,
    cancel_mailing,
    pause_mailing,
    resume_mailing,
    write_mailing,
)
from regulars.messaging.choices import MailingState, State
from regulars.messaging.errors import ChannelNotCarried, MailingChanged, MailingNotOpen
from regulars.messaging.models import Mailing, Message
from regulars.messaging.queries import progress_of
from regulars.messaging.screens import watched
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_version
from tests.messaging.audience import these

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _audience() -> Iterator[None]:
    with these():
        yield


def crowd(count: int) -> list[Customer]:
    return [make_customer(f"Guest {n}", email=f"guest{n}@x.example") for n in range(count)]


def written(owner: Member, at: datetime, purpose: str = "inform") -> Mailing:
    return write_mailing(
        name="We open again", version=make_version(purpose), purpose=purpose, audience="these",
        definition={}, by=owner.actor, at=at,
    )  # fmt: skip


def approved(owner: Member, at: datetime, purpose: str = "inform", seen: int = 3) -> Mailing:
    mailing = written(owner, at, purpose)
    return approve_mailing(mailing, seen_count=seen, by=owner.actor, at=at)


def work(at: datetime) -> None:
    """Do every job that is due, as the worker does."""
    while running := jobs.claim("here", at=at):
        assert jobs.run(running, at=at).state == Job.State.DONE


def test_an_approval_keeps_text_list_and_count_and_leaves_the_work(
    owner: Member, at: datetime
) -> None:
    crowd(3)

    mailing = approved(owner, at)

    assert mailing.state == MailingState.RUNNING
    assert mailing.approved_sha256 == mailing.version.sha256
    assert (mailing.approved_count, mailing.approved_by_id) == (3, owner.pk)
    mailing.version.refresh_from_db()
    assert mailing.version.frozen_at == at
    assert Job.objects.get().arguments == {"mailing_id": mailing.pk}
    assert AuditEntry.objects.filter(verb="approved mailing").count() == 1
    # Nothing is written in the click itself: a list of a hundred thousand takes no longer.
    assert Message.objects.count() == 0


def test_a_list_that_has_changed_since_it_was_seen_asks_again(owner: Member, at: datetime) -> None:
    crowd(3)
    mailing = written(owner, at)

    with pytest.raises(MailingChanged, match="it was 2 customers, and is 3 now"):
        approve_mailing(mailing, seen_count=2, by=owner.actor, at=at)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


@pytest.mark.parametrize(
    ("seen", "now", "asks"),
    [(100, 109, False), (100, 111, True), (5000, 5100, False), (5000, 5101, True), (20, 17, True)],
)
def test_a_tenth_or_a_hundred_more_is_another_list(seen: int, now: int, asks: bool) -> None:
    from regulars.messaging.actions.mailings import is_another_list

    assert is_another_list(seen, now) is asks


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_nobody_but_owners_and_managers_approve(
    role: str, owner: Member, at: datetime, request: pytest.FixtureRequest
) -> None:
    crowd(1)
    mailing = written(owner, at)

    with pytest.raises(NotAllowed):
        approve_mailing(mailing, seen_count=1, by=request.getfixturevalue(role).actor, at=at)


def test_every_customer_meant_has_one_message(owner: Member, at: datetime) -> None:
    guests = crowd(3)
    silent = make_customer("No address")
    mailing = approved(owner, at, seen=4)

    done = jobs.run_now("messaging.expand", at=at, mailing_id=mailing.pk)
    again = expanding.expand(Mailing.objects.get(pk=mailing.pk), at=at)

    rows = list(Message.objects.order_by("customer_id").values_list("customer_id", "address"))
    assert rows == [*((one.pk, f"guest{n}@x.example") for n, one in enumerate(guests)),
                    (silent.pk, "")]  # fmt: skip
    assert (done.result, again) == ({"messages": 4}, 0)
    assert set(Message.objects.values_list("state", flat=True)) == {State.READY}
    mailing.refresh_from_db()
    assert mailing.expanded_at == at


def test_two_records_of_one_address_get_one_copy_of_what_sells(owner: Member, at: datetime) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")
    make_customer("Ruth C.", email="ruth@x.example")
    sells = approved(owner, at, "sell", seen=2)
    informs = approved(owner, at, "inform", seen=2)

    for mailing in (sells, informs):
        expanding.expand(mailing, at=at)

    assert Message.objects.filter(mailing=sells).count() == 1
    assert Message.objects.filter(mailing=informs).count() == 2


def test_an_expansion_that_is_cut_off_is_made_whole(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expanding, "CHUNK", 2)
    crowd(5)
    mailing = approved(owner, at, seen=5)
    passed: list[str] = []

    def trip(name: str) -> None:
        passed.append(name)
        if passed.count("expand.before_commit") == 2:
            raise Tripped(name)

    monkeypatch.setattr(expanding, "fault", trip)
    with pytest.raises(Tripped):
        expanding.expand(mailing, at=at)
    assert Message.objects.count() == 2
    monkeypatch.setattr(expanding, "fault", lambda _name: None)

    expanding.expand(Mailing.objects.select_related("version").get(), at=at)

    assert Message.objects.count() == 5
    assert len(set(Message.objects.values_list("customer_id", flat=True))) == 5


def test_a_list_that_grew_before_its_day_waits_for_a_person(owner: Member, at: datetime) -> None:
    crowd(3)
    mailing = approved(owner, at)
    for nth in range(20, 24):
        make_customer(f"Late {nth}", email=f"late{nth}@x.example")

    expanding.expand(mailing, at=at + timedelta(days=1))

    mailing.refresh_from_db()
    assert (mailing.state, Message.objects.count()) == (MailingState.DRAFT, 0)
    assert mailing.why_paused == "The list was 3 customers when it was approved, and is 7 now."


def test_pause_resume_and_stop_for_good(owner: Member, at: datetime) -> None:
    crowd(3)
    mailing = approved(owner, at)
    expanding.expand(mailing, at=at)

    mailing = pause_mailing(mailing, by=owner.actor, at=at, why="a wrong date")
    assert (mailing.state, mailing.why_paused) == (MailingState.PAUSED, "a wrong date")
    mailing = resume_mailing(mailing, by=owner.actor, at=at)
    count = cancel_mailing(mailing, by=owner.actor, at=at)
    assert (count, Message.objects.filter(state=State.READY).count()) == (3, 3)
    work(at)

    assert set(Message.objects.values_list("state", flat=True)) == {State.CANCELLED}
    with pytest.raises(MailingNotOpen):
        resume_mailing(mailing, by=owner.actor, at=at)


def test_an_empty_list_is_not_sent(owner: Member, at: datetime) -> None:
    mailing = written(owner, at)

    with pytest.raises(MailingNotOpen, match="nobody on this list"):
        approve_mailing(mailing, seen_count=0, by=owner.actor, at=at)


def test_a_list_that_grew_leaves_once_it_was_approved_again(owner: Member, at: datetime) -> None:
    crowd(3)
    mailing = approved(owner, at)
    for nth in range(20, 24):
        make_customer(f"Late {nth}", email=f"late{nth}@x.example")
    work(at)
    assert Message.objects.count() == 0

    later = at + timedelta(minutes=5)
    approve_mailing(mailing, seen_count=7, by=owner.actor, at=later)
    work(later)

    assert Message.objects.count() == 7


def test_a_mailing_paused_before_it_was_written_is_written_when_it_goes_on(
    owner: Member, at: datetime
) -> None:
    crowd(3)
    mailing = approved(owner, at)
    pause_mailing(mailing, by=owner.actor, at=at)
    work(at)
    assert Message.objects.count() == 0

    later = at + timedelta(minutes=5)
    resume_mailing(mailing, by=owner.actor, at=later)
    work(later)

    assert Message.objects.count() == 3


def test_it_is_taken_back_in_stretches_and_the_page_says_so_until_it_is_done(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(5)
    mailing = approved(owner, at, seen=5)
    work(at)
    mailing = cancelled(mailing, owner, at)
    begun = watched(mailing, progress_of(mailing), halted="")
    monkeypatch.setattr(waiting, "STRETCH", 2)
    seen: list[int] = []

    def look(_count: int) -> None:
        seen.append(Message.objects.filter(state=State.READY).count())

    waiting.take_back(at=at, heard=look)

    ended = watched(mailing, progress_of(mailing), halted="")
    assert seen == [3, 1, 0]
    assert begun["says"] == "Stopped for good; 0 had left, 5 are being taken back"
    assert ended["says"] == "Stopped for good; 0 had left"
    assert (begun["is_moving"], ended["is_moving"]) == (True, False)


def test_a_mailing_stopped_while_it_is_written_leaves_nothing_behind(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(4)
    mailing = approved(owner, at, seen=4)
    monkeypatch.setattr(expanding, "CHUNK", 2)

    def stop(name: str) -> None:
        if name == "expand.after_chunk":
            cancel_mailing(mailing, by=owner.actor, at=at)

    monkeypatch.setattr(expanding, "fault", stop)
    work(at)
    mailing.refresh_from_db()
    # Its job, begun again by a worker that was slow, writes nothing either.
    assert expanding.expand(mailing, at=at) == 0

    assert list(Message.objects.values_list("state", flat=True)) == [State.CANCELLED] * 2
    assert (mailing.expanded_at, progress_of(mailing).is_finished) == (None, True)


def test_what_a_sender_had_in_its_hands_is_taken_back_when_it_returns(
    owner: Member, at: datetime
) -> None:
    crowd(2)
    mailing = approved(owner, at, seen=2)
    work(at)
    Message.objects.filter(pk=Message.objects.values("pk")[:1]).update(state=State.CLAIMED)
    cancelled(mailing, owner, at)
    work(at)
    Message.objects.filter(state=State.CLAIMED).update(state=State.READY)

    work(at + timedelta(minutes=10))

    assert set(Message.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_what_may_have_left_is_not_said_to_be_taken_back(owner: Member, at: datetime) -> None:
    crowd(3)
    mailing = approved(owner, at)
    work(at)
    first = Message.objects.order_by("pk")[0]
    Message.objects.filter(pk=first.pk).update(content_sha256="a" * 64)

    cancelled(mailing, owner, at)
    work(at)

    states = list(Message.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.UNKNOWN, State.CANCELLED, State.CANCELLED]


def test_what_is_written_late_expires_when_it_would_have(owner: Member, at: datetime) -> None:
    crowd(1)
    mailing = approved(owner, at, seen=1)

    work(at + timedelta(hours=20))

    message = Message.objects.get()
    assert (message.not_before, message.expires_at) == (
        at + timedelta(hours=20), at + timedelta(hours=mailing.expires_after_hours),
    )  # fmt: skip


def test_only_email_carries_a_mailing_so_far(owner: Member, at: datetime) -> None:
    with pytest.raises(ChannelNotCarried, match="only by e-mail"):
        write_mailing(
            name="", version=make_version(), purpose="inform", audience="these", definition={},
            by=owner.actor, at=at, channel="text",
        )  # fmt: skip


def cancelled(mailing: Mailing, owner: Member, at: datetime) -> Mailing:
    cancel_mailing(mailing, by=owner.actor, at=at)
    mailing.refresh_from_db()
    return mailing
