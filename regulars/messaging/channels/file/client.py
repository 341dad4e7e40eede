"""Mail into files: what would leave, for trying out, until a server is set."""

import errno
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from regulars.core import clock
from regulars.core.disk import settle
from regulars.messaging.channels.adapters import (
    STOPPED,
    Certainty,
    Found,
    Keyed,
    MayGoOn,
    Outcome,
    Parcel,
    StaffParcel,
    adapters,
    demand,
)
from regulars.messaging.choices import Result
from regulars.messaging.models import MailServer

if TYPE_CHECKING:
    from regulars.messaging.gate import GateTicket


class FileOutbox:
    """One file a parcel, named by its key: handing it over twice makes one file."""

    name = "file"
    # A file stays; a century is near enough to for ever.
    certainty: Certainty = Keyed(window=timedelta(days=36_500), compares_body=False)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(
        self, ticket: "GateTicket", parcels: Sequence[Parcel], *, may_go_on: MayGoOn
    ) -> Iterator[Outcome]:
        demand(ticket)
        for parcel in parcels:
            if may_go_on(parcel):
                yield self._keep(parcel)
            else:
                yield Outcome(parcel.message_id, Result.NOT_SENT, STOPPED)

    def hand_to_staff(self, parcels: Sequence[StaffParcel]) -> Iterator[Outcome]:
        return (self._keep(parcel.as_parcel()) for parcel in parcels)

    def find(self, provider_key: str) -> Found | None:
        there = self._file_of(provider_key)
        return Found(self._shown(there)) if there else None

    def close(self) -> None:
        """Nothing stays open."""

    def _keep(self, parcel: Parcel) -> Outcome:
        try:
            file = self._file_of(parcel.provider_key) or self._write(parcel)
        except OSError as error:
            code = f"file {errno.errorcode.get(error.errno or 0, 'OSError')}"
            return Outcome(parcel.message_id, Result.NOT_SENT, code)
        return Outcome(parcel.message_id, Result.ACCEPTED, "file", self._shown(file))

    def _file_of(self, provider_key: str) -> Path | None:
        days = sorted(self.folder.glob("*-*-*"), reverse=True)
        files = (day / _name(provider_key) for day in days)
        return next((file for file in files if file.exists()), None)

    def _write(self, parcel: Parcel) -> Path:
        day = self.folder / f"{clock.now():%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = day / _name(parcel.provider_key)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with fresh.open("wb") as opened:
            fresh.chmod(0o600)
            opened.write(parcel.raw)
            opened.flush()
            os.fsync(opened.fileno())
        # Whole or not there at all: a reader, and a second sender, never see half a mail.
        fresh.replace(file)
        settle(day)
        return file

    def _shown(self, file: Path) -> str:
        return f"{self.folder.name}/{file.parent.name}/{file.name}"


def _name(provider_key: str) -> str:
    return f"{provider_key}.eml"


def outbox_folder() -> Path:
    return Path(settings.HOME) / "outbox"


def into_files(_server: MailServer) -> FileOutbox:
    return FileOutbox(outbox_folder())


adapters.register(FileOutbox.name, into_files)
