"""Mail into files."""

import errno
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.conf import settings

from regulars.core import clock
from regulars.messaging.channels.adapters import Outcome, Parcel, adapter_for
from regulars.messaging.channels.file.client import FileOutbox, outbox_folder
from regulars.messaging.choices import Result
from regulars.messaging.models import MailServer
from tests.factories.team import A_DAY
from tests.messaging.channels.adapter_contract import AdapterContract, Trouble
from tests.messaging.channels.parcels import RAW, make_parcel, outcomes_of


class TestFileOutbox(AdapterContract):
    # A folder neither hangs up nor refuses anybody.
    cannot: ClassVar[set[str]] = {"drop", "vanish", "refuse", "later"}

    @pytest.fixture(autouse=True)
    def _set_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        outbox = FileOutbox(outbox_folder())
        self.adapter = outbox
        # A file is named by its key; who it is for, the test knows.
        self.recipients: dict[str, str] = {}
        keep = outbox._keep

        def remember(parcel: Parcel) -> Outcome:
            self.recipients[parcel.provider_key] = parcel.recipient
            return keep(parcel)

        monkeypatch.setattr(outbox, "_keep", remember)

    def delivered(self) -> list[str]:
        files = sorted(outbox_folder().glob("*/*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [self.recipients[file.stem] for file in files]

    def make_trouble(self, kind: Trouble) -> bool:
        if kind != "gone":
            return False
        outbox_folder().parent.mkdir(exist_ok=True, parents=True)
        outbox_folder().write_text("a file where the folder should be")
        return True


def test_the_file_is_the_mail_and_its_owner_alone_reads_it() -> None:
    parcel = make_parcel()

    with clock.stopped_at(A_DAY):
        outcome = outcomes_of(FileOutbox(outbox_folder()), [parcel])[0]

    file = Path(settings.HOME) / "outbox" / "2026-11-24" / f"{parcel.provider_key}.eml"
    assert file.read_bytes() == RAW
    assert file.stat().st_mode & 0o777 == 0o600
    assert outcome.provider_id == f"outbox/2026-11-24/{parcel.provider_key}.eml"


def test_handing_over_on_another_day_makes_no_second_file() -> None:
    parcel, outbox = make_parcel(), FileOutbox(outbox_folder())

    with clock.stopped_at(A_DAY):
        first = outcomes_of(outbox, [parcel])
    with clock.stopped_at(A_DAY + timedelta(days=3)):
        second = outcomes_of(outbox, [parcel])

    assert second == first
    assert len(list(outbox_folder().rglob("*.eml"))) == 1


def test_a_full_disk_is_certain_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    outcome = outcomes_of(FileOutbox(outbox_folder()), [make_parcel()])[0]

    assert (outcome.result, outcome.code) == (Result.NOT_SENT, "file ENOSPC")
    assert list(outbox_folder().rglob("*.eml")) == []


@pytest.mark.django_db
def test_mail_goes_into_files_until_a_server_is_set() -> None:
    assert isinstance(adapter_for(MailServer(changed_at=A_DAY)), FileOutbox)
