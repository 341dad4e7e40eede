"""How many messages a second leave, intents and outcomes durable, beside a bare Django loop.

    ./dev bench sending [--messages N] [--windows 1,16,64] [--json]
    ./dev bench sending --growth 10000,100000,1000000 [--json]

Each message is rendered for its customer, asked at the gate, written down before and after, and
handed to a mail server on this machine that takes everything (`benchmarks/sink.py`, a process of
its own). Unsigned and DKIM-signed (RSA 2048), with W messages to a window; as many senders as
`serve` starts here. The peer renders the same text with Django's templates and sends it over one
connection of Django's own backend: it signs nothing, records nothing and would send twice after a
crash. SQLite, or PostgreSQL where DATABASE_URL names one.

`--growth` sends to lists of these sizes at W = 64, unsigned, and shows what grows: messages a
second, the core's time for each (the senders' and, on a PostgreSQL of this machine that may be
asked, the server's), the most memory that a sender and the process that starts the send hold, and
how long starting takes: letting it go, which a person waits for, and writing its messages down.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from _mailing import SUBJECT, URL, make_business_with, make_version, set_server, sink

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOW = ("unsigned", "signed")
AT_LEAST = {("unsigned", 64): 1500, ("signed", 64): 800}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--windows", default="1,16,64")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--senders", type=int, help="side by side; left out: as `serve` has it")
    parser.add_argument("--how", choices=HOW, nargs="+", default=HOW)
    parser.add_argument("--growth", help="sizes of lists, to see how sending grows with them")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        arguments.senders = arguments.senders or _senders_of_serve()
        with sink(Path(folder)) as port:
            if arguments.growth:
                _grow(arguments, port)
                return 0
            found = _measure(arguments, port)
    print(json.dumps(found) if arguments.json else _in_words(found))
    return 0 if _is_enough(found) else 1


def _open(folder: Path) -> None:
    os.environ["REGULARS_HOME"] = str(folder)
    os.environ["REGULARS_NOW"] = AT.isoformat()
    os.environ["PUBLIC_URL"] = URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _measure(arguments: argparse.Namespace, port: int) -> dict[str, Any]:
    from django.db import connection

    from regulars.messaging.audiences import audiences

    make_business_with(arguments.messages, at=AT)
    audiences.register("bench", _Everybody())
    windows = [int(one) for one in arguments.windows.split(",")]
    found: dict[str, Any] = {
        "benchmark": "sending", "database": connection.vendor, "python": platform.python_version(),
        "messages": arguments.messages, "senders": arguments.senders, "peer": [], "rates": {},
        "peak_mb": 0, "cpu_ms_a_message": {},
    }  # fmt: skip
    for _run in range(arguments.runs):
        found["peer"].append(_peer(min(2000, arguments.messages), port))
        for window in windows:
            count = {1: 600, 16: 5000}.get(window, arguments.messages)
            for how in arguments.how:
                count = min(count, arguments.messages)
                rate, took = _ours(count, port, window, arguments.senders, signed=how == "signed")
                found["peak_mb"] = max(found["peak_mb"], took.megabytes)
                name, each = f"{how}, W = {window}", round(took.cpu_seconds / count * 1000, 3)
                found["cpu_ms_a_message"].setdefault(name, []).append(each)
                found["rates"].setdefault(name, []).append(rate)
                print(f"{name}: {rate:.0f}/s, {each} ms of a core each", file=sys.stderr)
    return found


@dataclass(frozen=True)
class Took:
    """What the senders of one mailing took, whatever else the machine did."""

    # The most that one of them held at a time.
    megabytes: int
    cpu_seconds: float


class _Everybody:
    def customers(self, definition: dict[str, Any]) -> Any:
        from regulars.customers.models import Customer

        return Customer.objects.filter(pk__lte=definition["up_to"])

    def words(self, _definition: dict[str, Any]) -> str:
        return "everybody"


def _ours(count: int, port: int, window: int, senders: int, *, signed: bool) -> tuple[float, Took]:
    """Messages a second of one mailing, from the first claim to the last outcome."""
    from regulars.core.actor import COMMAND
    from regulars.messaging.actions.mailings import approve_mailing, write_mailing
    from regulars.messaging.expanding import expand
    from regulars.messaging.models import Mailing, Message

    set_server(port, signed=signed, at=AT)
    highest = _nth_customer(count)
    mailing = write_mailing(
        name="bench", version=make_version(at=AT), purpose="inform", audience="bench",
        definition={"up_to": highest}, by=COMMAND, at=AT,
    )  # fmt: skip
    mailing = approve_mailing(mailing, seen_count=count, by=COMMAND, at=AT)
    expand(mailing, at=AT)
    began = time.perf_counter()
    took = _send(window, senders)
    seconds = time.perf_counter() - began
    accepted = Message.objects.filter(mailing=mailing, state="accepted").count()
    assert accepted == count, f"{accepted} of {count} left"
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")
    return count / seconds, took


def _grow(arguments: argparse.Namespace, port: int) -> None:
    """One list after the other, the smallest first; each line as soon as it is known."""
    from django.db import connection

    from regulars.messaging.audiences import audiences

    sizes = sorted(int(one) for one in arguments.growth.split(","))
    audiences.register("bench", _Everybody())
    # In a process of its own: what it held is not counted to those that are forked after it.
    _in_child(partial(make_business_with, max(sizes), at=AT))
    for size in sizes:
        before = _server_cpu()
        (start_ms, written_s), start = _in_child(partial(_started, size, port))
        between, began = _server_cpu(), time.perf_counter()
        took = _send(64, arguments.senders)
        seconds = time.perf_counter() - began
        _in_child(partial(_all_left, size))
        line = {
            "benchmark": "sending growth", "database": connection.vendor, "messages": size,
            "senders": arguments.senders, "load": os.getloadavg()[0],
            "messages_a_second": round(size / seconds), "let_go_ms": start_ms,
            "written_down_s": written_s,
            "written_down_cpu_us": _each(start.cpu_seconds, size),
            "sender_cpu_us": _each(took.cpu_seconds, size),
            "server_cpu_us": _each(_server_cpu() - between, size),
            "server_written_down_cpu_us": _each(between - before, size),
            "sender_mb": took.megabytes, "starter_mb": start.megabytes,
        }  # fmt: skip
        print(json.dumps(line) if arguments.json else line, flush=True)


def _each(seconds: float, count: int) -> int:
    """Microseconds of a core for each message."""
    return round(seconds / count * 1e6)


def _in_child(work: Callable[[], Any]) -> tuple[Any, Took]:
    """Do it in a process of its own; what it says, and what it took."""
    from django.db import connections

    connections.close_all()
    heard, said = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.write(said, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(said)
    with os.fdopen(heard) as answer:
        told = answer.read()
    used = os.wait4(pid, 0)[2]
    return json.loads(told), Took(used.ru_maxrss // 1024, used.ru_utime + used.ru_stime)


def _started(count: int, port: int) -> tuple[int, float]:
    """Let a mailing go and write its messages down: milliseconds of the one, seconds of both."""
    from regulars.core.actor import COMMAND
    from regulars.messaging.actions.mailings import approve_mailing, write_mailing
    from regulars.messaging.expanding import expand

    set_server(port, signed=False, at=AT)
    mailing = write_mailing(
        name="bench", version=make_version(at=AT), purpose="inform", audience="bench",
        definition={"up_to": _nth_customer(count)}, by=COMMAND, at=AT,
    )  # fmt: skip
    began = time.perf_counter()
    mailing = approve_mailing(mailing, seen_count=count, by=COMMAND, at=AT)
    let_go = time.perf_counter()
    expand(mailing, at=AT)
    return round((let_go - began) * 1000), round(time.perf_counter() - let_go, 2)


def _all_left(count: int) -> None:
    from regulars.messaging.models import Mailing, Message

    mailing = Mailing.objects.latest("pk")
    accepted = Message.objects.filter(mailing=mailing, state="accepted").count()
    assert accepted == count, f"{accepted} of {count} left"
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")


def _server_cpu() -> float:
    """Seconds of a core that a PostgreSQL of this machine has taken so far; 0 where none says."""
    from django.db import DatabaseError, connection, connections

    if connection.vendor != "postgresql":
        return 0.0
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_read_file('postmaster.pid')")
            pid = cursor.fetchone()[0].split()[0]
    except DatabaseError:
        return 0.0
    # A session that has ended is counted to its server.
    connections.close_all()
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if stat.parent.name == pid:
            ticks += sum(map(int, parts[11:15]))
        elif parts[1] == pid:
            ticks += sum(map(int, parts[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _senders_of_serve() -> int:
    from django.conf import settings

    return int(settings.SENDERS)


def _send(window: int, senders: int) -> Took:
    """Until nothing is due; forked, so that only sending is timed."""
    from django.db import connections

    from regulars.messaging.sending import Sender

    connections.close_all()
    pids = []
    for _sender in range(senders):
        pid = os.fork()
        if not pid:
            Sender(window=window).run(goes_on=lambda: True, waits=False)
            os._exit(0)
        pids.append(pid)
    used = [os.wait4(pid, 0)[2] for pid in pids]
    return Took(
        max(one.ru_maxrss // 1024 for one in used), sum(one.ru_utime + one.ru_stime for one in used)
    )


def _nth_customer(nth: int) -> int:
    from regulars.customers.models import Customer

    return int(Customer.objects.order_by("pk").values_list("pk", flat=True)[nth - 1])


def _peer(count: int, port: int) -> float:
    """Django's templates and mail over one connection, and nothing written down."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template import Context, engines

    from regulars.customers.models import Customer

    version = make_version(at=AT)
    django = engines["django"]
    page, text = (
        django.from_string(
            source.replace("default: ", "default:")
            .replace("elsif", "elif")
            .replace("{% unless", "{% if not")
            .replace("endunless", "endif")
        ).template  # type: ignore[attr-defined]
        for source in (version.html, version.text)
    )
    rows = list(Customer.objects.order_by("pk").prefetch_related("contact_points")[:count])
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host="127.0.0.1", port=port, use_tls=False)
    began = time.perf_counter()
    connection.open()
    for customer in rows:
        values = {
            "acquainted": "yes", "first_name": customer.given_name, "full_name": customer.name,
            "usual_gap": "9 days", "manager_name": "Nora", "business_name": "Juniper & Rye",
            "business_address": "4 Mill Lane, BA11 1AB Frome", "business_phone": "+44 1373 000000",
            "preferences_url": f"{URL}/p/{customer.pk}",
            "unsubscribe_url": f"{URL}/u/{customer.pk}",
        }  # fmt: skip
        message = EmailMultiAlternatives(
            SUBJECT, text.render(Context(values)), "hello@juniper.example",
            [customer.contact_points.all()[0].value], connection=connection,
        )  # fmt: skip
        message.attach_alternative(page.render(Context(values)), "text/html")
        message.send()
    connection.close()
    return count / (time.perf_counter() - began)


def _is_enough(found: dict[str, Any]) -> bool:
    import statistics

    return all(
        statistics.median(found["rates"].get(f"{how}, W = {window}", [at_least])) >= at_least
        for (how, window), at_least in AT_LEAST.items()
    )


def _in_words(found: dict[str, Any]) -> str:
    import statistics

    peer = statistics.median(found["peer"])
    lines = [f"{found['database']}; bare Django loop: {peer:.0f}/s"]
    for name, rates in found["rates"].items():
        middle = statistics.median(rates)
        spread = f"{min(rates):.0f} to {max(rates):.0f}"
        lines.append(f"{name}: {middle:.0f}/s ({spread}), {middle / peer:.2f} times the loop")
    return "\n".join([*lines, f"peak memory {found['peak_mb']} MB"])


if __name__ == "__main__":
    sys.exit(main())
