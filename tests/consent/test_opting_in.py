"""C8: a public form asks by mail first, seldom, and answers everybody the same."""

from datetime import datetime, timedelta

import pytest

from regulars.consent.actions import ask_to_opt_in, confirm_opt_in, set_wishes, suppress
from regulars.consent.choices import Decision, Stopped
from regulars.consent.errors import AddressUnreadable, OptInClosed, WishUnclear
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.consent.queries import opt_in_request
from regulars.core.actor import SYSTEM
from regulars.core.models import Event
from regulars.customers.actions.people import archive_customer
from regulars.customers.models import Customer
from tests.factories.consent import make_decision
from tests.factories.customers import A_DAY, make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask(
    address: str = "Ruth@Calloway.example",
    *,
    at: datetime = A_DAY,
    ip: str = "192.0.2.1",
    purposes: tuple[str, ...] = ("inform", "sell"),
    wording: str = "Write to me about news and offers.",
) -> OptInRequest | None:
    return ask_to_opt_in(
        address, name="Ruth Calloway", purposes=purposes, wording=wording, source="form",
        asked_from_ip=ip, at=at,
    )  # fmt: skip


def asked() -> OptInRequest:
    request = ask()
    assert request is not None
    return request


def test_asking_keeps_a_request_and_announces_it() -> None:
    request = asked()

    assert (request.address, request.purposes) == ("ruth@calloway.example", ["inform", "sell"])
    assert Event.objects.get().payload == {"request_id": request.pk}
    assert "192.0.2.1" not in request.asked_from
    assert (ConsentState.objects.count(), Customer.objects.count()) == (0, 0)
    assert opt_in_request(request.pk) == request


def test_one_mail_a_day_for_an_address() -> None:
    later = [ask(at=A_DAY + n * HOUR, ip=f"192.0.2.{n}") is not None for n in (0, 1, 23, 24, 25)]

    assert later == [True, False, False, True, False]
    assert Event.objects.count() == 2


def test_five_an_hour_from_one_place() -> None:
    def flood(count: int, at: datetime, ip: str) -> int:
        return sum(ask(f"p{n}.{ip}@x.example", at=at, ip=ip) is not None for n in range(count))

    assert flood(9, A_DAY, "192.0.2.1") == 5
    assert flood(3, A_DAY, "192.0.2.2") == 3
    assert ask("late@x.example", at=A_DAY + HOUR) is not None


@pytest.mark.parametrize(
    ("why", "is_asked"),
    [(Stopped.COMPLAINED, False), (Stopped.ERASED, False), (Stopped.LEGAL, False),
     (Stopped.BOUNCED, False), (Stopped.FULL, True)],
)  # fmt: skip
def test_a_closed_address_is_not_even_asked(why: Stopped, is_asked: bool) -> None:
    seal = make_customer(email="ruth@calloway.example").contact_points.get().seal
    suppress("email", seal, why, at=A_DAY)

    assert (ask() is not None) is is_asked


@pytest.mark.parametrize(
    "address", ["ruth", "ruth@x", "a@b.c\nBcc: d@e.f", "", "x" * 330 + "@b.cd"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AddressUnreadable):
        ask(address)


def test_what_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(WishUnclear):
        ask(purposes=("inform", "gossip"))
    with pytest.raises(WishUnclear):
        ask(wording="  ")


def test_confirming_makes_the_customer_and_counts_once() -> None:
    request = asked()

    first = confirm_opt_in(request, at=A_DAY + HOUR, proof="message 7, confirmed")
    again = confirm_opt_in(request, at=A_DAY + 2 * HOUR, proof="message 7, confirmed")

    assert (first, first.name) == (again, "Ruth Calloway")
    assert set(ConsentState.objects.values_list("purpose", "decision")) == {
        ("inform", "granted"), ("sell", "granted"),
    }  # fmt: skip
    event = ConsentEvent.objects.order_by("id")[0]
    assert (event.wording, event.proof, event.happened_at, event.source) == (
        "Write to me about news and offers.", "message 7, confirmed", A_DAY + HOUR, "form",
    )  # fmt: skip
    assert ConsentEvent.objects.count() == 2


def test_a_yes_from_the_mailbox_counts_after_a_no() -> None:
    ruth = make_customer(email="ruth@calloway.example")
    make_decision(ruth, decision=Decision.WITHDRAWN)

    assert confirm_opt_in(asked(), at=A_DAY + HOUR, proof="message 7") == ruth

    assert set(ConsentState.objects.values_list("purpose", "decision")) == {
        ("", "withdrawn"), ("inform", "granted"), ("sell", "granted"),
    }  # fmt: skip


def test_the_one_of_that_name_is_meant_and_nobody_is_put_back() -> None:
    """F21: an archived customer stays archived."""
    gone = make_customer("Ruth Calloway", email="ruth@calloway.example")
    other = make_customer("Oscar Calloway", email="ruth@calloway.example")
    namesake = make_customer("Ruth Calloway", email="ruth@calloway.example")
    archive_customer(gone, by=SYSTEM, at=A_DAY)

    assert confirm_opt_in(asked(), at=A_DAY, proof="message 7") == namesake

    gone.refresh_from_db()
    assert gone.archived_at == A_DAY
    assert not ConsentState.objects.filter(customer=other).exists()


def test_too_late_is_too_late() -> None:
    request = asked()

    with pytest.raises(OptInClosed):
        confirm_opt_in(request, at=A_DAY + 7 * DAY, proof="message 7")

    assert (Customer.objects.count(), ConsentState.objects.count()) == (0, 0)
    with pytest.raises(OptInClosed):
        opt_in_request(request.pk + 1)


@pytest.mark.parametrize(
    ("purposes", "topics", "only_for"),
    [(("inform", "sell"), ["inform", "sell", "thank"], ",inform,sell,thank,"), ((), [], "")],
)
def test_whoever_asks_for_more_no_longer_wishes_for_less(
    purposes: tuple[str, ...], topics: list[str], only_for: str
) -> None:
    ruth = make_customer(email="ruth@calloway.example")
    set_wishes(ruth, by=SYSTEM, at=A_DAY, topics=["thank"], every_days=30)
    request = ask(purposes=purposes)
    assert request is not None

    confirm_opt_in(request, at=A_DAY + HOUR, proof="message 1")

    wish = Wish.objects.get()
    assert (wish.topics, wish.only_for, wish.every_days) == (topics, only_for, 30)
    assert wish.changed_at == A_DAY + HOUR
