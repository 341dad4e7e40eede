import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.bulletins.actions.writing import close_bulletin, correct, publish
from regulars.bulletins.errors import (
    BulletinClosed,
    BulletinMoved,
    NothingCorrected,
    NothingSaid,
    UpdateNotAhead,
)
from regulars.bulletins.models import Bulletin, Version
from regulars.consent.models import Wish
from regulars.core.errors import NotAllowed
from regulars.core.models import AuditEntry, Job
from regulars.promises.models import Promise
from regulars.team.models import Business, Member
from tests.factories.bulletins import WORDS, make_bulletin, make_version
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
SHEET = {
    "en-known": WORDS["known"], "en-not_known": "", "en-doing": WORDS["doing"],
    "next_update_by": "2026-11-25T17:00", "seen_number": "0",
}  # fmt: skip


def test_a_version_keeps_its_words_and_promises_the_next(owner: Member, at: datetime) -> None:
    bulletin = make_bulletin(at, by=owner.actor)

    version = make_version(bulletin, at, by=owner.actor)

    bulletin.refresh_from_db()
    assert version.texts == {"en": WORDS}
    assert (version.number, version.published_by, version.was_kept) == (1, owner, None)
    assert (bulletin.version_count, bulletin.next_update_by) == (1, at + timedelta(hours=24))
    assert [one.verb for one in AuditEntry.objects.order_by("pk")][-3:] == [
        "began bulletin", "promised", "published bulletin",
    ]  # fmt: skip
    due = Job.objects.filter(name__startswith="bulletins.").order_by("due_at")
    assert [(one.name, one.due_at - at) for one in due] == [
        ("bulletins.put_out", timedelta()),
        ("bulletins.warn", timedelta(hours=21)),
        ("bulletins.say_missed", timedelta(hours=24, seconds=1)),
    ]


def test_an_update_in_time_keeps_the_promise_and_a_late_one_does_not(
    owner: Member, at: datetime
) -> None:
    bulletin = make_bulletin(at)
    make_version(bulletin, at, hours=2)

    in_time = make_version(bulletin, at + timedelta(hours=2), hours=2)
    late = make_version(bulletin, at + timedelta(hours=4, seconds=1))

    assert (in_time.was_kept, late.was_kept) == (True, False)
    promises = Promise.objects.filter(source=f"bulletin:{bulletin.pk}").order_by("pk")
    assert [(one.state, one.due_at) for one in promises] == [
        ("kept", at + timedelta(hours=2)),
        ("kept_late", at + timedelta(hours=4)),
        ("open", late.next_update_by),
    ]


@pytest.mark.parametrize("hours", [None, 0, -1, 24 * 367], ids=["none", "now", "past", "years"])
def test_the_next_update_is_required_and_to_come(
    owner: Member, at: datetime, hours: int | None
) -> None:
    bulletin = make_bulletin(at)
    by_then = None if hours is None else at + timedelta(hours=hours)

    with pytest.raises(UpdateNotAhead):
        publish(bulletin, {"en": WORDS}, next_update_by=by_then, by=owner.actor, at=at,
                seen_number=0)  # fmt: skip

    assert Version.objects.count() == 0


def test_boxes_may_be_empty_but_not_all_of_them(owner: Member, at: datetime) -> None:
    bulletin, tomorrow = make_bulletin(at), at + timedelta(days=1)

    with pytest.raises(NothingSaid):
        publish(bulletin, {"en": {"known": " \n "}}, next_update_by=tomorrow, by=owner.actor,
                at=at, seen_number=0)  # fmt: skip
    version = publish(bulletin, {"en": {"doing": "We look."}}, next_update_by=tomorrow,
                      by=owner.actor, at=at, seen_number=0)  # fmt: skip

    assert version.texts == {"en": {"known": "", "not_known": "", "doing": "We look."}}


