"""Signing in by allauth: who gets in, what is said to the others, what ends a session."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from regulars.core.actor import COMMAND
from regulars.team import actions
from regulars.team.models import Member
from tests.factories.team import PASSWORD, make_business, make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
LOGIN = "/account/login/"
ANOTHER = "barley and oats and honey"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner", email="nora@x.example", password=PASSWORD)


def tried(client: Client, login: str, password: str) -> str:
    """What the page says, without what differs on every page."""
    answer = client.post(LOGIN, {"login": login, "password": password})
    assert answer.status_code == 200
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r'(csrf-token" content=|value=)"[^"]*"', "", page)


def test_sign_in_with_address_and_password(client: Client, nora: Member) -> None:
    answer = client.post(LOGIN, {"login": "Nora@X.example", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert client.get("/team/").status_code == 200


def test_sign_in_leads_on_to_where_one_wanted_to_go(client: Client, nora: Member) -> None:
    went = client.get("/team/people")
    assert went["Location"] == "/account/login/?next=/team/people"

    answer = client.post(went["Location"], {"login": nora.email, "password": PASSWORD})

    assert answer["Location"] == "/team/people"


def test_sign_in_leads_nowhere_else(client: Client, nora: Member) -> None:
    answer = client.post(
        LOGIN + "?next=https://evil.example/", {"login": nora.email, "password": PASSWORD}
    )

    assert answer["Location"] == "/"


def test_unknown_wrong_without_password_and_left_are_told_the_same(nora: Member) -> None:
    """RELIABILITY A6: nobody learns who is on the team."""
    make_member("manager", email="tomasz@x.example")
    make_member("helper", email="left@x.example", password=PASSWORD, is_active=False)

    said = {
        tried(Client(), login, password)
        for login, password in [
            ("nobody@x.example", PASSWORD),
            (nora.email, "not the password at all"),
            ("tomasz@x.example", PASSWORD),
            ("left@x.example", PASSWORD),
        ]
    }

    assert len(said) == 1
    assert "do not go together" in said.pop()


def test_too_many_tries_are_refused_even_with_the_right_password(
    client: Client, nora: Member
) -> None:
    for _ in range(5):
        tried(client, nora.email, "not the password at all")

    page = tried(client, nora.email, PASSWORD)

    assert "Too many tries in a short time" in page
    assert "_auth_user_id" not in client.session


def test_there_is_no_way_to_sign_up_or_to_reset_by_mail(client: Client, nora: Member) -> None:
    names = ["signup", "email", "reset_password", "inactive", "confirm_email"]
    paths = ["signup/", "email/", "password/reset/", "inactive/", "confirm-email/x/", "3rdparty/"]

    for name in names:
        with pytest.raises(NoReverseMatch):
            reverse(f"account_{name}")
    assert [client.get(f"/account/{path}").status_code for path in paths] == [404] * 6


def test_the_page_says_how_to_get_in_without_a_password(client: Client, nora: Member) -> None:
    assert "Ask an owner for a one-time link" in client.get(LOGIN).content.decode()


def test_signing_out_takes_a_post(client: Client, nora: Member) -> None:
    client.force_login(nora)

    client.get("/account/logout/")
    assert client.get("/team/").status_code == 200
    client.post("/account/logout/")

    assert client.get("/team/").status_code == 302


def test_another_password_ends_all_other_sessions(client_of: ClientOf, nora: Member) -> None:
    """RELIABILITY A5."""
    here, elsewhere = client_of(nora), client_of(nora)

    answer = here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/account/2fa/")
    assert here.get("/team/").status_code == 200
    assert elsewhere.get("/team/").status_code == 302
    assert Member.objects.get(pk=nora.pk).check_password(ANOTHER)


def test_another_password_needs_the_old_one(client_of: ClientOf, nora: Member) -> None:
    wrong = {"oldpassword": "no", "password1": ANOTHER, "password2": ANOTHER}

    client_of(nora).post("/account/password/change/", wrong)

    assert Member.objects.get(pk=nora.pk).check_password(PASSWORD)


def test_a_member_without_password_chooses_one(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)
    assert here.get("/account/password/change/")["Location"] == "/account/password/set/"

    here.post("/account/password/set/", {"password1": ANOTHER, "password2": ANOTHER})

    assert Member.objects.get(pk=owner.pk).check_password(ANOTHER)
    assert here.get("/team/").status_code == 200


def test_leaving_ends_the_session_at_once(client_of: ClientOf, nora: Member) -> None:
    priya = make_member("helper")
    hers = client_of(priya)
    assert hers.get("/team/").status_code == 200

    actions.deactivate_member(priya, by=nora.actor, at=nora.joined_at)
    assert hers.get("/team/").status_code == 302
    actions.let_back_in(priya, by=nora.actor, at=nora.joined_at)

    assert hers.get("/team/").status_code == 302


def test_another_role_holds_from_the_next_click(client_of: ClientOf, nora: Member) -> None:
    priya = make_member("owner", name="Priya Raman")
    hers = client_of(priya)
    assert hers.post("/team/hours", {}).status_code == 302

    actions.change_role(priya, "helper", by=nora.actor, at=nora.joined_at)

    assert hers.post("/team/hours", {}).status_code == 403


# The second step


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_the_second_step_is_offered_set_up_and_asked_for(client_of: ClientOf, nora: Member) -> None:
    here = client_of(nora)
    assert "Set it up" in here.get("/account/2fa/").content.decode()

    asked = here.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    here.post(asked["Location"], {"password": PASSWORD})
    page = here.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    done = here.post("/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert done["Location"] == "/account/2fa/codes/"
    assert Authenticator.objects.filter(user=nora).count() == 2


@pytest.fixture
def secret(nora: Member) -> str:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(nora, secret)
    return secret


def test_a_password_alone_opens_nothing_with_a_second_step(
    client: Client, nora: Member, secret: str
) -> None:
    answer = client.post(LOGIN, {"login": nora.email, "password": PASSWORD})

    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get("/team/").status_code == 302
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert client.get("/team/").status_code == 302
    client.post(answer["Location"], {"code": code_of(secret)})
    assert client.get("/team/").status_code == 200


@pytest.mark.usefixtures("secret")
def test_a_one_time_link_asks_for_the_second_step_too(
    client: Client, nora: Member, at: datetime
) -> None:
    token = actions.make_sign_in_link(nora, by=COMMAND, at=at)

    answer = client.post(f"/team/sign-in/{token}")

    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get("/team/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_second_step_ends_other_sessions(client_of: ClientOf, nora: Member) -> None:
    """RELIABILITY A5."""
    here, elsewhere = client_of(nora), client_of(nora)
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = here.get("/account/2fa/totp/activate/").context["form"].secret

    here.post("/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert Authenticator.objects.filter(user=nora, type="totp").exists()
    assert here.get("/team/").status_code == 200
    assert elsewhere.get("/team/").status_code == 302


def test_an_owner_takes_the_second_step_of_a_member_away(
    client_of: ClientOf, nora: Member, secret: str
) -> None:
    ulla = make_member("owner", name="Ulla")

    client_of(ulla).post(f"/team/people/{nora.pk}/second-step")

    assert not Authenticator.objects.exists()
    answer = Client().post(LOGIN, {"login": nora.email, "password": PASSWORD})
    assert answer["Location"] == "/"
