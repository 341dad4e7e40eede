"""Places taken and given back: caps, the balance, and that the last place is taken once."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core import instance, jobs
from regulars.core.models import Instance
from regulars.customers.models import Customer
from regulars.messaging.counting import (
    Heard,
    Place,
    Stand,
    give_back,
    most_owed,
    recount_everybody,
    recount_from_contacts,
    stand_of,
    take_past_places,
    take_places,
)
from regulars.messaging.gate import verdicts_for_messages
from regulars.messaging.models import Contact, Rules, Standing
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.messaging_gate import make_message, make_version
from tests.factories.team import make_business

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = Rules(contacts_a_week=3, emails_a_week=2, texts_a_week=1, serve_per_sell=3)


def heard(*told: tuple[float, str, str]) -> list[Heard]:
    return [Heard(AT - days * DAY, channel, purpose) for days, channel, purpose in told]


def stands() -> dict[int, Stand]:
    rows = Standing.objects.values_list(
        "pk", "last_contact_at", "free_from", "email_free_from", "text_free_from", "balance"
    )
    return {pk: Stand(at, free, email, text, owed) for pk, at, free, email, text, owed in rows}


@pytest.mark.parametrize(
    ("told", "stand"),
    [
        ([], Stand()),
        ([(1, "call", "serve")], Stand(AT - DAY, balance=1)),
        # Two e-mails fill their own cap, three of anything the week; eight days ago counts no more.
        ([(2, "email", "ask"), (1, "email", "ask")],
         Stand(AT - DAY, email_free_from=AT + 5 * DAY, balance=2)),
        ([(8, "call", "ask"), (3, "text", "ask"), (1, "call", "ask")],
         Stand(AT - DAY, text_free_from=AT + 4 * DAY, balance=3)),
        ([(6, "call", "ask"), (3, "visit", "ask"), (1, "call", "ask")],
         Stand(AT - DAY, free_from=AT + DAY, balance=3)),
        # A place is free again exactly seven days after it was taken.
        ([(7, "text", "ask")], Stand(AT - 7 * DAY, balance=1)),
        # Serving earns two sales at most; a sale uses up what three contacts earned.
        ([(90 - n, "call", "serve") for n in range(9)] + [(60, "call", "sell")],
         Stand(AT - 60 * DAY, balance=3)),
        ([(60, "call", "sell"), (50, "call", "serve")], Stand(AT - 50 * DAY, balance=-2)),
    ],
)  # fmt: skip
def test_where_somebody_stands_follows_from_what_they_heard(
    told: list[tuple[float, str, str]], stand: Stand
) -> None:
    """C5."""
    assert stand_of(heard(*told), RULES, AT) == stand


def test_no_cap_and_no_balance_are_asked_for_where_the_rules_are_off() -> None:
    off = Rules(contacts_a_week=None, emails_a_week=0, texts_a_week=None, serve_per_sell=0)

    stand = stand_of(heard((1, "email", "sell"), (1, "text", "ask")), off, AT)

    assert stand == Stand(AT - DAY)
    assert most_owed(0) == 0


pasts = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["email", "text", "call"]),
        st.sampled_from(["sell", "serve"]),
        st.integers(0, 1),
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(past=pasts)
def test_taken_one_by_one_in_any_order_is_as_counted_anew(
    past: Sequence[tuple[int, str, str, int]],
) -> None:
    with transaction.atomic():
        ids = [make_customer(f"Ruth {n}").pk for n in range(2)]
        for place, (days, channel, purpose, whose) in enumerate(past):
            one = Place(ids[whose], channel, purpose, f"touch:{place}")
            take_past_places([(one, AT - days * DAY)], AT)
        kept = stands()
        told = {pk: Contact.objects.filter(customer=pk).order_by("happened_at", "id") for pk in ids}
        counted = {
            pk: stand_of([Heard(c.happened_at, c.channel, c.purpose) for c in rows], Rules(), AT)
            for pk, rows in told.items()
            if rows
        }
        recount_everybody(AT)
        again = stands()
        transaction.set_rollback(True)

    assert kept == counted == again


@pytest.mark.django_db
def test_a_source_takes_one_place_and_gives_it_back() -> None:
    ruth, other = make_customer(), make_customer("Other")
    rows = [(ruth.pk, "email", "educate", "message:1"), (other.pk, "email", "sell", "message:2")]

    taken = [take_places(rows, AT - DAY), take_places(rows, AT), take_places([], AT)]
    take_places([(ruth.pk, "call", "serve", "touch:1")], AT)
    given_back = [give_back(["message:1", "message:2"], AT), give_back(["message:1"], AT)]

    assert taken == [2, 0, 0]
    assert given_back == [2, 0]
    assert stands() == {ruth.pk: Stand(AT, balance=1), other.pk: Stand()}
    assert Contact.objects.get().source == "touch:1"


@pytest.mark.django_db
def test_a_window_takes_its_places_in_as_many_queries_as_one_message() -> None:
    ids = [make_customer(f"Ruth {n}").pk for n in range(6)]
    counted = []
    for few in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as queries:
            take_places([(pk, "email", "educate", f"message:{pk}") for pk in few], AT)
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 8
    assert recount_from_contacts(ids, AT) == 6


@pytest.mark.django_db
def test_new_rules_count_everybody_anew(business: Business) -> None:
    ids = [make_customer(f"Ruth {n}").pk for n in range(3)]
    take_places([(pk, "email", "educate", f"message:{pk}") for pk in ids], AT)
    Rules.objects.create(pk=1, contacts_a_week=1)

    done = jobs.run_now("messaging.recount", at=AT)

    assert done.result == {"customers": 3}
    assert {one.free_from for one in stands().values()} == {AT + 7 * DAY}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_both_take_the_last_place(settings: object) -> None:
    """C5: whoever comes second sees that the place is gone."""
    settings.PUBLIC_URL = "https://bakery.example"  # type: ignore[attr-defined]
    make_business()
    instance.settle_identity()
    Instance.objects.update(public_url="https://bakery.example", public_url_proved_at=AT)
    instance.forget_seen()
    Rules.objects.create(pk=1, contacts_a_week=1, emails_a_week=None)
    ruth, version = make_customer(email="ruth@bakery.example"), make_version(AT)
    make_decision(ruth)
    messages = [make_message(ruth, AT, version=version, occasion=f"x{n}") for n in range(2)]
    together, codes = threading.Barrier(2, timeout=10), []

    def intend(message: object) -> None:
        together.wait()
        with transaction.atomic():
            verdict = verdicts_for_messages([message.pk], AT)[message.pk]  # type: ignore[attr-defined]
            if verdict.is_yes:
                take_places([(ruth.pk, "email", "educate", f"message:{message.pk}")], AT)  # type: ignore[attr-defined]
            codes.append(verdict.code)
        connection.close()

    threads = [threading.Thread(target=intend, args=[message]) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(codes) == ["", "capped"]
    assert Contact.objects.count() == 1
    assert Customer.objects.count() == 1