def test_of_two_who_publish_at_once_the_second_is_told(
    owner: Member, manager: Member, at: datetime
) -> None:
    bulletin = make_bulletin(at)
    said = {"next_update_by": at + timedelta(days=1), "at": at, "seen_number": 0}
    publish(bulletin, {"en": WORDS}, by=owner.actor, **said)  # type: ignore[arg-type]

    with pytest.raises(BulletinMoved, match=f"{owner.name} published version 1"):
        publish(bulletin, {"en": {"known": "Another word."}}, by=manager.actor, **said)  # type: ignore[arg-type]

    assert Version.objects.count() == 1


def test_a_correction_names_words_that_were_there_and_can_be_corrected(
    owner: Member, at: datetime
) -> None:
    bulletin = make_bulletin(at)
    first = make_version(bulletin, at)
    said = {"next_update_by": at + timedelta(days=1), "by": owner.actor, "at": at}
    fixed = {**WORDS, "wrong": "two of THREE ovens", "said": "It was one."}

    with pytest.raises(NothingCorrected):
        correct(first, {"en": {**fixed, "wrong": "four ovens"}}, seen_number=1, **said)  # type: ignore[arg-type]
    second = correct(first, {"en": fixed}, seen_number=1, **said)  # type: ignore[arg-type]
    again = {**WORDS, "wrong": "It was one.", "said": "None."}
    third = correct(second, {"en": again}, seen_number=2, **said)  # type: ignore[arg-type]

    assert [(one.number, one.corrects) for one in (first, second, third)] == [
        (1, None), (2, first), (3, second),
    ]  # fmt: skip
    first.refresh_from_db()
    assert first.texts == {"en": WORDS}


def test_nothing_more_is_said_in_what_is_closed(owner: Member, at: datetime) -> None:
    bulletin = make_bulletin(at)
    make_version(bulletin, at)
    close_bulletin(bulletin, words="All ovens bake.", by=owner.actor, at=at)

    with pytest.raises(BulletinClosed):
        make_version(bulletin, at)

    bulletin.refresh_from_db()
    assert bulletin.is_late(at + timedelta(days=9)) is False


