"""Help requests on the screen."""

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.helping.actions import come_back
from regulars.helping.models import HelpRequest
from regulars.helping.queries import Waiting, waiting_for
from regulars.lists.actions.hiding import hide_fields
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.helping import make_request

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def test_what_they_told_us_stands_on_their_page_and_is_undone(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer(manager=manager)

    made = here.post(
        f"/help-requests/of/{ruth.pk}/new",
        {"topic": "A cake", "words": "For <ten>", "due_on": "2026-11-27"}, headers=HTMX,
    )  # fmt: skip
    asked = HelpRequest.objects.get()
    page = here.get(f"/customers/{ruth.pk}/").content.decode()
    toast = json.loads(made["HX-Trigger"])["toast"]

    assert made.status_code == 204
    assert asked.due_at is not None
    assert asked.due_at.isoformat() == "2026-11-27T23:59:00+00:00"
    assert "A cake" in page
    assert "For &lt;ten&gt;" in here.get(f"/help-requests/{asked.pk}/").content.decode()
    assert toast == {"text": "Written down.", "undo": f"/help-requests/{asked.pk}/back/open"}
    assert here.post(toast["undo"], headers=HTMX).status_code == 204
    assert HelpRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"topic": ""}, "This field is required", id="nothing"),
        pytest.param({"topic": "x" * 121}, "at most 120", id="too long"),
        pytest.param({"topic": "A cake", "due_on": "2026-11-20"}, "That moment is over", id="past"),
        pytest.param({"topic": "A cake", "words": "x" * 2001}, "at most 2000", id="long words"),
    ],
)
def test_what_cannot_be_kept_is_said_in_the_panel(
    client_of: ClientOf, manager: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    ruth = make_customer(manager=manager)

    answer = client_of(manager).post(f"/help-requests/of/{ruth.pk}/new", given, headers=HTMX)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert HelpRequest.objects.count() == 0


def test_from_the_list_to_coming_back(client_of: ClientOf, owner: Member, at: datetime) -> None:
    here, ruth = client_of(owner), make_customer()
    asked = make_request(ruth, at - 5 * DAY, words="Which flour?")

    late = here.get("/help-requests/?show=late").content.decode()
    refused = here.post(f"/help-requests/{asked.pk}/come-back", {"outcome": "", "channel": "call"})
    done = here.post(
        f"/help-requests/{asked.pk}/come-back", {"outcome": "The strong one", "channel": "call"},
        follow=True,
    )  # fmt: skip
    over = here.get("/help-requests/?show=over").content.decode()

    assert "Which flour?" in late
    assert refused.status_code == 422
    assert "The strong one" in done.content.decode()
    assert "we came back" in over
    assert "We came back to 1." in over


def test_nothing_now_and_not_needed_any_more(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth = client_of(owner), make_customer()

    here.post(f"/help-requests/of/{ruth.pk}/nothing", headers=HTMX)
    asked = make_request(ruth, at)
    here.post(f"/help-requests/{asked.pk}/withdraw", {"words": "Found it herself"})

    assert list(HelpRequest.objects.order_by("pk").values_list("state", "outcome")) == [
        ("nothing", ""), ("withdrawn", "Found it herself"),
    ]  # fmt: skip
    assert "Ruth" in here.get("/help-requests/?show=nothing").content.decode()


def test_it_is_handed_over_on_its_page(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    asked = make_request(make_customer(), at)
    there = f"/help-requests/{asked.pk}/hand-over"

    client_of(owner).post(there, {"owner": manager.pk, "due_on": "2026-12-01"})
    wrong = client_of(owner).post(there, {"owner": manager.pk}, headers=HTMX)

    asked.refresh_from_db()
    assert asked.owner == manager
    assert str(asked.due_at) == "2026-12-01 23:59:00+00:00"
    assert wrong.status_code == 422


def test_viewers_look_and_write_nothing(client_of: ClientOf, viewer: Member, at: datetime) -> None:
    ruth = make_customer()
    asked = make_request(ruth, at)
    here = client_of(viewer)

    assert here.get("/help-requests/").status_code == 200
    deeds = (f"of/{ruth.pk}/new", f"of/{ruth.pk}/nothing", f"{asked.pk}/come-back")
    assert [here.post(f"/help-requests/{one}", headers=HTMX).status_code for one in deeds] == [
        403
    ] * 3


def test_a_helper_sees_those_of_their_customers_alone(
    client_of: ClientOf, helper: Member, at: datetime
) -> None:
    own = make_request(make_customer("Jo March", manager=helper), at)
    other = make_request(make_customer("Ruth Calloway"), at)
    here = client_of(helper)

    page = here.get("/help-requests/").content.decode()

    assert "Jo March" in page
    assert "Ruth Calloway" not in page
    assert here.get(f"/help-requests/{own.pk}/").status_code == 200
    assert here.get(f"/help-requests/{other.pk}/").status_code == 404


def test_many_cost_no_more_questions_than_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth = client_of(owner), make_customer(manager=owner)
    make_request(ruth, at)
    pages = ("/help-requests/", f"/help-requests/of/{ruth.pk}")
    here.get(pages[0])
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            for page in pages:
                here.get(page)
        counts.append(len(asked))
        for name in ("Jo", "Cy"):
            make_request(make_customer(name, manager=owner), at, topic=name)
            make_request(ruth, at, topic=name)

    assert counts[0] == counts[1]


def test_today_says_how_many_wait_for_whom(owner: Member, manager: Member, at: datetime) -> None:
    make_request(make_customer(manager=manager), at - 5 * DAY)
    make_request(make_customer("Jo", manager=manager), at)
    make_request(make_customer("Cy"), at - 5 * DAY)
    soon = clock.now() + DAY

    assert waiting_for(manager.actor, at, soon) == Waiting(open=1, late=1)
    assert waiting_for(owner.actor, at, soon) == Waiting(open=1, late=1)


def test_each_need_opens_those_who_have_it_now(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    make_request(make_customer("Jo March"), at, topic="Carrying it home")
    came_back = make_request(make_customer("Cy Twombly"), at, topic="Carrying it home")
    come_back(came_back, outcome="Done", channel=Channel.CALL, by=owner.actor, at=at)
    make_request(make_customer("Ruth Calloway"), at, topic="Choosing a loaf")
    here = client_of(owner)

    page = here.get("/help-requests/").content.decode()
    there = re.search(
        r'href="(/customers/\?f=[^"]+)">1 needs it now<span class="sr">: Carrying', page
    )
    assert there
    those = here.get(html.unescape(there[1])).content.decode()

    assert [name for name in ("Jo March", "Cy Twombly", "Ruth Calloway") if name in those] == [
        "Jo March"
    ]


def test_needs_that_are_hidden_from_a_role_open_nothing(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    make_request(make_customer("Jo March"), at, topic="Carrying it home")
    hide_fields("manager", ["customer.needs"], by=owner.actor, at=at)

    page = client_of(manager).get("/help-requests/").content.decode()

    assert ("Carrying it home" in page, "/customers/?f=" in page) == (True, False)


def test_many_are_asked_by_whoever_writes_to_many(
    client_of: ClientOf, manager: Member, helper: Member
) -> None:
    pages = [client_of(one).get("/help-requests/").content.decode() for one in (manager, helper)]

    assert ["/campaigns/new?asks=help" in page for page in pages] == [True, False]
    assert ["Choose customers: a message, or notes by hand" in page for page in pages] == [
        True, True,
    ]  # fmt: skip
