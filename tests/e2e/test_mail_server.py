"""The screen for mail in a real browser: at a desk and on a phone, light and dark."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from regulars.messaging.dns_records import findings
from regulars.messaging.models import MailServer
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.team import make_business, make_member
from tests.messaging.channels.smtp_server import Habits, Server

Axe = Callable[[Page], None]


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner", email="nora@juniper.example")


@pytest.fixture
def mail_server() -> Iterator[Server]:
    with Server(Habits(login=("nora", "right"))) as started:
        yield started


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("REGULARS_PICTURES"):
        page.screenshot(path=Path(folder) / f"mail-{name}.png", full_page=True)


def describe(page: Page, server: Server, password: str) -> None:
    page.get_by_label("Mail server", exact=True).check()
    page.get_by_label("Name of the server").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(server.port))
    page.get_by_label("Encryption").select_option("none")
    page.get_by_label("User").fill("nora")
    page.get_by_label("Password").fill(password)
    page.get_by_label("Address of the sender").fill("hello@juniper.example")
    page.get_by_role("button", name="Keep these settings").click()


def test_a_server_is_set_tested_and_put_right(
    page_for: OpenPage, nora: Member, mail_server: Server
) -> None:
    page = page_for(nora, path="/team/")
    page.get_by_role("link", name="Mail", exact=True).click()
    expect(page.get_by_text("Mail goes into files until a server is set.")).to_be_visible()

    describe(page, mail_server, "wrong")
    page.get_by_role("button", name="Send a test to nora@juniper.example").click()
    expect(page.get_by_text("The server does not let us in.")).to_be_visible()
    expect(page.get_by_text("535 5.7.8")).to_be_visible()
    assert mail_server.delivered == []

    describe(page, mail_server, "right")
    page.get_by_role("button", name="Send a test to nora@juniper.example").click()
    expect(page.get_by_text("The mail server took it.")).to_be_visible()
    assert [to for to, _content in mail_server.delivered] == ["nora@juniper.example"]
    assert MailServer.objects.get().tested_at is not None


def test_a_key_is_made_and_its_record_shown(
    page_for: OpenPage, nora: Member, mail_server: Server
) -> None:
    page = page_for(nora, path="/messages/server/")
    describe(page, mail_server, "right")

    page.get_by_role("button", name="Make a key").click()

    expect(page.get_by_label("Name of the record")).to_have_value(
        MailServer.objects.get().dkim_selector + "._domainkey.juniper.example"
    )
    assert page.get_by_label("Its text").input_value().startswith("v=DKIM1; k=rsa; p=")


def test_without_scripts_it_works_too(
    page_for: OpenPage, nora: Member, mail_server: Server
) -> None:
    page = page_for(nora, path="/messages/server/", scripts=False, width="phone")

    describe(page, mail_server, "right")

    expect(page.get_by_text("Kept: how mail leaves.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_found_on_the_screen_for_mail(
    page_for: OpenPage, axe_in_both_lights: Axe, nora: Member, mail_server: Server, width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Empty, refused, kept with a key, failed, and with what the DNS says."""
    page = page_for(nora, width=width, path="/messages/server/")
    axe_in_both_lights(page)
    picture(page, f"empty-{width}")
    page.get_by_label("Mail server", exact=True).check()
    page.get_by_role("button", name="Keep these settings").click()
    expect(page.get_by_text("Which server takes the mail?")).to_be_visible()
    axe_in_both_lights(page)
    picture(page, f"refused-{width}")

    describe(page, mail_server, "wrong")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_label("Its text")).to_be_visible()
    MailServer.objects.update(paused_why="535 5.7.8 Authentication credentials invalid")
    page.get_by_role("button", name="Send a test to nora@juniper.example").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    axe_in_both_lights(page)
    picture(page, f"failed-{width}")

    answers = {"juniper.example": ["v=spf1 mx -all"]}
    monkeypatch.setattr(
        "regulars.messaging.views.server.findings",
        lambda published: findings(published, ask=lambda name: answers.get(name, [])),
    )
    page.get_by_role("button", name="Ask the DNS about juniper.example").click()
    expect(page.get_by_text("The domain says which servers may send its mail.")).to_be_visible()
    axe_in_both_lights(page)
    picture(page, f"dns-{width}")
