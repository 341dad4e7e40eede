"""Check-ins on the screen, on a customer's page and on the command line."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.asking_by_hand import ask_after_all, leave_out
from regulars.care.actions.check_ins import start_check_ins
from regulars.care.errors import CheckInPast
from regulars.care.models import AskingRules, CheckIn
from regulars.care.queries.check_ins import Place, page_of
from regulars.cli.show import show
from regulars.core.actor import HELPER, SYSTEM, VIEWER
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order
from tests.factories.team import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
PAGE = "/care/check-ins/"


@pytest.fixture
def check_in(at: datetime) -> CheckIn:
    return started("Ruth Calloway", at)


def started(name: str, at: datetime, on: date = TODAY - 3 * DAY) -> CheckIn:
    customer = make_customer(name, email="ruth@example.org")
    arrived = datetime.combine(on, time(12), tzinfo=UTC)
    order = make_order(customer, on - 5 * DAY, delivered_at=arrived, promised_on=on - DAY)
    make_line(order, "Christmas cake")
    start_check_ins(at=at)
    return CheckIn.objects.get(customer=customer)


def test_the_page_says_who_is_due_by_what_way_and_why(
    check_in: CheckIn, client_of: ClientOf, owner: Member
) -> None:
    client = client_of(owner)

    page = client.get(PAGE).content.decode()
    assert "Ruth Calloway" in page
    assert "arrived on 21 November, later than promised" in page
    assert "By mail, to the address that they gave us." in page
    assert "Ruth Calloway" in client.get(f"{PAGE}?way=message&late=1").content.decode()
    assert "Ruth Calloway" not in client.get(f"{PAGE}?way=call").content.decode()
    assert "Ruth Calloway" not in client.get(f"{PAGE}?state=asked").content.decode()
    assert client.get(f"{PAGE}?state=nonsense&after=never.x").status_code == 200


def test_asked_and_left_out_by_hand_are_taken_back(
    check_in: CheckIn, client_of: ClientOf, owner: Member
) -> None:
    client = client_of(owner)
    for deed, state, why in (("asked", "asked", "mail"), ("leave-out", "dropped", "by_hand")):
        assert client.post(f"{PAGE}{check_in.pk}/{deed}").status_code == 302
        check_in.refresh_from_db()
        assert (check_in.state, check_in.why) == (state, why)
        # A second press, or a colleague's, changes nothing.
        assert client.post(f"{PAGE}{check_in.pk}/{deed}").status_code == 422
        assert client.post(f"{PAGE}{check_in.pk}/again").status_code == 302
        check_in.refresh_from_db()
        assert (check_in.state, check_in.asked_at) == ("due", None)


def test_what_a_message_asked_is_not_taken_back(check_in: CheckIn, at: datetime) -> None:
    with pytest.raises(CheckInPast):
        ask_after_all(check_in, by=SYSTEM, at=at)
    CheckIn.objects.update(state="answered")
    with pytest.raises(CheckInPast):
        leave_out(check_in, by=SYSTEM, at=at)


def test_a_helper_sees_their_own_and_a_viewer_changes_nothing(
    check_in: CheckIn, client_of: ClientOf
) -> None:
    helper, viewer = client_of(make_member(HELPER)), client_of(make_member(VIEWER))

    assert "Ruth Calloway" not in helper.get(PAGE).content.decode()
    assert helper.post(f"{PAGE}{check_in.pk}/asked").status_code == 404
    assert "I have asked" not in viewer.get(PAGE).content.decode()
    assert viewer.post(f"{PAGE}{check_in.pk}/asked").status_code == 403
    assert viewer.post(f"{PAGE}settings", {"is_on": "on"}).status_code == 403


def test_an_owner_says_how_we_ask_and_switching_on_again_asks_about_nothing_old(
    client_of: ClientOf, owner: Member
) -> None:
    client = client_of(owner)
    told = {"after_days": 5, "pause_days": 60, "silent_days": 10}

    assert client.post(f"{PAGE}settings", told).status_code == 302
    rules = AskingRules.objects.get()
    assert (rules.is_on, rules.after_days, rules.pause_days, rules.since_on) == (False, 5, 60, None)
    assert "switched off" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}settings", {**told, "is_on": "on"})
    assert AskingRules.objects.get().since_on is not None
    refused = client.post(f"{PAGE}settings", {**told, "after_days": 900})
    assert refused.status_code == 422
    assert AskingRules.objects.get().after_days == 5


def test_a_long_list_goes_on_where_a_page_ended_and_asks_as_often_for_one_as_for_three(
    check_in: CheckIn, at: datetime, owner: Member, client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    client, counts = client_of(owner), []
    client.get(PAGE)
    for _nth in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
        started(f"Customer {_nth}", at)
        started(f"Customer again {_nth}", at)
    assert counts[0] == counts[1]

    monkeypatch.setattr("regulars.care.queries.check_ins.SIZE", 2)
    seen, after = [], None
    for _page in range(3):
        rows, after = page_of(owner.actor, "due", after=after)
        seen += [one.pk for one in rows]
        after = Place.read(str(after)) if after else None
    assert seen == list(CheckIn.objects.order_by("due_on", "pk").values_list("pk", flat=True))


def test_a_customers_page_and_the_command_line_say_the_same(
    check_in: CheckIn, client_of: ClientOf, owner: Member
) -> None:
    page = client_of(owner).get(f"/customers/{check_in.customer_id}/").content.decode()
    assert "arrived on 21 November, later than promised" in page

    said = CliRunner().invoke(show, ["check-ins", "--json"], standalone_mode=False)
    (one,) = json.loads(said.output)["items"]
    assert (one["customer"], one["state"], one["is_late"]) == ("Ruth Calloway", "due", True)
    assert len(one["orders"]) == 1
