"""One connection to a mail server: greeting, encryption, signing in, lines and replies."""

import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from time import monotonic

from regulars.messaging.channels.smtp.parse import OutOfStep, Reply, is_last, reply_of
from regulars.messaging.choices import Security

# RELIABILITY M3.
TIMEOUT_SECONDS = 25.0
# RFC 5321, 4.5.3.1.5 says 512 for a reply's line; some servers write longer ones.
LONGEST_REPLY = 64 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Way:
    """Where the server is and how one signs in. The password is never shown."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    # What we call ourselves in the greeting.
    own_name: str = "localhost"


class Unreachable(Exception):
    """No session came about: nothing was sent. `code` is one word of ours, then theirs."""

    def __init__(self, code: str, *, is_broken: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_broken = is_broken


class Lost(Exception):
    """The connection ended. `written` says how many bytes of the last write had left us."""

    def __init__(self, code: str, written: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.written = written


class Session:
    """Opened, greeted, encrypted and signed in; `offers` holds what the server can do."""

    def __init__(
        self, way: Way, context: ssl.SSLContext | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._way, self._context, self._timeout = way, context, timeout
        self._heard = bytearray()
        self._socket = self._connect()
        self.offers: dict[str, str] = {}
        # How long one question and its answer take on the way.
        self.round_trip = 0.0
        try:
            self._begin()
        except (Lost, OutOfStep) as error:
            self.close()
            raise Unreachable(f"greeting {error}") from error
        except Exception:
            self.close()
            raise

    # Coming in

    def _connect(self) -> socket.socket:
        address = (self._way.host, self._way.port)
        try:
            opened = socket.create_connection(address, timeout=self._timeout)
        except socket.gaierror as error:
            raise Unreachable(f"dns {error.strerror}") from error
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"connect {error}") from error
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def _begin(self) -> None:
        if self._way.security == Security.TLS:
            self._encrypt()
        greeting = self.hear()
        if greeting.code != 220:
            raise Unreachable(f"greeting {greeting.words}")
        self._greet()
        if self._way.security == Security.STARTTLS:
            self._start_tls()
        if self._way.username:
            self._sign_in()

    def _greet(self) -> None:
        asked = monotonic()
        reply = self._ask(f"EHLO {self._way.own_name}")
        self.round_trip = monotonic() - asked
        if reply.code != 250:
            raise Unreachable(f"greeting {reply.words}")
        self.offers = _offers(self._last_lines)

    def _start_tls(self) -> None:
        if "STARTTLS" not in self.offers:
            raise Unreachable("no_starttls", is_broken=True)
        reply = self._ask("STARTTLS")
        if reply.code != 220:
            raise Unreachable(f"tls {reply.words}")
        # What came with the answer was not encrypted: somebody on the way may have put it there.
        if self._heard:
            raise Unreachable("tls they spoke before the encryption", is_broken=True)
        self._encrypt()
        self._greet()

    def _encrypt(self) -> None:
        context = self._context or ssl.create_default_context()
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=self._way.host)
        except ssl.SSLCertVerificationError as error:
            code = f"certificate {error.verify_message}"
            raise Unreachable(code, is_broken=True) from error
        except (OSError, ValueError) as error:
            raise Unreachable(f"tls {error}") from error

    def _sign_in(self) -> None:
        ways = self.offers.get("AUTH", "").upper().split()
        name, password = self._way.username.encode(), self._way.password.encode()
        if "PLAIN" in ways:
            reply = self._ask(f"AUTH PLAIN {_b64(b'%c%b%c%b' % (0, name, 0, password))}")
        elif "LOGIN" in ways:
            reply = self._ask("AUTH LOGIN")
            for word in (name, password):
                reply = self._ask(_b64(word)) if reply.code == 334 else reply
        else:
            raise Unreachable("login they offer no sign-in that we know", is_broken=True)
        if reply.code != 235:
            raise Unreachable(f"login {reply.words}", is_broken=reply.code >= 500)

    def _ask(self, line: str) -> Reply:
        self.write(line.encode() + b"\r\n")
        return self.hear()

    # Lines and replies

    def write(self, content: bytes) -> None:
        """Hand everything to the system, or raise `Lost` saying how much of it had left."""
        self._socket.settimeout(self._timeout)
        written = 0
        view = memoryview(content)
        try:
            while written < len(content):
                written += self._socket.send(view[written:])
        except OSError as error:
            raise Lost(_why_lost(error), written) from error

    def hear(self) -> Reply:
        """The next whole reply; one that comes letter by letter has no more time than another."""
        self._until = monotonic() + self._timeout
        lines = [self._line()]
        while not is_last(lines[-1]):
            lines.append(self._line())
        self._last_lines = lines
        return reply_of(lines)

    @property
    def has_more(self) -> bool:
        """Has the server said more than it was asked?"""
        return bool(self._heard)

    def _line(self) -> bytes:
        while (end := self._heard.find(b"\n")) < 0:
            if len(self._heard) > LONGEST_REPLY:
                raise OutOfStep("a reply without an end")
            self._heard += self._receive()
        line = bytes(self._heard[:end]).removesuffix(b"\r")
        del self._heard[: end + 1]
        return line

    def _receive(self) -> bytes:
        try:
            self._socket.settimeout(max(self._until - monotonic(), 0.001))
            received = self._socket.recv(_CHUNK)
        except OSError as error:
            raise Lost(_why_lost(error)) from error
        if not received:
            raise Lost("lost they closed the connection")
        return received

    def leave(self) -> None:
        """Say goodbye where that is still possible, and close."""
        try:
            self._socket.settimeout(1)
            self.write(b"QUIT\r\n")
        except (Lost, OSError):
            # They have gone already, which is what we wanted.
            return
        finally:
            self.close()

    def close(self) -> None:
        self._socket.close()


def _why_lost(error: OSError) -> str:
    return "timeout" if isinstance(error, TimeoutError) else f"lost {error}"


def _offers(lines: list[bytes]) -> dict[str, str]:
    words = (line[4:].decode("ascii", "replace").partition(" ") for line in lines[1:])
    return {name.upper(): rest.strip() for name, _space, rest in words}


def _b64(word: bytes) -> str:
    return b64encode(word).decode()
