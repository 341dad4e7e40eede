"""A mailing with a control group: seen, approved, drawn, and never sent to those left out."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.core import jobs
from regulars.core.models import AuditEntry, Job
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.actions.mailings import approve_mailing, write_mailing
from regulars.messaging.choices import MailingState, State
from regulars.messaging.errors import MailingChanged, MailingNotOpen
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing, Message
from regulars.team.models import Member
from regulars.verdicts import mailed, sizing
from regulars.verdicts.errors import LotHasFallen, NeverWithheld
from regulars.verdicts.mailed import keep_for_mailing, leave_nobody_out
from regulars.verdicts.models import Lot, Trial
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees, make_version
from tests.factories.orders import make_order
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


@pytest.fixture
def _few_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where half more of a list must buy, thirty customers are enough to see it."""
    monkeypatch.setattr(sizing, "WORTH_KNOWING", 0.5)


@pytest.mark.usefixtures("_few_can_tell")
def test_some_are_left_out_by_default_and_nobody_once_somebody_says_so(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd()
    mailing, here = written(owner, at), client_of(owner)
    page = f"/messages/mailings/{mailing.pk}/"
    trial = Trial.objects.get()

    said = here.get(page).content.decode()
    back = here.post(f"/verdicts/mailings/{mailing.pk}/everybody", follow=True).content.decode()

    assert (trial.left_out_count, trial.planned_by) == (10, None)
    assert "10 of 30 are left out by lot to see whether this helps." in said
    assert "With your 30 customers, 10 of them left out, it shows four times in five" in said
    assert "Nobody is left out" in back
    assert not Trial.objects.exists()


@pytest.mark.usefixtures("_few_can_tell")
def test_what_serves_is_never_withheld_by_default(owner: Member, at: datetime) -> None:
    crowd()
    written(owner, at, "inform")

    assert not Trial.objects.exists()


@pytest.mark.usefixtures("_few_can_tell")
def test_an_owner_says_what_goes_for_every_mailing(
    owner: Member, manager: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd()
    refused = client_of(manager).post("/verdicts/by-default", {"is_on": "no"})
    off = client_of(owner).post("/verdicts/by-default", {"is_on": "no"}, follow=True)
    written(owner, at)
    after_off = Trial.objects.count()

    on = client_of(owner).post("/verdicts/by-default", {"is_on": "yes"}, follow=True)
    written(owner, at)

    assert refused.status_code == 403
    assert "Nobody is left out, unless somebody asks for it" in off.content.decode()
    assert "Of a mailing that sells or asks some are left out by lot" in on.content.decode()
    assert (after_off, Trial.objects.count()) == (0, 1)


@pytest.mark.usefixtures("_few_can_tell")
def test_a_long_list_is_looked_through_before_it_can_be_approved(
    owner: Member, at: datetime, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailed, "SEEN_AT_ONCE", 10)
    crowd()
    mailing, here = written(owner, at), client_of(owner)
    page = f"/messages/mailings/{mailing.pk}/"
    at_once = Trial.objects.count()

    pending = here.get(page).content.decode()
    with pytest.raises(MailingNotOpen, match="still being worked out"):
        approve_mailing(mailing, seen_count=30, by=owner.actor, at=at)
    done = jobs.run(claimed(at), at=at).result
    approve_mailing(mailing, seen_count=30, seen_left_out=10, by=owner.actor, at=at)

    assert "until then it cannot be approved" in pending
    assert (at_once, done, Trial.objects.get().left_out_count) == (0, {"left_out": 10}, 10)


@pytest.mark.usefixtures("_few_can_tell")
def test_nobody_is_left_out_of_a_long_list_once_somebody_says_so(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the job had begun: it sees for itself that it is no longer wanted."""
    monkeypatch.setattr(mailed, "SEEN_AT_ONCE", 10)
    crowd()
    mailing = written(owner, at)
    running = claimed(at)

    leave_nobody_out(mailing, by=owner.actor, at=at)
    jobs.run(running, at=at)
    approve_mailing(mailing, seen_count=30, by=owner.actor, at=at)

    assert not Trial.objects.exists()
    assert AuditEntry.objects.filter(verb="keeps no control group of").count() == 1


def claimed(at: datetime) -> jobs.RunningJob:
    found = jobs.claim("here", at=at)
    assert found is not None
    assert found.name == "verdicts.keep"
    return found


def test_what_they_spent_before_says_what_the_money_can_tell(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    """Half spent £20 and half nothing; too long ago, today, and in another currency is not seen."""
    today, people = at.date(), crowd()
    for one in people[:15]:
        make_order(one, today - timedelta(days=3), 1500)
        make_order(one, today - timedelta(days=30), 500)
    for on in (today, today - timedelta(days=31)):
        make_order(people[20], on, 9999)
    make_order(people[21], today - timedelta(days=3), 9999, currency="USD")
    mailing = written(owner, at)

    page = client_of(owner).get(f"/messages/mailings/{mailing.pk}/").content.decode()
    keep_for_mailing(mailing, by=owner.actor, at=at)

    trial = Trial.objects.get()
    assert (trial.spend_before, trial.spend_spread) == (1000.0, 1000.0)
    assert "Of the money these are too few to tell: less than £" in page
    assert "and they spend £10.00 in 30 days as it is." in page