def test_helpers_publish_nothing(helper: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        make_bulletin(at, by=helper.actor)


def test_from_the_list_to_the_public_page(client_of: SignIn, owner: Member, at: datetime) -> None:
    browser = client_of(owner)

    begun = browser.post("/bulletins/new", {"title": "After the fire", "readers": "everybody"})
    sheet = browser.get(begun["Location"])
    looked = browser.post(begun["Location"], SHEET, follow=True)
    bulletin = Bulletin.objects.get()
    paper = browser.get(f"/bulletins/{bulletin.pk}/paper")
    published = browser.post(
        f"/bulletins/{bulletin.pk}/publish", {"seal": looked.context["seal"]}, follow=True
    )

    assert 'value="2026-11-25T17:00"' in sheet.text
    assert "not published yet" in looked.text
    assert "Two of three ovens bake." in paper.text
    assert "Nothing yet." in paper.text
    assert "Published: version 1." in published.text
    assert Version.objects.get().next_update_by == datetime.fromisoformat("2026-11-25T17:00+00:00")
    assert "After the fire" in browser.get("/bulletins/").text


def test_what_the_words_promise_is_ticked_where_they_are_looked_at(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    bulletin, browser = make_bulletin(at), client_of(owner)
    said = {**SHEET, "en-doing": "We call everybody with an order by Friday."}
    looked = browser.post(f"/bulletins/{bulletin.pk}/write", said, follow=True)
    offered = re.search(r'name="promised" value="([^"]*)".*?value="([-0-9]*)"', looked.text)

    assert offered
    assert "That is a promise." in looked.text
    ticked = {"seal": looked.context["seal"], "promised": offered[1], "promised_on": offered[2]}
    browser.post(f"/bulletins/{bulletin.pk}/publish", ticked)

    made = Promise.objects.get(source="desk")
    friday = datetime.fromisoformat("2026-11-27T23:59:00+00:00")
    assert (made.what, made.customer, made.keeper, made.due_at) == (
        "We call everybody with an order by Friday", None, owner, friday,
    )  # fmt: skip


def test_what_is_not_ticked_is_no_promise(client_of: SignIn, owner: Member, at: datetime) -> None:
    bulletin, browser = make_bulletin(at), client_of(owner)
    said = {**SHEET, "en-doing": "We call everybody with an order by Friday."}
    looked = browser.post(f"/bulletins/{bulletin.pk}/write", said, follow=True)

    browser.post(
        f"/bulletins/{bulletin.pk}/publish",
        {"seal": looked.context["seal"], "promised": "We call everybody."},
    )

    assert Version.objects.count() == 1
    assert not Promise.objects.filter(source="desk").exists()


def test_what_was_changed_since_it_was_looked_at_is_not_published(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    bulletin, browser = make_bulletin(at), client_of(owner)
    looked = browser.post(f"/bulletins/{bulletin.pk}/write", SHEET, follow=True)
    client_of(manager).post(f"/bulletins/{bulletin.pk}/write", {**SHEET, "en-known": "No oven."})

    answer = browser.post(f"/bulletins/{bulletin.pk}/publish", {"seal": looked.context["seal"]})

    assert answer.status_code == 422
    assert "changed or published by somebody else" in answer.text
    assert Version.objects.count() == 0


def test_whoever_wrote_meanwhile_keeps_their_words(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    bulletin, browser = make_bulletin(at), client_of(owner)
    make_version(bulletin, at)

    answer = browser.post(f"/bulletins/{bulletin.pk}/write", {**SHEET, "en-known": "Mine."})

    assert answer.status_code == 422
    assert "published version 1" in answer.text
    assert ">\nMine.</textarea>" in answer.text
    assert 'name="seen_number" value="1"' in answer.text


def test_ten_megabytes_are_refused_with_a_sentence_and_not_sent_back(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    bulletin = make_bulletin(at)
    pasted = {**SHEET, "en-known": "x" * 10_000_000}

    answer = client_of(owner).post(f"/bulletins/{bulletin.pk}/write", pasted)

    assert answer.status_code == 422
    assert "has 10,000,000 letters; 2,500 is the most" in answer.text
    assert len(answer.content) < 100_000


def test_an_hour_that_a_clock_change_skips_is_refused_in_words(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    Business.objects.update(time_zone="Europe/Berlin")
    bulletin = make_bulletin(at)

    answer = client_of(owner).post(
        f"/bulletins/{bulletin.pk}/write", {**SHEET, "next_update_by": "2027-03-28T02:30"}
    )

    assert answer.status_code == 422


def test_viewers_read_and_write_nothing(client_of: SignIn, viewer: Member, at: datetime) -> None:
    bulletin, browser = make_bulletin(at), client_of(viewer)

    assert browser.get(f"/bulletins/{bulletin.pk}/").status_code == 200
    assert browser.get(f"/bulletins/{bulletin.pk}/write").status_code == 403
    assert browser.post(f"/bulletins/{bulletin.pk}/close", {}).status_code == 403


def test_an_owner_says_in_which_languages_the_business_writes(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    browser, business = client_of(owner), Business.objects.get()
    said = {
        name: getattr(business, name)
        for name in ("name", "currency", "time_zone", "country", "street", "postcode", "city",
                     "phone", "live_since")
    }  # fmt: skip

    answer = browser.post(
        reverse("team:describe"), {**said, "first_language": "de", "languages": ["en"]}
    )
    bulletin = make_bulletin(at)
    sheet = browser.get(f"/bulletins/{bulletin.pk}/write")

    assert answer.status_code == 302
    assert Business.objects.get().languages == ["de", "en"]
    assert sheet.text.index('name="de-known"') < sheet.text.index('name="en-known"')


def test_the_language_of_a_customer_is_written_down_with_their_wishes(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway")
    path = reverse("customers:consent_wishes", args=[ruth.pk])

    client_of(owner).post(path, {"language": "de"})

    assert Wish.objects.get().language == "de"
