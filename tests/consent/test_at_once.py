"""C2, C8: two who write in the same moment leave what one after the other would."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regulars.consent.actions import ask_to_opt_in, record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.consent.opting_in import MOST_FROM_ONE_PLACE
from regulars.consent.remembering import REFUSALS
from regulars.consent.standing import rebuilt_standing
from regulars.core import ledgers
from regulars.core.actor import SYSTEM
from regulars.customers.pointing import tighten_keys
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db(transaction=True)
NO, YES = Decision.WITHDRAWN, Decision.GRANTED


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """What each said, all begun in the same moment, each over a connection of its own."""
    together = threading.Barrier(len(works), timeout=10)
    said: list[object] = []

    def run(work: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            together.wait()
            said.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def decides(ids: Sequence[int], decision: Decision) -> Callable[[], object]:
    return lambda: record_decision(
        ids, "email", decision, source="test", wording="You may.", proof="card 12",
        happened_at=A_DAY, by=SYSTEM, at=A_DAY + timedelta(days=1),
    )  # fmt: skip


def derived() -> list[tuple[int, str]]:
    return sorted((one.customer_id, one.decision) for one in rebuilt_standing())


def test_the_same_no_from_four_sides_is_one_event_and_one_line() -> None:
    ids = [make_customer(f"Ruth {n}").pk for n in range(20)]

    # Half of them name the customers in the other order: they do not wait for each other for good.
    said = at_once([decides(ids if n % 2 else ids[::-1], NO) for n in range(4)])

    assert sorted(said, key=str) == [0, 0, 0, 20]
    assert ConsentEvent.objects.count() == 20
    assert sorted(line["customer"] for line in ledgers.lines_of(REFUSALS)) == ids


def test_a_no_and_an_older_yes_at_once_are_a_no_in_either_order() -> None:
    ids = [make_customer(f"Ruth {n}").pk for n in range(20)]

    at_once([decides(ids, YES), decides(ids, NO), decides(ids, YES), decides(ids, NO)])

    stands = ConsentState.objects.values_list("customer_id", "decision")
    assert sorted(stands) == [(pk, NO.value) for pk in ids] == derived()


def asks(address: str, ip: str) -> Callable[[], object]:
    def ask() -> object:
        return ask_to_opt_in(
            address, name="", purposes=["inform"], wording="News, please.", source="form",
            asked_from_ip=ip, at=A_DAY,
        )  # fmt: skip

    return ask


def test_of_those_who_ask_for_one_address_at_once_one_mail_goes_out() -> None:
    said = at_once([asks("ruth@calloway.example", f"192.0.2.{n}") for n in range(6)])

    assert len(said) == 6
    assert [one for one in said if one is not None] == [OptInRequest.objects.get()]


def test_of_those_who_ask_from_one_place_at_once_no_more_than_the_limit() -> None:
    said = at_once([asks(f"r{n}@calloway.example", "192.0.2.1") for n in range(8)])

    assert len(said) == 8
    assert OptInRequest.objects.count() == MOST_FROM_ONE_PLACE


@pytest.fixture
def upgraded(transactional_db: None) -> Iterator[None]:
    """Whatever happens, the tables are those of today at the end."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    # As after every upgrade: keys that were made anew are asked once.
    tighten_keys()


@pytest.mark.usefixtures("upgraded")
def test_what_they_alone_wanted_to_hear_about_binds_after_an_upgrade() -> None:
    """Wishes that were kept before the gate read them."""
    some, none = make_customer("Some"), make_customer("None")
    executor = MigrationExecutor(connection)
    executor.migrate([("consent", "0003_events_are_kept")])
    past = executor.loader.project_state([("consent", "0003_events_are_kept")]).apps
    for customer, topics in ((some, ["thank", "inform"]), (none, [])):
        past.get_model("consent", "Wish").objects.create(
            customer_id=customer.pk, topics=topics, changed_at=A_DAY
        )

    MigrationExecutor(connection).migrate([("consent", "0004_only_for")])

    assert dict(Wish.objects.values_list("customer__name", "only_for")) == {
        "Some": ",inform,thank,", "None": "",
    }  # fmt: skip
