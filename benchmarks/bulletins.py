"""A bulletin to everybody: how soon it starts, is out, and stops; and its page read meanwhile.

    ./dev bench bulletins [--customers N] [--readers R] [--seconds S] [--json]

The product itself runs: `serve` with its web server, worker and senders, towards a mail server on
this machine that takes everything. One version is published and sent; while it goes out, R readers
a second ask for the public page on connections that stay open, at their own pace, whatever the
answers take. A second version is started and stopped on its way. Then the worker and the senders
end, the database is taken away, and the page is read once more.
"""

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

from _mailing import URL, make_business_with, set_server, sink

CONNECTIONS = 8
MOST_MINUTES, MOST_START, MOST_STOP = 5.0, 1.0, 1.0
PAGE = "/public/bulletins/how-we-are-doing.html"
WORDS = {
    "known": "Two of three ovens bake.\nNobody was hurt.",
    "not_known": "When the third oven comes.",
    "doing": "Baking from midnight, so that the shelves are full.",
}


@dataclass
class Read:
    """What the readers of the page met."""

    asked: int = 0
    answered: int = 0
    seconds: float = 0.0
    millis: list[float] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=2_000, help="of the page, a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="for which it is read")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        with sink(Path(folder)) as port:
            found = _measure(arguments, port, Path(folder))
    print(json.dumps(found) if arguments.json else _in_words(found))
    return 0 if found["enough"] else 1


