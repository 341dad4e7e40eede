"""Once others reach us from outside, an owner sets up the second step before anything else."""

from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from regulars.core import instance
from regulars.core.actor import COMMAND
from regulars.core.secrets import change_key
from regulars.messaging.models import Switch
from regulars.team.actions import make_sign_in_link
from regulars.team.models import Member
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

SET_UP = "/account/2fa/totp/activate/"


@pytest.fixture
def _reached_from_outside(settings: object, at: datetime) -> None:
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]
    instance.settle_identity()
    instance.prove_public_url("https://shop.example", by=COMMAND, at=at)


def signed_in(member: Member, at: datetime) -> Client:
    """By a link from the console, which goes through the same door as a password."""
    client, token = Client(), make_sign_in_link(member, by=COMMAND, at=at)
    assert client.post(f"/team/sign-in/{token}").status_code == 302
    return client


@pytest.mark.usefixtures("_reached_from_outside")
def test_every_page_leads_an_owner_to_the_set_up_which_says_why(
    owner: Member, at: datetime
) -> None:
    here = signed_in(owner, at)

    pages = [here.get("/customers/"), here.post("/messages/waiting/")]
    part = here.get("/customers/", headers={"HX-Request": "true"})
    sheet = here.get(SET_UP)

    assert [(page.status_code, page["Location"]) for page in pages] == [(302, SET_UP)] * 2
    assert (part.status_code, part["HX-Redirect"]) == (401, SET_UP)
    assert "Please set this up first." in sheet.text


@pytest.mark.usefixtures("_reached_from_outside")
def test_with_a_second_step_they_go_on_and_without_it_again_they_are_asked_again(
    owner: Member, at: datetime
) -> None:
    here = signed_in(owner, at)
    secret = here.get(SET_UP).context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))

    done = here.post(SET_UP, {"code": str(format_hotp_value(hotp_value(secret, counter)))})
    page = here.get("/customers/")
    Authenticator.objects.all().delete()
    again = signed_in(owner, at).get("/customers/")

    assert (done["Location"], page.status_code) == ("/account/2fa/codes/", 200)
    assert (again.status_code, again["Location"]) == (302, SET_UP)


@pytest.mark.usefixtures("_reached_from_outside")
def test_what_leaves_can_be_stopped_all_the_same_and_one_can_sign_out(
    owner: Member, at: datetime
) -> None:
    here = signed_in(owner, at)

    here.post("/messages/stop", {"why": "Something is wrong"})
    out = here.post("/account/logout/")

    assert Switch.objects.get().why == "Something is wrong"
    assert out["Location"] == "/account/login/"


@pytest.mark.usefixtures("_reached_from_outside")
def test_others_of_the_team_are_not_asked(manager: Member, at: datetime) -> None:
    assert signed_in(manager, at).get("/customers/").status_code == 200


@pytest.mark.usefixtures("business")
def test_without_a_public_address_nobody_is_asked(owner: Member, at: datetime) -> None:
    assert signed_in(owner, at).get("/customers/").status_code == 200


def test_whoever_is_in_when_the_address_is_proved_works_on(
    owner: Member, settings: object, at: datetime
) -> None:
    here = signed_in(owner, at)
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]
    instance.settle_identity()
    instance.prove_public_url("https://shop.example", by=COMMAND, at=at)

    assert here.get("/customers/").status_code == 200
    assert signed_in(owner, at).get("/customers/").status_code == 302


def code_of(secret: str) -> str:
    return str(
        format_hotp_value(hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    )


@pytest.fixture
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code holds for half a minute, which may end in the midst of a test."""
    now = list(yield_hotp_counters_from_time())
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter(now))


@pytest.mark.usefixtures("_no_time_passes")
def test_what_makes_the_codes_lies_sealed_and_another_key_seals_it_anew(
    owner: Member, at: datetime
) -> None:
    """RELIABILITY K1. One from before they were sealed goes on working, and is sealed too."""
    before = generate_totp_secret()
    sealed = TOTP.activate(owner, before).instance
    older = Authenticator.objects.create(
        user=make_member("manager"), type=Authenticator.Type.TOTP, data={"secret": before}
    )

    change_key(by=owner.actor, at=at)

    first = sealed.data["secret"]
    sealed.refresh_from_db()
    older.refresh_from_db()
    assert (first[:2], sealed.data["secret"][:2], older.data["secret"][:2]) == ("1.", "2.", "2.")
    assert before not in first
    assert TOTP(sealed).validate_code(code_of(before))
    assert TOTP(older).validate_code(code_of(before))


@pytest.mark.usefixtures("_no_time_passes")
def test_without_the_key_no_code_fits(owner: Member) -> None:
    secret = generate_totp_secret()
    one = TOTP.activate(owner, secret).instance
    one.data["secret"] = "9." + one.data["secret"][2:]

    assert not TOTP(one).validate_code(code_of(secret))
    assert not TOTP(one).validate_code(code_of(""))
