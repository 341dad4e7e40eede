import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.test import override_settings

from regulars.cli import running
from tests.servers import free_port

PAGE = "/public/bulletins/fire.html"
Ask = Callable[[str], tuple[int, str]]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_under_one_parent_as_many_send_as_is_set(settings: object, count: int) -> None:
    settings.SENDERS = count  # type: ignore[attr-defined]

    started = running._workers()

    sending = [command for command in started.values() if command[-2:] == ["send", "--keep-on"]]
    assert len(sending) == count
    assert started["worker"][-1] == "--jobs-only"


@pytest.mark.skipif(sys.platform == "win32", reason="it knows no nice values")
def test_work_behind_has_the_lowest_claim_on_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(os, "nice", done.append)
    monkeypatch.setattr("regulars.core.worker.work", lambda *_args: done.append("works"))

    running.worker.callback.__wrapped__(jobs_only=True)  # type: ignore[union-attr]

    assert done == [running.BEHIND_PAGES, "works"]


@pytest.mark.parametrize("count", [1, 2])
def test_pages_are_answered_by_as_many_processes_as_are_set(settings: object, count: int) -> None:
    settings.WEB_PROCESSES = count  # type: ignore[attr-defined]

    command = running._web("127.0.0.1", 8000)

    assert command[command.index("--workers") + 1] == str(count)


def test_a_public_page_is_read_while_postgresql_is_stopped(tmp_path: Path) -> None:
    page = tmp_path / "public" / "bulletins" / "fire.html"
    page.parent.mkdir(parents=True)
    page.write_text("Nobody was hurt.")
    # Nobody listens there: a server that was stopped answers no better.
    gone = f"postgres://regulars:x@127.0.0.1:{free_port()}/regulars"
    told = {"REGULARS_HOME": str(tmp_path), "DATABASE_URL": gone}

    with served(free_port(), told) as ask:
        found = ask(PAGE), ask("/hear-from-us"), ask(PAGE)

    assert found == ((200, "Nobody was hurt."), (500, ""), (200, "Nobody was hurt."))


@contextmanager
def served(port: int, told: dict[str, str]) -> Iterator[Ask]:
    """The web server of the product, with nothing beside it."""
    with override_settings(HOME=Path(told["REGULARS_HOME"])):
        command = running._web("127.0.0.1", port)
    web = subprocess.Popen(
        command,
        env={**os.environ, **told},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield lambda path: asked(port, path)
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait()


def asked(port: int, path: str) -> tuple[int, str]:
    for _turn in range(600):
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
                line.request("GET", path)
                answer = line.getresponse()
                said = answer.read().decode()
                return answer.status, said if answer.status == 200 else ""
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("the web server did not start")