def _open(folder: Path) -> None:
    os.environ.pop("REGULARS_NOW", None)
    os.environ["REGULARS_HOME"] = str(folder)
    os.environ["PUBLIC_URL"] = URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _measure(arguments: argparse.Namespace, port: int, folder: Path) -> dict[str, Any]:
    from django.db import connection

    made = _prepared(arguments.customers, port)
    web = _free_port()
    serve = subprocess.Popen(
        [sys.executable, "-m", "regulars.cli", "serve", "--port", str(web)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _until(lambda: _is_read(web), 300)
        found = {
            "benchmark": "bulletins", "database": connection.vendor,
            "python": platform.python_version(), "customers": arguments.customers,
            **_sent(made, web, arguments), **_stopped(made, arguments.customers),
            "read_without_database": _without_database(web, serve.pid, folder, connection.vendor),
        }  # fmt: skip
    finally:
        for pid, _words in _all_of(serve.pid):
            os.kill(pid, signal.SIGKILL)
        serve.wait()
    return {**found, "enough": _is_enough(found)}


def _prepared(customers: int, port: int) -> Any:
    """A business, its crowd, and a bulletin with one version."""
    from regulars.bulletins.actions.writing import draft_bulletin
    from regulars.core.actor import SYSTEM
    from regulars.messaging.models import Rules

    now = datetime.now(UTC)
    make_business_with(customers, at=now)
    # Day and night the same: the hour at which this runs is no matter.
    Rules.objects.update(quiet_from="00:00", quiet_to="00:00")
    set_server(port, signed=False, at=now)
    made = draft_bulletin(title="How we are doing", audience="everybody", definition={},
                          by=SYSTEM, at=now)  # fmt: skip
    _version(made)
    return made


def _sent(made: Any, web: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """One version to everybody, and its page read meanwhile."""
    from regulars.bulletins.actions.sending import start_sending
    from regulars.core.actor import SYSTEM

    begun = time.monotonic()
    start_sending(made.versions.get(), seen_count=arguments.customers, by=SYSTEM,
                  at=datetime.now(UTC))  # fmt: skip
    started = time.monotonic() - begun
    _until(lambda: _left() > 0, 300)
    before = _left()
    read = _read(web, arguments.readers, arguments.seconds)
    meanwhile = _left() - before
    _until(lambda: _left() >= arguments.customers, 1800)
    return {
        "start_seconds": round(started, 2),
        "out_minutes": round((time.monotonic() - begun) / 60, 2),
        "page": {
            "asked_a_second": arguments.readers,
            "answered_a_second": round(read.answered / read.seconds),
            "seconds": round(read.seconds, 1), "unanswered": read.asked - read.answered,
            "median_ms": _at(read.millis, 0.5), "p99_ms": _at(read.millis, 0.99),
            "sent_meanwhile": meanwhile,
        },
    }  # fmt: skip


def _stopped(made: Any, customers: int) -> dict[str, Any]:
    """The next version, stopped on its way: what leaves from a second later on."""
    from regulars.bulletins.actions.sending import start_sending, stop_sending_bulletin
    from regulars.core.actor import SYSTEM

    second = _version(made)
    start_sending(second, seen_count=customers, by=SYSTEM, at=datetime.now(UTC))
    _until(lambda: _left() > customers + customers // 50, 300)
    begun = time.monotonic()
    stop_sending_bulletin(second, by=SYSTEM, at=datetime.now(UTC))
    took = time.monotonic() - begun
    time.sleep(1.0)
    at_once = _left()
    time.sleep(3.0)
    return {"stop_seconds": round(took, 2), "left_a_second_after_the_stop": _left() - at_once}


def _is_enough(found: dict[str, Any]) -> bool:
    page = found["page"]
    return bool(
        found["start_seconds"] < MOST_START and found["out_minutes"] <= MOST_MINUTES
        and found["stop_seconds"] < MOST_STOP and not found["left_a_second_after_the_stop"]
        and page["answered_a_second"] >= 0.98 * page["asked_a_second"] and not page["unanswered"]
        and found["read_without_database"]
    )  # fmt: skip


def _version(made: Any) -> Any:
    from regulars.bulletins.actions.writing import publish
    from regulars.core.actor import SYSTEM

    made.refresh_from_db()
    now = datetime.now(UTC)
    return publish(made, {"en": WORDS}, next_update_by=now + timedelta(days=1), by=SYSTEM, at=now,
                   seen_number=made.version_count)  # fmt: skip


def _left() -> int:
    from regulars.messaging.models import Message

    return Message.objects.filter(state__in=["accepted", "delivered"]).count()


def _until(holds: Any, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise SystemExit("It never came to that.")
        time.sleep(0.25)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_read(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as one:
            return _ask(one)
    except OSError:
        return False


REQUEST = f"GET {PAGE} HTTP/1.1\r\nHost: juniper.example\r\n\r\n".encode()


def _ask(one: socket.socket) -> bool:
    """One request on a connection that stays open; whether the whole page came."""
    one.sendall(REQUEST)
    data = b""
    while not data.endswith(b"\r\n0\r\n\r\n") and b"</html>" not in data[-64:]:
        part = one.recv(65536)
        if not part:
            return False
        data += part
        if data.startswith(b"HTTP/1.1 4"):
            return False
    return data.startswith(b"HTTP/1.1 200")


def _read(port: int, readers: int, seconds: float) -> Read:
    """So many a second in all, from a process of its own; late answers put nobody off."""
    said: Queue[Read] = Queue()
    asking = Process(target=_reading, args=(port, readers, seconds, said))
    asking.start()
    read = said.get()
    asking.join()
    return read


def _reading(port: int, readers: int, seconds: float, said: "Queue[Read]") -> None:
    import selectors

    chosen, free, read = selectors.DefaultSelector(), [], Read()
    for _nth in range(CONNECTIONS):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        free.append(one)
    begun = time.monotonic()
    asked_at: dict[socket.socket, float] = {}
    got: dict[socket.socket, bytes] = {}
    while (now := time.monotonic()) - begun < seconds or asked_at:
        due = 0 if now - begun >= seconds else int((now - begun) * readers) - read.asked
        while due > 0 and free:
            one = free.pop()
            one.sendall(REQUEST)
            # From when it was due: whoever waits for a connection waits, too.
            asked_at[one], got[one] = begun + read.asked / readers, b""
            chosen.register(one, selectors.EVENT_READ)
            read.asked, due = read.asked + 1, due - 1
        for key, _mask in chosen.select(timeout=0.0005):
            one = key.fileobj  # type: ignore[assignment]
            got[one] += one.recv(65536)
            if got[one].endswith(b"0\r\n\r\n"):
                chosen.unregister(one)
                read.answered += got[one].startswith(b"HTTP/1.1 200")
                read.millis.append((time.monotonic() - asked_at.pop(one)) * 1000)
                free.append(one)
        if now - begun > seconds + 30:
            break
    read.seconds = max(seconds, time.monotonic() - begun)
    said.put(read)


def _without_database(port: int, parent: int, folder: Path, vendor: str) -> bool:
    """No worker, no sender, and on SQLite no file: the page is still there."""
    for pid, words in _all_of(parent):
        if "regulars.cli" in words and pid != parent:
            os.kill(pid, signal.SIGSTOP)
    if vendor == "sqlite":
        for file in folder.glob("*.sqlite3*"):
            file.rename(file.with_name(f"away-{file.name}"))
    return all(_is_read(port) for _nth in range(100))


def _all_of(parent: int) -> list[tuple[int, str]]:
    """Every process that `serve` started, each in a group of its own, and itself."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found, known = [], {parent}
    for line in listed:
        pid, above, words = line.split(None, 2)
        if int(pid) in known or int(above) in known:
            known.add(int(pid))
            found.append((int(pid), words))
    return found


def _at(millis: list[float], share: float) -> float:
    ordered = sorted(millis)
    return round(ordered[int(share * (len(ordered) - 1))], 1) if ordered else 0.0


def _in_words(found: dict[str, Any]) -> str:
    page, name = found["page"], found["database"]
    away = "read" if found["read_without_database"] else "not read"
    lines = [
        f"A bulletin to {found['customers']:,} customers ({name}):",
        f"  started in {found['start_seconds']} s, out in {found['out_minutes']} minutes",
        (
            f"  stopped in {found['stop_seconds']} s; from a second later on"
            f" {found['left_a_second_after_the_stop']} more left"
        ),
        (
            f"  its page: {page['answered_a_second']:,} of {page['asked_a_second']:,} a second for"
            f" {page['seconds']} s, {page['unanswered']} unanswered"
        ),
        (
            f"  median {page['median_ms']} ms, 99 of 100 within {page['p99_ms']} ms;"
            f" {page['sent_meanwhile']:,} messages left meanwhile"
        ),
        f"  its page without database, worker and senders: {away}",
        "enough" if found["enough"] else "NOT enough",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
