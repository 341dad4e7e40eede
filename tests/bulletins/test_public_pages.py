from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from regulars.bulletins.actions.minding import note_missed, remind_author
from regulars.bulletins.actions.writing import close_bulletin, correct
from regulars.bulletins.errors import TextTooLong
from regulars.bulletins.models import Bulletin, Version
from regulars.bulletins.public_pages import MOST_BYTES, write_all_pages, write_pages
from regulars.core.actor import SYSTEM
from regulars.team.models import Business, Member
from tests.factories.bulletins import WORDS, make_bulletin, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
SignIn = Callable[[Member], Client]
FIRE = "how-we-are-doing-after-the-fire"


def public(path: str) -> str:
    return (Path(settings.HOME) / "public" / "bulletins" / path).read_text(encoding="utf-8")


@pytest.fixture
def bulletin(at: datetime) -> Bulletin:
    bulletin = make_bulletin(at)
    make_version(bulletin, at)
    return bulletin


def test_a_page_says_the_four_boxes_and_what_the_promise_means(
    bulletin: Bulletin, at: datetime
) -> None:
    write_pages(bulletin.pk, at=at)

    page = public(f"{FIRE}.html")
    assert page == public(f"{FIRE}/1.html")
    for said in (
        "<li>Two of three ovens bake.</li>", "<li>When the third oven comes.</li>",
        "Wednesday 25 November 2026, 09:00", "nothing newer stands here, we have missed it",
        f'href="/ask/{FIRE}"',
    ):  # fmt: skip
        assert said in page
    assert "<script" not in page
    assert len(page.encode()) < 12_000


def test_what_is_new_is_said_and_the_older_one_points_to_it(
    bulletin: Bulletin, at: datetime
) -> None:
    make_version(bulletin, at + timedelta(hours=2), known="All ovens bake.", not_known="")

    write_pages(bulletin.pk, at=at)

    page, older = public(f"{FIRE}.html"), public(f"{FIRE}/1.html")
    assert "New since Tuesday 24 November 2026" in page
    assert "<li>No longer said: Nobody was hurt.</li>" in page
    assert "<p>Nothing yet.</p>" in page
    assert "Kept 1 of 1 times so far." in page
    assert "There is a newer one." in older
    assert "There is a newer one." not in page


def test_corrections_stand_on_every_later_page(bulletin: Bulletin, at: datetime) -> None:
    first = Version.objects.get()
    said = {"next_update_by": at + timedelta(days=1), "by": SYSTEM, "at": at}
    wrong = {**WORDS, "wrong": "Nobody was hurt.", "said": "Otis burnt a finger."}
    second = correct(first, {"en": wrong}, seen_number=1, **said)  # type: ignore[arg-type]
    again = {**WORDS, "wrong": "Otis burnt a finger.", "said": "It was Vera."}
    correct(second, {"en": again}, seen_number=2, **said)  # type: ignore[arg-type]
    make_version(bulletin, at)

    write_pages(bulletin.pk, at=at)

    page = public(f"{FIRE}.html")
    assert page.count("We were wrong.") == 2
    assert "<s>Nobody was hurt.</s> Otis burnt a finger. <em>This correction was itself" in page
    assert "<s>Otis burnt a finger.</s> It was Vera." in page
    assert page.count(">corrected</b>") == 2


def test_a_missed_update_is_said_on_the_page_and_a_late_one_afterwards(
    bulletin: Bulletin, at: datetime
) -> None:
    due = at + timedelta(hours=24)

    too_soon = note_missed(bulletin.pk, 1, at=due)
    missed = note_missed(bulletin.pk, 1, at=due + timedelta(seconds=1))
    page = public(f"{FIRE}.html")
    make_version(bulletin, due + timedelta(hours=1))
    write_pages(bulletin.pk, at=due + timedelta(hours=1))

    assert (too_soon, missed) == (False, True)
    assert "We are late." in page
    assert "This came later than we had promised: by Wednesday 25 November" in public(
        f"{FIRE}.html"
    )
    assert note_missed(bulletin.pk, 1, at=due + timedelta(hours=2)) is False


