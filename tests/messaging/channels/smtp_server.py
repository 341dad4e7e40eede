"""A small mail server for tests, in threads: honest, slow, rude, lying or gone, as it is told."""

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Self

OFFERS = ("PIPELINING", "SIZE 1000000", "8BITMIME")
CHUNKS = (*OFFERS, "CHUNKING")


@dataclass
class Habits:
    """What the server does; `after_content` is asked with the number of the content (from 1)."""

    offers: tuple[str, ...] = OFFERS
    refuse: Callable[[str], bytes | None] = lambda recipient: None
    after_content: Callable[[int], str] = lambda number: "accept"
    greeting: bytes = b"220 ready\r\n"
    # Answers to MAIL FROM, DATA and RSET instead of the usual ones.
    to_mail: bytes = b"250 2.1.0 Ok\r\n"
    to_data: bytes = b"354 End data with <CR><LF>.<CR><LF>\r\n"
    login: tuple[str, str] = ("", "")
    # Before each answer, in seconds.
    delay: float = 0.0
    # So many contents a connection, then 421; or it closes without a word.
    most: int = 10**9
    closes_silently: bool = False
    tls: ssl.SSLContext | None = None
    tls_from_the_start: bool = False
    understands_chunks: bool = True


@dataclass
class Server:
    habits: Habits = field(default_factory=Habits)
    # (recipient, content) of everything that was taken for delivery, and how many connections.
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    signed_in_as: list[str] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    contents: int = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop_listening()
        self.close_connections()
        for thread in [self._accepting, *self._threads]:
            thread.join(timeout=5)

    def stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close_connections(self) -> None:
        """As a server does with those who have been silent for long."""
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _talk(self, connection: socket.socket) -> None:
        talk = Talk(self, connection)
        try:
            with contextlib.suppress(OSError, Gone):
                talk.go()
        finally:
            talk.close()


class Gone(Exception):
    """This connection is over."""


class Talk:
    """One connection."""

    def __init__(self, server: Server, connection: socket.socket) -> None:
        self.server, self.habits = server, server.habits
        self.connection = connection
        self.recipients: list[str] = []
        self.taken = 0
        self.has_sender = False
        self.file: BinaryIO = connection.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.connection.close()

    def go(self) -> None:
        if self.habits.tls and self.habits.tls_from_the_start:
            self._encrypt()
        self._say(self.habits.greeting)
        while line := self.file.readline():
            self.server.heard.append(line)
            word, _space, rest = line.strip().partition(b" ")
            answer = getattr(self, f"on_{word.decode('latin-1').casefold()}", None)
            if answer is None:
                self._say(b"500 5.5.2 What?\r\n")
            else:
                answer(rest.decode("latin-1"))

    def _say(self, answer: bytes) -> None:
        if self.habits.delay:
            time.sleep(self.habits.delay)
        self.connection.sendall(answer)

    def _encrypt(self) -> None:
        assert self.habits.tls
        self.file.close()
        self.connection = self.habits.tls.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")

    def on_ehlo(self, _rest: str) -> None:
        offers = list(self.habits.offers)
        if self.habits.tls and not isinstance(self.connection, ssl.SSLSocket):
            offers.append("STARTTLS")
        if self.habits.login[0]:
            offers.append("AUTH PLAIN LOGIN")
        lines = ["test.example", *offers]
        told = [f"250-{line}\r\n" for line in lines[:-1]] + [f"250 {lines[-1]}\r\n"]
        self._say("".join(told).encode())

    def on_starttls(self, _rest: str) -> None:
        self._say(b"220 Go ahead\r\n")
        self._encrypt()

    def on_auth(self, rest: str) -> None:
        said = base64.b64decode(rest.split()[1]).split(b"\0")[1:]
        name, password = (part.decode() for part in said)
        if (name, password) == self.habits.login:
            self.server.signed_in_as.append(name)
            self._say(b"235 2.7.0 Welcome\r\n")
        else:
            self._say(b"535 5.7.8 Authentication credentials invalid\r\n")

    def on_mail(self, _rest: str) -> None:
        if self.taken >= self.habits.most:
            if not self.habits.closes_silently:
                self._say(b"421 4.7.0 Too many from you, closing\r\n")
                self._linger()
            raise Gone
        if self.has_sender:
            self._say(b"503 5.5.1 Nested MAIL command\r\n")
            return
        self.has_sender = self.habits.to_mail.startswith(b"2")
        self._say(self.habits.to_mail)

    def _linger(self) -> None:
        """Closed with lines unread, TCP would take back the answers that are still on their way."""
        self.connection.shutdown(socket.SHUT_WR)
        while self.file.read(65536):
            pass

    def on_rcpt(self, rest: str) -> None:
        recipient = rest.partition("<")[2].partition(">")[0]
        refused = self.habits.refuse(recipient)
        if not refused:
            self.recipients.append(recipient)
        self._say(refused or b"250 2.1.5 Ok\r\n")

    def on_rset(self, _rest: str) -> None:
        self._forget()
        self._say(b"250 2.0.0 Ok\r\n")

    def _forget(self) -> None:
        self.recipients, self.has_sender = [], False

    def on_data(self, _rest: str) -> None:
        if not self.recipients and self.habits.to_data.startswith(b"3"):
            self._say(b"554 5.5.1 No valid recipients\r\n")
            return
        self._say(self.habits.to_data)
        if not self.habits.to_data.startswith(b"3"):
            return
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise Gone
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self._take(b"".join(lines))

    def on_bdat(self, rest: str) -> None:
        if not self.habits.understands_chunks:
            self._say(b"502 5.5.1 Not here\r\n")
            return
        size = int(rest.partition(" ")[0])
        content = self.file.read(size)
        if len(content) < size:
            raise Gone
        if not self.recipients:
            self._say(b"503 5.5.1 No valid recipients\r\n")
            return
        self._take(content)

    def _take(self, content: bytes) -> None:
        self.server.contents += 1
        self.taken += 1
        deed = self.habits.after_content(self.server.contents)
        if deed in {"accept", "drop", "twice", "garbage", "late", "silent"}:
            self.server.delivered += [(recipient, content) for recipient in self.recipients]
        self._forget()
        ok = f"250 2.0.0 Ok: queued as Q{self.server.contents:06}\r\n".encode()
        answers = {
            "accept": ok,
            "twice": ok + ok,
            "late": ok,
            "garbage": b"\xff\x00 what a lovely day\r\n",
            "refuse": b"554 5.7.1 Looks like spam\r\n",
            "later": b"451 4.3.0 Try again later\r\n",
            "close": b"",
            "drop": b"",
            "silent": b"",
        }
        if deed in {"drop", "close"}:
            raise Gone
        if deed == "late":
            time.sleep(0.3)
        if answers[deed]:
            self._say(answers[deed])

    def on_quit(self, _rest: str) -> None:
        self._say(b"221 2.0.0 Bye\r\n")
        raise Gone
