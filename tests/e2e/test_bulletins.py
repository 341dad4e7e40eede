"""A bulletin from the shell to its public page, with a real browser."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from regulars.bulletins.models import Sending
from regulars.core import clock
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees
from tests.factories.team import make_business, make_member

Axe = Callable[[Page], None]


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner", name="Nora Whitlock")


def test_a_bulletin_is_written_looked_at_published_and_sent(
    page_for: OpenPage, nora: Member, axe: Axe
) -> None:
    agrees(make_customer("Ruth Calloway", email="ruth@x.example"))
    otis = make_customer("Otis Bell", phone="+44 1632 960100")
    agrees(otis, channel="call")
    page = page_for(nora, path="/bulletins/")

    page.get_by_role("link", name="Begin a bulletin").click()
    page.get_by_label("What it is about").fill("After the fire")
    page.get_by_role("button", name="Write the four boxes").click()
    page.get_by_label("What we know (may be left out)", exact=True).fill("Nobody was hurt.")
    axe(page)
    page.get_by_role("button", name="Look at it before it is published").click()
    expect(page.frame_locator("iframe").get_by_text("Nobody was hurt.", exact=True)).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Publish it and tell 2 customers").click()

    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    axe(page)
    assert Sending.objects.count() == 1


def test_everybody_reads_the_file_on_any_screen_by_day_and_by_night(
    page_for: OpenPage, nora: Member, axe_in_both_lights: Axe
) -> None:
    now = clock.now()
    bulletin = make_bulletin(now, by=nora.actor)
    make_version(bulletin, now, by=nora.actor)
    make_version(bulletin, now, by=nora.actor, known="All ovens bake.")
    file = Path(settings.HOME) / "public" / "bulletins" / f"{bulletin.slug}.html"
    page = page_for(None, path="/hear-from-us")
    # The server itself hands it out, which the tests' own server does not.
    page.route("**/public/**", lambda route: route.fulfill(path=file, content_type="text/html"))

    page.goto(f"/public/bulletins/{bulletin.slug}.html")

    expect(page.get_by_role("heading", name="How we are doing after the fire")).to_be_visible()
    axe_in_both_lights(page)
    # On paper for the shop window: one page, and nothing that one would have to click.
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
    printed = paper.pages[0].extract_text()
    assert ("All ovens bake." in printed, "All we have told you" in printed) == (True, False)
