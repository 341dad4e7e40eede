"""A mailing with a control group: seen, approved, drawn, and never sent to those left out."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client

from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.actions.mailings import approve_mailing, write_mailing
from regulars.messaging.choices import MailingState, State
from regulars.messaging.errors import MailingChanged
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing, Message
from regulars.team.models import Member
from regulars.verdicts.errors import LotHasFallen, NeverWithheld
from regulars.verdicts.mailed import keep_for_mailing, leave_nobody_out
from regulars.verdicts.models import Lot, Trial
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees, make_version
from tests.messaging.audience import these

pytestmark = [pytest.mark.django_db]
ClientOf = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _audience() -> Iterator[None]:
    with these():
        yield


def crowd(count: int = 30) -> list[Customer]:
    found = []
    for n in range(count):
        found.append(make_customer(f"Guest {n}", email=f"guest{n}@x.example"))
        agrees(found[-1])
    return found


def written(owner: Member, at: datetime, purpose: str = "sell") -> Mailing:
    return write_mailing(
        name="Christmas orders", version=make_version(purpose), purpose=purpose,
        audience="these", definition={}, by=owner.actor, at=at,
    )  # fmt: skip


def started(mailing: Mailing, owner: Member, at: datetime, *, seen: int) -> Mailing:
    left = Trial.objects.get().left_out_count
    approve_mailing(mailing, seen_count=seen, seen_left_out=left, by=owner.actor, at=at)
    mailing.refresh_from_db()
    expand(mailing, at=at)
    return mailing


def states(mailing: Mailing) -> dict[str, set[int | None]]:
    found: dict[str, set[int | None]] = {}
    for one in Message.objects.filter(mailing=mailing):
        found.setdefault(f"{one.state} {one.why}".strip(), set()).add(one.customer_id)
    return found


def test_who_is_left_out_gets_no_message_and_never_will(owner: Member, at: datetime) -> None:
    crowd()
    mailing = written(owner, at)
    keep_for_mailing(mailing, by=owner.actor, at=at)

    started(mailing, owner, at, seen=30)

    left = set(Lot.objects.filter(is_left_out=True).values_list("customer_id", flat=True))
    found = states(mailing)
    assert len(left) == Trial.objects.get().left_out_count == 4
    assert found["suppressed by_lot"] == left
    assert set(found) == {"suppressed by_lot", State.READY}
    assert len(found[State.READY]) == 26
    # Written again after a kill: the place is taken, nobody left out is written to.
    Mailing.objects.update(expanded_at=None, expanded_up_to=0)
    expand(Mailing.objects.get(), at=at)
    assert states(mailing) == found


def test_the_lot_is_drawn_of_those_who_can_be_reached(owner: Member, at: datetime) -> None:
    reachable = crowd()
    silent = make_customer("No Address")
    twins = [make_customer(f"Twin {n}", email="one@x.example") for n in range(2)]
    for one in twins:
        agrees(one)
    mailing = written(owner, at)
    keep_for_mailing(mailing, by=owner.actor, at=at)

    started(mailing, owner, at, seen=33)

    drawn = set(Lot.objects.values_list("customer_id", flat=True))
    assert drawn == {one.pk for one in reachable}
    assert not drawn & {silent.pk, *(one.pk for one in twins)}


def test_an_approval_is_for_as_many_left_out_as_were_seen(owner: Member, at: datetime) -> None:
    crowd()
    mailing = written(owner, at)
    keep_for_mailing(mailing, by=owner.actor, at=at)

    with pytest.raises(MailingChanged, match="was 0, and is 4 now"):
        approve_mailing(mailing, seen_count=30, by=owner.actor, at=at)
    started(mailing, owner, at, seen=30)
    with pytest.raises(LotHasFallen):
        leave_nobody_out(mailing, by=owner.actor, at=at)


def test_what_serves_keeps_no_control_group(owner: Member, at: datetime) -> None:
    crowd()
    mailing = written(owner, at, "inform")

    with pytest.raises(NeverWithheld):
        keep_for_mailing(mailing, by=owner.actor, at=at)


def test_the_page_of_a_mailing_offers_it_says_it_and_takes_it_back(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd()
    mailing, here = written(owner, at), client_of(owner)
    page = f"/messages/mailings/{mailing.pk}/"

    offered = here.get(page).content.decode()
    kept = here.post(f"/verdicts/mailings/{mailing.pk}/keep", follow=True).content.decode()
    back = here.post(f"/verdicts/mailings/{mailing.pk}/everybody", follow=True).content.decode()

    assert "Leave 4 out by lot" in offered
    assert "Too few to tell alone" in offered
    assert "4 of 30 are left out by lot to see whether this helps." in kept
    assert "26 of 30 customers get this." in kept
    assert "Leave nobody out" in kept
    assert "Leave 4 out by lot" in back

    here.post(f"/verdicts/mailings/{mailing.pk}/keep")
    here.post(f"/messages/mailings/{mailing.pk}/approve", {"seen": "30", "left_out": "4"})

    assert Mailing.objects.get().state == MailingState.RUNNING
    assert Job.objects.filter(name="messaging.expand").exists()
    expand(Mailing.objects.get(), at=at)
    watched = here.get(page).content.decode()
    assert "Too early to say: the first look is taken after" in watched
    assert "Whether it helped" in watched


def test_the_page_of_a_short_mailing_says_that_it_cannot_tell(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd(3)
    mailing = written(owner, at)

    page = client_of(owner).get(f"/messages/mailings/{mailing.pk}/").content.decode()

    assert "Too few to tell whether it helps: a control group takes 20 customers" in page
    assert "/keep" not in page


def test_the_page_of_what_serves_offers_nothing(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd()
    mailing = written(owner, at, "inform")

    page = client_of(owner).get(f"/messages/mailings/{mailing.pk}/").content.decode()

    assert "by lot" not in page


def test_a_message_to_somebody_left_out_says_why(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd()
    mailing = written(owner, at)
    keep_for_mailing(mailing, by=owner.actor, at=at)
    started(mailing, owner, at, seen=30)
    one = Message.objects.filter(why="by_lot").first()
    assert one is not None

    page = client_of(owner).get(f"/messages/m/{one.pk}/").content.decode()

    assert "They were left out by lot" in page


def test_what_can_be_told_is_not_said_to_whom_orders_are_hidden(
    manager: Member, owner: Member, at: datetime, client_of: ClientOf
) -> None:
    """How many it would take follows from how many buy anyway."""
    crowd()
    mailing = written(owner, at)
    HiddenField.objects.create(role="manager", field="order", hidden_at=at)
    page = f"/messages/mailings/{mailing.pk}/"
    seen, whole = client_of(manager), client_of(owner)

    offered = seen.get(page).content.decode()
    seen.post(f"/verdicts/mailings/{mailing.pk}/keep")
    kept, kept_whole = (one.get(page).content.decode() for one in (seen, whole))
    started(mailing, owner, at, seen=30)
    gone, gone_whole = (one.get(page).content.decode() for one in (seen, whole))

    assert "Leave some out by lot" in offered
    assert "it takes about" in kept_whole
    assert "Whether it helped" in gone_whole
    for text in (offered, kept, gone):
        assert "it takes about" not in text
        assert "Whether it helped" not in text
    assert "4 of 30 are left out by lot" in kept
    assert "Leave nobody out" in kept
