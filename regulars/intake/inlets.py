"""From where files come in by themselves: looking, fetching, putting aside."""

import hashlib
import http.client
import io
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.intake.models import Inlet

# A file that has not changed for so long is whole.
REST_SECONDS = 60
WAIT_SECONDS = 30
PIECE = 1 << 20
# However slowly something comes, in bytes a minute: then nobody waits for it any longer.
MOST_SECONDS = 300
# Bytes, as folders count them.
LONGEST_NAME = 255
TAKEN, NOT_TAKEN = "taken", "not taken"
WANTED = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".vcf", ".gz")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: nothing where it has not changed."""

    content: bytes | None
    etag: str = ""
    name: str = ""


def folder_of(inlet: Inlet) -> Path:
    """The watched folder, made where it is missing; never outside of the folder for incoming."""
    home = Path(settings.INBOX).resolve()
    folder = (home / inlet.place).resolve()
    if folder != home and home not in folder.parents:
        raise Refusal(
            _("The folder lies outside of the one for incoming files."),
            _("Name a folder in it, such as “till”."),
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def files_at_rest(inlet: Inlet, *, at: datetime) -> tuple[list[Path], dict[str, list[int]]]:
    """Files that are whole, and what was seen of the others; a file that still grows is left."""
    whole, seen = [], {}
    for path in sorted(folder_of(inlet).iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix.lower() not in WANTED:
            continue
        found = path.stat()
        now = [found.st_size, found.st_mtime_ns]
        rests = at.timestamp() - found.st_mtime >= REST_SECONDS
        if rests and inlet.seen.get(path.name) == now:
            whole.append(path)
        else:
            seen[path.name] = now
    return whole, seen


def put_aside(path: Path, where: str, *, at: datetime) -> None:
    """Move a file that was dealt with out of the way, under a name that nothing has yet."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    free = (folder / _fitting(f"{at:%Y-%m-%d %H%M%S}{nth}", path) for nth in ("", *range(2, 1000)))
    path.rename(next(one for one in free if not one.exists()))


def _fitting(when: str, path: Path) -> str:
    """The name with its moment before it, cut where no folder would take it."""
    ending = path.suffix[:20]
    room = LONGEST_NAME - len(f"{when} {ending}".encode())
    stem = os.fsencode(path.name.removesuffix(ending))[:room].decode("utf-8", "ignore")
    return f"{when} {stem}{ending}"


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(inlet: Inlet) -> Fetched:
    """Get what stands at an https address; refuses what is too large, and private machines."""
    told = told_by(inlet.place)
    host, port = told.hostname or "", told.port or 443
    line = http.client.HTTPSConnection(host, port, timeout=WAIT_SECONDS)
    # The machines that were looked at are asked: their name is not looked up again.
    sock = _connected(_machines_of(host, port, allows_private=inlet.allows_private), host)
    line.sock = sock
    late = threading.Event()
    timer = threading.Timer(MOST_SECONDS, _hang_up, (sock, late))
    timer.daemon = True
    timer.start()
    try:
        sock.do_handshake()
        path = (told.path or "/") + (f"?{told.query}" if told.query else "")
        line.request("GET", path, headers={
            "User-Agent": "Regulars", "Accept": "*/*",
            **({"If-None-Match": inlet.etag} if inlet.etag else {}),
        })  # fmt: skip
        got = _answer(line.getresponse(), path)
    # A line that was hung up on answers in many ways.
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise (_too_slow() if late.is_set() else _unreached()) from error
    finally:
        timer.cancel()
        line.close()
    if late.is_set():
        # What came by then may be half of it.
        raise _too_slow()
    return got


def _hang_up(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _too_slow() -> Refusal:
    return Refusal(
        _("The address gave its file too slowly, so that nobody waited for the end."),
        _("It is asked again the next time; look whether it opens in a browser."),
    )


def told_by(place: str) -> SplitResult:
    """The parts of an https address; refuses what is none."""
    try:
        told = urlsplit(place)
        # A port that is none is found out when somebody asks for it.
        if told.scheme == "https" and told.hostname and told.port != 0:
            return told
    except ValueError:
        pass
    raise Refusal(
        _("An address begins with https://."), _("Ask whoever gives the file for a safe one.")
    )


def _machines_of(host: str, port: int, *, allows_private: bool) -> list[tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A name that no machine can have is a fault of its letters.
    except (OSError, UnicodeError) as error:
        raise _unreached() from error
    numbers = [str(entry[4][0]) for entry in found]
    for number in numbers:
        if not ipaddress.ip_address(number.partition("%")[0]).is_global and not allows_private:
            raise Refusal(
                _("The address is that of a machine in our own network."),
                _("An owner may allow that for this address."),
            )
    return [(number, port) for number in dict.fromkeys(numbers)]


def _connected(machines: list[tuple[str, int]], host: str) -> ssl.SSLSocket:
    """A line that has shown nothing yet: who is at its end is seen when it is first used."""
    try:
        plain = _first_reached(machines)
        return ssl.create_default_context().wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        )
    except OSError as error:
        raise _unreached() from error


def _first_reached(machines: list[tuple[str, int]]) -> socket.socket:
    """A name may stand for several, of which one answers here: by IPv6 some reach nobody."""
    for machine in machines[:-1]:
        with suppress(OSError):
            return socket.create_connection(machine, timeout=WAIT_SECONDS)
    return socket.create_connection(machines[-1], timeout=WAIT_SECONDS)


def _unreached() -> Refusal:
    return Refusal(
        _("The address cannot be reached, or it is not what it says it is."),
        _("It is asked again the next time; look whether it opens in a browser."),
    )


def _answer(answer: http.client.HTTPResponse, path: str) -> Fetched:
    if answer.status == 304:
        return Fetched(None)
    if answer.status != 200:
        raise Refusal(
            _("The address answered %(status)s.") % {"status": answer.status},
            _("Ask whoever gives the file; an address that leads elsewhere is not followed."),
        )
    held = io.BytesIO()
    for piece in _pieces(answer):
        held.write(piece)
        if held.tell() > settings.MAX_UPLOAD_BYTES:
            raise Refusal(
                _("The file is larger than %(size)s MB.")
                % {"size": settings.MAX_UPLOAD_BYTES // 1024**2},
                _("Ask for it in parts, or raise REGULARS_MAX_UPLOAD_MB."),
            )
    name = path.partition("?")[0].rpartition("/")[2]
    return Fetched(held.getvalue(), answer.headers.get("ETag") or "", name or _("file"))


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read1(PIECE):
        yield piece
