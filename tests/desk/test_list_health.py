import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import clock, events, jobs
from regulars.core.models import Job
from regulars.customers.models import ContactPoint, Duplicate
from regulars.intake.actions import undo_now
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


def page_of(here: Client, path: str = "/customers/health") -> str:
    """The page, once everything was counted in the background."""
    here.post("/customers/health/again")
    at = clock.now()
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)
    return here.get(path).content.decode()


def findings(page: str) -> dict[str, tuple[str, str]]:
    """By title the number and where the button leads."""
    rows = re.findall(
        r'<b class="big">([^<]+)</b><div><h2>([^<]+)</h2>.*?href="([^"]+)"', page, re.DOTALL
    )
    return {unescape(title): (count, unescape(url)) for count, title, url in rows}


def test_each_finding_has_its_number_and_leads_to_those_meant(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    fine = make_customer("Ruth Calloway", email="ruth@x.example", manager=owner)
    ContactPoint.objects.filter(customer=fine).update(verified_at=at)
    bounced = make_customer("Oscar Weir", manager=owner)
    make_point(bounced, "email", "oscar@x.example", state="bounced")
    make_customer("Rose Mill")
    make_customer(
        "Old Friend", phone="+44 20 7946 0321", manager=owner, created_at=at - timedelta(days=800)
    )
    here = client_of(owner)

    found = findings(page_of(here))

    assert {title: count for title, (count, _url) in found.items()} == {
        "with an e-mail address that came back or may be wrong": "1",
        "whom you cannot reach at all": "1",
        "with an e-mail address, and no word on whether you may write": "2",
        "whom nobody looks after": "1",
        "whose details nobody has confirmed for two years": "1",
    }
    names = {"came back": "Oscar Weir", "cannot reach": "Rose Mill", "looks after": "Rose Mill"}
    for part, name in names.items():
        url = next(url for title, (_count, url) in found.items() if part in title)
        assert name in here.get(url).content.decode()
    assert found["whose details nobody has confirmed for two years"][1].startswith(
        "/messages/mailings/new?who="
    )


def test_a_list_that_is_well_says_so(client_of: SignIn, owner: Member) -> None:
    assert "Nothing needs mending." in page_of(client_of(owner))


def test_what_is_hidden_from_a_role_is_not_counted_for_it(
    client_of: SignIn, manager: Member, owner: Member, at: datetime
) -> None:
    HiddenField.objects.create(role="manager", field="customer.email", hidden_at=at)
    make_customer("Rose Mill", manager=manager)

    assert findings(page_of(client_of(manager))) == {}
    assert findings(page_of(client_of(owner))) != {}


def test_helpers_do_not_mend_the_whole_list(client_of: SignIn, helper: Member) -> None:
    assert client_of(helper).get("/customers/health").status_code == 403


def test_the_numbers_are_kept_with_their_moment_until_they_are_counted_again(
    client_of: SignIn, owner: Member, manager: Member
) -> None:
    here = client_of(owner)
    with clock.stopped_at(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        make_customer("Rose Mill")
        page_of(here)
    with clock.stopped_at(datetime(2026, 11, 24, 9, 40, tzinfo=UTC)):
        make_customer("Oscar Mill")
        with CaptureQueriesContext(connection) as seen:
            later = client_of(manager).get("/customers/health").content.decode()
        asked = here.post("/customers/health/again", follow=True).content.decode()
        here.post("/customers/health/again")
        left = Job.objects.filter(name="desk.count_health", state=Job.State.WAITING).count()
        again = page_of(here)

    counts = [page[page.index("whom nobody looks after") - 60 :][:60] for page in (later, again)]
    assert ['class="big">1<' in counts[0], "at 09:00" in later] == [True, True]
    assert ['class="big">2<' in counts[1], "at 09:40" in again] == [True, True]
    counting = [query["sql"] for query in seen.captured_queries if "customers_contactpoint" in
                query["sql"] and "COUNT" in query["sql"]]  # fmt: skip
    assert counting == []
    assert ("Being counted now" in asked, "at 09:00" in asked, left) == (True, True, 1)


def test_before_anything_was_counted_the_page_says_so(client_of: SignIn, owner: Member) -> None:
    make_customer("Rose Mill")

    page = client_of(owner).get("/customers/health").content.decode()

    assert "Nobody has counted yet" in page
    assert "Nothing needs mending." not in page


def test_a_helper_has_nothing_counted_again(client_of: SignIn, helper: Member) -> None:
    assert client_of(helper).post("/customers/health/again").status_code == 403


def test_what_is_counted_of_duplicates_is_pairs(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    here, found = client_of(owner), []
    for nth in range(2):
        low, high = make_customer(f"Ruth {nth}"), make_customer(f"Ruth {nth}")
        Duplicate.objects.create(low=low, high=high, score=0.9, found_at=at)
        found.append(findings(page_of(here)))

    assert found[0]["pair that may be one customer"][0] == "1"
    assert found[1]["pairs that may be one customer"][0] == "2"


def test_a_file_that_came_in_or_was_taken_back_has_the_health_counted_once(
    owner: Member, at: datetime
) -> None:
    def waiting() -> int:
        return Job.objects.filter(name="desk.count_health").count()

    item = bring("customers", "Name,Email\nRuth,ruth@x.example\n")
    for _again in range(2):
        events.deliver_events(at=at)
    after = waiting()
    bring("customers", "Name,Email\nRuth,ruth@x.example\n")
    events.deliver_events(at=at)
    after_nothing = waiting()
    undo_now(item, by=owner.actor, at=at)
    events.deliver_events(at=at)

    assert (after, after_nothing, waiting()) == (1, 1, 2)
