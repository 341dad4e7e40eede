"""A PostgreSQL server that is ended as by a crash, and started again from what it had written."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.servers import await_ready, server_account


class Server:
    """A running server, known by the number of its process (Linux alone knows its command)."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
        self._folder = Path(f"/proc/{pid}/cwd").resolve().parent

    def die(self) -> None:
        """Its immediate stop: no session is ended, nothing is written that was not yet."""
        os.kill(self.pid, signal.SIGQUIT)
        ends = time.monotonic() + 30
        while _lives(self.pid) and time.monotonic() < ends:
            time.sleep(0.02)

    def come_back(self) -> None:
        """Start it again; it replays its log first."""
        began = subprocess.Popen(
            self._command, cwd=self._folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **server_account(),
        )  # fmt: skip
        self.pid = began.pid
        await_ready(began, self._folder)


def pid_of(url: str) -> int:
    """The process of the server that answers at this address."""
    import psycopg

    with psycopg.connect(url) as asked:
        row = asked.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).split()[0])


def _lives(pid: int) -> bool:
    try:
        # A zombie has ended, and waits for its parent to hear of it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
