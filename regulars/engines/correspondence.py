"""Our end of the pipe to the clerk."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from regulars.core.presence import company_lock
from regulars.engines.clerk import Upsert
from regulars.engines.errors import ClerkFailed


class Clerk:
    """Reads and writes the database for an engine, over a pipe, as columns."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", complaints: Any, lock: int | None = None
    ) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the clerk needs pipes")
        self._process, self._complaints, self._lock = process, complaints, lock
        self._to, self._from = process.stdin, process.stdout

    def ask_for(self, *selects: str) -> None:
        """Have a table fetched; `read` gives the answers, in the order of asking.

        Several selects are parts of one table, in no order: two of them are read at a time.
        """
        self.ask({"do": "read", "selects": selects})

    def read(self) -> Any:
        """The rows of the next table as a stream of Arrow batches, to be read to its end."""
        import pyarrow as pa

        with self._heard():
            return pa.ipc.open_stream(self._from)

    def end_reading(self) -> None:
        self.ask({"do": "end_reading"})

    def upsert(self, order: Upsert, rows: Any) -> int:
        """Insert or update; returns how many rows were new or different."""
        import pyarrow as pa

        # It sees who comes by the lock that was there when it started, and by no other.
        company = order.company if order.company == self._lock else None
        self.ask({"do": "upsert", "order": {**asdict(order), "company": company}})
        with self._heard():
            with pa.ipc.new_stream(self._to, rows.schema) as stream:
                stream.write_table(rows)
            self._to.flush()
            return int(json.loads(self._from.readline())["changed"])

    def ask(self, request: dict[str, Any]) -> None:
        with self._heard():
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.flush()

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            self._process.wait(timeout=10)
            self._complaints.seek(0)
            said = self._complaints.read().decode(errors="replace").strip()
            raise ClerkFailed(said.rpartition("\n")[2] or str(error)) from error


@contextmanager
def clerk_of_the_database() -> Iterator[Clerk]:
    """A clerk at work on the database of this instance."""
    settings = connection.settings_dict
    vendor = connection.vendor
    uri = _sqlite_uri(settings) if vendor == "sqlite" else postgres_words(settings)
    command = [sys.executable, "-m", "regulars.engines.clerk"]
    # Python finds the package where this process found it, wherever it was started.
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryFile() as complaints:
        lock = company_lock()
        # The clerk is no company: it holds the same lock, and sees by it whether somebody comes.
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            pass_fds=() if lock is None else (lock,),
        )  # fmt: skip
        try:
            clerk = Clerk(process, complaints, lock)
            # The address may hold a password: it goes through the pipe, not on the command line.
            clerk.ask({"vendor": vendor, "uri": uri})
            yield clerk
        finally:
            _dismiss(process)


def _dismiss(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _sqlite_uri(settings: dict[str, Any]) -> str:
    return f"file:{quote(str(Path(settings['NAME']).resolve()))}"


def postgres_words(settings: dict[str, Any]) -> str:
    """libpq's own words (`host='…' dbname='…'`), which take any character in a password."""
    options = settings.get("OPTIONS", {})
    parts = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        **{name: value for name, value in options.items() if isinstance(value, str | int)},
    }
    said = {name: str(value) for name, value in parts.items() if value}
    return " ".join(
        "{}='{}'".format(name, value.replace("\\", "\\\\").replace("'", "\\'"))
        for name, value in said.items()
    )
