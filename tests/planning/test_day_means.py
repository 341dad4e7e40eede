"""The means of a day on the screen: the way, the calendar, briefs, the call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from regulars.care.actions.expectations import note_expectation
from regulars.care.choices import Matter
from regulars.consent.choices import Channel
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.library.actions.statements import Shown, add_proof
from regulars.library.choices import ProofKind
from regulars.lists.models import HiddenField
from regulars.planning.briefs import briefs_of
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.library import make_statement
from tests.factories.notes import at_home
from tests.factories.orders import make_line, make_order
from tests.factories.planning import TODAY, make_facts
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


def on_list(member: Member, customer: Customer, channel: Channel, at: datetime) -> PlanItem:
    plan, _new = Plan.objects.get_or_create(
        member=member, day=at.date(), defaults={"minutes": 60, "made_at": at}
    )
    return PlanItem.objects.create(
        plan=plan, customer=customer, position=plan.items.count(), channel=channel,
        purpose="serve", minutes=6, reason="first_purchase", due_on=at.date(),
        values={"first_on": "2026-11-20"},
    )  # fmt: skip


@pytest.fixture
def here(client_of: ClientOf, manager: Member, at: datetime) -> Client:
    return client_of(manager)


def unfolded(answer: Any) -> list[str]:
    whole: str = answer.content.decode()
    return whole.replace("\r\n ", "").split("\r\n")


def test_the_way_goes_over_the_visits_of_today(here: Client, manager: Member, at: datetime) -> None:
    ruth, nowhere = at_home("Ruth Calloway"), make_customer("No Address")
    for one in (ruth, nowhere):
        on_list(manager, one, Channel.VISIT, at)
    on_list(manager, make_customer("Otis Bell"), Channel.CALL, at)

    page = here.get("/plan/route?at=14:00").content.decode()

    assert "1 visit, about" in page
    assert "14:00" in page
    assert "4 Weir Lane, AB1 2CD Ambley" in page
    assert "Without an address" in page
    assert ("No Address" in page, "Otis Bell" in page) == (True, False)
    assert "09:00" in here.get("/plan/route?at=nonsense&stop=no").content.decode()


def test_the_way_is_for_whoever_sees_addresses(here: Client, manager: Member, at: datetime) -> None:
    on_list(manager, at_home(), Channel.VISIT, at)
    HiddenField.objects.create(role="manager", field="customer.street", hidden_at=at)

    assert here.get("/plan/route").status_code == 403
    assert "4 Weir Lane" not in here.get("/plan/calendar/today.ics").content.decode()


def test_the_calendar_has_calls_first_then_the_round(
    here: Client, manager: Member, business: Business, at: datetime
) -> None:
    visit = on_list(
        manager, at_home("Ruth; Calloway, née Ünsal " + "long " * 20), Channel.VISIT, at
    )
    call = on_list(manager, make_customer("Otis Bell"), Channel.CALL, at)
    on_list(manager, make_customer("Vera Lund"), Channel.EMAIL, at)

    answer = here.get("/plan/calendar/today.ics")

    lines = unfolded(answer)
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert [line for line in lines if line.startswith("UID")] == [
        f"UID:item-{call.pk}@regulars", f"UID:item-{visit.pk}@regulars",
    ]  # fmt: skip
    # London is at UTC in November: calls begin at nine, for six minutes.
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND"))][:2] == [
        "DTSTART:20261124T090000Z", "DTEND:20261124T090600Z",
    ]  # fmt: skip
    assert any(line.startswith("SUMMARY:Visit Ruth\\; Calloway\\, née Ünsal") for line in lines)
    assert "LOCATION:4 Weir Lane\\, AB1 2CD Ambley" in lines
    assert any("Bought from us for the first time" in line for line in lines)


def test_a_calendar_asks_by_an_address_of_its_own_until_it_is_closed(
    client: Client, here: Client, manager: Member, at: datetime
) -> None:
    on_list(manager, make_customer("Otis Bell"), Channel.CALL, at)
    here.post("/plan/calendar/open")
    first = address_on(here)
    here.post("/plan/calendar/open")
    second = address_on(here)

    asked = client.get(second)

    assert (asked.status_code, asked["Cache-Control"]) == (200, "no-store, private")
    assert "SUMMARY:Call Otis Bell" in unfolded(asked)
    assert client.get(first).status_code == 404
    assert client.get(second.replace("-2.", "-3.")).status_code == 404

    here.post("/plan/calendar/close")
    assert client.get(second).status_code == 404


def address_on(here: Client) -> str:
    page = here.get("/plan/calendar").content.decode()
    return "/plan/feed/" + page.split("/plan/feed/")[1].split('"')[0]


def test_the_address_of_somebody_who_left_is_closed(
    client: Client, here: Client, manager: Member, at: datetime
) -> None:
    here.post("/plan/calendar/open")
    address = address_on(here)
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    assert client.get(address).status_code == 404


def test_a_viewer_has_no_calendar_of_their_own(client_of: ClientOf, viewer: Member) -> None:
    there = client_of(viewer)

    assert "no list of their own" in there.get("/plan/calendar").content.decode()
    assert there.post("/plan/calendar/open").status_code == 403


@pytest.fixture
def ruth(manager: Member, at: datetime) -> Customer:
    """One of whom much is known."""
    ruth = at_home("Ruth Calloway", manager=manager, about="Two boys.")
    make_point(ruth, "phone", "020 7946 0991")
    make_facts(ruth, tier="core")
    make_line(make_order(ruth, TODAY - timedelta(days=6), 840), "Seeded rye", 840)
    make_touch(ruth, at - timedelta(days=3), by=manager.actor, said="My son starts school")
    make_one(at, customer=ruth, what="Two seeded rye", by=manager.actor)
    note_expectation(ruth, what=Matter.HOURS, by=manager.actor, at=at)
    return ruth


def test_a_brief_says_who_what_was_said_and_what_is_owed(
    here: Client, manager: Member, ruth: Customer, at: datetime
) -> None:
    on_list(manager, ruth, Channel.CALL, at)

    page = here.get(f"/plan/brief/{ruth.pk}").content.decode()
    pdf = PdfReader(BytesIO(here.get(f"/plan/brief/{ruth.pk}.pdf").content))

    paper = " ".join(pdf.pages[0].extract_text().split())
    for words in (
        "Core", "020 7946 0991", "Bought from us for the first time", "Two seeded rye",
        "Opening hours", "Seeded rye", "My son starts school", "Two boys.", "Tomasz",
    ):  # fmt: skip
        assert words in page, words
        assert words in paper, words


def test_what_is_hidden_from_a_role_is_in_no_brief(
    manager: Member, ruth: Customer, at: datetime
) -> None:
    item = on_list(manager, ruth, Channel.CALL, at)
    for name in (
        "insight.tier", "customer.phone", "customer.street", "order", "touch", "promise",
        "care.expects", "customer.about",
    ):  # fmt: skip
        HiddenField.objects.create(role="manager", field=name, hidden_at=at)

    brief = briefs_of([ruth], manager.actor, TODAY, {ruth.pk: item})[0]

    assert (brief.tier, brief.reach, brief.why, list(brief.lines)) == ("", [], "", [])
    assert (brief.rhythm, brief.last_purchase, brief.touches) == ("", "", [])
    assert (brief.expects, brief.promises, brief.about) == ("", [], "")


def test_briefs_of_a_day_take_as_many_queries_as_one(
    manager: Member, ruth: Customer, at: datetime
) -> None:
    others = [at_home(name) for name in ("Otis Bell", "Vera Lund")]
    for one in others:
        make_facts(one)
        make_touch(one, at, by=manager.actor)
    counts = []
    for some in ([ruth], [ruth], [ruth, *others]):
        with CaptureQueriesContext(connection) as seen:
            briefs_of(some, manager.actor, TODAY, {})
        counts.append(len(seen))

    assert counts[1] == counts[2]


def test_the_briefs_of_a_whole_day_are_one_file(
    here: Client, manager: Member, ruth: Customer, at: datetime
) -> None:
    empty = here.get("/plan/briefs.pdf")
    for one in (ruth, at_home("Otis Bell")):
        on_list(manager, one, Channel.CALL, at)

    pdf = PdfReader(BytesIO(here.get("/plan/briefs.pdf").content))

    assert empty["Location"] == "/"
    assert len(pdf.pages) == 2
    assert "Otis Bell" in pdf.pages[1].extract_text()


def test_a_call_asks_then_serves_and_says_what_came_of_it(
    here: Client, manager: Member, ruth: Customer, at: datetime
) -> None:
    item = on_list(manager, ruth, Channel.CALL, at)
    fact = Shown(ProofKind.FACT, "Tested four times a year.")
    add_proof(make_statement(at), fact, by=SYSTEM, at=at, today=at.date())

    page = here.get(f"/plan/call/{item.pk}").content.decode()
    done = here.post(
        f"/today/{item.pk}/done", {"channel": "call", "outcome": "reached", "line": "All is well"}
    )

    assert "this is Tomasz of Juniper &amp; Rye" in page
    asks, serves = page.index("Ask, then listen"), page.index("How can we help you?")
    assert page.index("We promised: Two seeded rye") < asks < serves
    assert serves < page.index("We keep our word") < page.index("Tested four times a year.")
    assert "You need not call back." in page
    assert f'action="/today/{item.pk}/done"' in page
    assert done.status_code == 302
    assert ruth.touches.filter(said="All is well").exists()


def test_the_list_of_somebody_else_is_not_a_helpers(
    client_of: ClientOf, helper: Member, manager: Member, ruth: Customer, at: datetime
) -> None:
    there, item = client_of(helper), on_list(manager, ruth, Channel.CALL, at)

    assert there.get(f"/plan/route?member={manager.pk}").status_code == 403
    assert there.get(f"/plan/briefs.pdf?member={manager.pk}").status_code == 403
    assert there.get(f"/plan/call/{item.pk}").status_code == 404
    assert there.get(f"/plan/brief/{ruth.pk}").status_code == 404
