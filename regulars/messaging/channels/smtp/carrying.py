"""Parcels over one connection, as long as it lasts: which lines go ahead of which answers."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator

from regulars.messaging.channels.adapters import STOPPED, MayGoOn, Outcome, Parcel
from regulars.messaging.channels.smtp.parse import (
    LONGEST_SAID,
    OutOfStep,
    Reply,
    Stage,
    acceptance,
    refusal,
)
from regulars.messaging.channels.smtp.session import Lost, Session
from regulars.messaging.choices import Result
from regulars.messaging.mime import wire_address

# So many contents may be on their way unanswered, and so many are in doubt if the connection ends.
CONTENTS_AHEAD = 8
_UNKNOWN_COMMAND = {500, 502}


class Closing(Lost):
    """They said goodbye (421) before taking what follows: that has certainly not left."""


class Run(ABC):
    """What both ways of handing over share.

    `given_back` have certainly not left, the first one last: it is the one at which it ended.
    """

    def __init__(
        self, session: Session, sender: str, waiting: deque[Parcel], may_go_on: MayGoOn
    ) -> None:
        self.session, self.waiting, self.may_go_on = session, waiting, may_go_on
        self.given_back: list[Parcel] = []
        self.why_ended = ""
        self._from = f"MAIL FROM:<{sender}>"
        self._says_size = "SIZE" in session.offers

    @abstractmethod
    def outcomes(self) -> Iterator[Outcome]:
        """One outcome for each parcel that the server has answered for."""

    def envelope(self, parcel: Parcel) -> tuple[bytes, bytes]:
        size = f" SIZE={len(parcel.raw)}" if self._says_size else ""
        recipient = wire_address(parcel.recipient)
        return f"{self._from}{size}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode()

    def end(self, why: Exception) -> None:
        self.why_ended = str(why)[:LONGEST_SAID] or "lost"

    def hear(self) -> Reply:
        reply = self.session.hear()
        if reply.code == 421:
            raise Closing(reply.words)
        return reply

    def in_doubt(self, parcel: Parcel) -> Outcome:
        return Outcome(parcel.message_id, Result.IN_DOUBT, self.why_ended)


class WithData(Run):
    """One round trip a parcel: the next one is announced behind the content of this one."""

    def __init__(
        self, session: Session, sender: str, waiting: deque[Parcel], may_go_on: MayGoOn
    ) -> None:
        super().__init__(session, sender, waiting, may_go_on)
        self._may_pipeline = "PIPELINING" in session.offers
        # Announced, and asked for by the server's 354.
        self._wanted: Parcel | None = None
        self._must_reset = False

    def outcomes(self) -> Iterator[Outcome]:
        while not self.why_ended and (self._wanted or self.waiting):
            content, self._wanted = self._wanted, None
            if content and not self.may_go_on(content):
                # After 354 an empty content would be a mail too: only hanging up takes it back.
                self.end(Lost(STOPPED))
                yield Outcome(content.message_id, Result.NOT_SENT, STOPPED)
                return
            yield from self._step(content, self._next(content))

    def _next(self, content: Parcel | None) -> Parcel | None:
        may_announce = self.waiting and (self._may_pipeline or content is None)
        return self.waiting.popleft() if may_announce else None

    def _step(self, content: Parcel | None, following: Parcel | None) -> Iterator[Outcome]:
        lines = self._announcement(following) if following else []
        body = stuffed(content.raw) if content else b""
        try:
            self._in_step()
            self.session.write(body + b"".join(lines if self._may_pipeline else []))
        except (Lost, OutOfStep) as error:
            self._give_back(following, error)
            if content and isinstance(error, Lost) and error.written >= len(body):
                yield self.in_doubt(content)
            elif content:
                # Without its last line no server takes a content for a mail.
                self.given_back.append(content)
            return
        if content:
            yield self._answer_to(content, following)
        if following and not self.why_ended:
            yield from self._hear_announced(following, lines)

    def _in_step(self) -> None:
        if self.session.has_more:
            raise OutOfStep("they said more than they were asked")

    def _announcement(self, parcel: Parcel) -> list[bytes]:
        reset = [b"RSET\r\n"] if self._must_reset else []
        return [*reset, *self.envelope(parcel), b"DATA\r\n"]

    def _answer_to(self, content: Parcel, following: Parcel | None) -> Outcome:
        try:
            return acceptance(content, self.session.hear())
        except (Lost, OutOfStep) as error:
            self._give_back(following, error)
            return self.in_doubt(content)

    def _hear_announced(self, parcel: Parcel, lines: list[bytes]) -> Iterator[Outcome]:
        try:
            no = self._verdict_on(parcel, lines)
        except (Lost, OutOfStep) as error:
            self._give_back(parcel, error)
            return
        if no:
            yield no
        else:
            self._wanted = parcel

    def _verdict_on(self, parcel: Parcel, lines: list[bytes]) -> Outcome | None:
        if self._must_reset:
            self._ask(lines.pop(0))
        self._must_reset, no = False, None
        for stage, line in zip((Stage.MAIL, Stage.RCPT, Stage.DATA), lines, strict=True):
            reply = self._ask(line)
            is_yes = reply.code == 354 if stage is Stage.DATA else 250 <= reply.code <= 251
            if is_yes and stage is Stage.DATA and no:
                # They want a content that nobody would get: hang up, the no stands.
                self.end(OutOfStep("354 after a refusal"))
            if not is_yes:
                no = no or refusal(parcel, stage, reply)
                self._must_reset = True
                if not self._may_pipeline:
                    break
        return no

    def _ask(self, line: bytes) -> Reply:
        if not self._may_pipeline:
            self.session.write(line)
        return self.hear()

    def _give_back(self, parcel: Parcel | None, why: Exception) -> None:
        self.end(why)
        if parcel:
            self.given_back.append(parcel)


class WithChunks(Run):
    """Nothing waits for an answer: several whole parcels are on their way at once."""

    def __init__(
        self,
        session: Session,
        sender: str,
        waiting: deque[Parcel],
        may_go_on: MayGoOn,
        ahead: int = CONTENTS_AHEAD,
    ) -> None:
        super().__init__(session, sender, waiting, may_go_on)
        self._on_the_way: deque[Parcel] = deque()
        # The first goes alone: not every server that offers chunks takes them.
        self._ahead, self._most = 1, ahead
        self.has_no_chunks = False

    def outcomes(self) -> Iterator[Outcome]:
        if not self._is_awake():
            return
        while not self.why_ended and (self._on_the_way or self.waiting):
            yield from self._send_ahead()
            if self._on_the_way and not self.why_ended:
                yield from self._hear_one()

    def _is_awake(self) -> bool:
        """A connection that slept may be closed: a content must not be the first to find out."""
        try:
            self.session.write(b"RSET\r\n")
            self.hear()
        except (Lost, OutOfStep) as error:
            self.end(error)
            if self.waiting:
                self.given_back.append(self.waiting.popleft())
            return False
        return True

    def _send_ahead(self) -> Iterator[Outcome]:
        while self.waiting and len(self._on_the_way) < self._ahead:
            parcel = self.waiting.popleft()
            if not self.may_go_on(parcel):
                yield Outcome(parcel.message_id, Result.NOT_SENT, STOPPED)
                continue
            try:
                self.session.write(self._whole(parcel))
            except Lost as error:
                # A chunk shorter than announced is no mail; those before it may be.
                self.end(error)
                self.given_back.append(parcel)
                yield from self._all_in_doubt()
                return
            self._on_the_way.append(parcel)

    def _whole(self, parcel: Parcel) -> bytes:
        chunk = b"BDAT %d LAST\r\n" % len(parcel.raw)
        return b"".join((b"RSET\r\n", *self.envelope(parcel), chunk, parcel.raw))

    def _hear_one(self) -> Iterator[Outcome]:
        parcel = self._on_the_way[0]
        try:
            outcome = self._verdict_on(parcel)
        except Closing as error:
            self.end(error)
            self.given_back.extend(reversed(self._on_the_way))
            return
        except (Lost, OutOfStep) as error:
            self.end(error)
            yield from self._all_in_doubt()
            return
        self._on_the_way.popleft()
        if outcome is None:
            self.given_back.append(parcel)
            return
        if outcome.result is Result.ACCEPTED:
            self._ahead = self._most
        yield outcome

    def _verdict_on(self, parcel: Parcel) -> Outcome | None:
        """None where the server does not know chunks after all."""
        no = None
        self.hear()
        for stage in (Stage.MAIL, Stage.RCPT):
            reply = self.hear()
            if reply.code == 503:
                raise OutOfStep(reply.words)
            if not 250 <= reply.code <= 251:
                no = no or refusal(parcel, stage, reply)
        reply = self.session.hear()
        if no and reply.code < 400:
            raise OutOfStep(f"{reply.words} for a refused parcel")
        if reply.code in _UNKNOWN_COMMAND and self._ahead == 1:
            self.has_no_chunks = True
            self.end(OutOfStep(reply.words))
            return no
        return no or acceptance(parcel, reply)

    def _all_in_doubt(self) -> Iterator[Outcome]:
        while self._on_the_way:
            yield self.in_doubt(self._on_the_way.popleft())


def stuffed(raw: bytes) -> bytes:
    """The content as DATA wants it: a dot more where a line begins with one, a dot at the end."""
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    raw = raw.replace(b"\r\n.", b"\r\n..")
    return b"".join((b"." if raw.startswith(b".") else b"", raw, b".\r\n"))
