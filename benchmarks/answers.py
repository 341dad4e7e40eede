"""What answers cost: 150 a second for a minute, pages meanwhile, and a bad mark until Today.

    ./dev bench answers [--check-ins N] [--rate N] [--seconds N] [--web-processes N] [--json]

The product serves as `regulars serve` does it: web server and worker, each a process of its own, on
SQLite with synchronous=FULL, or on the PostgreSQL that DATABASE_URL names. Customers send answers
to their check-ins at an even pace, whether or not those before are through (an open loop); staff
look at pages meanwhile. Then a bad mark, and how long until its case stands on its manager's Today.
At least 150 a second, pages within 200 ms at the 95th percentile, the case within 2 seconds.
"""

import argparse
import asyncio
import http.client
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from _made_quickly import made_quickly
from _mailing import URL, make_business_with
from pages_beside import _asked, _cookies, _figures, _served

AT_LEAST, PAGE_AT_MOST, CASE_AT_MOST = 150, 200, 2.0
LOOKS_FOR, CONNECTIONS = 0.5, 16
# So many bad marks, one after the other, before the rest: each until it stands on Today.
ALONE = 5
# Where it is sent, what, and by whom.
Sent = tuple[str, bytes, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check-ins", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=150, help="answers a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=4, help="who look at pages meanwhile")
    parser.add_argument("--web-processes", type=int, default=2, help="that answer, as set up")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    said = parser.parse_args()
    os.environ["REGULARS_WEB_PROCESSES"] = str(said.web_processes)
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _set_up(Path(folder))
        posts, bad = _make_up(said)
        with _served() as address:
            found = _measure(address, posts, bad, said)
    print(json.dumps(found) if said.json else json.dumps(found, indent=2))
    return 0 if _is_enough(found) else 1


def _set_up(folder: Path) -> None:
    os.environ["REGULARS_HOME"], os.environ["PUBLIC_URL"] = str(folder), URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _make_up(said: argparse.Namespace) -> tuple[list[Sent], list[Sent]]:
    """So many open check-ins; what is sent to those that answer, and a few that are bad."""
    from regulars.care.models import CheckIn
    from regulars.core import clock
    from regulars.core.bulk import count_anew
    from regulars.core.signed_links import make_link
    from regulars.customers.models import Customer
    from regulars.portal.answers import seal_of
    from tests.factories.team import make_member

    at = clock.now()
    owner = make_member("owner", name="Nora Lindqvist")
    with made_quickly():
        make_business_with(said.check_ins, at=at)
        Customer.objects.update(manager=owner)
        _ask_everybody(at)
    count_anew(Customer, CheckIn)
    _leave_the_night_out(at)
    asked = at - timedelta(hours=3)
    count = int(said.rate * said.seconds)
    told = CheckIn.objects.order_by("pk").values_list("pk", "customer__name")[: count + ALONE]
    seen = at - timedelta(minutes=1)
    posts = []
    for nth, (pk, name) in enumerate(told):
        token = make_link("check_in", pk, "", asked)
        # One of fifty is unhappy.
        mark = 1 if nth % 50 == 49 or nth < ALONE else 3 + nth % 3
        words = {"seen": seal_of(token, seen), "mark": mark, "went_well": "The crust, as always."}
        posts.append((f"/k/{token}", urlencode(words).encode(), name))
    return posts[ALONE:], posts[:ALONE]


def _leave_the_night_out(at: datetime) -> None:
    """The jobs of the day were done last night: nobody counts everybody while answers come."""
    from regulars.config.schedule import DAILY
    from regulars.core.models import Job

    day = at.astimezone(ZoneInfo("Europe/London")).date().isoformat()
    Job.objects.bulk_create(
        Job(
            name=one.job, unique_key=f"{one.job}:{day}", state=Job.State.DONE, due_at=at,
            created_at=at, ended_at=at,
        )
        for one in DAILY
    )  # fmt: skip


def _ask_everybody(at: datetime) -> None:
    from regulars.care.models import CheckIn
    from regulars.customers.models import Customer

    asked = at - timedelta(hours=3)
    CheckIn.objects.bulk_create(
        (
            CheckIn(
                customer_id=pk, state="asked", way="message", why="mail", due_on=at.date(),
                delivered_on=at.date() - timedelta(days=3), opened_at=asked, asked_at=asked,
                product="Seeded rye",
            )
            for pk in Customer.objects.order_by("pk").values_list("pk", flat=True)
        ),
        batch_size=5_000,
    )  # fmt: skip


