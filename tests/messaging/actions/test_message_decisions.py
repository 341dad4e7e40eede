"""One message to one customer, and what a person decides about it afterwards."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.core.errors import NotAllowed, Refusal
from regulars.messaging.actions.messages import (
    cancel_message,
    settle_by_hand,
    try_again,
    write_message,
)
from regulars.messaging.choices import MailingState, State
from regulars.messaging.errors import ChannelNotCarried, MessageNotOpen, NoAddress
from regulars.messaging.models import Contact, Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message, make_version

pytestmark = pytest.mark.django_db


def test_the_same_form_twice_is_one_message(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    version = make_version()
    told: dict[str, Any] = {
        "version": version,
        "purpose": "serve",
        "nonce": "n1",
        "by": owner.actor,
        "at": at,
    }

    first, second = write_message(ruth, **told), write_message(ruth, **told)

    assert first.pk == second.pk
    assert (first.address, first.occasion) == ("ruth@x.example", "manual:n1")
    assert first.expires_at == at + timedelta(hours=72)
    version.refresh_from_db()
    assert version.frozen_at == at


def test_a_helper_writes_only_to_customers_in_their_care(
    helper: Member, owner: Member, at: datetime
) -> None:
    theirs = make_customer("Ruth Calloway", email="ruth@x.example", manager=helper)
    other = make_customer("Lena Ortiz", email="lena@x.example", manager=owner)
    told: dict[str, Any] = {
        "version": make_version(),
        "purpose": "serve",
        "by": helper.actor,
        "at": at,
    }

    write_message(theirs, nonce="a", **told)
    with pytest.raises(NotAllowed):
        write_message(other, nonce="b", **told)

    assert Message.objects.count() == 1


def test_words_for_one_purpose_do_not_leave_for_another(helper: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example", manager=helper)

    with pytest.raises(Refusal, match="another purpose"):
        write_message(
            ruth, version=make_version("sell"), purpose="serve", nonce="x", by=helper.actor, at=at
        )

    assert Message.objects.count() == 0


def test_without_an_address_there_is_a_sentence_and_no_message(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", phone="+44 1373 000001")

    with pytest.raises(NoAddress, match="no e-mail address of Ruth Calloway"):
        write_message(
            ruth, version=make_version(), purpose="serve", nonce="x", by=owner.actor, at=at
        )

    assert Message.objects.count() == 0


def test_what_has_not_left_is_taken_back_and_what_has_is_not(owner: Member, at: datetime) -> None:
    waiting = make_message(at=at)
    gone = make_message(waiting.customer, at=at, state=State.ACCEPTED)

    cancel_message(waiting, by=owner.actor, at=at)
    with pytest.raises(MessageNotOpen):
        cancel_message(gone, by=owner.actor, at=at)

    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED


def test_a_person_settles_what_nobody_knows(owner: Member, at: datetime) -> None:
    arrived = make_message(at=at, state=State.UNKNOWN, content_sha256="a" * 64)
    lost = make_message(arrived.customer, at=at, state=State.UNKNOWN, content_sha256="b" * 64)
    Contact.objects.create(
        customer_id=lost.customer_id or 0, channel="email", purpose="serve",
        source=f"message:{lost.pk}", happened_at=at,
    )  # fmt: skip

    settle_by_hand(arrived, arrived=True, by=owner.actor, at=at)
    settle_by_hand(lost, arrived=False, by=owner.actor, at=at)

    arrived.refresh_from_db()
    lost.refresh_from_db()
    assert (arrived.state, lost.state) == (State.ACCEPTED, State.READY)
    # It is rendered anew, and its place is free again.
    assert (lost.content_sha256, Contact.objects.count()) == ("", 0)
    with pytest.raises(MessageNotOpen):
        settle_by_hand(lost, arrived=True, by=owner.actor, at=at)


def test_what_failed_is_tried_from_the_beginning(owner: Member, at: datetime) -> None:
    message = make_message(at=at, state=State.FAILED, failures=4, why="451", expires_at=at)
    later = at + timedelta(days=2)

    try_again(message, by=owner.actor, at=later)

    message.refresh_from_db()
    assert (message.state, message.failures, message.not_before) == (State.READY, 0, later)
    assert message.expires_at == later + timedelta(hours=72)


def test_nothing_leaves_again_of_a_mailing_that_was_stopped_for_good(
    owner: Member, at: datetime
) -> None:
    mailing = make_mailing(at=at, state=MailingState.CANCELLED)
    told: dict[str, Any] = {"at": at, "version": mailing.version, "mailing": mailing}
    failed = make_message(state=State.FAILED, **told)
    lost = make_message(failed.customer, state=State.UNKNOWN, **told)

    with pytest.raises(MessageNotOpen, match="stopped for good"):
        try_again(failed, by=owner.actor, at=at)
    leaves = settle_by_hand(lost, arrived=False, by=owner.actor, at=at)

    failed.refresh_from_db()
    lost.refresh_from_db()
    # That it did not arrive is settled all the same.
    assert (leaves, failed.state, lost.state) == (False, State.FAILED, State.FAILED)
    assert lost.why == "mailing"


def test_only_email_carries_a_message_so_far(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")

    with pytest.raises(ChannelNotCarried, match="only by e-mail"):
        write_message(
            ruth, version=make_version(), purpose="serve", nonce="x", by=owner.actor, at=at,
            channel="text",
        )  # fmt: skip


def test_a_viewer_decides_nothing(viewer: Member, at: datetime) -> None:
    message = make_message(at=at, state=State.UNKNOWN)

    for decide in (cancel_message, try_again):
        with pytest.raises(NotAllowed):
            decide(message, by=viewer.actor, at=at)
    with pytest.raises(NotAllowed):
        settle_by_hand(message, arrived=True, by=viewer.actor, at=at)
