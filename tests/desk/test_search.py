import re
from collections.abc import Callable

import pytest
from django.test import Client

from regulars.core import clock
from regulars.customers.models import Duplicate
from regulars.desk.search import fits
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.team import make_member
from tests.house.test_doors import CLOSED

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
PART = {"HX-Request": "true"}
# One's own sign-in has one page that leads on; the rest answers another page.
ELSEWHERE = {
    "account_set_password", "care:add_questions",
    "customers:counted", "customers:twins", "desk:search", "desk:design",
    "desk:kept", "insight:looking", "mfa_activate_totp", "mfa_generate_recovery_codes",
    "planning:todays_calendar", "learning:themes_csv", "learning:causes_csv", "learning:no_cause",
    "learning:satisfaction_csv",
    "goals:inputs", "till:kept",
}  # fmt: skip


def found(page: str) -> list[str]:
    """What the list holds, in order, headings and all."""
    return re.findall(r'<(?:p class="head"[^>]*|a [^>]*><span)>([^<]+)<', page)


def test_people_come_first_then_actions_then_places(client_of: ClientOf, owner: Member) -> None:
    make_customer("Sadie Setter")

    page = client_of(owner).get("/search", {"q": "set"}, headers=PART).content.decode()

    assert found(page) == [
        "People", "Sadie Setter", "Actions", "Write down a touch with Sadie Setter",
        "Write to Sadie Setter", "Set a goal", "Set opening hours", "Places", "Settings",
    ]  # fmt: skip
    assert "<kbd>8</kbd>" in page
    assert "<html" not in page


def test_someone_archived_is_not_found(client_of: ClientOf, owner: Member) -> None:
    make_customer("Ruth Calloway", archived_at=owner.joined_at)

    page = client_of(owner).get("/search", {"q": "calloway"}, headers=PART).content.decode()

    assert found(page) == []
    assert "Nobody and nothing is called “calloway”." in page


def test_a_helper_finds_only_those_they_look_after(
    client_of: ClientOf, helper: Member, owner: Member
) -> None:
    """RELIABILITY A1, A3: search is no way round the list."""
    make_customer("Ruth Calloway", manager=helper)
    make_customer("Robert Calloway", manager=owner)

    page = client_of(helper).get("/search", {"q": "calloway"}, headers=PART).content.decode()

    assert found(page)[:2] == ["People", "Ruth Calloway"]
    assert "Robert" not in page


def test_nothing_sought_shows_no_people(client_of: ClientOf, owner: Member) -> None:
    make_customer("Ruth Calloway")

    page = client_of(owner).get("/search", headers=PART).content.decode()

    assert "People" not in found(page)
    assert "Settings" in found(page)


def test_only_what_one_may_do_is_offered(client_of: ClientOf, viewer: Member) -> None:
    page = client_of(viewer).get("/search", headers=PART).content.decode()

    offered = {"Add a customer", "Invite somebody to the team", "Bring in customers or orders"}
    assert offered & set(found(page)) == set()
    assert "Change how you sign in" in found(page)


def test_without_scripts_it_is_a_page(client_of: ClientOf, owner: Member) -> None:
    make_customer("Ruth Calloway")

    page = client_of(owner).get("/search", {"q": "ruth"}).content.decode()

    assert "<html" in page
    assert 'value="ruth"' in page
    assert "Ruth Calloway" in page


@pytest.mark.parametrize("hostile", ["<script>x</script>", "'\"--", "%", "\\", "a" * 5000])
def test_any_text_may_be_sought(client_of: ClientOf, owner: Member, hostile: str) -> None:
    """RELIABILITY B1, Q1."""
    answer = client_of(owner).get("/search", {"q": hostile}, headers=PART)

    assert answer.status_code == 200
    assert "<script>x" not in answer.content.decode()


def test_few_queries_whatever_is_found(client_of: ClientOf, owner: Member) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    here = client_of(owner)
    here.get("/search")
    counts = []
    for _ in range(3):
        make_customer("Ruth Calloway", manager=owner)
        with CaptureQueriesContext(connection) as seen:
            here.get("/search", {"q": "calloway"}, headers=PART)
        counts.append(len(seen))

    assert counts[0] == counts[2]


@pytest.mark.same_on_each
def test_every_page_that_one_may_open_is_a_place(client_of: ClientOf, owner: Member) -> None:
    """Whoever adds a page adds it here, or to what can be done."""
    page = client_of(owner).get("/search").content.decode()
    offered = {address.partition("#")[0] for address in re.findall(r'<a href="([^"]+)"', page)}
    pages = {door.path for door in CLOSED if "<" not in door.route and door.name not in ELSEWHERE}
    here = client_of(owner)

    shown = {path for path in pages if here.get(path).status_code == 200}

    assert shown - offered == set()


@pytest.mark.same_on_each
@pytest.mark.parametrize("role", ["owner", "manager", "helper", "viewer"])
@pytest.mark.usefixtures("business")
def test_nothing_is_offered_that_one_may_not_open(client_of: ClientOf, role: str) -> None:
    here = client_of(make_member(role))
    page = here.get("/search").content.decode()
    inside = page.split('<div class="palette')[1].split("</main>")[0]

    answers = {
        path: here.get(path).status_code for path in re.findall(r'<a href="([^"]+)"', inside)
    }

    assert {path: code for path, code in answers.items() if code != 200} == {}


def test_words_may_come_in_any_order_and_by_other_names() -> None:
    assert fits("Bring in customers or orders import upload", "orders bri")
    assert fits("Take a list out into a file export CSV", "EXP")
    assert not fits("Set opening hours", "pen")


def test_beside_the_duplicates_stands_how_many_pairs_wait(
    client_of: ClientOf, owner: Member
) -> None:
    helper = make_member("helper")
    cards = [make_customer(f"Ruth Hale {turn}", manager=helper) for turn in range(3)]
    for other in cards[1:]:
        Duplicate.objects.create(low=cards[0], high=other, score=20.0, found_at=clock.now())

    pages = [
        client_of(who).get("/search", {"q": "twice"}, headers=PART).content.decode()
        for who in (owner, helper)
    ]

    assert found(pages[0]) == ["Places", "Who may be on the list twice"]
    assert "<small>2 wait</small>" in pages[0]
    assert found(pages[1]) == []


def test_two_of_a_name_offer_no_deed(client_of: ClientOf, owner: Member) -> None:
    make_customer("Ruth Calloway")
    make_customer("Ruth Adeyemi")

    page = client_of(owner).get("/search", {"q": "ruth"}, headers=PART).content.decode()

    assert found(page) == ["People", "Ruth Adeyemi", "Ruth Calloway"]