def test_the_author_is_reminded_once_and_not_of_what_has_come(
    bulletin: Bulletin, owner: Member, at: datetime
) -> None:
    make_version(bulletin, at, by=owner.actor)

    told = [remind_author(bulletin.pk, number, at=at) for number in (1, 2, 2)]

    assert told == [0, 1, 0]
    mails = [one.read_text(errors="replace") for one in Path(settings.HOME).rglob("*.eml")]
    assert [owner.email in one for one in mails] == [True]


def test_a_drill_stands_nowhere(at: datetime) -> None:
    drill = make_bulletin(at, title="Only a drill", is_drill=True)
    make_version(drill, at)

    write_all_pages(at=at)

    assert "Only a drill" not in public("index.html")
    assert not (Path(settings.HOME) / "public" / "bulletins" / "only-a-drill.html").exists()


def test_what_is_written_is_text_and_never_markup(at: datetime) -> None:
    bulletin = make_bulletin(at, title="<b>Fire</b> & smoke")
    make_version(bulletin, at, known='<script>alert(1)</script> <a href="x">y</a>')

    write_pages(bulletin.pk, at=at)

    page, feed = public(f"{bulletin.slug}.html"), public("feed.xml")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    content = ElementTree.fromstring(feed).find(".//{*}content")
    assert content is not None
    assert "&lt;script&gt;alert(1)" in (content.text or "")


def test_the_list_and_the_feed_name_the_newest_first_and_closed_ones_last(
    bulletin: Bulletin, at: datetime
) -> None:
    other = make_bulletin(at, title="The flood")
    make_version(other, at + timedelta(hours=1))
    close_bulletin(other, words="Dry again.", by=SYSTEM, at=at + timedelta(hours=2))

    write_all_pages(at=at)

    index, feed = public("index.html"), ElementTree.fromstring(public("feed.xml"))
    assert index.index("after the fire") < index.index("The flood")
    assert [one.text for one in feed.findall(".//{*}entry/{*}title")] == [
        "The flood", "How we are doing after the fire",
    ]  # fmt: skip
    assert "This is over" in public("the-flood.html")
    assert "Dry again." in public("the-flood.html")


def test_each_language_has_a_page_and_leads_to_the_others(at: datetime) -> None:
    Business.objects.update(languages=["en", "de"])
    bulletin = make_bulletin(at)
    version = make_version(bulletin, at)
    Version.objects.filter(pk=version.pk).update(
        texts={**version.texts, "de": {"known": "Zwei Öfen backen."}}
    )

    write_pages(bulletin.pk, at=at)

    german = public(f"{FIRE}/de.html")
    assert '<html lang="de">' in german
    assert "<h2>Das wissen wir</h2><ul><li>Zwei Öfen backen.</li>" in german
    assert "<p>Noch nichts.</p>" in german
    assert f'href="/public/bulletins/{FIRE}.html" lang="en"' in german
    assert f'href="/public/bulletins/{FIRE}/de.html" lang="de"' in public(f"{FIRE}.html")


def test_the_largest_page_stays_small(at: datetime) -> None:
    bulletin = make_bulletin(at)
    for number in range(3):
        make_version(bulletin, at, known=f"{number}" + "x" * 2400, doing="y" * 2400)

    write_pages(bulletin.pk, at=at)

    assert len(public(f"{FIRE}.html").encode()) < MOST_BYTES
    wide = "語" * 2500
    with pytest.raises(TextTooLong):
        make_version(bulletin, at, known=wide, not_known=wide, doing=wide)


def test_the_box_for_the_own_site_is_shown_with_its_words(
    client_of: SignIn, owner: Member, bulletin: Bulletin, at: datetime
) -> None:
    write_pages(bulletin.pk, at=at)

    box, page = public(f"{FIRE}/box.html"), client_of(owner).get(f"/bulletins/{bulletin.pk}/")

    assert "Two of three ovens bake." in box
    assert f"/public/bulletins/{FIRE}.html" in page.text
