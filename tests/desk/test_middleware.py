"""Who may come in, for how long, and what a browser is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.desk import middleware
from regulars.team.actions import make_sign_in_link
from regulars.team.forms import HoursForm
from regulars.team.models import Business, Member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]


def test_strangers_are_led_to_the_sign_in(client: Client, owner: Member) -> None:
    answer = client.get("/team/people?x=1")

    assert (answer.status_code, answer["Location"]) == (
        302, "/account/login/?next=/team/people%3Fx%3D1",
    )  # fmt: skip


def test_a_strangers_part_of_a_page_becomes_the_sign_in(client: Client, owner: Member) -> None:
    answer = client.get("/team/people", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/")


def test_a_strangers_post_leads_to_no_address_that_takes_posts(
    client: Client, owner: Member
) -> None:
    answer = client.post("/team/people/invite")

    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")


def test_whether_we_are_well_is_told_to_everybody(client: Client) -> None:
    answer = client.get("/healthy")

    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.parametrize(("hours", "stays"), [(7.9, True), (8.1, False)])
def test_eight_idle_hours_end_a_session(
    client_of: ClientOf, owner: Member, at: datetime, hours: float, stays: bool
) -> None:
    """RELIABILITY A5."""
    here = client_of(owner)
    here.get("/team/")

    with clock.stopped_at(at + timedelta(hours=hours)):
        answer = here.get("/team/")

    assert answer.status_code == (200 if stays else 302)
    assert ("_auth_user_id" in here.session) is stays


def test_every_click_begins_the_idle_hours_anew(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)

    codes = []
    for hour in range(0, 36, 6):
        with clock.stopped_at(at + timedelta(hours=hour)):
            codes.append(here.get("/team/").status_code)

    assert codes == [200] * 6


def test_seven_days_end_a_session_that_was_never_idle(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    """RELIABILITY A5."""
    here = client_of(owner)

    codes = []
    for hour in [*range(0, 169, 6), 169]:
        with clock.stopped_at(at + timedelta(hours=hour)):
            codes.append(here.get("/team/").status_code)

    assert codes == [200] * 29 + [302]


def test_clicks_close_together_write_nothing(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    here.get("/team/")
    seen = here.session["seen_at"]

    with clock.stopped_at(at + timedelta(minutes=4)):
        here.get("/team/")
        unchanged = here.session["seen_at"]
    with clock.stopped_at(at + timedelta(minutes=6)):
        here.get("/team/")

    assert (unchanged, here.session["seen_at"]) == (seen, seen + 360)


def test_pages_tell_the_browser_what_they_never_need(client_of: ClientOf, owner: Member) -> None:
    """RELIABILITY B1."""
    answer = client_of(owner).get("/team/")

    told = {
        "Content-Security-Policy": (
            "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": middleware.NOT_NEEDED,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "private, no-cache",
    }
    heard = {name: answer.get(name) for name in told}
    for policies in (told, heard):
        policies["Content-Security-Policy"] = sorted(
            str(policies["Content-Security-Policy"]).split("; ")
        )  # type: ignore[assignment]
    assert heard == told


def test_cookies_are_out_of_reach_of_scripts(client: Client, owner: Member, at: datetime) -> None:
    path = f"/team/sign-in/{make_sign_in_link(owner, by=COMMAND, at=at)}"
    client.get(path)
    client.post(path)

    for name in ("regulars", "regulars_csrf"):
        cookie = client.cookies[name]
        assert (bool(cookie["httponly"]), cookie["samesite"], cookie["domain"]) == (
            True, "Lax", "",
        )  # fmt: skip


def test_another_site_writes_nothing(client_of: ClientOf, owner: Member) -> None:
    """RELIABILITY B2: beside the token."""
    here = client_of(owner)
    foreign = {"Sec-Fetch-Site": "cross-site"}

    assert here.post("/team/hours", {}, headers=foreign).status_code == 403
    assert here.get("/team/", headers=foreign).status_code == 200
    assert (
        here.post("/team/hours", {}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    )


def test_a_form_without_its_token_changes_nothing(owner: Member) -> None:
    """RELIABILITY B2, F50."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)

    answer = browser.post("/team/business", {"name": "Eve’s"})

    assert answer.status_code == 403
    assert "Nothing has been changed" in answer.content.decode()


def test_days_are_those_of_the_business(
    client_of: ClientOf, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    Business.objects.update(time_zone="Asia/Tokyo")
    zones = []

    def spy(business: Business) -> HoursForm:
        zones.append(timezone.get_current_timezone_name())
        return HoursForm(business=business)

    monkeypatch.setattr("regulars.team.views.business.HoursForm", spy)
    client_of(owner).get("/team/")

    assert zones == ["Asia/Tokyo"]
    assert timezone.get_current_timezone_name() == "UTC"
