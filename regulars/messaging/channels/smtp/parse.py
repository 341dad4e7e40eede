"""What a mail server answers, and what that means for a parcel (RELIABILITY M4)."""

import re
from dataclasses import dataclass
from enum import Enum

from regulars.messaging.channels.adapters import Outcome, Parcel
from regulars.messaging.choices import Result

LONGEST_SAID = 280
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_STRANGE = re.compile(r"[^\x20-\x7e]+")
# Postfix and most others say "queued as ABC"; Exim says "id=ABC".
_QUEUED = re.compile(r"(?:queued as|\bid=)\s*([^\s>;,()]+)", re.IGNORECASE)
LONGEST_ID = 200


class Stage(Enum):
    """Which of our lines a reply answers."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "BODY"


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    said: str

    @property
    def words(self) -> str:
        return f"{self.code} {self.said}".strip()


class OutOfStep(Exception):
    """The server says what cannot be an answer to our line: nothing it says counts any more."""


def reply_of(lines: list[bytes]) -> Reply:
    """One reply from its lines; they all bear the same number."""
    found = [_LINE.fullmatch(line) for line in lines]
    numbers = {match[1] for match in found if match}
    if None in found or len(numbers) != 1:
        raise OutOfStep(f"not a reply: {_clean(lines[0])}")
    said = " ".join(_clean(match[3] or b"") for match in found if match)
    return Reply(int(numbers.pop()), said[:LONGEST_SAID].strip())


def is_last(line: bytes) -> bool:
    return line[3:4] != b"-"


def _clean(said: bytes) -> str:
    return _STRANGE.sub(" ", said.decode("utf-8", "replace")).strip()


def refusal(parcel: Parcel, stage: Stage, reply: Reply) -> Outcome:
    """A no before or after the content: in each case certain (RFC 5321, 4.2.5)."""
    if reply.code < 400:
        raise OutOfStep(f"{reply.words} in answer to {stage.value}")
    if reply.code < 500 or reply.code == 503:
        return Outcome(parcel.message_id, Result.NOT_SENT, reply.words)
    if stage is Stage.MAIL and reply.code != 552:
        # A no to our own address or sign-in meets every parcel after this one too.
        return Outcome(parcel.message_id, Result.NOT_SENT, reply.words, channel_is_broken=True)
    return Outcome(parcel.message_id, Result.REFUSED, reply.words)


def acceptance(parcel: Parcel, reply: Reply) -> Outcome:
    if reply.code != 250:
        return refusal(parcel, Stage.BODY, reply)
    return Outcome(parcel.message_id, Result.ACCEPTED, reply.words, _provider_id(reply.said))


def _provider_id(said: str) -> str:
    found = _QUEUED.search(said)
    if found:
        return found[1][:LONGEST_ID]
    # Amazon and Google end with it.
    words = [word for word in said.split() if len(word) >= 8 and any(map(str.isdigit, word))]
    return words[-1][:LONGEST_ID] if words else ""
