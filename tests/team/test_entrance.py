"""Coming in by a one-time link: a GET shows, a POST acts, once."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.team import actions
from regulars.team.models import Business, Member, OneTimeLink
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

ANSWERS = {
    "your_name": "Nora Lindqvist",
    "email": "nora@juniper.example",
    "password": "wheat and rye and juniper",
    "name": "Juniper & Rye",
    "country": "GB",
    "currency": "GBP",
    "time_zone": "Europe/London",
}
JOINING = {"name": "Tomasz Wilk", "password": "fourteen loaves and one"}


@pytest.fixture
def first_page(at: datetime) -> str:
    return f"/team/first/{actions.make_first_account_link(by=COMMAND, at=at)}"


@pytest.fixture
def join_page(owner: Member, at: datetime) -> str:
    token = actions.invite("tomasz@x.example", "manager", by=owner.actor, at=at)
    return f"/team/join/{token}"


@pytest.fixture
def sign_in_page(owner: Member, at: datetime) -> str:
    return f"/team/sign-in/{actions.make_sign_in_link(owner, by=COMMAND, at=at)}"


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_first_account_signs_its_owner_in(client: Client, first_page: str) -> None:
    answer = client.post(first_page, ANSWERS)

    owner = Member.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == str(owner.pk)
    assert (owner.name, owner.role) == ("Nora Lindqvist", "owner")
    assert Business.objects.get().name == "Juniper & Rye"


def test_first_account_may_do_without_a_password(client: Client, first_page: str) -> None:
    client.post(first_page, ANSWERS | {"password": ""})

    owner = Member.objects.get()
    assert not owner.has_usable_password()
    assert signed_in_as(client) == str(owner.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nora"},
        {"password": "short"},
        {"password": "nora@juniper.example"},
        {"name": ""},
        {"currency": "shells"},
        {"time_zone": "Mars/Base"},
        {"country": "ZZ"},
    ],
    ids=str,
)
def test_first_account_answers_wrong_answers_with_the_form(
    client: Client, first_page: str, wrong: dict[str, str]
) -> None:
    answer = client.post(first_page, ANSWERS | wrong)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Member.objects.exists()
    assert client.get(first_page).status_code == 200


def test_first_account_page_closes_for_good(client: Client, first_page: str, at: datetime) -> None:
    """RELIABILITY O2: neither the used token nor one still open answers once an owner exists."""
    client.post(first_page, ANSWERS)
    another = f"/team/first/{actions.make_first_account_link(by=COMMAND, at=at)}"

    stranger = Client()
    answers = [
        stranger.get(first_page),
        stranger.post(first_page, ANSWERS | {"email": "e@x.example"}),
    ]
    answers += [stranger.get(another), stranger.post(another, ANSWERS | {"email": "e@x.example"})]

    assert [answer.status_code for answer in answers] == [410] * 4
    assert Member.objects.count() == 1
    assert signed_in_as(stranger) is None


@pytest.mark.parametrize("page", ["first_page", "join_page", "sign_in_page"])
def test_looking_at_a_link_spends_nothing(
    client: Client, page: str, request: pytest.FixtureRequest
) -> None:
    """RELIABILITY A4, F65: scanners and previews GET, HEAD, and never sign anybody in."""
    path = request.getfixturevalue(page)
    before = Member.objects.count()

    codes = [client.get(path).status_code for _ in range(3)] + [client.head(path).status_code]

    assert codes == [200, 200, 200, 405]
    assert signed_in_as(client) is None
    assert Member.objects.count() == before
    assert OneTimeLink.objects.filter(used_at=None, closed_at=None).count() == 1


@pytest.mark.parametrize("page", ["first_page", "join_page", "sign_in_page"])
def test_a_link_page_is_kept_nowhere(
    client: Client, page: str, request: pytest.FixtureRequest
) -> None:
    answer = client.get(request.getfixturevalue(page))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("page", "days"), [("first_page", 1), ("sign_in_page", 1), ("join_page", 7)]
)
def test_a_link_runs_out(
    client: Client, page: str, days: int, request: pytest.FixtureRequest, at: datetime
) -> None:
    path = request.getfixturevalue(page)

    with clock.stopped_at(at + timedelta(days=days) - timedelta(minutes=1)):
        before = client.get(path).status_code
    with clock.stopped_at(at + timedelta(days=days)):
        after = [client.get(path).status_code, client.post(path, ANSWERS | JOINING).status_code]

    assert (before, after) == (200, [410, 410])
    assert signed_in_as(client) is None


def test_one_time_link_signs_in_once(sign_in_page: str, owner: Member) -> None:
    nora, thief = Client(), Client()

    assert nora.post(sign_in_page).status_code == 302
    assert thief.post(sign_in_page).status_code == 410

    assert signed_in_as(nora) == str(owner.pk)
    assert signed_in_as(thief) is None


def test_one_time_link_shows_nothing_of_the_member(
    client: Client, sign_in_page: str, owner: Member
) -> None:
    page = client.get(sign_in_page).content.decode()

    assert owner.name not in page
    assert owner.email not in page


def test_a_wrong_token_says_the_same_as_a_used_one(client: Client, sign_in_page: str) -> None:
    client.post(sign_in_page)
    stranger = Client()

    wrong, used = stranger.get("/team/sign-in/nonsense"), stranger.get(sign_in_page)

    text = [re.findall("<main.*</main>", a.content.decode(), re.DOTALL) for a in (wrong, used)]
    assert len(text[0]) == 1
    assert text[0] == text[1]


def test_link_pages_demand_the_forms_token(sign_in_page: str) -> None:
    """RELIABILITY B2."""
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(sign_in_page)

    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()
    assert signed_in_as(browser) is None


def test_accepting_an_invitation_signs_in(client: Client, join_page: str) -> None:
    answer = client.post(join_page, JOINING)

    tomasz = Member.objects.get(email="tomasz@x.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert (tomasz.name, tomasz.role, tomasz.is_active) == ("Tomasz Wilk", "manager", True)
    assert signed_in_as(client) == str(tomasz.pk)


def test_accepting_an_invitation_takes_no_role_from_the_form(
    client: Client, join_page: str
) -> None:
    client.post(join_page, JOINING | {"role": "owner", "email": "eve@x.example"})

    assert Member.objects.get(email="tomasz@x.example").role == "manager"


def test_accepting_an_invitation_refuses_a_short_password(client: Client, join_page: str) -> None:
    answer = client.post(join_page, JOINING | {"password": "fourteen chars"})

    assert answer.status_code == 422
    assert not Member.objects.filter(email="tomasz@x.example").exists()


def test_accepting_an_invitation_for_an_address_taken_since(client: Client, join_page: str) -> None:
    make_member("helper", email="Tomasz@x.example")

    answer = client.post(join_page, JOINING)

    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    assert OneTimeLink.objects.get().used_at is None
