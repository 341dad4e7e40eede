"""`serve`: one web server and one worker under one parent, which stops both."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from regulars.core.ending import Asked

log = logging.getLogger("regulars.supervisor")

GRACE_SECONDS = 15


class Supervisor:
    """Keeps the named commands running; a command that ends is started again after a pause."""

    def __init__(self, commands: dict[str, Sequence[str]]) -> None:
        self._commands = commands
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> int:
        """Start everything, wait for a signal, stop everything; returns the exit code."""
        asked = Asked()
        try:
            for name in self._commands:
                self._start(name)
            while not asked.wait(0.3):
                self._restart_the_fallen(asked)
        finally:
            self._stop_children()
        return 0

    def _start(self, name: str) -> None:
        # A session of its own: Ctrl+C reaches the parent alone, which then stops the rest in order.
        self._children[name] = subprocess.Popen(self._commands[name], start_new_session=True)

    def _restart_the_fallen(self, asked: Asked) -> None:
        for name, child in list(self._children.items()):
            if child.poll() is not None and not asked:
                log.error("the %s ended with code %s and starts again", name, child.returncode)
                asked.wait(1)
                self._start(name)

    def _stop_children(self) -> None:
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for name, child in self._children.items():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                print(f"The {name} did not stop in time and was ended.", file=sys.stderr)
                _kill_session(child.pid)
                child.wait()


def _kill_session(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
