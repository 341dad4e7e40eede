"""The continuity card opens without the product, is never half there, and tells what went wrong."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pyzipper
from django.test import Client
from pypdf import PdfReader

from regulars.core.actor import MANAGER, SYSTEM, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.secrets import change_key
from regulars.customers.models import Customer
from regulars.insight.models import TierOverride
from regulars.promises.actions import make_promise
from regulars.recovery.actions.cards import keep_card, write_card
from regulars.recovery.continuity import FILE
from regulars.recovery.models import Card
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.recovery import declared

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "rye bread on a bad day"


@pytest.fixture
def ruth(business: Business) -> Customer:
    ruth = make_customer("Ruth Calloway", phone="+44 20 7946 0321")
    make_customer("Anna Active", phone="+44 20 7946 0999")
    TierOverride.objects.create(customer=ruth, tier="core", reason="", set_at=AT)
    return ruth


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "stick"
    place.mkdir()
    return place


def opened(folder: Path, password: str = PASSWORD) -> tuple[str, list[list[str]]]:
    """As somebody would who has nothing but the file: the words of its pages, and its table."""
    with pyzipper.AESZipFile(folder / FILE) as kept:
        kept.setpassword(password.encode())
        pages = PdfReader(io.BytesIO(kept.read("continuity-card.pdf"))).pages
        table = kept.read("continuity-card.csv").decode("utf-8-sig")
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    return words, list(csv.reader(io.StringIO(table)))


def test_the_card_opens_without_the_product(ruth: Customer, folder: Path) -> None:
    """Must show: a plain PDF and a CSV in an encrypted archive that common tools open."""
    make_promise(what="Call about the wedding cake", due_at=AT + timedelta(days=2), by=SYSTEM,
                 at=AT, customer=ruth)  # fmt: skip
    declared(at=AT, works_still="The market stall is open.")
    keep_card(str(folder), password=PASSWORD, by=SYSTEM, at=AT)

    write_card(by=SYSTEM, at=AT)

    words, rows = opened(folder)
    assert len(rows) == 2
    name, phone, _manager, _talk, waits, say = rows[1]
    assert (name, phone) == ("Ruth Calloway", "+44 20 7946 0321")
    assert waits == "Call about the wedding cake, by 26 Nov 2026."
    assert "The market stall is open." in say
    assert "Ruth Calloway" in words
    assert "+44 20 7946 0321" in words
    assert "Anna Active" not in words
    with pytest.raises(RuntimeError):
        opened(folder, "another password")


def test_the_old_card_stays_whole_while_the_folder_is_away(ruth: Customer, folder: Path) -> None:
    keep_card(str(folder), password=PASSWORD, by=SYSTEM, at=AT)
    write_card(by=SYSTEM, at=AT)
    away = folder.rename(folder.parent / "away")

    kept = write_card(by=SYSTEM, at=AT + timedelta(days=1))

    assert kept is not None
    assert (kept.trouble, kept.written_at, kept.tried_at) == ("away", AT, AT + timedelta(days=1))
    assert [file.name for file in away.iterdir()] == [FILE]
    assert opened(away)[1][1][0] == "Ruth Calloway"


def test_a_writing_that_breaks_off_leaves_the_one_before(
    ruth: Customer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_card(str(folder), password=PASSWORD, by=SYSTEM, at=AT)
    write_card(by=SYSTEM, at=AT)
    before = (folder / FILE).read_bytes()

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("regulars.recovery.continuity.os.fsync", full)
    kept = write_card(by=SYSTEM, at=AT)

    assert kept is not None
    assert kept.trouble == "full"
    assert [file.name for file in folder.iterdir()] == [FILE]
    assert (folder / FILE).read_bytes() == before


def test_the_password_is_sealed_and_goes_along_when_the_key_changes(
    ruth: Customer, folder: Path
) -> None:
    keep_card(str(folder), password=PASSWORD, by=SYSTEM, at=AT)
    assert PASSWORD not in Card.objects.get().password_sealed

    change_key(by=SYSTEM, at=AT)
    keep_card(str(folder), password="", by=SYSTEM, at=AT)
    write_card(by=SYSTEM, at=AT)

    assert opened(folder)[1][1][0] == "Ruth Calloway"


@pytest.mark.parametrize(
    ("where", "password", "sentence"),
    [
        ("stick", PASSWORD, "Write the whole path of the folder."),
        ("{}/nowhere", PASSWORD, "There is no such folder on the machine on which Regulars runs."),
        ("{}", "short", "That password is too short."),
        ("{}", "", "The card needs a password."),
    ],
    ids=["not whole", "not there", "short", "none"],
)
def test_what_cannot_be_kept_is_refused(
    business: Business, folder: Path, where: str, password: str, sentence: str
) -> None:
    with pytest.raises(Refusal) as no:
        keep_card(where.format(folder), password=password, by=SYSTEM, at=AT)

    assert no.value.sentence == sentence
    assert not Card.objects.exists()


def test_no_card_lies_where_everybody_reads(
    business: Business, tmp_path: Path, settings: object
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    public = tmp_path / "public"
    public.mkdir()

    with pytest.raises(Refusal) as no:
        keep_card(str(public), password=PASSWORD, by=SYSTEM, at=AT)

    assert no.value.sentence == "Everybody can read what lies there."


def test_the_card_is_the_owners_alone(
    client_of: Callable[[Member], Client], owner: Member, manager: Member, folder: Path
) -> None:
    with pytest.raises(NotAllowed):
        keep_card(str(folder), password=PASSWORD, by=Actor("staff", "T", MANAGER, None), at=AT)

    assert client_of(manager).get("/recovery/card").status_code == 403
    posted = client_of(owner).post(
        "/recovery/card", {"folder": str(folder), "password": PASSWORD}, follow=True
    )

    assert PASSWORD not in posted.content.decode()
    assert str(folder) in posted.content.decode()
    client_of(owner).post("/recovery/card/write")
    assert (folder / FILE).is_file()
    folder.rename(folder.parent / "gone")
    client_of(owner).post("/recovery/card/write")
    assert "The folder is not there." in client_of(owner).get("/recovery/card").content.decode()
    client_of(owner).post("/recovery/card/stop")
    assert not Card.objects.exists()
