"""What pages cost while a mailing leaves, and how long it takes to let one go to 100,000.

    ./dev bench pages_beside [--customers N] [--pace N] [--seconds N] [--json]

The product serves and sends as `regulars serve` does it: web server, worker and senders, each a
process of its own, on SQLite, or on the PostgreSQL that DATABASE_URL names. A mailing to everybody
is approved by the button's own request; then a few people look at pages, one after the other with
a short look at each, while it leaves at a pace that the mail server is said to allow. The mail
server is `benchmarks/sink.py`. At least 300 messages a second, pages within 150 ms at the 95th
percentile, the approval within a second.
"""

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from _mailing import URL, make_business_with, make_version, set_server, sink

LOOKS_FOR = 0.25
AT_LEAST, PAGE_AT_MOST, START_AT_MOST = 300, 150, 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--pace", type=int, default=24_000, help="messages a minute")
    parser.add_argument("--people", type=int, default=4, help="who look at pages meanwhile")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        mailing_id = _make_up(Path(folder), said)
        with sink(Path(folder)) as port:
            _let_mail_leave(port, said)
            with _served() as address:
                found = _measure(address, mailing_id, said)
    print(json.dumps(found) if said.json else json.dumps(found, indent=2))
    return 0 if _is_enough(found) else 1


def _make_up(folder: Path, said: argparse.Namespace) -> int:
    os.environ["REGULARS_HOME"], os.environ["PUBLIC_URL"] = str(folder), URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.desk.audience import NAME
    from regulars.messaging.actions.mailings import write_mailing
    from regulars.messaging.models import Rules
    from tests.factories.team import make_member

    at = clock.now()
    make_business_with(said.customers, at=at)
    # It is never night here.
    Rules.objects.update(quiet_from="00:00", quiet_to="00:00")
    make_member("owner", name="Nora Lindqvist")
    mailing = write_mailing(
        name="We open again", version=make_version(at=at), purpose="inform", audience=NAME,
        definition={}, by=COMMAND, at=at,
    )  # fmt: skip
    return mailing.pk


def _let_mail_leave(port: int, said: argparse.Namespace) -> None:
    from regulars.core import clock
    from regulars.messaging.models import MailServer

    set_server(port, signed=False, at=clock.now())
    MailServer.objects.update(pace=said.pace, window=64)


@contextmanager
def _served() -> Iterator[tuple[str, int]]:
    from django.db import connections

    connections.close_all()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "regulars.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _await_answer(port)
        yield "127.0.0.1", port
    finally:
        server.terminate()
        server.wait()


def _await_answer(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web server does not answer")


def _cookies() -> tuple[str, str]:
    """Somebody who has signed in, and what their forms carry."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from regulars.team.models import Member

    owner = Member.objects.get(role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.create()
    token = "t" * 32
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return f"{names[0]}={session.session_key}; {names[1]}={token}", token


def _measure(address: tuple[str, int], mailing_id: int, said: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection

    cookies, token = _cookies()
    page = f"/messages/mailings/{mailing_id}/"
    look = _asked(address, "GET", page, cookies)
    start = _asked(
        address, "POST", f"{page}approve", cookies,
        urlencode({"seen": said.customers, "csrfmiddlewaretoken": token}),
    )  # fmt: skip
    assert start[1] == 302, start
    times, sent = _beside(address, [page, *_pages(said.customers)], cookies, said)
    everything = [one for some in times.values() for one in some]
    return {
        "benchmark": "pages_beside", "database": connection.vendor, "load": os.getloadavg(),
        "customers": said.customers, "look_ms": round(look[0]), "start_ms": round(start[0]),
        "messages_a_second": round(sent), "requests": len(everything),
        "pages": {name: _figures(some) for name, some in sorted(times.items())},
        "all_pages": _figures(everything),
    }  # fmt: skip


def _pages(customers: int) -> list[str]:
    lot = random.Random(5)
    some = [f"/customers/{lot.randint(1, customers)}/" for _page in range(40)]
    return ["/", "/customers/", "/customers/?q=Guest+77", "/messages/", *some]


def _beside(
    address: tuple[str, int], pages: list[str], cookies: str, said: argparse.Namespace
) -> tuple[dict[str, list[float]], float]:
    """Pages as they are looked at while messages leave, and how many left a second."""
    from regulars.messaging.models import Message

    while not Message.objects.filter(state="accepted").exists():
        time.sleep(0.1)
    before, began = Message.objects.filter(state="accepted").count(), time.monotonic()
    ends = began + said.seconds
    times: dict[str, list[float]] = defaultdict(list)

    def looks(seed: int) -> None:
        lot = random.Random(seed)
        while time.monotonic() < ends:
            path = lot.choice([*pages[:5], lot.choice(pages[5:])])
            took, status = _asked(address, "GET", path, cookies)
            assert status == 200, (path, status)
            times["/customers/…/" if path[-2:-1].isdigit() else path].append(took)
            time.sleep(LOOKS_FOR)

    with ThreadPoolExecutor(said.people) as pool:
        list(pool.map(looks, range(said.people)))
    seconds = time.monotonic() - began
    return times, (Message.objects.filter(state="accepted").count() - before) / seconds


def _asked(
    address: tuple[str, int], method: str, path: str, cookies: str, body: str = ""
) -> tuple[float, int]:
    """How many milliseconds until the whole answer is there, and its status."""
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(*address, timeout=60)
    began = time.perf_counter()
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    return took, answer.status


def _figures(times: list[float]) -> dict[str, float]:
    last = statistics.quantiles(times, n=20)[18] if len(times) > 1 else times[0]
    return {"median": round(statistics.median(times), 1), "p95": round(last, 1)}


def _is_enough(found: dict[str, Any]) -> bool:
    return bool(
        found["messages_a_second"] >= AT_LEAST
        and found["all_pages"]["p95"] <= PAGE_AT_MOST
        and found["start_ms"] <= START_AT_MOST
    )


if __name__ == "__main__":
    sys.exit(main())