def _measure(
    address: tuple[str, int], posts: list[Sent], bad: list[Sent], said: argparse.Namespace
) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    from regulars.care.models import Answer
    from regulars.cases.models import Case

    cookies, _token = _cookies()
    for page in _pages(posts):
        _asked(address, "GET", page, cookies)
    load = os.getloadavg()
    untils = [_until_on_today(address, cookies, one) for one in bad]
    answers, pages, lasted = asyncio.run(_beside(address, posts, cookies, said))
    return {
        "benchmark": "answers", "database": connection.vendor,
        "web_processes": settings.WEB_PROCESSES, "load_before": load,
        "load_after": os.getloadavg(), "check_ins": said.check_ins, "sent": len(posts),
        "filed": Answer.objects.filter(doubt="").count() - len(bad), "cases": Case.objects.count(),
        "answers_a_second": round(len(posts) / lasted, 1), "lasted": round(lasted, 1),
        "answering_ms": _figures(answers) | {"worst": round(max(answers), 1)},
        "pages_ms": _figures(pages) | {"count": len(pages)},
        "case_on_today_s": round(max(untils), 2),
    }  # fmt: skip


def _pages(posts: list[Sent]) -> list[str]:
    return ["/", "/customers/", "/care/check-ins/", "/care/answers/", posts[0][0]]


async def _beside(
    address: tuple[str, int], posts: list[Sent], cookies: str, said: argparse.Namespace
) -> tuple[list[float], list[float], float]:
    """Answers at an even pace, each from when it was due; pages as they are looked at."""
    crowd = _Crowd(address, _pages(posts), cookies)
    begun = time.perf_counter()
    senders = [asyncio.create_task(crowd.sends()) for _ in range(CONNECTIONS)]
    lookers = [asyncio.create_task(crowd.looks(nth)) for nth in range(said.people)]
    for nth, (path, body, _name) in enumerate(posts):
        due = begun + nth / said.rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        crowd.waiting.put_nowait((due, path, body))
    for _ in senders:
        crowd.waiting.put_nowait(None)
    await asyncio.gather(*senders)
    lasted = time.perf_counter() - begun
    crowd.is_over = True
    await asyncio.gather(*lookers)
    return crowd.answers, crowd.pages, lasted


@dataclass
class _Crowd:
    """Those who answer and those who look, with how long each of them waited."""

    address: tuple[str, int]
    every: list[str]
    cookies: str
    waiting: "asyncio.Queue[tuple[float, str, bytes] | None]" = field(default_factory=asyncio.Queue)
    answers: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    is_over: bool = False

    async def sends(self) -> None:
        reader, writer = await asyncio.open_connection(*self.address)
        while (one := await self.waiting.get()) is not None:
            due, path, body = one
            status = await _spoken(reader, writer, "POST", path, "", body)
            assert status == 200, (path, status)
            self.answers.append((time.perf_counter() - due) * 1000)
        writer.close()

    async def looks(self, nth: int) -> None:
        while not self.is_over:
            nth += 1
            reader, writer = await asyncio.open_connection(*self.address)
            begun = time.perf_counter()
            page = self.every[nth % len(self.every)]
            status = await _spoken(reader, writer, "GET", page, self.cookies)
            assert status == 200, (page, status)
            self.pages.append((time.perf_counter() - begun) * 1000)
            writer.close()
            await asyncio.sleep(LOOKS_FOR)


async def _spoken(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, path: str,
    cookies: str, body: bytes = b"",
) -> int:  # fmt: skip
    """One question and its whole answer over a line that stays open; the status."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    lines += ["Content-Type: application/x-www-form-urlencoded"] if body else []
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
        await reader.readexactly(int(length.partition(":")[2]))
    return int(head.split()[1])


def _until_on_today(address: tuple[str, int], cookies: str, bad: Sent) -> float:
    """Seconds from a bad mark until its case stands on the manager's list of the day."""
    path, body, name = bad
    begun = time.perf_counter()
    _asked(address, "POST", path, "", body.decode())
    while time.perf_counter() - begun < 60:
        line = http.client.HTTPConnection(*address, timeout=60)
        line.request("GET", "/", headers={"Cookie": cookies})
        said = line.getresponse().read().decode()
        line.close()
        if re.search(rf"\b{name}\b", said):
            return time.perf_counter() - begun
        time.sleep(0.05)
    return float("inf")


def _is_enough(found: dict[str, Any]) -> bool:
    return bool(
        found["filed"] >= found["sent"]
        and found["answers_a_second"] >= AT_LEAST * 0.99
        and found["pages_ms"]["p95"] < PAGE_AT_MOST
        and found["case_on_today_s"] < CASE_AT_MOST
    )


if __name__ == "__main__":
    sys.exit(main())
