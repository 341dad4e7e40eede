"""Handing parcels to a mail server, over one connection that is kept open.

Two ways of doing it. With DATA the content waits for the server's 354, so the lines that announce
the next parcel travel together with the content of this one: one round trip a parcel, and one
parcel in doubt where the connection ends (RFC 2920). With BDAT nothing waits (RFC 3030): where
the server is far away, several contents travel at once, and several are in doubt.
"""

import ssl
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from regulars.core.secrets import open_secret
from regulars.messaging.channels.adapters import (
    STOPPED,
    Blind,
    Certainty,
    Found,
    MayGoOn,
    Outcome,
    Parcel,
    StaffParcel,
    adapters,
    demand,
)
from regulars.messaging.channels.smtp.carrying import CONTENTS_AHEAD, Run, WithChunks, WithData
from regulars.messaging.channels.smtp.session import TIMEOUT_SECONDS, Session, Unreachable, Way
from regulars.messaging.choices import Result
from regulars.messaging.mime import HeaderRefused, domain_on_the_wire, wire_address
from regulars.messaging.models import MailServer

if TYPE_CHECKING:
    from regulars.messaging.gate import GateTicket

# Nearer than this, waiting for each answer costs less than the doubt about several contents.
FAR_SECONDS = 0.005
# How often a parcel that has certainly not left begins on a connection, within one call.
TRIES = 2


class MailServerClient:
    """The mail server of the business. Nobody can ask it later what it took (`Blind`)."""

    name = "smtp"
    certainty: Certainty = Blind()

    def __init__(
        self,
        way: Way,
        *,
        context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
        contents_ahead: int = CONTENTS_AHEAD,
        far: float = FAR_SECONDS,
    ) -> None:
        self._way, self._context, self._timeout = way, context, timeout
        self._ahead, self._far = contents_ahead, far
        self._session: Session | None = None

    def hand_over(
        self, ticket: "GateTicket", parcels: Sequence[Parcel], *, may_go_on: MayGoOn
    ) -> Iterator[Outcome]:
        demand(ticket)
        waiting: deque[Parcel] = deque()
        for parcel in parcels:
            if fault := fault_in(parcel):
                yield Outcome(parcel.message_id, Result.REFUSED, fault)
            else:
                waiting.append(parcel)
        yield from self._carry(waiting, may_go_on)

    def hand_to_staff(self, parcels: Sequence[StaffParcel]) -> Iterator[Outcome]:
        waiting = deque(parcel.as_parcel() for parcel in parcels)
        yield from self._carry(waiting, lambda _parcel: True)

    def find(self, provider_key: str) -> Found | None:
        """A mail server cannot be asked."""
        return None

    def close(self) -> None:
        if self._session is not None:
            self._session.leave()
            self._session = None

    def _carry(self, waiting: deque[Parcel], may_go_on: MayGoOn) -> Iterator[Outcome]:
        begun: Counter[str] = Counter()
        while waiting:
            if not may_go_on(waiting[0]):
                yield Outcome(waiting.popleft().message_id, Result.NOT_SENT, STOPPED)
                continue
            try:
                run = self._run(waiting, may_go_on)
            except Unreachable as error:
                yield from _unreached(waiting, error)
                return
            yield from self._follow(run)
            waiting.extendleft(run.given_back)
            if run.given_back:
                first = waiting[0]
                begun[first.provider_key] += 1
                if begun[first.provider_key] >= TRIES:
                    waiting.popleft()
                    yield Outcome(first.message_id, Result.NOT_SENT, run.why_ended)

    def _run(self, waiting: deque[Parcel], may_go_on: MayGoOn) -> Run:
        if self._session is None:
            self._session = Session(self._way, self._context, self._timeout)
        here = self._session
        if {"CHUNKING", "PIPELINING"} <= here.offers.keys() and here.round_trip >= self._far:
            return WithChunks(here, self._way.sender, waiting, may_go_on, self._ahead)
        return WithData(here, self._way.sender, waiting, may_go_on)

    def _follow(self, run: Run) -> Iterator[Outcome]:
        is_whole = False
        try:
            yield from run.outcomes()
            is_whole = not run.why_ended
        finally:
            # Also where the caller stops listening: nobody may go on in the middle of a parcel.
            if not is_whole:
                self._drop()
        if isinstance(run, WithChunks) and run.has_no_chunks:
            self._far = float("inf")

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _unreached(waiting: deque[Parcel], error: Unreachable) -> Iterator[Outcome]:
    while waiting:
        yield Outcome(
            waiting.popleft().message_id,
            Result.NOT_SENT,
            error.code[:300],
            channel_is_broken=error.is_broken,
        )


def fault_in(parcel: Parcel) -> str:
    """Why no mail server could carry this parcel; empty where one could."""
    try:
        wire_address(parcel.recipient)
    except HeaderRefused as error:
        return f"bad_address {error}"
    # Some servers take a lone line end for the end of the content (SMTP smuggling).
    ends = parcel.raw.count(b"\r\n")
    if parcel.raw.count(b"\n") != ends or parcel.raw.count(b"\r") != ends:
        return "bad_content a line does not end as mail wants it"
    return ""


def way_to(server: MailServer) -> Way:
    sender = wire_address(server.from_address)
    return Way(
        server.host,
        server.port,
        server.security,
        server.username,
        open_secret(server.password_sealed) if server.password_sealed else "",
        sender,
        domain_on_the_wire(sender.rpartition("@")[2]),
    )


def by_mail_server(server: MailServer) -> MailServerClient:
    return MailServerClient(way_to(server))


adapters.register(MailServerClient.name, by_mail_server)
