"""A PDF of ours: checked by what it holds, sent as a link of one's own, read once it is opened."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.library.actions.articles import Written, add_article, change_article
from regulars.library.actions.mailing import count_mailed, write_to_all
from regulars.library.actions.shares import note_answer, share_by_mail
from regulars.library.choices import Answer, ArticleKind
from regulars.library.errors import ArticleUnfit, FileUnfit
from regulars.library.files import MOST_BYTES, checked_pdf, plain_name
from regulars.library.models import Article, ArticleFile, Fit, Share
from regulars.messaging import sending
from regulars.messaging.models import Message
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.instance import all_rows
from tests.factories.library import make_article
from tests.factories.messaging import Carrier
from tests.factories.portal import HOME, link_to, make_ruth, prove_address

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def holding(more: bytes) -> bytes:
    return PDF.replace(b"endobj", b"endobj\n2 0 obj\n" + more + b"\nendobj", 1)


def packed(inside: bytes) -> bytes:
    stream = zlib.compress(inside)
    return holding(
        b"<</Type /ObjStm /N 1 /Filter /FlateDecode>>\nstream\n" + stream + b"\nendstream"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (PDF + b" " * MOST_BYTES, "too large: 11 MB"),
        (b"MZ\x90 " + PDF, "no PDF"),
        (b"<html><script>alert(1)</script></html>", "no PDF"),
        (PDF[:-7], "breaks off"),
        (PDF + b"PK\x03\x04 and a zip", "breaks off"),
        (holding(b"<</S /JavaScript /JS (app.alert(1))>>"), "does something"),
        (holding(b"<</S /J#61vaScript /JS (app.alert(1))>>"), "does something"),
        (holding(b"<</S /Launch /F (cmd.exe)>>"), "does something"),
        (holding(b"<</Type /EmbeddedFile>>"), "does something"),
        (packed(b"1 0 <</S /JavaScript /JS (app.alert(1))>>"), "does something"),
        (packed(b"0" * (70 * 1024 * 1024)), "far too large when"),
        (PDF.replace(b"/Root", b"/Encrypt 9 0 R /Root"), "locked"),
    ],
    ids=["empty", "large", "a program", "a page", "cut off", "a zip behind it", "script",
         "script, spelled", "starts something", "carries a file", "packed script", "a bomb",
         "locked"],
)  # fmt: skip
def test_what_is_no_pdf_or_acts_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FileUnfit) as no:
        checked_pdf("leaflet.pdf", content)

    assert said in no.value.sentence
    assert no.value.remedy


def test_a_plain_one_is_taken_as_it_is() -> None:
    for content in (PDF, packed(b"1 0 <</Type /Page>>"), PDF.rstrip()):
        assert checked_pdf("leaflet.pdf", content).content == content


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Leaflet 2026.pdf", "Leaflet 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\Brief.PDF", "Brief.pdf"),
        ("evil.pdf.exe", "evil.pdf.exe.pdf"),
        ("in\u200bvis\u202eible.pdf", "invisible.pdf"),
        ("\uff0e\uff0e\uff0fx\r\nSet-Cookie: a.pdf", "a.pdf"),
        ("", "article.pdf"),
        ("." * 300, "article.pdf"),
        ("n" * 300 + ".pdf", "n" * 100 + ".pdf"),
    ],
)
def test_a_name_is_made_plain_before_it_is_kept(name: str, kept: str) -> None:
    """U1: normalised first, then checked."""
    assert plain_name(name) == kept


def leaflet(at: datetime, by: Member, **over: Any) -> Article:
    file = checked_pdf("leaflet.pdf", PDF)
    written = Written(ArticleKind.PDF, "How we mend", "Mending a chair.", file=file)
    return add_article(replace(written, **over), by=by.actor, at=at)


def test_it_takes_the_place_of_an_address_and_gives_way_to_one(at: datetime, owner: Member) -> None:
    article = leaflet(at, owner)
    kept = ArticleFile.objects.get()
    plain = Written(ArticleKind.PDF, "How we mend", "Mending a chair.")
    change_article(article, plain, by=owner.actor, at=at)
    stays = ArticleFile.objects.exists()
    moved = replace(plain, address="https://juniper.example/mend.pdf")
    change_article(article, moved, by=owner.actor, at=at)

    assert (bytes(kept.content), kept.name, kept.size) == (PDF, "leaflet.pdf", len(PDF))
    assert (stays, ArticleFile.objects.exists()) == (True, False)
    with pytest.raises(ArticleUnfit):
        change_article(article, plain, by=owner.actor, at=at)
    with pytest.raises(ArticleUnfit):
        leaflet(at, owner, kind=ArticleKind.TEXT)


def test_only_owners_and_managers_bring_one(at: datetime, helper: Member) -> None:
    with pytest.raises(NotAllowed):
        leaflet(at, helper)

    assert not ArticleFile.objects.exists()


def test_on_the_page_it_is_brought_said_why_not_and_handed_to_staff_as_a_download(
    at: datetime, owner: Member, client_of: Callable[[Member], Client]
) -> None:
    here, new = client_of(owner), reverse("library:new_article")
    said = {"kind": "pdf", "title": "How we mend"}
    bad = here.post(new, said | {"file": SimpleUploadedFile("x.pdf", b"<svg onload=alert(1)>")})
    good = here.post(new, said | {"file": SimpleUploadedFile("Mend \u202e.pdf", PDF)})
    article = Article.objects.get()

    file = here.get(reverse("library:article_file", args=[article.pk]))

    assert (bad.status_code, "This is no PDF" in bad.content.decode()) == (422, True)
    assert good.status_code == 302
    assert "Mend.pdf" in here.get(good["Location"]).content.decode()
    assert file.content == PDF
    assert file["Content-Disposition"] == 'attachment; filename="Mend.pdf"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert here.get(reverse("library:article_file", args=[make_article(at).pk])).status_code == 404


@pytest.fixture
def ruth(business: Business) -> Customer:
    customer = make_ruth()
    make_decision(customer)
    return customer


def test_looking_counts_nothing_and_pressing_hands_it_over_and_counts_it_read(
    at: datetime, owner: Member, ruth: Customer
) -> None:
    share = share_by_mail(leaflet(at, owner), ruth, words="For you.", by=owner.actor, at=at)
    path = link_to("article", ruth, at, share.message)
    before = all_rows()

    looks = [Client().get(path), Client().head(path), Client().get(path)]
    untouched = all_rows() == before
    pressed = [Client().post(path) for _twice in range(2)]

    page = looks[0].content.decode()
    assert ([one.status_code for one in looks], untouched) == ([200] * 3, True)
    assert "How we mend" in page
    assert [word for word in ("Ruth", "Calloway", "mail.example") if word in page] == []
    assert [(one.content, one["Cache-Control"]) for one in pressed] == [(PDF, "no-store")] * 2
    share.refresh_from_db()
    assert (share.answer, share.answered_at is not None) == ("read", True)


def test_what_they_told_us_is_not_written_over(at: datetime, owner: Member, ruth: Customer) -> None:
    share = share_by_mail(leaflet(at, owner), ruth, words="For you.", by=owner.actor, at=at)
    note_answer(share, answer=Answer.LIKED, words="Lovely", by=owner.actor, at=at)

    Client().post(link_to("article", ruth, at, share.message))

    share.refresh_from_db()
    assert (share.answer, share.answer_words) == ("liked", "Lovely")


def test_a_link_of_another_kind_message_or_time_opens_nothing(
    at: datetime, owner: Member, ruth: Customer
) -> None:
    article = leaflet(at, owner)
    share = share_by_mail(article, ruth, words="For you.", by=owner.actor, at=at)
    other = share_by_mail(make_article(at), ruth, words="Text.", by=owner.actor, at=at)
    good = link_to("article", ruth, at, share.message)
    paths = [
        link_to("article", ruth, at), link_to("article", ruth, at, other.message),
        good.replace("/a/", "/a/A")[:-1], link_to("help", ruth, at).replace("/h/", "/a/"),
        link_to("article", ruth, datetime.fromisoformat("2026-01-02T09:00:00+00:00"),
                share.message),
    ]  # fmt: skip

    answers = [Client().post(path).status_code for path in paths]
    ArticleFile.objects.all().delete()
    answers.append(Client().post(good).status_code)

    assert answers == [410] * 6


def test_each_gets_a_link_of_their_own_alone_and_to_many(
    at: datetime, owner: Member, ruth: Customer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove_address(settings, at)
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    article = leaflet(at, owner)
    share_by_mail(article, ruth, words="For you.", by=owner.actor, at=at)
    with clock.stopped_at(at):
        sending.drain()
    message = Message.objects.get()

    assert message.state == "accepted"
    assert message.context["article_url"].startswith(f"{HOME}/a/")
    assert len(carrier.carried) == 1


def test_a_mailing_to_all_leads_each_to_the_same_pdf(
    at: datetime, owner: Member, ruth: Customer
) -> None:
    article = leaflet(at, owner)
    Fit.objects.create(
        article=article, customer=ruth, score=1, because="need", words="chairs", found_on=at.date()
    )
    mailing = write_to_all(article, words="For you.", by=owner.actor, at=at)
    message = Message.objects.create(
        customer=ruth, mailing=mailing, version=mailing.version, purpose="educate",
        occasion=mailing.occasion, state="accepted", not_before=at, expires_at=at, created_at=at,
        state_at=at,
    )  # fmt: skip
    count_mailed([str(message.pk)], at=at)

    answer = Client().post(link_to("article", ruth, at, message))

    assert answer.content == PDF
    assert Share.objects.get().answer == "read"
